"""Verification for everyone: by typed number, by the address in a QR code, or by the PDF itself."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.licensing import numbers
from services.licensing.api import Desk, Number, verified
from services.licensing.decide import NOTICE_NUMBER, REFUSAL_NUMBER
from services.licensing.identifier import ROOT
from services.licensing.store import numbered
from services.licensing.views import Verification
from shared.identity import Person
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import FieldError, Problem, Words
from shared.web.session import Visitor

_NUMBERS = re.compile(
    rf"{re.escape(ROOT)}(?:\.[0-9A-Z]{{1,32}}){{5}}|(?:{NOTICE_NUMBER}|{REFUSAL_NUMBER})-[0-9A-Z]{{13}}-\d{{2}}".encode()
)
TONES = {"valid": "green", "issued": "green", "expired": "yellow", "not_yet_valid": "yellow", "doubtful": "deep_red"}


def verification(desk: Desk, pages: Pages) -> APIRouter:
    """`/check` (form) and `/check/{number}`, to which `/verify/{number}` of a QR code sends browsers."""
    router = APIRouter(include_in_schema=False)

    @router.get("/check")
    async def form(request: Request, asker: Visitor, number: Annotated[str, Query(max_length=200)] = "") -> Response:
        """The form; with a number, on to what is known of it, or back with what is wrong with the number."""
        form = pages.blank(asker, number=number)
        if number:
            try:
                return pages.go("licensing", f"/check/{numbers.written(numbers.read(number))}")
            except Problem as problem:
                form.errors["number"] = problem.errors[0].reason + "，" + problem.errors[0].fix
        status = 422 if form.errors else 200
        return pages.show(request, asker, "licensing/check.html", status=status, current="check", form=form)

    @router.post("/check")
    async def paper(request: Request, asker: Visitor) -> Response:
        """A PDF: the same result gives the same bytes anywhere, so a paper is genuine when it is made again equal."""
        sent = await pages.forms.sent(request, asker)
        try:
            files = sent.files.get("paper", ())
            content = await files[0].read() if files else b""
            number = _number_in(content)
            paper = "same" if content == await _made_again(desk, number) else "changed"
            shown = await verified(desk, number)
        except Problem as problem:
            return pages.again(request, asker, "licensing/check.html", sent, problem, current="check")
        return _known(request, pages, asker, shown, paper)

    @router.get("/check/{number}")
    async def found(request: Request, number: Number, asker: Visitor) -> HTMLResponse:
        """What anybody may know of a number."""
        try:
            shown = await verified(desk, number)
        except Problem as problem:
            return _unknown(request, pages, asker, number, problem)
        return _known(request, pages, asker, shown)

    return router


def _known(request: Request, pages: Pages, asker: Person | None, shown: Verification, paper: str = "") -> HTMLResponse:
    """What is known. `paper`: same or changed, what came of a PDF that this very request brought: never an address's
    word, for anybody can write one."""
    values: dict[str, Any] = {"found": shown, "tone": TONES[shown.status], "paper": paper}
    return pages.show(request, asker, "licensing/verified.html", current="check", **values)


def _unknown(request: Request, pages: Pages, asker: Visitor, number: str, problem: Problem) -> HTMLResponse:
    """The same form again, with what is known: mistyped, never issued, or not to be found out just now."""
    form = pages.blank(asker, number=number)
    values: dict[str, Any] = {"number": number, "problem": problem, "form": form}
    return pages.show(request, asker, "licensing/unknown.html", status=problem.status_code, current="check", **values)


def _number_in(content: bytes) -> str:
    """The number that a paper of ours carries in its metadata. Problem 422 for anything else."""
    found = _NUMBERS.search(content) if content.startswith(b"%PDF") else None
    if found is None:
        reason = _("没有选择文件") if not content else _("这不是本大厅签发的 PDF")
        error = FieldError(field="paper", reason=reason, fix=_("请选择从本大厅下载的 PDF 原件"))
        title = Words("无法核验这个文件", "This file cannot be verified")
        raise Problem(422, "no_paper_of_ours", title, title, errors=[error])
    return numbers.read(found[0].decode())


async def _made_again(desk: Desk, number: str) -> bytes:
    result = await answering(numbered(desk.runtime.store, number))
    if result is None:
        raise numbers.unknown(number)
    return await desk.printer.pdf(result)
