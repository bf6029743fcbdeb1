"""How far an application is, for anyone with the receipt in hand: its number and the end of the phone number."""

from __future__ import annotations

import re
import unicodedata

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.api.parts import Parts, number_of
from services.intake.api.progress import ProgressBody, progress_of
from services.intake.model import ApplicationStatus, CaseStatus
from shared.web.forms import Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import FieldError, Problem, Words
from shared.web.session import Visitor

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
        return pages.show(
            request, asker, "public/look_up.html", current="progress", form=pages.blank(asker), found=None
        )

    @router.post("/look-up")
    async def look(request: Request, asker: Visitor) -> HTMLResponse:
        """What `POST /progress` says, on a page."""
        sent = await pages.forms.sent(request, asker)
        try:
            found = await progress_of(parts, _checked(sent))
        except Problem as problem:
            told = _unmatched() if problem.code == "no_such_application" else problem
            return pages.again(request, asker, "public/look_up.html", sent, told, current="progress", found=None)
        return pages.show(
            request, asker, "public/look_up.html", current="progress", form=sent, found=found, lights=LIGHTS
        )

    return router


def _checked(sent: Sent) -> ProgressBody:
    """What was entered. Raises Problem 422 with both mistakes at once."""
    errors: list[FieldError] = []
    try:
        number_of(sent.text("number"))
    except Problem as problem:
        errors += problem.errors
    tail = unicodedata.normalize("NFKC", sent.text("phone_tail"))
    if not re.fullmatch("[0-9]{4}", tail):
        reason, fix = _("应为 4 位数字"), _("请填写申请时所填电话的后四位")
        errors.append(FieldError(field="phone_tail", reason=reason, fix=fix))
    if errors:
        raise Problem(422, "invalid_input", Words("填写的内容有误", "Some of the input is wrong"), errors=errors)
    return ProgressBody(number=sent.text("number"), phone_tail=tail)


def _unmatched() -> Problem:
    """The same for a number that does not exist and for another's phone: it cannot be used to find out which."""
    detail = Words(
        "编号和电话后四位对不上。请对照收件凭证核对编号；电话是申请时填写的那一个。",
        "Number and phone do not match. Compare the number with the receipt; the phone is the one on the application.",
    )
    return Problem(404, "no_such_application", Words("没有找到", "Not found"), detail)
