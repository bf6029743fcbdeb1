"""The topics of a bus in memory, followed without a group: the Feed port for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from shared.contracts.topics import topic_named
from shared.messaging.changes import Passing, Spot
from shared.testing.memory import MemoryBus

LOOK_SECONDS = 0.01


class MemoryFeed:
    """Follows a bus. `said`: the service's own topics; `heard`: those that it handles; `handled`: how far it has."""

    def __init__(
        self,
        bus: MemoryBus,
        said: Collection[str],
        heard: Collection[str],
        handled: Callable[[], Mapping[Spot, int]],
    ) -> None:
        self._bus, self._said, self._heard, self._handled = bus, said, heard, handled
        self._seen: dict[Spot, int] = {}
        self.opened = 0
        """How often it was opened."""

    async def open(self) -> Mapping[Spot, int]:
        self.opened += 1
        self._seen = {spot: len(log) for spot, log in self._bus.logs.items()}
        return {spot: end for spot, end in self._seen.items() if self._hears(spot)}

    async def next(self, seconds: float) -> Sequence[Passing]:
        for _ in range(max(1, int(seconds / LOOK_SECONDS))):
            if came := self._came():
                return came
            await asyncio.sleep(LOOK_SECONDS)
        return []

    def _came(self) -> list[Passing]:
        came = []
        for spot, log in list(self._bus.logs.items()):
            for record in log[self._seen.get(spot, 0) :]:
                key = (record.key or b"").decode("utf-8", "replace")
                came.append(Passing(key, spot, record.offset, spot[0] in self._said, self._hears(spot)))
            self._seen[spot] = len(log)
        return [passing for passing in came if passing.said or passing.heard]

    def _hears(self, spot: Spot) -> bool:
        topic = topic_named(spot[0])
        return topic is not None and topic.name in self._heard

    async def handled(self) -> Mapping[Spot, int]:
        return self._handled()

    async def close(self) -> None:
        """Nothing to disconnect."""
