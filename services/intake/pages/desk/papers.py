"""The papers of an application, each as a page to be printed: for the window and for whoever applied."""

from __future__ import annotations

from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.api.parts import READ, Number, Parts
from services.intake.pages.desk.seen import any_seen
from shared.identity import Person
from shared.permissions import Role
from shared.web.pages import Pages
from shared.web.problems import generic
from shared.web.session import signed_in

Reader = Annotated[Person, Depends(signed_in(*READ))]
PaperNo = Annotated[str, Path(pattern=r"^[A-Z]{2}-[0-9A-Z]{13}(-\d{1,2})?$", description="文书编号")]


def paper_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/pages/applications/{number}/receipts/{paper}`."""
    router = APIRouter()

    @router.get("/pages/applications/{number}/receipts/{paper}")
    async def paper(request: Request, number: Number, paper: PaperNo, asker: Reader) -> HTMLResponse:
        found = await any_seen(parts, number, asker)
        one = next((each for each in found.papers if each.number == paper), None)
        if one is None:
            raise generic(404)
        home = "/desk/pages/" if Role.CLERK in asker.roles else "/pages/applications/"
        link = parts.settings.url_of("intake", f"/look-up?number={found.view.number}")
        values: dict[str, Any] = {"seen": found, "paper": one, "back_to": home + found.view.number}
        values |= {"link": link, "qr": segno.make(link, error="m").svg_data_uri(border=2)}
        return await pages.show(request, asker, "desk/paper.html", **values)

    return router
