"""The scan: once a second, whatever came due is said, the longest due first, up to the instant fully heard.

Applications lie in numbered shards; a replica scans those on which it holds a lease, all of them together in order of
time. Two that scan the same do no harm: a compare-and-set decides, and the later one finds nothing due. What cannot be
moved (a parked application) is stepped over, so it never keeps the next one waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from services.supervision.behind import Behind
from services.supervision.model import Scan
from services.supervision.shards import SHARDS
from services.supervision.store import Waits, come_due, count_due
from shared.messaging.document import Unavailable
from shared.messaging.leases import Leases
from shared.messaging.repeating import repeating
from shared.messaging.runtime import Runtime

EVERY_SECONDS = 1.0
AT_ONCE = 500
"""Applications looked at and told together: a full batch of commands."""
LEAVE_SECONDS = 2.0
"""For giving up the leases when the service stops."""
WORK = "scan"
"""What the leases are on."""

HeardUntil = Callable[[], Awaitable[datetime | None]]
"""The instant up to which the group, all replicas together, has handled everything on our topics; None: not known yet.
Raises Unavailable."""


class Scanner:
    """Finds what came due in the shards that this replica holds, and tells each application so.

    `member`: what the replica is called on the board of leases; a name of its own where it is not given.
    """

    def __init__(self, runtime: Runtime, heard_until: HeardUntil, at_once: int = AT_ONCE, member: str = "") -> None:
        self._runtime, self._heard_until, self._at_once = runtime, heard_until, at_once
        self.leases = Leases(runtime.store, WORK, SHARDS, member)
        self.behind = Behind(runtime)

    async def once(self) -> int:
        """One pass; returns how many applications said something. Raises Unavailable or Overloaded.

        How far everything was heard is asked only when something is due: the broker has no part in a quiet second.
        """
        self.behind.hold(await self.leases.held())
        now = self._runtime.clock()
        first = await self._due(now, 1)
        if not first:
            self.behind.nothing_due()
            return 0
        self.behind.begin(first[0].since, await count_due(self._runtime.store, self.leases.known, now))
        instant = await self._heard_until()
        return await self._say(instant) if instant is not None else 0

    async def _say(self, instant: datetime) -> int:
        """Tell whatever is due up to `instant`, batch by batch; how many said something.

        Who is due is looked up anew for each batch, so that one that was just heard of has its place in the order. The
        documents of the next ones are read meanwhile.
        """
        moved, stuck = 0, set[str]()
        while waiting := await self._due(instant, 2 * self._at_once, stuck):
            now, next_ones = waiting[: self._at_once], waiting[self._at_once :]
            self.behind.go_on(now[0].since)
            refused, _ = await asyncio.gather(self._tell(now, instant), self._read(next_ones))
            stuck |= refused
            moved += len(now) - len(refused)
            self.behind.told(len(now) - len(refused))
            self.behind.hold(await self.leases.held())
        left = await self._due(self._runtime.clock(), 1, stuck)
        self.behind.end(left[0].since if left else None, len(stuck))
        return moved

    async def _due(self, upto: datetime, limit: int, stuck: Collection[str] = ()) -> list[Waits]:
        """The longest due first, without those that could not be moved."""
        found = await come_due(self._runtime.store, self.leases.known, upto, limit + len(stuck))
        return [each for each in found if each.application not in stuck][:limit]

    async def _read(self, waiting: Sequence[Waits]) -> None:
        """Have their documents at hand."""
        if waiting:
            found = await self._runtime.store.load([each.application for each in waiting])
            self._runtime.remember(found.values())

    async def _tell(self, waiting: Sequence[Waits], instant: datetime) -> set[str]:
        """Who of these said nothing."""
        return await self._runtime.ask_each({each.application: Scan(instant=instant) for each in waiting}, WORK)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Scans inside the block, pass after pass: without the scan no deadline is ever announced. After it, others may
        have our shards at once."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._leave)
            await stack.enter_async_context(repeating("scan", self.once, self._runtime.observer, EVERY_SECONDS))
            yield

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.leases.give_up()
        except (TimeoutError, Unavailable) as error:  # then our leases end by themselves
            self._runtime.observer.failed(error)
