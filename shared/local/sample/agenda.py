"""What is still to happen, in order of time; of what happens at the same instant, what was noted first."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count

Act = Callable[[], Awaitable[None]]


class Agenda:
    """Acts by the instants of their own; nothing is noted for later than `upto`."""

    def __init__(self, upto: datetime) -> None:
        self._upto, self._order = upto, count()
        self._acts: list[tuple[datetime, int, Act]] = []

    def note(self, at: datetime, act: Act) -> None:
        """Let it happen at this instant, or never where that is still to come."""
        if at <= self._upto:
            heapq.heappush(self._acts, (at, next(self._order), act))

    def next(self) -> tuple[datetime, Act] | None:
        """Take out what comes next; None: nothing more."""
        if not self._acts:
            return None
        at, _, act = heapq.heappop(self._acts)
        return at, act
