"""A second independent counter: the whole life of a clock, walked from day to day with everything that is done to it.

It shares no code with due.py, lights.py or the decisions: days are asked of chinesecalendar and of what was drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from hypothesis import strategies as st

from services.supervision.calendar.working_days import Calendar, announced
from shared.clock import SHANGHAI
from shared.contracts.terms import Near, Unit
from tests.unit.supervision.counter import UNITS, works

ONE, TICK = timedelta(days=1), timedelta(microseconds=1)
FARTHEST = 700
POLICY = Near()  # our default, domain-rules §6


@dataclass(frozen=True)
class Deed:
    """What is done to a clock; `days` of an extension, `cause` of a pause or its end."""

    kind: Literal["pause", "resume", "extend", "restart"]
    at: datetime
    cause: str = ""
    days: int = 0


@dataclass(frozen=True)
class Life:
    """A clock, and all that is done to it, in order of time. `turned`: days that a drawn calendar says otherwise."""

    started: datetime
    promised: int | None
    statutory: int | None
    unit: Unit
    deeds: tuple[Deed, ...]
    now: datetime
    near: Near = POLICY
    closing: time = time(18)
    turned: tuple[date, ...] = ()
    certain_until: date = date(2026, 12, 31)

    def works(self, day: date) -> bool:
        return works(day) != (day in self.turned)

    @property
    def calendar(self) -> Calendar:
        days, _ = announced()
        return Calendar.of(days | {day: self.works(day) for day in self.turned}, self.certain_until)


@dataclass
class Run:
    """One limit of it: the cut-offs that counted, and whether each was that of the day of the start."""

    days: int
    cuts: list[tuple[datetime, bool]] = field(default_factory=list)
    end: datetime | None = None
    over: list[datetime] = field(default_factory=list)

    def counted(self, now: datetime) -> int:
        return sum(cut <= now and not (first and self.days) for cut, first in self.cuts)

    def meet(self, cut: datetime, *, first: bool, may_end: bool) -> None:
        if self.end:
            self.over.append(cut)
            return
        self.cuts.append((cut, first))
        if self.counted(cut) >= max(self.days, 1) and may_end:
            self.end = cut


@dataclass
class Walk:
    """Where it comes to. Limits are (promised or only, statutory)."""

    life: Life
    start: datetime
    promise: Run
    law: Run | None
    holds: set[str] = field(default_factory=set)

    @property
    def runs(self) -> list[Run]:
        return [self.promise] if self.law is None or self.law is self.promise else [self.promise, self.law]

    @property
    def left(self) -> int:
        now, run = self.life.now, self.promise
        if run.end and run.end <= now:
            return -sum(cut <= now for cut in run.over)
        return min(run.days, max(1, run.days - run.counted(now)))

    @property
    def light(self) -> str:
        now, run = self.life.now, self.promise
        if self.law and self.law.end and self.law.end <= now:
            return "deep_red"
        if run.end and run.end <= now:
            return "red"
        if self.holds:
            return "paused"
        near = min(run.days, max(self.life.near.least_days, run.days * self.life.near.percent // 100))
        return "yellow" if run.days and run.days - run.counted(now) <= near and self._first_day_is_over() else "green"

    def _first_day_is_over(self) -> bool:
        cut = cut_off(self.life, self.start.astimezone(SHANGHAI).date())
        return cut is None or cut <= self.life.now

    @property
    def passed(self) -> set[int]:
        """Which of its limits have passed: 0 the promised or only one, 1 the statutory."""
        ends = (self.promise.end, self.law.end if self.law else None)
        return {place for place, end in enumerate(ends) if end and end <= self.life.now}

    def meet(self, deed: Deed) -> None:
        if deed.kind == "pause":
            self.holds.add(deed.cause)
        elif deed.kind == "resume":
            self.holds.discard(deed.cause)
        elif deed.kind == "extend":
            for run in self.runs:
                run.days += deed.days if run.end is None else 0
        elif self.promise.end is None:
            self.start, self.holds = deed.at, set()
            for run in self.runs:
                run.cuts = []


def cut_off(life: Life, day: date) -> datetime | None:
    if life.unit == "working_days" and not life.works(day):
        return None
    return datetime.combine(day, life.closing, SHANGHAI)


def walked(life: Life) -> Walk:
    """Walk it. An act at the very instant of a cut-off comes before it."""
    law = None if life.statutory is None else Run(life.statutory)
    promise = law if life.promised is None and law else Run(life.promised or 0)
    walk, deeds = Walk(life, life.started, promise, law), list(life.deeds)
    day = life.started.astimezone(SHANGHAI).date()
    for _ in range(FARTHEST):
        cut = cut_off(life, day)
        while deeds and deeds[0].at <= (cut or datetime.combine(day, time.max, SHANGHAI)):
            walk.meet(deeds.pop(0))
        if cut and cut > walk.start and not walk.holds:
            first = day == walk.start.astimezone(SHANGHAI).date()
            for run in walk.runs:
                if not (first and run.days):
                    run.meet(cut, first=first, may_end=life.works(day))
        if not deeds and (walk.holds or all(run.end for run in walk.runs)) and (cut or life.started) > life.now:
            return walk
        day += ONE
    raise AssertionError("walk farther")


@st.composite
def moments(draw: st.DrawFn, after: datetime, closing: time, within: int) -> datetime:
    """An instant from `after` on: often just at a cut-off, or a microsecond beside it."""
    day = after.astimezone(SHANGHAI).date() + timedelta(days=draw(st.integers(0, within)))
    cut = datetime.combine(day, closing, SHANGHAI)
    midnight = datetime.combine(day, time(0), SHANGHAI)
    beside = st.sampled_from([cut - TICK, cut, cut + TICK, midnight, midnight - TICK, midnight + timedelta(hours=10)])
    any_time = st.integers(0, 86_399_999_999).map(lambda micro: midnight + timedelta(microseconds=micro))
    return max(after, draw(beside | any_time)).astimezone(UTC)


@st.composite
def starts(draw: st.DrawFn, closing: time) -> datetime:
    opening = datetime(2004, 1, 1, 12, tzinfo=SHANGHAI) + timedelta(days=draw(st.integers(0, 8_390)))
    return draw(moments(opening, closing, 0))


@st.composite
def calendars(draw: st.DrawFn, started: datetime) -> tuple[tuple[date, ...], date]:
    """Days that turn near the start, and the last day that is announced."""
    first = started.astimezone(SHANGHAI).date()
    offsets = draw(st.lists(st.integers(0, 90), unique=True, max_size=8))
    return tuple(first + timedelta(days=n) for n in offsets), draw(
        st.sampled_from([date(2026, 12, 31), date(2027, 12, 31)])
    )


@st.composite
def decisions(draw: st.DrawFn) -> Life:
    """A decision clock with overlapping procedures and extensions before, during and after them."""
    closing = draw(st.sampled_from([time(18), time(18), time(12), time(17, 30)]))
    started = draw(starts(closing))
    deeds: list[Deed] = []
    for number in range(draw(st.integers(0, 3))):
        since = draw(moments(started, closing, 40))
        deeds.append(Deed("pause", since, f"P{number}"))
        if draw(st.sampled_from([True] * 6 + [False])):
            deeds.append(Deed("resume", draw(moments(since, closing, 20)), f"P{number}"))
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        deeds.append(Deed("extend", draw(moments(started, closing, 50)), days=draw(st.integers(1, 10))))
    deeds.sort(key=lambda deed: deed.at)
    promised = draw(st.integers(0, 30))
    statutory = draw(st.none() | st.integers(promised, 60))
    turned, certain = draw(calendars(started))
    return Life(
        started=started, promised=promised, statutory=statutory, unit=draw(UNITS), deeds=tuple(deeds),
        now=draw(moments(deeds[-1].at if deeds else started, closing, 60)),
        near=draw(st.builds(Near, least_days=st.integers(0, 5), percent=st.integers(0, 100))),
        closing=closing, turned=turned, certain_until=certain,
    )  # fmt: skip


@st.composite
def acceptances(draw: st.DrawFn) -> Life:
    """An acceptance clock, whose supplements count all days anew."""
    closing = draw(st.sampled_from([time(18), time(12)]))
    started = when = draw(starts(closing))
    deeds: list[Deed] = []
    for _ in range(draw(st.integers(0, 2))):
        when = draw(moments(when, closing, 12))
        deeds.append(Deed("pause", when))
        if draw(st.sampled_from([True] * 6 + [False])):
            when = draw(moments(when, closing, 20))
            deeds.append(Deed("restart", when))
    turned, certain = draw(calendars(started))
    return Life(
        started=started, promised=None, statutory=draw(st.integers(1, 10)), unit="working_days", deeds=tuple(deeds),
        now=draw(moments(when, closing, 40)), closing=closing, turned=turned, certain_until=certain,
    )  # fmt: skip
