"""`/wall`: the hall at one glance, on a screen of 1920 by 1080 or folded to one column. No personal data is on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.supervision.decide.audit import MILESTONES, instant
from services.supervision.model import LIGHTS, Supervised
from services.supervision.pages.desk import Line, lines_of
from services.supervision.pages.words import STAGES, spoken
from services.supervision.parts import Parts
from services.supervision.store import URGED, Wanted, find_lit
from services.supervision.trend import Day, Trend
from shared.clock import shanghai
from shared.contracts.terms import Light
from shared.identity import Person, scope_of
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.session import signed_in

LONGEST, SOONEST, NEWEST, MOST_DEPARTMENTS = 6, 3, 4, 13
Reader = Annotated[Person, Depends(signed_in("clock.read"))]


class Department(NamedTuple):
    """One row of the table: the worst light that it has, and how many open cases show each."""

    code: str
    name: str
    worst: Light
    lights: Mapping[Light, int]


class News(NamedTuple):
    """One thing that happened today."""

    at: datetime
    who: str
    what: str


class Chart(NamedTuple):
    """The trend as it is drawn: points of both lines, the marks of the scale as (height, number), and the last day's
    numbers with the heights of their words."""

    accepted: str
    ended: str
    scale: tuple[tuple[int, int], ...]
    last: tuple[int, int, int, int, int]
    first_day: date
    last_day: date


def wall(parts: Parts, pages: Pages) -> APIRouter:
    """For those on duty."""
    router = APIRouter(include_in_schema=False)
    trend = Trend(parts.store, lambda: parts.rules.office)

    @router.get("/wall")
    async def show(request: Request, asker: Reader) -> HTMLResponse:
        """Numbers are the whole hall's; single applications, with addresses, are only what the reader may see."""
        now, scope = parts.runtime.clock(), scope_of(asker, "clock.read")
        own = None if scope.all else scope.department
        numbers = await answering(parts.numbers())
        days = await answering(trend(now))
        return pages.show(
            request,
            asker,
            "supervision/wall.html",
            current="wall",
            now=now,
            numbers=numbers,
            departments=await answering(_departments(parts)),
            over=await answering(_first(parts, ("deep_red", "red"), LONGEST, own)),
            soon=await answering(_first(parts, ("yellow",), SOONEST, own)),
            news=await answering(_news(parts, now)),
            chart=chart_of(days),
            days=days,
        )

    return router


async def _departments(parts: Parts) -> list[Department]:
    """The departments with open cases, the worst first; those that have no room are one row."""
    rows = (await parts.numbers.shown()).by_department
    names = await parts.numbers.departments(rows)
    found = [Department(code, names[code], worst(lights), lights) for code, lights in rows.items()]
    found.sort(key=lambda row: (*(-row.lights[light] for light in ("deep_red", "red", "yellow")), row.code))
    if len(found) <= MOST_DEPARTMENTS + 1:
        return found
    rest = found[MOST_DEPARTMENTS:]
    summed: dict[Light, int] = {light: sum(row.lights[light] for row in rest) for light in LIGHTS}
    return [*found[:MOST_DEPARTMENTS], Department("", _("其余 %(n)s 个部门", n=len(rest)), worst(summed), summed)]


def worst(lights: Mapping[Light, int]) -> Light:
    """The worst light that anything shows."""
    return max((light for light in LIGHTS if lights[light]), key=LIGHTS.index, default="green")


async def _first(parts: Parts, lights: Sequence[Light], count: int, department: str | None) -> list[Line]:
    """The clocks under these lights whose limit is the longest ago, or comes first; of one department, or None."""
    found: list[Line] = []
    for light in lights:
        wanted = Wanted(light, department)
        docs = await find_lit(parts.store, wanted, skip=0, limit=count)
        states = (doc.state for doc in docs if isinstance(doc.state, Supervised))
        found += [line for state in states for line in lines_of(state, wanted, parts)]
    return sorted(found, key=lambda line: line.due or parts.runtime.clock())[:count]


async def _news(parts: Parts, now: datetime) -> list[News]:
    """What was submitted, accepted, ended and urged today, the newest first."""
    since = shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
    order = (("time", -1), ("_id", 1))
    rows = await parts.store.find_facts(MILESTONES, {"time": {"$gte": instant(since)}}, sort=order, limit=NEWEST)
    reached = [(row["kind"], str(row["_id"]).partition("/")[2], datetime.fromisoformat(row["time"])) for row in rows]
    docs = await parts.store.load(sorted({subject[:13] for _kind, subject, _at in reached}))
    states = {number: doc.state for number, doc in docs.items() if isinstance(doc.state, Supervised)}
    news: list[News] = []
    for doc in await find_lit(parts.store, Wanted(URGED), skip=0, limit=NEWEST):
        state = doc.state
        news += [_urged(state, urge.at, urge.awaited) for urge in state.urges if urge.awaited and urge.at >= since]
    news += [_told(states[subject[:13]], *each) for each in reached if (subject := each[1])[:13] in states]
    return sorted(news, key=lambda each: each.at, reverse=True)[:NEWEST]


def _told(state: Supervised, kind: str, subject: str, at: datetime) -> News:
    if kind == "submitted":
        return News(at, state.matter_name, _("有人提交了申请"))
    case = state.case(subject)
    who = state.name_of(case.department)
    if kind == "accepted":
        return News(at, who, _("受理%(item)s", item=case.name))
    how = {"CaseApproved": _("准予"), "CaseRefused": spoken(STAGES, "refused")}.get(case.outcome or "", _("终止"))
    return News(at, who, _("%(how)s%(item)s", how=how, item=case.name))


def _urged(state: Supervised, at: datetime, awaited: Sequence[str]) -> News:
    return News(at, _("、").join(state.name_of(code) for code in awaited), _("收到催办"))


LEFT, RIGHT, TOP, BOTTOM = 44, 456, 50, 262


def chart_of(days: Sequence[Day]) -> Chart:
    """Two lines over the working days, on one scale that begins at 0."""
    most = max((max(day.accepted, day.ended) for day in days), default=0)
    step = _step(most)
    top = step * 3

    def height(number: int) -> int:
        return round(BOTTOM - (BOTTOM - TOP) * number / top)

    def line(numbers: Sequence[int]) -> str:
        wide = (RIGHT - LEFT) / max(1, len(numbers) - 1)
        return " ".join(f"{round(LEFT + wide * place)},{height(number)}" for place, number in enumerate(numbers))

    accepted, ended = days[-1].accepted, days[-1].ended
    high, low = height(accepted), height(ended)
    if abs(high - low) < 26:  # the words beside the last points must not lie on each other
        high, low = ((high + low) // 2 - 13, (high + low) // 2 + 13)
        if accepted < ended:
            high, low = low, high
    return Chart(
        line([day.accepted for day in days]),
        line([day.ended for day in days]),
        tuple((height(step * place), step * place) for place in range(4)),
        (accepted, ended, height(accepted), high, low),
        days[0].date,
        days[-1].date,
    )


def _step(most: int) -> int:
    """A round third of the scale."""
    third = max(1, -(-most // 3))
    size: int = 10 ** (len(str(third)) - 1)
    return min(step for step in (size, 2 * size, 5 * size, 10 * size) if step >= third)
