"""The sweep after a new calendar: finds what was counted by an older one and has it counted again, bit by bit.

It may stop anywhere: each application says itself by which version its clocks were counted, and the next pass, of this
replica or of another, finds what is left. A compare-and-set decides where two meet.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from services.supervision.calendar.in_force import InForce
from services.supervision.calendar.older import find_behind, find_unmarked
from services.supervision.model import Recount
from shared.messaging.document import Document
from shared.messaging.repeating import repeating
from shared.messaging.runtime import Runtime

EVERY_SECONDS = 3.0
AT_ONCE = 200
"""Applications counted together: a batch of commands that leaves room for people's."""

Found = Callable[[int], Awaitable[list[Document]]]
"""What is to be counted, after so many that could not be."""


class Recounting:
    """Has every application counted by the calendar in force."""

    def __init__(
        self,
        runtime: Runtime,
        in_force: InForce,
        at_once: int = AT_ONCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._runtime, self._in_force, self._at_once, self._sleep = runtime, in_force, at_once, sleep
        self._marked = False

    async def once(self) -> int:
        """One pass over everything that is behind; returns how many applications were counted. Raises Unavailable or
        Overloaded."""
        store, number = self._runtime.store, self._in_force.rules.number
        if not number:
            return 0
        counted = 0
        if not self._marked:  # what was saved before clocks named their calendar has no mark to be found by
            counted += await self._all(lambda skip: find_unmarked(store, skip=skip, limit=self._at_once))
            self._marked = True
        return counted + await self._all(lambda skip: find_behind(store, number, skip=skip, limit=self._at_once))

    async def _all(self, found: Found) -> int:
        counted = stuck = 0
        while docs := await found(stuck):
            began = time.monotonic()
            self._runtime.remember(docs)
            idle = await self._runtime.ask_each({doc.id: Recount() for doc in docs}, "recount")
            counted, stuck = counted + len(docs) - len(idle), stuck + len(idle)
            await self._sleep(time.monotonic() - began)  # as long as it took: the hall's own work goes on beside it
        return counted

    def running(self) -> AbstractAsyncContextManager[None]:
        """Sweeps inside the block."""
        return repeating("recount", self.once, self._runtime.observer, EVERY_SECONDS, sleep=self._sleep)
