"""When people of the sample act: some times of each day, at which several of them do so one after another."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from shared.clock import shanghai
from shared.local.sample.office import AFTERNOON, MORNING, Office

A_DAY = 8
"""Times in the office hours of a working day."""
OVERTIME, EVENING = AFTERNOON[1] + 20, 20 * 60 + 30
"""Minutes of the day: when the departments clear their desks, and when people at home sit down to it."""
CLOSING = 18 * 60 + 0.5
"""When the day is over for every countdown."""
LAST = timedelta(minutes=2)
"""How long before the end the last time of all is."""


def times(office: Office, day: date, seed: int) -> list[datetime]:
    """The times of a day, in order; of a rest day, one."""
    dice = random.Random(f"{seed}/{day}")  # noqa: S311
    evening = [EVENING + dice.uniform(-60, 90)]
    if not office.calendar.is_working_day(day):
        return [office.at(day, minute) for minute in evening]
    open_ = [minute for opens, closes in (MORNING, AFTERNOON) for minute in range(opens, closes)]
    step = len(open_) / A_DAY
    chosen = [open_[int(step * n + dice.uniform(2, step - 2))] for n in range(A_DAY)]
    return [office.at(day, minute + dice.random()) for minute in (*chosen, OVERTIME + dice.uniform(0, 5), *evening)]


def closing(office: Office, day: date) -> datetime:
    """When a day is over."""
    return office.at(day, CLOSING)


def calendar(office: Office, since: datetime, upto: datetime, seed: int) -> Iterator[tuple[datetime, bool]]:
    """Every time from one instant to the other, in order, and whether it is a closing; the last one just before."""
    day, last = shanghai(since).date(), shanghai(upto).date()
    while day <= last:
        found = [(at, False) for at in times(office, day, seed)] + [(closing(office, day), True)]
        yield from ((at, is_closing) for at, is_closing in sorted(found) if since <= at < upto - LAST)
        day += timedelta(days=1)
    yield upto - LAST, False
