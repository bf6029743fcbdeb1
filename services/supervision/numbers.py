"""The live numbers of the hall: open cases by light and department, and what happened today."""

from __future__ import annotations

import time
from datetime import datetime

from services.supervision.store import Shown, open_cases, reached_since
from services.supervision.views import Numbers, Today
from shared.clock import shanghai
from shared.messaging.document import Store
from shared.messaging.runtime import Runtime

FRESH_SECONDS = 1.0
"""How long the public numbers are answered from memory: one count for any number of readers."""


class LiveNumbers:
    """The public numbers, counted at most once in FRESH_SECONDS."""

    def __init__(self, runtime: Runtime, store: Store) -> None:
        self._runtime, self._store = runtime, store
        self._last: Numbers | None = None
        self.shown = Shown({}, {})
        self._counted = 0.0

    async def __call__(self) -> Numbers:
        """The numbers, at most FRESH_SECONDS old. Raises Unavailable."""
        if self._last is None or time.monotonic() - self._counted >= FRESH_SECONDS:
            self._counted = time.monotonic()
            self._last = await self._count()
        return self._last

    async def _count(self) -> Numbers:
        now = self._runtime.clock()
        midnight = shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
        self.shown = await open_cases(self._store)
        by_light = dict(self.shown.by_light)
        return Numbers(
            at=now,
            open_cases=sum(by_light.values()),
            open_by_light=by_light,
            today=await self._today(midnight),
        )

    async def _today(self, since: datetime) -> Today:
        reached = await reached_since(self._store, since)
        return Today(
            day=since.date(),
            submitted=reached.get("submitted", 0),
            accepted=reached.get("accepted", 0),
            ended=reached.get("ended", 0),
        )
