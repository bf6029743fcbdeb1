"""How far a group has heard, on the simulated bus: what `shared.messaging.progress.CaughtUp` asks of a real broker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.testing.simulation.bus import BROKER, Place
from shared.testing.simulation.group import Group
from shared.testing.simulation.wire import Wire
from shared.testing.simulation.world import Process


class HeardUntil:
    """The instant up to which everything on these topics has been handled. One for each process that scans."""

    def __init__(self, group: Group, process: Process, topics: Sequence[str]) -> None:
        self._group, self._world = group, process.world
        self._places = [place for place in group.places if place[0] in topics]
        self._wire = Wire(process, BROKER)
        self._mark: tuple[datetime, dict[Place, int]] | None = None
        self._until: datetime | None = None

    async def __call__(self) -> datetime | None:
        """None before the first. Raises Unavailable. The clock is read before the ends are asked for."""
        if self._mark is None:
            instant = self._world.now()
            (ends,) = await self._wire.ask(
                "ends", "", lambda: {each: self._group.bus.end(each) for each in self._places}
            )
            self._mark = (instant, ends)
        (committed,) = await self._wire.ask("committed", "", lambda: dict(self._group.committed))
        instant, ends = self._mark
        if all(committed[place] >= end for place, end in ends.items()):
            self._until, self._mark = instant, None
        return self._until
