"""When a limit ends: the one arithmetic of days, cut-offs and pauses, so that every clock is counted alike.

The rule, with its reasons:

- The day of the starting event does not count (民法典 Art. 201). So a case accepted after closing time, or on a rest
  day, has its first day on the next working day, exactly like one accepted in the morning before.
- A day counts when its cut-off passes while the clock runs. The cut-off of a working day is the closing time of the
  department, that of a calendar day is 24:00 (民法典 Art. 203(2)), both in Asia/Shanghai.
- A limit of 0 days ends with the day of acceptance itself, at its cut-off. Where that day has no business time left
  (accepted at or after closing, or on a rest day) it ends at the next cut-off: a last day that is a rest day moves
  to the next working day (Art. 203(1)), and a limit cannot end before it has begun.
- An act at the very instant of a cut-off comes before it ("以内" includes the limit, Art. 1259): a clock that is
  paused at 18:00:00 has not counted that day, one that is resumed at 18:00:00 has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from services.supervision.calendar import Calendar
from shared.clock import SHANGHAI, shanghai

Unit = Literal["working_days", "calendar_days"]
Pauses = Sequence[tuple[datetime, datetime | None]]
"""(paused at, resumed at) in any order, overlaps allowed; None: still paused."""


@dataclass(frozen=True, slots=True)
class Due:
    """The UTC instant at which a limit ends; `provisional` past the announced calendar."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Office:
    """The calendar, and the time in Asia/Shanghai at which the departments close (民法典 Art. 203(2))."""

    calendar: Calendar
    closing: time = time(18)

    def number(self, day: date, unit: Unit) -> int:
        """How many days of this unit there are up to and including `day`: its number, if it is one."""
        ordinal = day.toordinal()
        return ordinal if unit == "calendar_days" else self.calendar.working_days_until(ordinal)

    def day(self, number: int, unit: Unit) -> date:
        """The date of the day with this number."""
        return date.fromordinal(number) if unit == "calendar_days" else self.calendar.working_day(number)

    def cut_off(self, number: int, unit: Unit) -> datetime:
        """The UTC instant at which the day with this number ends."""
        day = self.day(number, unit)
        if unit == "calendar_days":
            return datetime.combine(day + timedelta(days=1), time(0), SHANGHAI).astimezone(UTC)
        return datetime.combine(day, self.closing, SHANGHAI).astimezone(UTC)

    def number_before(self, at: datetime, unit: Unit) -> int:
        """The number of the last day whose cut-off lies strictly before `at`. ValueError if `at` is naive."""
        local = shanghai(at)
        today, now = local.date(), local.time()
        if unit == "calendar_days":
            return today.toordinal() - (1 if now > time(0) else 2)
        return self.number(today if now > self.closing else today - timedelta(days=1), unit)

    def number_by(self, at: datetime, unit: Unit) -> int:
        """The number of the last day whose cut-off lies at or before `at`. ValueError if `at` is naive."""
        return self.number_before(at + timedelta.resolution, unit)


def due(office: Office, started: datetime, days: int, unit: Unit = "working_days") -> Due:
    """The end of a limit of `days` that is never paused. ValueError: negative days or a naive instant."""
    before, count = _first(office, started, days, unit)
    return _due(office, before + count, unit)


def due_with_pauses(office: Office, started: datetime, days: int, unit: Unit, pauses: Pauses) -> Due | None:
    """The end of a limit of `days`, or None while an open pause keeps it from ending. Errors as `due`.

    Pauses are those of 行政许可法 Art. 45; a cut-off that passes inside one does not count.
    """
    before, count = _first(office, started, days, unit)
    number = before + count
    for last_counted, last_lost in _gaps(office, before, unit, pauses):
        if number <= last_counted:
            break
        if last_lost is None:
            return None
        number += last_lost - last_counted
    return _due(office, number, unit)


def remaining(office: Office, started: datetime, days: int, unit: Unit, pauses: Pauses, now: datetime) -> int:
    """Whole days still to be counted at `now`; negative once the limit is overrun. Today's cut-off passed: today is.

    On the day of the starting event all `days` remain; with a limit of 0 days it is 0 until a day is overrun.
    """
    before, count = _first(office, started, days, unit)
    upto = max(before, office.number_by(now, unit))
    counted = upto - before
    for last_counted, last_lost in _gaps(office, before, unit, pauses):
        end = upto if last_lost is None else min(upto, last_lost)
        counted -= max(0, end - last_counted)
    return min(days, count - counted)


def due_date(office: Office, start: date, days: int) -> tuple[date, bool]:
    """The last day of a limit of `days` working days for a case accepted in the morning of `start`."""
    end = due(office, datetime.combine(start, time(0), SHANGHAI), days)
    return shanghai(end.at).date(), end.provisional


def _first(office: Office, started: datetime, days: int, unit: Unit) -> tuple[int, int]:
    """The number of the last day before counting begins, and how many days are to be counted after it."""
    if days < 0:
        raise ValueError(f"a limit of {days} days: give 0 or more")
    if days == 0:
        return office.number_by(started, unit), 1
    return office.number(shanghai(started).date(), unit), days


def _gaps(office: Office, before: int, unit: Unit, pauses: Pauses) -> Iterator[tuple[int, int | None]]:
    """The day numbers (after a, up to b) that pauses swallow: in order, disjoint, none up to `before`."""
    edge = before
    for paused, resumed in sorted(pauses, key=lambda pause: pause[0]):
        first = max(edge, office.number_before(paused, unit))
        if resumed is None:
            yield first, None
            return
        edge = max(first, office.number_before(resumed, unit))
        if edge > first:
            yield first, edge


def _due(office: Office, number: int, unit: Unit) -> Due:
    certain = unit == "calendar_days" or office.calendar.is_certain(office.day(number, unit))
    return Due(office.cut_off(number, unit), provisional=not certain)
