"""What came in and what was finished in each hour, of today and of the last working days."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import NamedTuple

from services.supervision.decide.audit import instant
from services.supervision.decide.milestones import MILESTONES
from services.supervision.due import Office
from shared.clock import SHANGHAI, shanghai
from shared.messaging.document import Store

DAYS = 20
SETTLED_AFTER = timedelta(hours=1)
"""An hour is counted again at each look until so long after its end: what was said then is heard a moment later."""
BELIEVED_SECONDS = {True: 60.0, False: 3600.0}
"""How long the count of a settled hour is believed, of today and of a day before: after an outage what happened then
is heard much later."""
AT_ONCE = 8
"""Hours that are counted at the same time."""


class Counts(NamedTuple):
    """What was submitted, accepted and ended."""

    submitted: int = 0
    accepted: int = 0
    ended: int = 0


class Day(NamedTuple):
    """A day with its 24 hours."""

    date: date
    hours: tuple[Counts, ...]

    @property
    def total(self) -> Counts:
        """The whole day."""
        return summed(self.hours)


def summed(counts: Iterable[Counts]) -> Counts:
    """All of these together."""
    kinds = tuple(zip(*counts, strict=True))
    return Counts(*map(sum, kinds))


class Means(NamedTuple):
    """What is submitted, accepted and ended on average."""

    submitted: float
    accepted: float
    ended: float


def usual(days: Sequence[Day]) -> list[Means]:
    """What a day brings in each of its hours: the mean of these days."""
    hours = zip(*(day.hours for day in days), strict=True)
    return [Means(*(part / len(days) for part in summed(hour))) for hour in hours]


class Hours:
    """Counts hours by the index of milestones, settled ones seldom; holds those of DAYS working days and of today."""

    def __init__(self, store: Store, office: Callable[[], Office]) -> None:
        self._store, self._office = store, office
        self._known: dict[datetime, tuple[float, Counts]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, now: datetime) -> tuple[tuple[Day, ...], Day]:
        """The last DAYS working days before today, in order, and today. Raises Unavailable."""
        today = shanghai(now).date()
        calendar = self._office().calendar
        last = calendar.working_days_until(today.toordinal() - 1)
        days = [calendar.working_day(number) for number in range(last - DAYS + 1, last + 1)]
        found = [await self._day(day, now) for day in (*days, today)]
        self._known = {hour: known for hour, known in self._known.items() if shanghai(hour).date() >= days[0]}
        return tuple(found[:-1]), found[-1]

    async def _day(self, day: date, now: datetime) -> Day:
        first = datetime.combine(day, time_of_day(0), SHANGHAI)
        hours = [first + timedelta(hours=hour) for hour in range(24)]
        return Day(day, tuple(await asyncio.gather(*(self._hour(hour, now) for hour in hours))))

    async def _hour(self, hour: datetime, now: datetime) -> Counts:
        end = hour + timedelta(hours=1)
        if hour > now:
            return Counts()
        believed = BELIEVED_SECONDS[shanghai(now).date() == hour.date()]
        counted, counts = self._known.get(hour, (float("-inf"), Counts()))
        if time.monotonic() - counted < believed:
            return counts
        async with self._turns:
            within = {"$gte": instant(hour), "$lt": instant(end)}
            kinds = await self._store.tally_facts(MILESTONES, {"time": within}, ("kind",))
        counts = Counts(*(kinds.get((kind,), 0) for kind in Counts._fields))
        if end + SETTLED_AFTER < now:
            self._known[hour] = (time.monotonic(), counts)
        return counts
