"""What the wall says of a snapshot, in the reader's language: departments, lists, news and figures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.supervision.model import LIGHTS
from services.supervision.pages import figures
from services.supervision.pages.lines import Line, lines_of
from services.supervision.pages.words import RUNGS, STAGES, spoken
from services.supervision.parts import Parts
from services.supervision.store import LISTED, Wanted
from services.supervision.views import Numbers
from services.supervision.wall.satisfaction import LEVELS, Satisfaction
from services.supervision.wall.snapshot import LONGEST, SOONEST, Reached, Snapshot
from shared.clock import shanghai
from shared.contracts.terms import Light
from shared.web.i18n import _, _text, listed

MOST_DEPARTMENTS = 13


LEVEL_NAMES: Mapping[int, str] = {
    5: _text("非常满意"),
    4: _text("满意"),
    3: _text("基本满意"),
    2: _text("不满意"),
    1: _text("非常不满意"),
}


class Department(NamedTuple):
    """One row of the table: the worst light that it has, and how many open cases show each."""

    code: str
    name: str
    worst: Light
    lights: Mapping[Light, int]

    @property
    def total(self) -> int:
        """All its open cases."""
        return sum(self.lights.values())


class News(NamedTuple):
    """One thing that happened today; `key` knows it again."""

    key: str
    at: datetime
    who: str
    what: str


class Sight(NamedTuple):
    """Everything on the wall."""

    numbers: Numbers
    departments: Sequence[Department]
    over: Sequence[Line]
    soon: Sequence[Line]
    news: Sequence[News]
    hours: Sequence[figures.Hour]
    chart: figures.Chart
    satisfaction: Satisfaction
    levels: Sequence[tuple[int, str, int]]
    drawn: Mapping[str, Any]


def sight_of(snapshot: Snapshot, department: str | None, parts: Parts) -> Sight:
    """For a reader who may see single applications of this department, or of all (None)."""
    departments = rows_of(snapshot.shown.by_department, snapshot.names)
    hours = figures.hours_of(snapshot.days, snapshot.today)
    found = snapshot.satisfaction
    return Sight(
        numbers=snapshot.numbers,
        departments=departments,
        over=_lines(snapshot, "over", department, parts)[:LONGEST],
        soon=_lines(snapshot, "soon", department, parts)[:SOONEST],
        news=[_told(each) for each in snapshot.news],
        hours=hours,
        chart=figures.chart_of(snapshot.days),
        satisfaction=found,
        levels=[(level, _(LEVEL_NAMES[level]), found.by_level[level]) for level in LEVELS],
        drawn={
            "hours": figures.drawn_hours(hours, shanghai(snapshot.numbers.at).hour),
            "trend": figures.drawn_trend(snapshot.days),
            "departments": figures.drawn_departments(departments),
            "satisfaction": figures.drawn_satisfaction(found),
        },
    )


def rows_of(rows: Mapping[str, Mapping[Light, int]], names: Mapping[str, str]) -> list[Department]:
    """The departments with open cases, the worst first; those that have no room are one row."""
    found = [Department(code, names.get(code, code), worst(lights), lights) for code, lights in rows.items()]
    found.sort(key=lambda row: (*(-row.lights[light] for light in ("deep_red", "red", "yellow")), -row.total, row.code))
    if len(found) <= MOST_DEPARTMENTS + 1:
        return found
    rest = found[MOST_DEPARTMENTS:]
    summed: dict[Light, int] = {light: sum(row.lights[light] for row in rest) for light in LIGHTS}
    return [*found[:MOST_DEPARTMENTS], Department("", _("其余 %(n)s 个部门", n=len(rest)), worst(summed), summed)]


def worst(lights: Mapping[Light, int]) -> Light:
    """The worst light that anything shows."""
    return max((light for light in LIGHTS if lights[light]), key=LIGHTS.index, default="green")


def _lines(snapshot: Snapshot, listed: str, department: str | None, parts: Parts) -> list[Line]:
    """The clocks of a list, the one whose limit is the longest ago, or comes first, before the others."""
    wanted = [Wanted(light, department) for light in LISTED[listed]]
    states = getattr(snapshot.listed, listed)
    found = [line for state in states for each in wanted for line in lines_of(state, each, parts)]
    return sorted(found, key=lambda line: line.due or snapshot.numbers.at)


def _told(each: Reached) -> News:
    """Its key names no application: a department sees the news of all."""
    who, what = _words(each)
    key = hashlib.sha256(f"{each.kind}/{each.subject}/{each.urge}".encode()).hexdigest()[:16]
    return News(key, each.at, who, what)


def _words(each: Reached) -> tuple[str, str]:
    """Who or what it happened to, and what."""
    state = each.state
    case = state.case(each.subject)
    who = state.name_of(case.department)
    match each.kind:
        case "submitted":
            return state.matter_name, _("有人提交了申请")
        case "accepted":
            return who, _("受理%(item)s", item=case.name)
        case "overdue":
            return case.name or state.matter_name, _("超过了期限")
        case "urged":
            urge = next((urge for urge in state.urges_of(each.subject) if urge.number == each.urge), None)
            names = listed(state.name_of(code) for code in (urge.departments if urge else ()))
            return names, _("收到%(rung)s", rung=spoken(RUNGS, urge.rung if urge else "urge"))
    how = {"CaseApproved": _("准予"), "CaseRefused": spoken(STAGES, "refused")}.get(case.outcome or "", _("终止"))
    return who, _("%(how)s%(item)s", how=how, item=case.name)
