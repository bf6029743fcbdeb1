"""A year by the calendar, month by month and day by day: for whoever wants to see it at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.supervision.calendar.working_days import Calendar

DayKind = Literal["working", "weekend", "rest", "make_up"]


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `kind`: an ordinary working day or weekend, a rest day of a festival, or a make-up day; `name` is the
    festival behind it."""

    date: date
    working: bool
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its first day, all its days, and how many of them are working days."""

    first: date
    days: tuple[Day, ...]

    @property
    def working_days(self) -> int:
        """How many working days it has."""
        return sum(day.working for day in self.days)


def months_of(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months of a year."""
    return [_month(calendar, date(year, month, 1)) for month in range(1, 13)]


def _month(calendar: Calendar, first: date) -> Month:
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    days = (first + timedelta(days=n) for n in range((after - first).days))
    return Month(first, tuple(_day(calendar, day) for day in days))


def _day(calendar: Calendar, day: date) -> Day:
    working, name = calendar.is_working_day(day), calendar.name_of(day)
    if calendar.is_make_up_day(day):
        return Day(day, working, "make_up", name)
    if not working and (day.weekday() < 5 or name):
        return Day(day, working, "rest", name)
    return Day(day, working, "working" if working else "weekend", name)
