"""满意率: what people say of the cases that have ended, tallied from one row for each rating that somebody gave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from services.supervision.decide.audit import instant
from services.supervision.decide.milestones import RECTIFIED, SATISFACTION
from shared.clock import midnight
from shared.messaging.document import Store

LEVELS = (5, 4, 3, 2, 1)
SATISFIED, BAD = (5, 4, 3), (2, 1)
"""GB/T 39734-2020: 非常满意, 满意 and 基本满意 count as satisfied; 不满意 and 非常不满意 are 差评."""
DAYS = 30


class Satisfaction(NamedTuple):
    """`by_level`: ratings of the last DAYS days (today is one of them); `today`: of today; `waiting`: bad ratings, of
    whatever day, of which nobody has said that they were dealt with."""

    by_level: Mapping[int, int]
    today: int
    waiting: int

    @property
    def total(self) -> int:
        """How many ratings there are."""
        return sum(self.by_level.values())

    @property
    def share(self) -> float | None:
        """满意率: those of level 3 and above among all, 0 to 1; None where nobody has rated."""
        return sum(self.by_level[level] for level in SATISFIED) / self.total if self.total else None


async def satisfaction(store: Store, now: datetime) -> Satisfaction:
    """As it stands. Raises Unavailable."""
    begun = midnight(now)
    lately = await _by_level(store, begun - timedelta(days=DAYS - 1))
    today = await _by_level(store, begun)
    bad = await store.tally_facts(SATISFACTION, {"level": {"$in": [*BAD, RECTIFIED]}}, ("level",))
    waiting = sum(bad.get((level,), 0) for level in BAD) - bad.get((RECTIFIED,), 0)
    return Satisfaction(lately, sum(today.values()), max(0, waiting))


async def _by_level(store: Store, since: datetime) -> dict[int, int]:
    where = {"level": {"$in": list(LEVELS)}, "time": {"$gte": instant(since)}}
    found = await store.tally_facts(SATISFACTION, where, ("level",))
    return {level: found.get((level,), 0) for level in LEVELS}
