"""Each case as one lane, all on the same axis of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.supervision.explain import Explanation
from services.supervision.labels import Stage, stage_of
from services.supervision.model import Case, Clock
from services.supervision.pages.look import Look
from services.supervision.pages.rails import axis_of, in_calendar_days, on_axis
from services.supervision.pages.standing import said_of
from services.supervision.pages.words import STAGES, left_in_words
from shared.web.dates import short_day
from shared.web.i18n import _, listed

LABEL_EVERY = 5
FEW = 16
"""Up to so many days each has its label; of more, every fifth."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One case: its light is a name of the macro `light`, with other words where `words` has some; `counted`: by which
    days, where the lanes differ in it."""

    case: str
    name: str
    department: str
    others: str
    cells: str
    label: str
    light: str
    words: str
    text: str
    counted: str


@dataclass(frozen=True, slots=True)
class Lanes:
    """All cases of an application; `labels`: the day of each cell, empty where there is no room; `span`: the months;
    `cell`: what one cell is."""

    lanes: tuple[Lane, ...]
    labels: tuple[str, ...]
    span: str
    cell: str


def lanes_of(look: Look) -> Lanes:
    """The cases in their order."""
    clocks = {case.case: look.clock_of(case) for case in look.state.cases}
    wholes = {case: look.told(clock) for case, clock in clocks.items() if clock}
    axis = axis_of(list(wholes.values()), look.rules.office.calendar.is_working_day)
    all_count = in_calendar_days(wholes.values())
    lanes = tuple(
        _lane(look, case, clocks[case.case], wholes.get(case.case), axis, all_count) for case in look.state.cases
    )
    cell = _("一格是一天，周末和节假日也画出来") if all_count else _("一格是一个工作日")
    return Lanes(lanes, _labels(axis), _span(axis), cell if axis else "")


def _lane(
    look: Look, case: Case, clock: Clock | None, whole: Explanation | None, axis: Sequence[date], all_count: bool
) -> Lane:
    stage, state = stage_of(case, look.state), look.state
    others = [state.name_of(code) for code in case.departments if code != case.department]
    light, words = _light(look, case, stage)
    return Lane(
        case=case.case,
        name=case.name or case.case,
        department=state.name_of(case.department),
        others=listed(others),
        cells=on_axis(axis, whole),
        label=_("%(item)s：%(how)s", item=case.name, how=_said(look, clock, whole, stage)),
        light=light,
        words=words,
        text=_text_of(look, case, clock, whole, stage),
        counted=_counted(whole) if whole and all_count else "",
    )


def _counted(whole: Explanation) -> str:
    return _("按自然日计，周末也算") if whole.unit == "calendar_days" else _("按工作日计，周末不算")


def _light(look: Look, case: Case, stage: Stage) -> tuple[str, str]:
    if stage == "done":
        return "done", ""
    if stage in ("received", "working", "approved"):
        words = _(STAGES[stage]) if stage != "working" and look.state.light_of(case) == "green" else ""
        return look.state.light_of(case), words
    return ("paused" if stage == "asked" else "waiting"), _(STAGES[stage])


def _said(look: Look, clock: Clock | None, whole: Explanation | None, stage: Stage) -> str:
    if clock is None or whole is None or clock.ended:
        return _(STAGES[stage])
    return said_of(look, clock, whole)


def _text_of(look: Look, case: Case, clock: Clock | None, whole: Explanation | None, stage: Stage) -> str:
    """`还剩 2 个工作日 · 11月24日 周二到期`, or on which day it ended."""
    if stage == "waiting":
        first = listed(look.state.case(number).name for number in case.waits_for)
        return _("等%(first)s", first=first) if first else ""
    if clock is None or whole is None:
        return ""
    if clock.ended:
        return short_day(clock.ended)
    if clock.paused or clock.due is None:
        return ""
    over, today = look.over(clock), look.due_today(clock)
    left = left_in_words(whole.left, clock.unit, over=over, today=today)
    return left if over or today else _("%(left)s · %(due)s到期", left=left, due=short_day(clock.due))


def _labels(axis: Sequence[date]) -> tuple[str, ...]:
    every = 1 if len(axis) <= FEW else LABEL_EVERY
    return tuple(str(day.day) if place % every == 0 else "" for place, day in enumerate(axis))


def _span(axis: Sequence[date]) -> str:
    if not axis:
        return ""
    first, last = axis[0], axis[-1]
    if (first.year, first.month) == (last.year, last.month):
        return _("%(month)s月", month=first.month)
    return _("%(first)s月—%(last)s月", first=first.month, last=last.month)
