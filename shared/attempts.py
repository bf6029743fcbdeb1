"""How often something may be tried within a time, counted over all replicas together: guessing takes many tries."""

from __future__ import annotations

import math
from typing import Any

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, MongoDBStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from shared.clock import system_clock
from shared.messaging.document import Unavailable
from shared.settings import Settings


class Attempts:
    """Counts tries by purpose and key. Both methods raise Unavailable when the database does not answer."""

    def __init__(self, storage: Storage) -> None:
        self._limiter = FixedWindowRateLimiter(storage)

    async def take(self, allowed: str, *key: str, cost: int = 1) -> int:
        """Use one try before it is known how it ends; returns 0, or the seconds until one may be tried again.

        Counted first: of any number who try at the same moment no more get through than are allowed. `allowed`:
        `5/15 minutes;20/day`, all of which hold; `cost`: how many of them this is. Nothing is counted while too few
        are left.
        """
        items = parse_many(allowed)
        try:
            used_up = [item for item in items if not await self._limiter.test(item, *key, cost=cost)]
            used_up = used_up or [item for item in items if not await self._limiter.hit(item, *key, cost=cost)]
            ends = [await self._end(item, *key) for item in used_up]
        except StorageError as error:
            raise Unavailable(f"StorageError: {error}"[:300]) from error
        now = system_clock().timestamp()
        return max((max(1, math.ceil(end - now)) for end in ends), default=0)

    async def give_back(self, allowed: str, *key: str) -> None:
        """The try that was taken does not count."""
        try:
            for item in parse_many(allowed):
                await self._limiter.hit(item, *key, cost=-1)
        except StorageError as error:
            raise Unavailable(f"StorageError: {error}"[:300]) from error

    async def _end(self, item: RateLimitItem, *key: str) -> float:
        return (await self._limiter.get_window_stats(item, *key)).reset_time


def counted_in_memory() -> Attempts:
    """For tests, and one process alone."""
    return Attempts(MemoryStorage(wrap_exceptions=True))


def counted_in_mongo(settings: Settings, service: str) -> Attempts:
    """In the service's own database; its entries expire by themselves."""
    options: dict[str, Any] = {"serverSelectionTimeoutMS": 5_000, "socketTimeoutMS": 10_000}
    database = settings.database(service)
    names = {"counter_collection_name": "attempts", "window_collection_name": "attempt_windows"}
    return Attempts(MongoDBStorage(settings.mongo_uri, database, wrap_exceptions=True, **names, **options))
