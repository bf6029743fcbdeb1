"""The scan: once a second, whatever came due is said, the longest due first, up to the instant fully heard.

Applications lie in numbered shards; a replica scans those on which it holds a lease, all of them together in order of
time. Two that scan the same do no harm: a compare-and-set decides, and the later one finds nothing due. What cannot be
moved (a parked application) is stepped over, so it never keeps the next one waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from services.supervision.behind import Behind
from services.supervision.model import Scan
from services.supervision.shards import SHARDS
from services.supervision.store import come_due, count_due, due_since
from shared import tracing
from shared.kernel import Refused
from shared.messaging.commands import Overloaded
from shared.messaging.document import Document, Unavailable
from shared.messaging.leases import Leases
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
        first = await self._due(now, 0, 1)
        if not first:
            self.behind.nothing_due()
            return 0
        self.behind.begin(due_since(first[0]), await count_due(self._runtime.store, self.leases.known, now))
        instant = await self._heard_until()
        moved = 0
        if instant is not None:
            moved, stuck = await self._say(instant)
            left = await self._due(self._runtime.clock(), stuck, 1)
            self.behind.end(due_since(left[0]) if left else None, stuck)
        return moved

    async def _say(self, instant: datetime) -> tuple[int, int]:
        """Tell whatever is due up to `instant`: how many said something, and how many were stepped over."""
        moved = stuck = 0
        docs = await self._due(instant, 0, self._at_once)
        while docs:
            coming = self._due(instant, stuck + len(docs), self._at_once)
            told, found = await asyncio.gather(self._tell(docs, instant), coming)
            moved, stuck = moved + told, stuck + len(docs) - told
            self.behind.hold(await self.leases.held())
            docs = await self._next(found, instant, stuck)
            self.behind.go_on(due_since(docs[0]) if docs else None, told)
        return moved, stuck

    async def _due(self, upto: datetime, stuck: int, limit: int) -> list[Document]:
        return await come_due(self._runtime.store, self.leases.known, upto, skip=stuck, limit=limit)

    async def _next(self, found: list[Document], instant: datetime, stuck: int) -> list[Document]:
        """What was found while others were being moved; found anew where that passed over what is due longer."""
        first = await self._due(instant, stuck, 1)
        if found and first and due_since(found[0]) == due_since(first[0]):
            return found
        return await self._due(instant, stuck, self._at_once) if first else []

    async def _tell(self, docs: Sequence[Document], instant: datetime) -> int:
        """How many of these said something. A parked one, and one whose rule raises, is left for its operator."""
        self._runtime.remember(docs)
        answers = await asyncio.gather(*(self._ask(doc.id, instant) for doc in docs), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, Unavailable | Overloaded):
                raise answer
            if isinstance(answer, Exception):
                self._runtime.observer.unexpected(answer)
        return sum(not isinstance(answer, Refused | BaseException) for answer in answers)

    async def _ask(self, application: str, instant: datetime) -> object:
        trace = tracing.new_trace().traceparent
        return await self._runtime.ask(application, Scan(instant=instant), cause="scan", traceparent=trace)

    async def forever(self) -> None:
        """Pass after pass, whatever happens: without the scan no deadline is ever announced."""
        while True:
            try:
                await self.once()
            except Unavailable as error:
                self._runtime.observer.unavailable(error)
            except Overloaded:
                pass  # our own outbox is behind: the next pass begins where this one ended
            except Exception as error:  # a fault of ours must not end the only clock of the hall
                self._runtime.observer.unexpected(error)
            await asyncio.sleep(EVERY_SECONDS)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Scans inside the block; after it, others may have our shards at once."""
        task = asyncio.create_task(self.forever(), name="scan")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._leave()

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.leases.give_up()
        except (TimeoutError, Unavailable) as error:  # then our leases end by themselves
            self._runtime.observer.failed(error)
