"""How far behind one service is, and whether its parts answer: looked at in every sweep, so that a consumer which
stands still while records wait is seen (aiokafka #1154: one can stick after a broker restart and say nothing)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace

from shared.messaging.bus import Publisher
from shared.messaging.document import Store, Unavailable
from shared.messaging.observer import Observer

ANSWER_SECONDS = 3.0
"""How long the database, and then the broker, may take to answer in one sweep."""
MANY = 1_000

Lag = Mapping[tuple[str, int], int]
"""Records by (topic, partition)."""


@dataclass(frozen=True, slots=True)
class Load:
    """How far behind a service is: seconds, documents and records. `unheard`: records of the lag that others said; what
    the service said itself only its log waits for."""

    outbox_age: float = 0.0
    outbox_documents: int = 0
    lag: int = 0
    unheard: int = 0


async def _no_lag() -> Lag:
    return {}


class Meter:
    """Measures the load. `lag_by_partition` asks the broker, or raises Unavailable; it is empty where nothing is
    assigned to this replica. `own`: the topics on which the service itself speaks."""

    def __init__(self, store: Store, publisher: Publisher, observer: Observer, own: Collection[str]) -> None:
        self._store, self._publisher, self._observer, self._own = store, publisher, observer, own
        self.lag_by_partition: Callable[[], Awaitable[Lag]] = _no_lag
        self.load = Load()

    async def lag(self) -> int:
        """Records of this replica's partitions that are not handled; the last known while the broker is away."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return sum((await self.lag_by_partition()).values())
        except (TimeoutError, Unavailable):
            return self.load.lag

    async def measure(self, swept: int) -> None:
        """Look at the outbox, at the lag, and at who answered. Raises Unavailable when the database did not."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                age, documents = await self._store.outbox_age()
                parked = await self._store.parked(MANY)
        except TimeoutError:
            raise Unavailable(f"the database gave no answer within {ANSWER_SECONDS:g} s") from None
        lag = await self._broker_says()
        if lag is None:
            self.load = replace(self.load, outbox_age=age, outbox_documents=documents)
        else:
            unheard = sum(records for (topic, _), records in lag.items() if topic not in self._own)
            self.load = Load(age, documents, sum(lag.values()), unheard)
        self._observer.load(age, documents, swept)
        self._observer.parked_lanes(len(parked))
        if lag is not None:
            self._observer.lag(lag)

    async def _broker_says(self) -> Lag | None:
        """The lag, in one request at most; None when the broker did not answer. Only an answer counts as one: the
        ends of our partitions, or a ping where we have none."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                lag = await self.lag_by_partition()
                if not lag:
                    await self._publisher.ping()
            return lag
        except TimeoutError:
            self._observer.unavailable(Unavailable(f"the broker gave no answer within {ANSWER_SECONDS:g} s"))
        except Unavailable as error:
            self._observer.unavailable(error)
        return None
