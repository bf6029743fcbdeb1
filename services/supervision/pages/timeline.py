"""`/pages/applications/{number}`: how an application stands, what comes next, who does what, and all that happened."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.supervision.access import TIMELINE, ApplicationInPath
from services.supervision.pages.ahead import steps_of
from services.supervision.pages.door import door_of
from services.supervision.pages.history import history_of
from services.supervision.pages.lanes import lanes_of
from services.supervision.pages.look import look_at
from services.supervision.pages.standing import lead_of
from services.supervision.pages.whom import waiting_for
from services.supervision.parts import Parts
from shared.identity import Person
from shared.web.pages import Pages
from shared.web.session import signed_in

Reader = Annotated[Person, Depends(signed_in(*TIMELINE))]


def timeline(parts: Parts, pages: Pages) -> APIRouter:
    """The heart of every application, for its owner and for those on duty; 404 for everybody else."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pages/applications/{number}")
    async def show(request: Request, number: ApplicationInPath, asker: Reader) -> HTMLResponse:
        doc, state = await parts.access.application(number, asker)
        look = await look_at(parts, doc, state, asker)
        return pages.show(
            request,
            asker,
            "supervision/timeline.html",
            current="lights" if look.duty else "mine",
            number=number,
            look=look,
            lead=lead_of(look),
            waiting=waiting_for(look),
            door=door_of(look),
            steps=steps_of(look),
            lanes=lanes_of(look),
            history=history_of(look),
            closing=parts.rules.office.closing,
            audited=asker.may("clock.read"),
        )

    return router
