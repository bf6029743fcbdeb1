"""The days of a clock as a row of letters that travels with its dates, so that others need no calendar of their own.

Nobody but supervision reckons a limit; but whoever shows one says how many days are left, on a day that nobody knows
when the event is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from services.supervision.due import Office
from services.supervision.model import Clock
from shared.clock import shanghai
from shared.contracts.supervision import COUNTED_BEYOND

ONE = timedelta(days=1)


def counting(office: Office, clock: Clock) -> str:
    """A letter for each calendar day after that of the start, up to COUNTED_BEYOND days after the last limit. c counts;
    - does not: a rest day of a limit in working days, a day that a pause swallowed, or one past which a last day has
    moved. Empty for a clock that has no date."""
    ends = [end for end in (clock.due, clock.statutory_due) if end is not None]
    if clock.started is None or not ends:
        return ""
    first, end = shanghai(clock.started).date() + ONE, shanghai(max(ends) - timedelta.resolution).date()
    last = end + COUNTED_BEYOND * ONE
    if clock.unit == "working_days" and not clock.pauses:
        return office.calendar.letters(first, last)
    return "".join(_walked(office, clock, first, last))


def _walked(office: Office, clock: Clock, first: date, last: date) -> Iterator[str]:
    """Day by day, where more than the calendar decides. A last day in calendar days that is a rest day moves
    (民法典 Art. 203(1))."""
    limit = clock.days
    counted, day = 0, first
    while day <= last:
        works = office.calendar.is_working_day(day)
        cut = office.cut_off(office.number(day, clock.unit), clock.unit)
        paused = any(since <= cut and (until is None or cut < until) for since, until in clock.pauses)
        moved = office.moves(clock.unit) and counted + 1 == limit and not works
        counts = not paused and not moved and (works or clock.unit == "calendar_days")
        counted, day = counted + counts, day + ONE
        yield "c" if counts else "-"
