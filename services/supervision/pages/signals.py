"""`/signals`: what was noticed beside the clocks, the newest first; and those of one application, with their forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.access import ApplicationInPath
from services.supervision.decide.signals import BY_HAND, SIGNALS, SIGNALS_OF, contradicted
from services.supervision.model import Supervised
from services.supervision.pages.signal_words import CATEGORIES, CODES, GROUNDS, LEVELS, OUTCOMES, TONES
from services.supervision.pages.urging import case_in, number_in
from services.supervision.pages.words import spoken
from services.supervision.parts import Parts
from services.supervision.signal_views import ClosingBody, SignalBody
from services.supervision.store import Row
from shared.contracts.supervision import SignalCode
from shared.identity import Person, scope_of
from shared.web.commands import answering
from shared.web.dates import moment
from shared.web.forms import Sent
from shared.web.i18n import _, listed
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet
from shared.web.validation import checked

SHOWN, MOST_ROWS = 200, 10_000
Reader = Annotated[Person, Depends(signed_in("clock.read"))]
Supervisor = Annotated[Person, Depends(signed_in("urge.issue"))]
Code = Annotated[SignalCode | Literal[""], Query()]
Standing = Annotated[Literal["", "open", "closed"], Query()]
PAGE = "supervision/application_signals.html"


def signals(parts: Parts, pages: Pages) -> APIRouter:
    """For supervisors and the window everything, for a department what concerns it; supervisors raise and close."""
    router = APIRouter(include_in_schema=False)

    async def found(asker: Person, code: str, standing: str, limit: int) -> list[Row]:
        scope = scope_of(asker, "clock.read")
        wanted: dict[str, Any] = {"code": code} if code else {}
        wanted |= {"open": standing == "open"} if standing else {}
        wanted |= {} if scope.all else {"departments": scope.department or "-"}
        rows = parts.store.find_facts(SIGNALS_OF, wanted, sort=(("at", -1), ("_id", 1)), limit=limit)
        return list(await answering(rows))

    async def of_one(
        request: Request, asker: Person, number: str, form: Sent | None = None, problem: Problem | None = None
    ) -> HTMLResponse:
        _doc, state = await parts.access.application(number, asker, ("clock.read",))
        values = _values(state, asker)
        if form is not None and problem is not None:
            return pages.again(request, asker, PAGE, form, problem, current="lights", **values)
        return pages.show(request, asker, PAGE, current="lights", form=pages.blank(asker), **values)

    @router.get("/signals")
    async def show(request: Request, asker: Reader, code: Code = "", standing: Standing = "") -> HTMLResponse:
        rows = await found(asker, code, standing, SHOWN)
        names = await answering(parts.numbers.departments())
        query = urlencode({name: value for name, value in (("code", code), ("standing", standing)) if value})
        return pages.show(
            request,
            asker,
            "supervision/signals.html",
            current="lights",
            lines=[_line(row, names) for row in rows],
            most=len(rows) == SHOWN,
            code=code,
            standing=standing,
            codes=[(each, _(words)) for each, words in CODES.items()],
            query=f"?{query}" if query else "",
        )

    @router.get("/signals.csv")
    async def table(asker: Reader, code: Code = "", standing: Standing = "") -> Response:
        names = await answering(parts.numbers.departments())
        lines = [_line(row, names) for row in await found(asker, code, standing, MOST_ROWS)]
        heads = [_("时间"), _("信号"), _("级别"), _("类型"), _("申请编号"), _("办件"), _("部门"), _("结果")]
        columns = ("at", "what", "level", "category", "application", "case", "departments", "result")
        return spreadsheet("signals.csv", heads, ([line[name] for name in columns] for line in lines))

    @router.get("/pages/applications/{number}/signals")
    async def one(request: Request, number: ApplicationInPath, asker: Reader) -> HTMLResponse:
        return await of_one(request, asker, number)

    @router.post("/pages/applications/{number}/signals")
    async def act(request: Request, number: ApplicationInPath, asker: Supervisor) -> Response:
        """Raise one, or close the one that the form names."""
        form = await pages.forms.sent(request, asker)
        try:
            if form.text("signal"):
                closing = checked(ClosingBody, {"outcome": form.text("outcome"), "text": form.text("closing")})
                await parts.acts.close_signal(number, number_in(form, "signal"), closing, asker, form.key)
            else:
                body = checked(SignalBody, {"code": form.text("code"), "text": form.text("text")})
                await parts.acts.raise_signal(case_in(form, number), body, asker, form.key)
        except Problem as problem:
            return await of_one(request, asker, number, form, problem)
        return pages.go("supervision", f"/pages/applications/{number}/signals")

    return router


def _line(row: Row, names: Mapping[str, str]) -> dict[str, str]:
    """A row of the list in words."""
    return {
        "at": moment(datetime.fromisoformat(row["at"])),
        "what": spoken(CODES, row["code"]),
        "level": spoken(LEVELS, row["level"]),
        "tone": TONES[row["level"]] if row["open"] else "done",
        "category": spoken(CATEGORIES, row["category"]),
        "application": row["application"],
        "matter": row["matter"],
        "case": row["case"],
        "departments": listed(names.get(code, code) for code in row["departments"]),
        "result": spoken(OUTCOMES, row["outcome"]) if row["outcome"] else _("还没有办结"),
    }


def _values(state: Supervised, asker: Person) -> dict[str, Any]:
    """The signals of one application, the newest first, and what this reader may do."""
    may = asker.may("urge.issue")
    lines = [
        {
            "number": each.number,
            "what": spoken(CODES, each.code),
            "level": spoken(LEVELS, SIGNALS[each.code].level),
            "tone": TONES[SIGNALS[each.code].level] if each.closing is None else "done",
            "ground": spoken(GROUNDS, each.code),
            "item": state.case(each.case).name if each.case else "",
            "departments": listed(state.name_of(code) for code in each.departments),
            "text": each.text,
            "at": each.at,
            "tag": each.cause if each.cause.isdigit() else "",
            "contradicted": contradicted(state, each),
            "closing": each.closing,
            "outcome": spoken(OUTCOMES, each.closing.outcome) if each.closing else "",
        }
        for each in reversed(state.signals)
    ]
    return {
        "number": state.application,
        "matter": state.matter_name,
        "lines": lines,
        "may": may,
        "closable": [line for line in lines if may and line["closing"] is None],
        "cases": [(case.case, case.name or case.case, "") for case in state.cases],
        "codes": [(code, _(CODES[code]), "") for code in BY_HAND],
        "outcomes": [(key, _(words), "") for key, words in OUTCOMES.items()],
    }
