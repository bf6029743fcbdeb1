"""Uploads that no application holds, and drafts, go after a day: what nobody handed in is not ours to keep.

A file is looked at once: what an application holds is kept for good, everything else is removed. (PIPL Art. 19: no
longer than needed.)
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from services.intake.store import holds_file
from shared.clock import Clock
from shared.files import Files
from shared.log import logger
from shared.messaging.document import Store

TAKEN_WITHIN = timedelta(hours=23)
"""How old a loose file may be that is handed in: two hours before it could be swept, so that the two never race."""
SWEPT_AFTER = timedelta(hours=25)
"""How old a loose file is when it goes: a day, and the hour that a submission may take."""
EVERY = 600.0
"""Seconds between two sweeps."""
AT_ONCE = 100


def expired(noted: Mapping[str, Any], now: datetime) -> bool:
    """Whether a file is too old to be handed in, unless an application holds it already."""
    uploaded = noted.get("uploaded_at")
    return uploaded is not None and datetime.fromisoformat(str(uploaded)) < now - TAKEN_WITHIN


class Sweeper:
    """Removes what is old and loose. Any number of replicas may do so at a time."""

    def __init__(
        self, files: Files, store: Store, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._files, self._store, self._clock, self._sleep = files, store, clock, sleep

    async def sweep(self) -> int:
        """Remove every file that is due; returns how many. Raises Unavailable."""
        removed = 0
        while due := await self._files.loose(self._clock() - SWEPT_AFTER, AT_ONCE):
            for file in due:
                if await holds_file(self._store, file.id, [{}]):
                    await self._files.keep(file.id)
                else:
                    await self._files.delete(file.id)
                    removed += 1
        if removed:
            logger("intake").info("files_swept", removed=removed)
        return removed

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Sweeps while the service runs."""
        await self._files.prepare()
        task = asyncio.create_task(self._forever(), name="intake-files")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _forever(self) -> None:
        while True:
            await self._sleep(EVERY * random.uniform(0.5, 1.5))  # noqa: S311  replicas need not sweep together
            try:
                await self.sweep()
            except Exception as error:  # whatever it is, the next sweep is due
                logger("intake").warning("files_not_swept", because=type(error).__name__)
