"""The scan: once a second, whatever came due is said, the longest due first, up to the instant fully heard.

Two replicas that scan at once do no harm: a compare-and-set decides, and the later one finds nothing due. What cannot
be moved (a parked application) is stepped over, so it never keeps the next one waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from services.supervision.model import Scan, Supervised
from services.supervision.store import come_due
from shared import metrics, tracing
from shared.kernel import Refused
from shared.messaging.commands import Overloaded
from shared.messaging.document import Document, Unavailable
from shared.messaging.runtime import Runtime

EVERY_SECONDS = 1.0
AT_ONCE = 500
"""Applications looked at and told together: a full batch of commands."""

HeardUntil = Callable[[], Awaitable[datetime | None]]
"""The instant up to which everything on our topics was heard; None: not known yet. Raises Unavailable."""


class Scanner:
    """Finds what came due and tells each application so."""

    def __init__(self, runtime: Runtime, heard_until: HeardUntil, at_once: int = AT_ONCE) -> None:
        self._runtime, self._heard_until, self._at_once = runtime, heard_until, at_once

    async def once(self) -> int:
        """One pass; returns how many applications said something. Raises Unavailable or Overloaded.

        How far everything was heard is asked only when something is due: the broker has no part in a quiet second.
        """
        left = await self._due(self._runtime.clock(), 0, 1)
        instant = await self._heard_until() if left else None
        moved = stuck = 0
        if instant is not None:
            docs = await self._due(instant, 0, self._at_once)
            while docs:
                coming = self._due(instant, stuck + len(docs), self._at_once)
                told, found = await asyncio.gather(self._tell(docs, instant), coming)
                moved, stuck = moved + told, stuck + len(docs) - told
                docs = await self._next(found, instant, stuck)
            left = await self._due(self._runtime.clock(), stuck, 1)
        self._measure(left)
        return moved

    async def _due(self, upto: datetime, stuck: int, limit: int) -> list[Document]:
        return await come_due(self._runtime.store, upto, skip=stuck, limit=limit)

    async def _next(self, found: list[Document], instant: datetime, stuck: int) -> list[Document]:
        """What was found while others were being moved; found anew where that passed over what is due longer."""
        first = await self._due(instant, stuck, 1)
        if found and first and _since(found[0]) == _since(first[0]):
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

    def _measure(self, left: Sequence[Document]) -> None:
        """The gauge: seconds since the oldest change that was due and could have been said."""
        since = [at for doc in left if (at := _since(doc))]
        lag = max(((self._runtime.clock() - at).total_seconds() for at in since), default=0.0)
        metrics.CLOCKS_SCAN_LAG.labels(self._runtime.name).set(lag)

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
        """Scans inside the block."""
        task = asyncio.create_task(self.forever(), name="scan")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _since(doc: Document) -> datetime | None:
    """Since when it is due; None where its state cannot be read."""
    return doc.state.next_change if isinstance(doc.state, Supervised) else None
