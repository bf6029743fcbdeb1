"""My licences, the results of one application, and one result as it looks on paper."""

from __future__ import annotations

from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.licensing import views
from services.licensing.api import Case, Desk
from services.licensing.holder import code_label, masked_name, shown_code, unmasked
from services.licensing.model import Result
from services.licensing.store import owned
from shared.identity import Person
from shared.permissions import Role
from shared.web.commands import answering
from shared.web.pages import Pages
from shared.web.session import signed_in

SIZE = 20
READ = ("licence.read_own", "licence.read_any")
Reader = Annotated[Person, Depends(signed_in(*READ))]
Owner = Annotated[Person, Depends(signed_in("licence.read_own"))]
Application = Annotated[str, Path(pattern=r"^[0-9A-Z]{13}$")]


def results(desk: Desk, pages: Pages) -> APIRouter:
    """`/mine`, `/pages/applications/{number}`, `/pages/results/{case}`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/mine")
    async def mine(request: Request, asker: Owner, page: Annotated[int, Query(ge=1, le=1000)] = 1) -> HTMLResponse:
        store, now = desk.runtime.store, desk.runtime.clock()
        found, total = await answering(owned(store, desk.owners(asker), skip=(page - 1) * SIZE, limit=SIZE))
        shown = [views.result_view(one, now, desk.printer.verify_url(one)) for one in found]
        numbers: dict[str, Any] = {"page": page, "pages": -(-total // SIZE), "total": total}
        return pages.show(request, asker, "licensing/mine.html", current="mine", results=shown, **numbers)

    @router.get("/pages/applications/{number}")
    async def of_application(request: Request, number: Application, asker: Reader) -> HTMLResponse:
        now = desk.runtime.clock()
        found = await desk.of_application(number, asker)
        shown = [views.result_view(one, now, desk.printer.verify_url(one)) for one in found]
        return pages.show(request, asker, "licensing/application.html", number=number, results=shown)

    @router.get("/pages/results/{case}")
    async def one(request: Request, case: Case, asker: Reader) -> HTMLResponse:
        found = await desk.result(case, asker)
        link = desk.printer.verify_url(found)
        return pages.show(
            request,
            asker,
            "licensing/result.html",
            current="mine",
            result=views.result_view(found, desk.runtime.clock(), link),
            own=found.owner in desk.owners(asker),
            holder=_holder(desk, found, asker),
            qr=segno.make(link, error="m").svg_data_uri(border=2),
        )

    return router


def _holder(desk: Desk, result: Result, asker: Person) -> tuple[str, str, str]:
    """The holder's name, what the code is, and the code: in full for themselves and the counter, else masked."""
    party, own = desk.printer.holder(result), result.owner in desk.owners(asker)
    if own or Role.CLERK in asker.roles:
        if not own:
            unmasked(result, asker)
        return party.name, code_label(party), shown_code(party)
    return masked_name(party.name), code_label(party), f"{party.code[:4]}{'*' * 14}"
