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
        """One pass; returns how many applications said something. Raises Unavailable or Overloaded."""
        instant = await self._heard_until()
        moved = stuck = 0
        while instant is not None:
            docs = await come_due(self._runtime.store, instant, skip=stuck, limit=self._at_once)
            if not docs:
                break
            told = await self._tell(docs, instant)
            moved += told
            stuck += len(docs) - told
        await self._measure(stuck)
        return moved

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

    async def _measure(self, stuck: int) -> None:
        """The gauge: seconds since the oldest change that was due and could have been said."""
        now = self._runtime.clock()
        left = await come_due(self._runtime.store, now, skip=stuck, limit=1)
        since = [doc.state.next_change for doc in left if isinstance(doc.state, Supervised)]
        lag = max(((now - at).total_seconds() for at in since if at), default=0.0)
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
