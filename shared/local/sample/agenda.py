"""What is still to happen, in order of time; of what is due at the same instant, what was noted first."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from itertools import count

Act = Callable[[], Awaitable[None]]


class Agenda:
    """Acts by the instants at which they are due, each with the number of the affair that it is about."""

    def __init__(self) -> None:
        self._order = count()
        self._acts: list[tuple[datetime, int, int, Act]] = []

    def note(self, at: datetime, affair: int, act: Act) -> None:
        """Let it happen as soon as this instant has come."""
        heapq.heappush(self._acts, (at, next(self._order), affair, act))

    def due(self, upto: datetime) -> Iterator[tuple[int, Act]]:
        """Take out what is due by now, also what is noted meanwhile."""
        while self._acts and self._acts[0][0] <= upto:
            _, _, affair, act = heapq.heappop(self._acts)
            yield affair, act
