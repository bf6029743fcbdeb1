"""A clock told day by day: which days counted, which did not and why, so that every light can be checked by hand.

It is a second way to the same end: `due.py` reckons with numbers of days, this walks from one calendar day to the
next, and a property test holds the two together. A day counts when its cut-off passes while the clock runs
(行政许可法 Art. 42, 45, 82); the day of the start does not (民法典 Art. 201), and a limit in calendar days does not
end with a rest day (Art. 203(1)).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from services.supervision.due import Office, Pauses, due_with_pauses
from services.supervision.model import Clock
from services.supervision.rules import Rules
from shared.clock import shanghai
from shared.contracts.terms import Unit

Kind = Literal["start", "counted", "moved", "paused", "rest", "over"]
"""How a day stands to a limit. `start`: the day of the start, which does not count. `moved`: all days are counted, but
this is a rest day, with which a limit in calendar days does not end."""
Deed = Literal["started", "paused", "resumed", "ended"]
ONE = timedelta(days=1)


class Act(NamedTuple):
    """What was done to a clock, and when (UTC)."""

    kind: Deed
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day (Asia/Shanghai) of a clock.

    `number`: the n-th day of the limit (counted), or the n-th day over it. `passed`: its cut-off passed while the clock
    had not ended; where it has not, `kind` and `number` say what the day will be if nothing happens. `cut_off`: the UTC
    instant at which the day ends, None for a rest day of a limit in working days. `festival` and `make_up` are the
    calendar's. `due`, `statutory`: the limits that end with it. `today`: the day on which it is told. `acts`: pauses,
    resumptions and the end, in order of time.
    """

    date: date
    kind: Kind
    number: int
    passed: bool
    cut_off: datetime | None
    festival: str
    make_up: bool
    due: bool = False
    statutory: bool = False
    today: bool = False
    acts: tuple[Act, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it was counted, within the limit or over it."""
        return self.passed and self.kind in ("counted", "over")

    @property
    def ended(self) -> bool:
        """Whether the clock ended on it."""
        return any(act.kind == "ended" for act in self.acts)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All days of a clock from its start. `limit`: the days of its promised limit, or of its only one."""

    days: tuple[Day, ...]
    limit: int
    unit: Unit

    def tally(self, kind: Kind) -> int:
        """How many days of a kind have passed."""
        return sum(day.kind == kind and day.passed for day in self.days)

    @property
    def left(self) -> int:
        """Days still to be counted; negative once overrun: what `due.remaining` says."""
        if any(day.due and day.passed for day in self.days):
            return min(self.limit, -self.tally("over"))
        return min(self.limit, max(self.limit, 1) - self.tally("counted"))


def explained(clock: Clock, rules: Rules, now: datetime, *, ahead: bool = False) -> Explanation:
    """A started clock as it stands at `now`: from the day of its start to today, or to its end.

    `ahead`: with the days to come up to the limit, unless an open pause withholds it. ValueError: not started, or a
    clock without a limit.
    """
    limit = clock.days
    if clock.started is None or limit is None:
        raise ValueError(f"{clock.subject}/{clock.key} has not started, or has no limit; tell only a running clock")
    walk = _Walk(rules.office_of(rules.clock(clock.key)), clock.started, limit, clock.unit, clock.pauses)
    until = _last_counted(clock, now)
    ends = {"due": walk.ends_with(limit), "statutory": walk.ends_with(clock.statutory_days)}
    last = shanghai(clock.ended or now).date()
    if ahead and not clock.ended and ends["due"]:
        last = max(last, ends["due"])
    days = tuple(_told(day, clock, now, ends) for day in walk.days(until, last))
    return Explanation(days, limit, clock.unit)


def _last_counted(clock: Clock, now: datetime) -> datetime:
    """The last instant whose cut-off counts. An act at a cut-off comes before it; where nobody acted (a deemed
    acceptance), the day of the limit has run out."""
    if clock.ended is None:
        return now
    deemed = any(stop.deemed for stop in clock.stops)
    return clock.ended if deemed else clock.ended - timedelta.resolution


@dataclass(frozen=True, slots=True)
class _Walk:
    """One limit of a clock, walked from day to day."""

    office: Office
    started: datetime
    limit: int
    unit: Unit
    pauses: Pauses

    def days(self, until: datetime, last: date) -> Iterator[Day]:
        """Each day up to and including `last`; cut-offs up to `until` have passed."""
        counted = over = 0
        reached = False
        day = shanghai(self.started).date()
        while day <= last:
            cut = self._cut_off(day)
            passed = cut is None or cut <= until
            kind = self._kind(day, cut, counted, reached)
            due = kind == "counted" and counted + 1 == max(self.limit, 1)
            counted, over = counted + (kind == "counted"), over + (kind == "over")
            yield Day(
                date=day,
                kind=kind,
                number={"counted": counted, "over": over}.get(kind, 0),
                passed=passed,
                cut_off=cut,
                festival=self.office.calendar.name_of(day),
                make_up=self.office.calendar.is_make_up_day(day),
            )
            reached, day = reached or due, day + ONE

    def ends_with(self, limit: int | None) -> date | None:
        """The day with which a limit of so many days ends; None: there is none, or an open pause withholds it."""
        if limit is None:
            return None
        end = due_with_pauses(self.office, self.started, limit, self.unit, self.pauses)
        return None if end is None else shanghai(end.at - timedelta.resolution).date()

    def _kind(self, day: date, cut: datetime | None, counted: int, reached: bool) -> Kind:
        if not self._begun(day, cut):
            return "start"
        if cut is None:
            return "rest"
        if any(paused <= cut and (resumed is None or cut < resumed) for paused, resumed in self.pauses):
            return "paused"
        if reached:
            return "over"
        full = counted + 1 >= max(self.limit, 1)
        return "moved" if full and self.office.moves(self.unit) and not self._works(day) else "counted"

    def _begun(self, day: date, cut: datetime | None) -> bool:
        """Whether the day can count: not that of the start (民法典 Art. 201), but with a limit of 0 days from the first
        cut-off after it."""
        first = shanghai(self.started).date()
        return day > first or (self.limit == 0 and cut is not None and cut > self.started)

    def _cut_off(self, day: date) -> datetime | None:
        if self.unit == "working_days" and not self._works(day):
            return None
        return self.office.cut_off(self.office.number(day, self.unit), self.unit)

    def _works(self, day: date) -> bool:
        return self.office.calendar.is_working_day(day)


def _told(day: Day, clock: Clock, now: datetime, ends: Mapping[str, date | None]) -> Day:
    """The day with the limits that end with it and what was done on it."""
    return replace(
        day,
        due=day.date == ends["due"],
        statutory=day.date == ends["statutory"],
        today=clock.ended is None and day.date == shanghai(now).date(),
        acts=tuple(act for act in _acts(clock) if shanghai(act.at).date() == day.date),
    )


def _acts(clock: Clock) -> list[Act]:
    """Everything that was done to a clock, in order of time."""
    deeds: list[tuple[Deed, datetime | None]] = [("started", clock.started), ("ended", clock.ended)]
    for paused, resumed in clock.pauses:
        deeds += [("paused", paused), ("resumed", resumed)]
    return sorted((Act(kind, at) for kind, at in deeds if at is not None), key=lambda act: act.at)
