"""How many cases were accepted and ended on each of the last working days, for the wall."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from services.supervision.decide.audit import MILESTONES, instant
from services.supervision.due import Office
from shared.clock import SHANGHAI, shanghai
from shared.messaging.document import Store

SETTLED_AFTER = timedelta(hours=1)
"""A day is counted again until so long after its end: what was said at midnight is heard a moment later."""


class Day(NamedTuple):
    """One working day's numbers."""

    date: date
    accepted: int
    ended: int


class Trend:
    """Days that are over are counted once in each process."""

    def __init__(self, store: Store, office: Callable[[], Office]) -> None:
        self._store, self._office = store, office
        self._known: dict[date, Day] = {}

    async def __call__(self, now: datetime, count: int = 20) -> tuple[Day, ...]:
        """The last `count` working days before today, in order. Raises Unavailable."""
        calendar = self._office().calendar
        last = calendar.working_days_until(shanghai(now).date().toordinal() - 1)
        days = [calendar.working_day(number) for number in range(last - count + 1, last + 1)]
        missing = [day for day in days if day not in self._known]
        found = dict(zip(missing, await asyncio.gather(*(self._count(day) for day in missing)), strict=True))
        self._known |= {day: row for day, row in found.items() if _end(day) + SETTLED_AFTER < now}
        self._known = {day: row for day, row in self._known.items() if day >= days[0]}
        return tuple(found.get(day) or self._known[day] for day in days)

    async def _count(self, day: date) -> Day:
        within = {"$gte": instant(_end(day - timedelta(days=1))), "$lt": instant(_end(day))}
        kinds = await self._store.tally_facts(MILESTONES, {"time": within}, ("kind",))
        return Day(day, kinds.get(("accepted",), 0), kinds.get(("ended",), 0))


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)
