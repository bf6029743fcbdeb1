"""When a limit ends: the one arithmetic of days, cut-offs and pauses, so that every clock is counted alike.

The rule, with its reasons:

- The day of the starting event does not count (民法典 Art. 201). So a case accepted after closing time, or on a rest
  day, has its first day on the next working day, exactly like one accepted in the morning before.
- A day counts when its cut-off passes while the clock runs. The cut-off is the closing time of the department, which
  has business hours, and 24:00 for an applicant, who has none (民法典 Art. 203(2)), both in Asia/Shanghai.
- A department's limit in calendar days counts rest days too, but does not end on one: its last day is then the next
  working day (Art. 203(1)). So it ends at the first cut-off of a working day, passed while the clock runs, by which
  all its days are counted; a pause that begins after the last of them and before that cut-off still withholds it.
- A limit of 0 days ends with the day of acceptance itself, at its cut-off. Where that day has no business time left
  (accepted at or after closing, or on a rest day) it ends at the next cut-off of a working day: a limit cannot end
  before it has begun.
- An act at the very instant of a cut-off comes before it ("以内" includes the limit, Art. 1259): a clock that is
  paused at 18:00:00 has not counted that day, one that is resumed at 18:00:00 has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from services.supervision.calendar.working_days import Calendar
from shared.clock import SHANGHAI, shanghai
from shared.contracts.terms import Unit

Pauses = Sequence[tuple[datetime, datetime | None]]
"""(paused at, resumed at) in any order, overlaps allowed; None: still paused."""
Gap = tuple[int, int | None]
"""Day numbers that do not count: after the first, up to the second; None: an open pause, no end."""


@dataclass(frozen=True, slots=True)
class Due:
    """The UTC instant at which a limit ends; `provisional` past the announced calendar."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Office:
    """The calendar, and when a day ends in Asia/Shanghai for the one whose clock it is (民法典 Art. 203(2)).

    `closing`: when the departments close; None, for an applicant: no business hours, so a day ends at 24:00.
    """

    calendar: Calendar
    closing: time | None = time(18)

    def number(self, day: date, unit: Unit) -> int:
        """How many days of this unit there are up to and including `day`: its number, if it is one."""
        ordinal = day.toordinal()
        return ordinal if unit == "calendar_days" else self.calendar.working_days_until(ordinal)

    def day(self, number: int, unit: Unit) -> date:
        """The date of the day with this number."""
        return date.fromordinal(number) if unit == "calendar_days" else self.calendar.working_day(number)

    def moves(self, unit: Unit) -> bool:
        """Whether a last day that is a rest day moves: only a department's limit in calendar days can meet one."""
        return unit == "calendar_days" and self.closing is not None

    def last(self, number: int, unit: Unit) -> int:
        """The number of the day on which a limit ends whose days are all counted on this one (民法典 Art. 203(1))."""
        if not self.moves(unit):
            return number
        return self.calendar.working_day(self.calendar.working_days_until(number - 1) + 1).toordinal()

    def cut_off(self, number: int, unit: Unit) -> datetime:
        """The UTC instant at which the day with this number ends."""
        day = self.day(number, unit)
        if self.closing is None:
            return datetime.combine(day + timedelta(days=1), time(0), SHANGHAI).astimezone(UTC)
        return datetime.combine(day, self.closing, SHANGHAI).astimezone(UTC)

    def number_before(self, at: datetime, unit: Unit) -> int:
        """The number of the last day whose cut-off lies strictly before `at`. ValueError if `at` is naive."""
        local = shanghai(at)
        today, now = local.date(), local.time()
        if self.closing is None:
            return self.number(today - timedelta(days=1 if now > time(0) else 2), unit)
        return self.number(today if now > self.closing else today - timedelta(days=1), unit)

    def number_by(self, at: datetime, unit: Unit) -> int:
        """The number of the last day whose cut-off lies at or before `at`. ValueError if `at` is naive."""
        return self.number_before(at + timedelta.resolution, unit)


