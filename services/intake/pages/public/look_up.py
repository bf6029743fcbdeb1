"""How far an application is, for anyone with the receipt in hand: its number and the end of the phone number."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.api.parts import Parts
from services.intake.api.progress import ProgressBody, progress_of
from services.intake.model import ApplicationStatus, CaseStatus
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import Visitor
from shared.web.validation import checked

LIGHTS: dict[CaseStatus | ApplicationStatus, str] = {
    "submitted": "waiting",
    "supplement_requested": "yellow",
    "accepted": "green",
    "waiting": "waiting",
    "ready": "green",
    "approved": "green",
    "issued": "done",
    "refused": "paused",
    "withdrawn": "paused",
    "closed": "paused",
    "not_required": "paused",
    "referred": "paused",
    "ended": "done",
}
"""How a status is lit. Red is for limits alone, which this page does not know."""


def look_up_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/look-up`: asked and answered by POST, so that neither number nor phone stands in an address."""
    router = APIRouter(include_in_schema=False)

    @router.get("/look-up")
    async def ask(request: Request, asker: Visitor) -> HTMLResponse:
        return await pages.show(
            request, asker, "public/look_up.html", current="progress", form=pages.blank(asker), found=None
        )

    @router.post("/look-up")
    async def look(request: Request, asker: Visitor) -> HTMLResponse:
        """What `POST /progress` says, on a page."""
        sent = await pages.forms.sent(request, asker)
        try:
            body = checked(ProgressBody, {"number": sent.text("number"), "phone_tail": sent.text("phone_tail")})
            found = await progress_of(parts, body)
        except Problem as problem:
            return await pages.again(
                request, asker, "public/look_up.html", sent, problem, current="progress", found=None
            )
        return await pages.show(
            request, asker, "public/look_up.html", current="progress", form=sent, found=found, lights=LIGHTS
        )

    return router
