"""The counter that hands out results: what waits to be collected, and its registration (行政许可法 Art. 44)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.licensing import views
from services.licensing.api import REFUSALS, Case, Desk
from services.licensing.holder import ending_code, masked_name, unmasked
from services.licensing.model import Result
from services.licensing.store import waiting
from shared.identity import Person
from shared.kernel import Refused
from shared.web.commands import answering, refusal
from shared.web.forms import Sent
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

SIZE = 20
Clerk = Annotated[Person, Depends(signed_in("licence.deliver"))]
Done = Literal["", "counter", "post"]
Typed = Annotated[str, Query(max_length=120)]


def counter(desk: Desk, pages: Pages) -> APIRouter:
    """`/desk` and `/desk/{case}`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/desk")
    async def queue(
        request: Request, asker: Clerk, q: Typed = "", page: Annotated[int, Query(ge=1, le=1000)] = 1
    ) -> HTMLResponse:
        """What nobody has collected yet, the longest waiting first; or what is found by a number or name."""
        typed, skip = q.strip(), (page - 1) * SIZE
        if typed:
            found, total = await desk.sought(typed, asker, skip=skip, limit=SIZE)
        else:
            found, total = await answering(waiting(desk.runtime.store, skip=skip, limit=SIZE))
        values: dict[str, Any] = {
            "rows": [_row(desk, one, sought=bool(typed)) for one in found],
            "q": q,
            "total": total,
            "page": page,
            "pages": -(-total // SIZE),
            "address": lambda number: "?" + urlencode({**({"q": typed} if typed else {}), "page": number}),
        }
        return pages.show(request, asker, "licensing/desk.html", current="handout", **values)

    @router.get("/desk/{case}")
    async def ask(request: Request, case: Case, asker: Clerk, done: Done = "") -> HTMLResponse:
        values = await _values(desk, case, asker)
        told = done if any(one.method == done for one in values["result"].deliveries) else ""
        form = pages.blank(asker, method="counter")
        return pages.show(request, asker, "licensing/hand_out.html", current="handout", form=form, done=told, **values)

    @router.post("/desk/{case}")
    async def hand_out(request: Request, case: Case, asker: Clerk) -> Response:
        """Registers the hand-out, as `POST /results/{case}/deliver` does, of each result that was chosen. What a
        failure in between leaves out, the same form sent again adds."""
        form = await pages.forms.sent(request, asker)
        try:
            body = checked(views.HandOut, {"method": form.value("method")})
            for result in await _handed(desk, case, form, asker):
                await desk.deliver(result, body.method, asker, form.key)
        except Problem as problem:
            values = await _values(desk, case, asker)
            return pages.again(
                request, asker, "licensing/hand_out.html", form, problem, current="handout", done="", **values
            )
        return pages.go("licensing", f"/desk/{case}?done={body.method}")

    return router


async def _values(desk: Desk, case: str, asker: Person) -> dict[str, Any]:
    result = await desk.result(case, asker)
    unmasked(result, asker)
    holder = desk.printer.holder(result)
    others = [one for one in await desk.of_application(result.application, asker) if one.facts.case != case]
    return {
        "result": _view(desk, result),
        "decided_at": result.decided_at,
        "item_kind": result.item_kind,
        "holder": holder,
        "code": ending_code(holder),
        "waiting": [(one.facts.case, one.facts.name, one.facts.case) for one in others if not one.deliveries],
    }


async def _handed(desk: Desk, case: str, form: Sent, asker: Person) -> list[Result]:
    """The result of the page, and those of the same application that were chosen with it. Problem 404 for others."""
    chosen = list(dict.fromkeys((case, *form.values.get("with", ()))))
    known = {one.facts.case: one for one in await desk.of_application(case[:13], asker)}
    if not known.keys() >= set(chosen):
        raise refusal(Refused("no_such_result"), REFUSALS)
    return [known[each] for each in chosen]


def _row(desk: Desk, result: Result, *, sought: bool) -> tuple[views.ResultView, str, str]:
    """A line of the list: the result, the masked holder, and to whom has looked for them also how the code ends."""
    holder = desk.printer.holder(result)
    return _view(desk, result), masked_name(holder.name), ending_code(holder) if sought else ""


def _view(desk: Desk, result: Result) -> views.ResultView:
    return views.result_view(result, desk.runtime.clock(), desk.printer.verify_url(result))
