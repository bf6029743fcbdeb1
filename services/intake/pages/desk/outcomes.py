"""不受理 and 不予受理, for each case by itself (行政许可法 Art. 32(1), (2)); what is not named is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.parts import Number, Parts
from services.intake.api.receiving import AcceptBody, accepted
from services.intake.pages.desk.seen import Seen, at_desk, desk_of, seen
from shared.identity import Person
from shared.web.forms import Form, Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

Clerk = Annotated[Person, Depends(signed_in("application.accept"))]
Wanted = Annotated[str, Query(alias="as", pattern="^(refer|not_required)$")]


def outcome_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/desk/pages/{number}/outcomes`."""
    router = APIRouter()

    def shown(request: Request, asker: Person, found: Seen, form: Form, status: int = 200) -> Response:
        names = {case.case: case.name for case in found.view.cases}
        values: dict[str, Any] = {"seen": found, "form": form, "choices": choices()}
        values["names_of"] = lambda numbers: "、".join(names[number] for number in numbers)
        return pages.show(request, asker, "desk/outcomes.html", status=status, current="desk", **values)

    @router.get("/desk/pages/{number}/outcomes")
    async def choose(request: Request, number: Number, asker: Clerk, wanted: Wanted = "refer") -> Response:
        found = await seen(parts, number, asker)
        if not found.open:
            return pages.go("intake", f"/desk/pages/{found.view.number}")
        first = wanted if len(found.view.cases) == 1 else "accept"
        start = {f"outcome.{case.case}": first for case in found.view.cases}
        return shown(request, asker, found, pages.blank(asker, desk=desk_of(request), **start))

    @router.post("/desk/pages/{number}/outcomes")
    async def decide(request: Request, number: Number, asker: Clerk) -> Response:
        """As `POST /applications/{number}/accept` with the cases that are not accepted."""
        form = await pages.forms.sent(request, asker)
        found = await seen(parts, number, asker)
        named, fields = outcomes_of(form, found)
        if form.errors or form.note:
            return shown(request, asker, found, form, 422)
        try:
            body = checked(AcceptBody, {"cases": named, "desk": form.text("desk")})
            told = await accepted(parts, number, asker, body, form.key)
        except Problem as problem:
            return shown(request, asker, found, form.wrong(problem, fields), problem.status_code)
        return at_desk(pages.go("intake", f"/desk/pages/{told.number}?done=decided"), quote(body.desk))

    return router


def choices() -> list[tuple[str, str, str]]:
    """What may become of one case."""
    return [
        ("accept", _("受理"), ""),
        ("refer", _("不予受理：不归这里管"), ""),
        ("not_required", _("不受理：不用办"), ""),
    ]


def outcomes_of(form: Sent, found: Seen) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """The body's cases, and which field each of their places is; what is missing is noted on the form."""
    named: list[Mapping[str, Any]] = []
    fields: dict[str, str] = {}
    for case in found.view.cases:
        number, outcome = case.case, form.value(f"outcome.{case.case}")
        if outcome == "accept":
            continue
        place = f"cases.{len(named)}"
        fields |= {place: f"reason.{number}", f"{place}.reason": f"reason.{number}"}
        fields |= {f"{place}.competent_body": f"body.{number}", f"{place}.outcome": f"outcome.{number}"}
        entry = {"case": number, "outcome": outcome, "reason": form.optional(f"reason.{number}")}
        if not entry["reason"]:
            form.errors[f"reason.{number}"] = _("请写明“%(name)s”的理由，写给申请人看", name=case.name)
        if outcome == "refer":
            entry["competent_body"] = form.optional(f"body.{number}")
            if not entry["competent_body"]:
                form.errors[f"body.{number}"] = _("请写明“%(name)s”该向哪个机关申请", name=case.name)
        named.append(entry)
    if not named:
        form.note = _("每一件都选了受理：请改选不受理或不予受理的那一件，或者回到上一页选“受理”。")
    return named, fields