def due(office: Office, started: datetime, days: int, unit: Unit = "working_days") -> Due:
    """The end of a limit of `days` that is never paused. ValueError: negative days or a naive instant."""
    before, count = _first(office, started, days, unit)
    return _due(office, office.last(before + count, unit), unit)


def due_with_pauses(office: Office, started: datetime, days: int, unit: Unit, pauses: Pauses) -> Due | None:
    """The end of a limit of `days`, or None while an open pause keeps it from ending. Errors as `due`.

    Pauses are those of 行政许可法 Art. 45; a cut-off that passes inside one does not count.
    """
    before, count = _first(office, started, days, unit)
    last = _passed(before + count, _gaps(office, before, unit, pauses), partial(office.last, unit=unit))
    return None if last is None else _due(office, last, unit)


def counted_at(office: Office, started: datetime, days: int, unit: Unit, pauses: Pauses) -> datetime | None:
    """The instant at which `days` days (1 or more) are counted, on a rest day too; None while an open pause lasts."""
    before, count = _first(office, started, days, unit)
    number = _passed(before + count, _gaps(office, before, unit, pauses), int)
    return None if number is None else office.cut_off(number, unit)


def remaining(office: Office, started: datetime, days: int, unit: Unit, pauses: Pauses, now: datetime) -> int:
    """Whole days still to be counted at `now`; negative once the limit is overrun. Today's cut-off passed: today is.

    On the day of the starting event all `days` remain; with a limit of 0 days it is 0 until a day is overrun. While
    a last day that has moved is still to come, it is the one that remains.
    """
    before, count = _first(office, started, days, unit)
    gaps = tuple(_gaps(office, before, unit, pauses))
    upto = max(before, office.number_by(now, unit))
    last = _passed(before + count, gaps, partial(office.last, unit=unit))
    if last is None or last > upto:
        return min(days, max(1, count - _counted(before, upto, gaps)))
    return min(days, -_counted(last, upto, gaps))


def used(office: Office, started: datetime, ended: datetime, unit: Unit, pauses: Pauses) -> int:
    """Whole days from the one after the start up to and including that of the end, but for those that a pause
    swallowed: 0 where both are on one day. A rest day is no working day, so an end on one has used the days before."""
    before, upto = office.number(shanghai(started).date(), unit), office.number(shanghai(ended).date(), unit)
    return max(0, _counted(before, upto, tuple(_gaps(office, before, unit, pauses))))


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


def _gaps(office: Office, before: int, unit: Unit, pauses: Pauses) -> Iterator[Gap]:
    """What pauses swallow after `before`: in order, and disjoint."""
    edge = before
    for paused, resumed in sorted(pauses, key=lambda pause: pause[0]):
        first = max(edge, office.number_before(paused, unit))
        if resumed is None:
            yield first, None
            return
        edge = max(first, office.number_before(resumed, unit))
        if edge > first:
            yield first, edge


def _passed(number: int, gaps: Iterable[Gap], end: Callable[[int], int]) -> int | None:
    """The day at whose cut-off it is over, where without gaps all days would be counted on the day `number`.

    `end`: from the day on which all are counted to the one on which it is over. None: an open pause comes before.
    """
    for last_counted, last_lost in gaps:
        if end(number) <= last_counted:
            break
        if last_lost is None:
            return None
        number = max(number, last_counted + 1) + last_lost - last_counted
    return end(number)


def _counted(after: int, upto: int, gaps: Iterable[Gap]) -> int:
    """How many days after the one up to the other no gap swallows."""
    lost = (min(upto, upto if b is None else b) - max(after, a) for a, b in gaps)
    return upto - after - sum(max(0, days) for days in lost)


def _due(office: Office, number: int, unit: Unit) -> Due:
    by_calendar = unit == "working_days" or office.moves(unit)
    certain = not by_calendar or office.calendar.is_certain(office.day(number, unit))
    return Due(office.cut_off(number, unit), provisional=not certain)
