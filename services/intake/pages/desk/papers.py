"""The papers of an application, each as a page to be printed: for the window and for whoever applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.api.parts import READ, Number, Parts
from services.intake.pages.desk.seen import Seen, any_seen
from services.intake.receipts import Kind, Receipt
from shared.identity import Person
from shared.permissions import Role
from shared.web.pages import Pages
from shared.web.problems import generic
from shared.web.session import signed_in

Reader = Annotated[Person, Depends(signed_in(*READ))]
Of = Annotated[str, Query(pattern="^(accepted|asked|decided)?$", description="刚刚办的是什么")]
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "accepted": ("accepted", "closed"),
    "asked": ("supplement",),
    "decided": ("accepted", "not_required", "referred", "closed"),
}
"""What was just done → the papers that it made."""
PaperNo = Annotated[str, Path(pattern=r"^[A-Z]{2}-[0-9A-Z]{13}(-\d{1,2})?$", description="文书编号")]


def paper_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/pages/applications/{number}/receipts/{paper}`, and `…/all` on one sheet each."""
    router = APIRouter()

    def shown(request: Request, asker: Person, found: Seen, papers: list[Receipt]) -> HTMLResponse:
        home = "/desk/pages/" if Role.CLERK in asker.roles else "/pages/applications/"
        link = parts.settings.url_of("intake", f"/look-up?number={found.view.number}")
        values: dict[str, Any] = {"seen": found, "papers": papers, "back_to": home + found.view.number}
        values |= {"link": link, "qr": segno.make(link, error="m").svg_data_uri(border=2)}
        return pages.show(request, asker, "desk/paper.html", **values)

    @router.get("/pages/applications/{number}/receipts/all")
    async def together(request: Request, number: Number, asker: Reader, of: Of = "") -> HTMLResponse:
        """All of them, or those of what was just done."""
        found = await any_seen(parts, number, asker)
        wanted = [each for each in found.papers if each.kind in KINDS.get(of, ())] or list(found.papers)
        return shown(request, asker, found, wanted)

    @router.get("/pages/applications/{number}/receipts/{paper}")
    async def paper(request: Request, number: Number, paper: PaperNo, asker: Reader) -> HTMLResponse:
        found = await any_seen(parts, number, asker)
        one = next((each for each in found.papers if each.number == paper), None)
        if one is None:
            raise generic(404)
        return shown(request, asker, found, [one])

    return router
