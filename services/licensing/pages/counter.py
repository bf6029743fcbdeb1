"""The counter that hands out results: what waits to be collected, and its registration (行政许可法 Art. 44)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.licensing import views
from services.licensing.api import Case, Desk
from services.licensing.holder import masked_name, unmasked
from services.licensing.store import waiting
from shared.identity import Person
from shared.web.commands import answering
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

SIZE = 20
Clerk = Annotated[Person, Depends(signed_in("licence.deliver"))]
Done = Literal["", "counter", "post"]
Typed = Annotated[str, Query(max_length=40)]


def counter(desk: Desk, pages: Pages) -> APIRouter:
    """`/desk` and `/desk/{case}`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/desk")
    async def queue(
        request: Request, asker: Clerk, q: Typed = "", page: Annotated[int, Query(ge=1, le=1000)] = 1
    ) -> HTMLResponse:
        """What nobody has collected yet, the longest waiting first; or the results of one application."""
        typed = q.strip().upper().replace(" ", "")
        if typed:
            found = await desk.of_application(typed[:13], asker)
            total = len(found)
        else:
            found, total = await answering(waiting(desk.runtime.store, skip=(page - 1) * SIZE, limit=SIZE))
        now = desk.runtime.clock()
        rows = [
            (views.result_view(one, now, desk.printer.verify_url(one)), masked_name(desk.printer.holder(one).name))
            for one in found
        ]
        values: dict[str, Any] = {
            "rows": rows,
            "q": q,
            "total": total,
            "page": page,
            "pages": 1 if typed else -(-total // SIZE),
        }
        return await pages.show(request, asker, "licensing/desk.html", current="handout", **values)

    @router.get("/desk/{case}")
    async def ask(request: Request, case: Case, asker: Clerk, done: Done = "") -> HTMLResponse:
        values = await _values(desk, case, asker)
        told = done if any(one.method == done for one in values["result"].deliveries) else ""
        form = pages.blank(asker, method="counter")
        return await pages.show(
            request, asker, "licensing/hand_out.html", current="handout", form=form, done=told, **values
        )

    @router.post("/desk/{case}")
    async def hand_out(request: Request, case: Case, asker: Clerk) -> Response:
        """Registers the hand-out, as `POST /results/{case}/deliver` does."""
        form = await pages.forms.sent(request, asker)
        try:
            body = checked(views.HandOut, {"method": form.value("method")})
            await desk.deliver(await desk.result(case, asker), body.method, asker, form.key)
        except Problem as problem:
            values = await _values(desk, case, asker)
            return await pages.again(
                request, asker, "licensing/hand_out.html", form, problem, current="handout", done="", **values
            )
        return pages.go("licensing", f"/desk/{case}?done={body.method}")

    return router


async def _values(desk: Desk, case: str, asker: Person) -> dict[str, Any]:
    result = await desk.result(case, asker)
    unmasked(result, asker)
    shown = views.result_view(result, desk.runtime.clock(), desk.printer.verify_url(result))
    return {"result": shown, "holder": desk.printer.holder(result).name}
