"""当场更正 (行政许可法 Art. 32(3)): what was mistyped of the people on a form, with the record of every correction."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.correcting import FIELDS, CorrectionBody, corrected
from services.intake.api.parts import Number, Parts
from services.intake.model import Correction
from services.intake.pages.desk.seen import Seen, at_desk, desk_of, seen
from shared.contracts.sealed import CannotOpen, Sealed
from shared.contracts.terms import Party
from shared.identity import Person
from shared.web.forms import Form, Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

Clerk = Annotated[Person, Depends(signed_in("application.correct"))]


def correcting_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/desk/pages/{number}/correct`."""
    router = APIRouter()

    def shown(request: Request, asker: Person, found: Seen, form: Form, status: int = 200) -> Response:
        values: dict[str, Any] = {"seen": found, "form": form, "labels": labels(), "fixed": fixed(found)}
        values["record"] = [(each, _before(parts, found, each)) for each in reversed(found.application.corrections)]
        return pages.show(request, asker, "desk/correct.html", status=status, current="desk", **values)

    @router.get("/desk/pages/{number}/correct")
    async def ask(request: Request, number: Number, asker: Clerk) -> Response:
        found = await seen(parts, number, asker, "application.correct")
        return shown(request, asker, found, pages.blank(asker, desk=desk_of(request), **entered(found)))

    @router.post("/desk/pages/{number}/correct")
    async def correct(request: Request, number: Number, asker: Clerk) -> Response:
        """As `POST /applications/{number}/corrections`."""
        form = await pages.forms.sent(request, asker)
        found = await seen(parts, number, asker, "application.correct")
        changed, done = changes(form, found), f"/desk/pages/{found.view.number}?done=corrected"
        try:
            body = checked(CorrectionBody, {**changed, "reason": form.text("reason"), "desk": form.text("desk")})
            await corrected(parts, number, asker, body, form.key)
        except Problem as problem:
            if problem.code == "key_reused" and not changed:  # a second press: what was entered stands by now
                return pages.go("intake", done)
            places = {f"{who}.{field}": f"{who}.{field}" for who in changed for field in FIELDS}
            return shown(request, asker, found, form.wrong(problem, places), problem.status_code)
        return at_desk(pages.go("intake", done), quote(body.desk))

    return router


def labels() -> dict[str, str]:
    """What each entry is called."""
    return {
        "applicant.name": _("申请人姓名（名称）"),
        "applicant.code": _("申请人证件号码"),
        "applicant.phone": _("申请人联系电话"),
        "agent.name": _("经办人姓名"),
        "agent.code": _("经办人证件号码"),
        "agent.phone": _("经办人联系电话"),
    }


def entered(found: Seen) -> dict[str, str]:
    """What the form says of its people now."""
    parties = {"applicant": found.view.applicant, "agent": found.view.agent}
    return {f"{who}.{field}": getattr(party, field) for who, party in parties.items() if party for field in FIELDS}


def fixed(found: Seen) -> dict[str, str]:
    """Entries that cannot be corrected, with the reason; as `decide/correct.py` says."""
    identity = [name for name in entered(found) if not name.endswith(".phone")]
    if not found.application.pending:
        return dict.fromkeys(identity, _("已经受理，证照按受理时的登记；有误的，请撤回后重新申请。"))
    signed_in_by_name = found.view.channel == "online" and found.view.agent is None
    return dict.fromkeys(identity, _("来自实名登录，不用更正。")) if signed_in_by_name else {}


def changes(form: Sent, found: Seen) -> dict[str, dict[str, str]]:
    """What was entered otherwise than it stands, by party: only that is judged, and only that is recorded."""
    differing: dict[str, dict[str, str]] = {}
    for name, value in entered(found).items():
        who, _dot, field = name.partition(".")
        if name in form.values and form.text(name) != value and name not in fixed(found):
            differing.setdefault(who, {})[field] = form.text(name)
    return differing


def _before(parts: Parts, found: Seen, record: Correction) -> dict[str, str]:
    """How the corrected entries were before; empty where the key is gone."""
    parties: dict[str, Sealed[Party] | None] = {"applicant": record.holder_before, "agent": record.agent_before}
    before: dict[str, str] = {}
    for name in record.fields:
        who, _dot, field = name.partition(".")
        sealed = parties[who]
        try:
            before[name] = getattr(parts.opened(sealed, found.view.number), field) if sealed else ""
        except CannotOpen:
            before[name] = ""
    return before
