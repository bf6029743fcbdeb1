"""`/pages/applications/{number}/audit`: why a light shines, day by day; urges; the proof of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.access import ApplicationInPath
from services.supervision.model import Case, Supervised
from services.supervision.pages.countdowns import countdowns_of
from services.supervision.pages.look import Look, look_at
from services.supervision.pages.reasons import all_reasons
from services.supervision.pages.reminders import lead_of, sent_of, told_of
from services.supervision.pages.rungs import ladders_of
from services.supervision.pages.urging import at_fields, blank, case_in, number_in, urging_of
from services.supervision.pages.whom import shares_of
from services.supervision.pages.words import BREAKS, OUTCOMES, RUNGS, spoken
from services.supervision.parts import Parts
from services.supervision.proof import Report
from services.supervision.urge_views import AnswerBody, OutcomeBody, UrgeBody
from shared.identity import Person
from shared.web.commands import answering
from shared.web.forms import Form, Sent
from shared.web.i18n import _, listed
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet
from shared.web.validation import checked

READ = ("clock.read",)
Reader = Annotated[Person, Depends(signed_in(*READ))]
Auditor = Annotated[Person, Depends(signed_in("audit.read"))]
Urger = Annotated[Person, Depends(signed_in("urge.issue"))]
Answerer = Annotated[Person, Depends(signed_in("urge.answer"))]
ClockInQuery = Annotated[str, Query(pattern=r"^([0-9A-Z]{13}(-\d{2})?\.[a-z]{2,20})?$")]
UrgeInQuery = Annotated[str, Query(pattern=r"^([0-9A-Z]{13}-\d{2}\.[1-9]\d{0,2})?$")]
"""An urge as it stands in the address: its case and its number."""
OUTCOME = {"text": "outcome_text"}
"""What the form of an outcome calls the fields of its body: the page has another form with a text."""


def audit(parts: Parts, pages: Pages) -> APIRouter:
    """For those on duty who may read clocks; urging, proof and the entries only for those who may."""
    router = APIRouter(include_in_schema=False)

    async def shown(
        request: Request,
        asker: Person,
        number: str,
        clock: str = "",
        form: Form | None = None,
        problem: Problem | None = None,
        sent: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        doc, state = await parts.access.application(number, asker, READ)
        look = await look_at(parts, doc, state, asker)
        values = await _values(parts, look, asker, clock) | {"sent": sent_of(look, asker, sent)}
        if isinstance(form, Sent) and problem is not None:
            page = "supervision/audit.html"
            return pages.again(request, asker, page, form, problem, fields=fields, current="lights", **values)
        return pages.show(
            request,
            asker,
            "supervision/audit.html",
            current="lights",
            form=blank(pages, asker, values),
            **values,
        )

    @router.get("/pages/applications/{number}/audit")
    async def show(
        request: Request, number: ApplicationInPath, asker: Reader, clock: ClockInQuery = "", sent: UrgeInQuery = ""
    ) -> HTMLResponse:
        return await shown(request, asker, number, clock, sent=sent)

    @router.get("/pages/applications/{number}/urges")
    @router.get("/pages/applications/{number}/answers")
    @router.get("/pages/applications/{number}/outcomes")
    async def back(number: ApplicationInPath, asker: Reader) -> Response:  # noqa: ARG001
        """Whoever loads the address of a form that was refused is led back to the page."""
        return pages.go("supervision", f"/pages/applications/{number}/audit")

    @router.post("/pages/applications/{number}/urges")
    async def urge(request: Request, number: ApplicationInPath, asker: Urger) -> Response:
        form = await pages.forms.sent(request, asker)
        try:
            values: dict[str, Any] = {
                "text": form.text("text"),
                "departments": list(form.values.get("departments", ())),
            }
            rung = form.optional("rung")
            values |= {"rung": rung} if rung else {}
            body = checked(UrgeBody, {**values, "reply_by": form.optional("reply_by")})
            done = await parts.acts.urge(case_in(form, number), body, asker, form.key)
        except Problem as problem:
            return await shown(request, asker, number, form=form, problem=at_fields(problem))
        return pages.go("supervision", f"/pages/applications/{number}/audit?sent={done['case']}.{done['urge']}")

    @router.post("/pages/applications/{number}/answers")
    async def answer(request: Request, number: ApplicationInPath, asker: Answerer) -> Response:
        form = await pages.forms.sent(request, asker)
        try:
            body = checked(AnswerBody, {"text": form.text("text")})
            done = await parts.acts.answer(case_in(form, number), number_in(form, "urge"), body, asker, form.key)
        except Problem as problem:
            return await shown(request, asker, number, form=form, problem=at_fields(problem))
        return pages.go("supervision", f"/pages/applications/{number}/audit?sent={done['case']}.{done['urge']}")

    @router.post("/pages/applications/{number}/outcomes")
    async def outcome(request: Request, number: ApplicationInPath, asker: Urger) -> Response:
        form = await pages.forms.sent(request, asker)
        try:
            values = {name: form.optional(name) for name in ("outcome", "day")}
            body = checked(OutcomeBody, {**values, "text": form.text("outcome_text")})
            await parts.acts.record(case_in(form, number), number_in(form, "urge"), body, asker, form.key)
        except Problem as problem:
            return await shown(request, asker, number, form=form, problem=at_fields(problem), fields=OUTCOME)
        return pages.go("supervision", f"/pages/applications/{number}/audit#urges")

    @router.get("/pages/applications/{number}/entries.csv")
    async def entries(number: ApplicationInPath, asker: Auditor) -> Response:
        """The chain as a table: what happened, when, and where it stands in the log."""
        doc, state = await parts.access.application(number, asker, ("audit.read",))
        look = await look_at(parts, doc, state, asker)
        head = [
            _("序号"),
            _("时间"),
            _("事件"),
            _("对象"),
            _("事件编号"),
            _("主题"),
            _("分区"),
            _("位移"),
            _("散列值"),
            _("上一条"),
        ]
        names = ("n", "time", "type", "subject", "event", "topic", "partition", "offset", "hash", "prev")
        rows = [[row.get(name, "") for name in names] for row in look.entries]
        return spreadsheet(f"{_('审计链')}-{number}.csv", head, rows)

    return router


async def _values(parts: Parts, look: Look, asker: Person, clock: str) -> dict[str, Any]:
    """Everything that the page shows."""
    found = all_reasons(look)
    chosen = next((each for each in found if each.key == clock), None)
    first = chosen or (found[0] if found else None)
    proof = await _proof(parts, look, asker)
    return {
        "number": look.state.application,
        "look": look,
        "first": first,
        "reasons": [first] if chosen else [each for each in found if each.was_red] or found[:1],
        "others": [each for each in found if each is not first],
        "lead": lead_of(look, first),
        "told": told_of(look),
        "shares": shares_of(look),
        "counting": countdowns_of(look),
        "ladders": ladders_of(look),
        "answer_days": {step.rung: step.days for step in look.rules.ladder if step.asks},
        "rungs": [(rung, _(words), "") for rung, words in RUNGS.items()],
        "outcomes_of": lambda urge: [
            (key, _(words), "")
            for key, words in OUTCOMES.items()
            if key not in {record.outcome for record in urge.records}
        ],
        "rung_words": lambda urge: spoken(RUNGS, urge.rung),
        "urging": urging_of(look, asker),
        "proof": proof,
        "sealed_until": date.fromisoformat(proof.sealed_until) if proof and proof.sealed_until else None,
        "calendar": parts.rules.calendar,
        "closing": parts.rules.office.closing,
        "choices_of": lambda case: [(code, look.state.name_of(code), "") for code in case.departments],
        "cases_of": lambda cases: [(case.case, case.name, _of(look.state, case)) for case in cases],
        "broken_words": lambda reason: spoken(BREAKS, reason),
    }


def _of(state: Supervised, case: Case) -> str:
    return listed(state.name_of(code) for code in case.departments)


async def _proof(parts: Parts, look: Look, asker: Person) -> Report | None:
    """Chain, seals and state, for those who may read the audit."""
    return await answering(parts.proofs.proof(look.state.application)) if asker.may("audit.read") else None
