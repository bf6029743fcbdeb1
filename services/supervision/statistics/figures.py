"""The formulas of statistics (电子监察, domain-rules.md §6), each as a numerator and a denominator to be checked.

Sums of days are never made over working and calendar days together: a group that has cases with limits in working
days is judged by these, and only a group without any by its cases in calendar days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import reduce
from typing import Any, NamedTuple, Self

from shared.contracts.terms import Unit

NOTHING = "—"
"""What a ratio of nothing is called: neither 0 % nor 100 %."""


class Ratio(NamedTuple):
    """A part of a whole. The part is negative where more days were used than there were."""

    part: int
    whole: int

    @property
    def tenths(self) -> int | None:
        """Tenths of a percent, half away from zero; None for a whole of 0."""
        if self.whole == 0:
            return None
        size = (2000 * abs(self.part) + self.whole) // (2 * self.whole)
        return size if self.part >= 0 else -size

    @property
    def percent(self) -> str:
        """`98.5%`, or NOTHING."""
        return NOTHING if self.tenths is None else f"{tenth(self.tenths)}%"


def tenth(tenths: int) -> str:
    """`-1.5` of -15."""
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"


@dataclass(frozen=True, slots=True)
class Sums:
    """Whole numbers that are added field by field."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Days(Sums):
    """Days of one unit. `promised`, `statutory`: of the accepted cases to which the law sets a limit. `spent`,
    `allowed`: what the finished ones of these took, and might have taken. `used`: what all finished ones took, of which
    there are `timed`."""

    promised: int = 0
    statutory: int = 0
    spent: int = 0
    allowed: int = 0
    used: int = 0
    timed: int = 0


@dataclass(frozen=True, slots=True)
class Figures(Sums):
    """What is counted of one group in one month (or several: then `overdue` is that of the last).

    `accepted` by the month of acceptance, with `online` and `waited` (working days for what was missing) of them.
    `finished` by the month of the decision, with `approved`, `timely` (within the promise), `same_day`, `bounded` (the
    law sets a limit), `lawful` (within that) and `paused` (working days) of them. `dropped`: withdrawn or closed.
    `overdue`: at the end of the month (or now) neither ended nor within the promise.
    """

    accepted: int = 0
    online: int = 0
    waited: int = 0
    finished: int = 0
    approved: int = 0
    dropped: int = 0
    timely: int = 0
    same_day: int = 0
    bounded: int = 0
    lawful: int = 0
    paused: int = 0
    overdue: int = 0
    working: Days = field(default_factory=Days)
    calendar: Days = field(default_factory=Days)

    @property
    def refused(self) -> int:
        """不予: decided, and not approved."""
        return self.finished - self.approved

    @property
    def on_time(self) -> Ratio:
        """按时办结率: finished within the promise, of the finished and the overdue unfinished ones."""
        return Ratio(self.timely, self.finished + self.overdue)

    @property
    def in_law(self) -> Ratio:
        """法定时限内办结率: of the finished ones to which the law sets a limit."""
        return Ratio(self.lawful, self.bounded)

    @property
    def at_once(self) -> Ratio:
        """当日办结率: decided on the day of acceptance, of the finished ones."""
        return Ratio(self.same_day, self.finished)

    @property
    def online_share(self) -> Ratio:
        """网上申请占比: of the accepted ones."""
        return Ratio(self.online, self.accepted)

    @property
    def compression(self) -> Ratio:
        """时限压缩比: (Σ statutory − Σ promised) / Σ statutory, of the accepted ones with a limit of the law."""
        days = self.working if self.working.statutory else self.calendar
        return Ratio(days.statutory - days.promised, days.statutory)

    @property
    def speed_up(self) -> Ratio:
        """提速率: (Σ statutory − Σ used) / Σ statutory, of the finished ones with a limit of the law."""
        days = self.working if self.working.allowed else self.calendar
        return Ratio(days.allowed - days.spent, days.allowed)

    @property
    def mean(self) -> tuple[str, Unit]:
        """平均用时: days of one unit for each finished case."""
        unit: Unit = "working_days" if self.working.timed or not self.calendar.timed else "calendar_days"
        days = self.working if unit == "working_days" else self.calendar
        return (tenth((20 * days.used + days.timed) // (2 * days.timed)) if days.timed else NOTHING), unit


@dataclass(frozen=True, slots=True)
class Offer(Sums):
    """What is counted of the items on offer at an instant. `handled`, `visited`: those of which the catalogue says how
    they are handled, and how often one must come."""

    items: int = 0
    handled: int = 0
    at_once: int = 0
    visited: int = 0
    at_most_once: int = 0
    working: Days = field(default_factory=Days)
    calendar: Days = field(default_factory=Days)

    @property
    def immediate(self) -> Ratio:
        """即办件率: 即办件 of all items."""
        return Ratio(self.at_once, self.handled)

    @property
    def once(self) -> Ratio:
        """最多跑一次率: items with at most one visit, of all items."""
        return Ratio(self.at_most_once, self.visited)

    @property
    def compression(self) -> Ratio:
        """时限压缩比 over items: each counts once, however many cases it has."""
        days = self.working if self.working.statutory else self.calendar
        return Ratio(days.statutory - days.promised, days.statutory)


def offer_of(rows: Iterable[Mapping[str, Any]]) -> Offer:
    """The items of these rows, each item once."""
    return reduce(Offer.__add__, (_one(row) for row in rows), Offer())


def _one(row: Mapping[str, Any]) -> Offer:
    limited, known = row["statutory"] is not None, row["visits"] is not None
    days = Days(promised=row["promised"], statutory=row["statutory"]) if limited else Days()
    return Offer(
        items=1,
        handled=row["handled"],
        at_once=row["at_once"],
        visited=int(known),
        at_most_once=int(known and row["visits"] <= 1),
        **{"working" if row["unit"] == "working_days" else "calendar": days},
    )
