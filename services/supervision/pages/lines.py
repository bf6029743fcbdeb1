"""The lines of a list: each running clock of an application, or each urge of it that waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from services.supervision.marks import URGED, standing_urges, waiting_urges
from services.supervision.model import Clock, Supervised, Urge
from services.supervision.pages.words import RUNGS, left_in_words, spoken
from services.supervision.parts import Parts
from services.supervision.store import Wanted, lit_clocks
from shared.clock import shanghai
from shared.contracts.terms import Light, Unit
from shared.web.dates import short_day
from shared.web.i18n import _, listed


@dataclass(frozen=True, slots=True)
class Line:
    """One clock of an application (or one urge of it) in the list. `subject`: the case, or the application itself."""

    application: str
    subject: str
    name: str = ""
    matter: str = ""
    departments: str = ""
    light: Light = "green"
    clock: str = ""
    left: str = ""
    days: int = 0
    unit: Unit = "working_days"
    due: datetime | None = None
    started: datetime | None = None
    provisional: bool = False
    text: str = ""


def lines_of(state: Supervised, wanted: Wanted, parts: Parts) -> list[Line]:
    """The lines of one application: its clocks under a light, or its urges that wait for an answer."""
    if wanted.light == URGED:
        urges = standing_urges(state, wanted.rung) if wanted.rung else waiting_urges(state)
        return [line for urge in urges for line in _of_urge(state, urge, wanted.department, parts)]
    return [_of_clock(state, clock, parts) for clock in lit_clocks(state, wanted)]


def _of_clock(state: Supervised, clock: Clock, parts: Parts) -> Line:
    now, subject = parts.runtime.clock(), clock.case or clock.subject
    whole, left = subject == state.application, parts.rules.remaining(clock, now)
    over = clock.due is not None and clock.due <= now
    today = clock.due is not None and not over and shanghai(clock.due).date() == shanghai(now).date()
    return Line(
        application=state.application,
        subject=subject,
        name=state.matter_name if whole else state.case(subject).name,
        matter="" if whole or not state.bundle else state.matter_name,
        departments=listed(state.name_of(code) for code in state.concerned(clock)),
        light=clock.light,
        clock=clock.key,
        left=_("已暂停") if clock.paused and not over else left_in_words(left, clock.unit, over=over, today=today),
        days=left,
        unit=clock.unit,
        due=clock.due,
        started=clock.started,
        provisional=parts.rules.provisional(clock, clock.due),
    )


def _of_urge(state: Supervised, urge: Urge, department: str | None, parts: Parts) -> Iterator[Line]:
    """How its case stands, with the departments of these that have not answered; none where none is left."""
    awaited = [code for code in urge.awaited or urge.departments if department in (None, code)]
    if not awaited:
        return
    case, clock = state.case(urge.case), next(state.running_for(urge.case), None)
    yield replace(
        _of_clock(state, clock, parts) if clock else Line(state.application, urge.case, left=_("还没有开始计时")),
        subject=urge.case,
        name=case.name,
        matter=state.matter_name if state.bundle else "",
        departments=listed(state.name_of(code) for code in awaited),
        light=state.light_of(case),
        text=_said(urge),
    )


def _said(urge: Urge) -> str:
    """`督办 · 10月14日 周三前答复 · 请说明原因`."""
    until = _("请在 %(day)s前答复", day=short_day(urge.reply_by)) if urge.reply_by else ""
    return " · ".join(each for each in (spoken(RUNGS, urge.rung), until, urge.text) if each)
