"""Who stands in for whom (AB角), as each process knows it: read again and again, so that replicas agree.

A process that is behind for some seconds hands a task to whoever was named before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.approval.model import DEPUTIES, RULES, Deputies, Rules
from shared.messaging.document import Store, Unavailable
from shared.messaging.runtime import Runtime

LOOK_SECONDS = 3.0


class Standing:
    """The rules with the deputies that this process has read; until then with none."""

    def __init__(self) -> None:
        self.rules = RULES

    def asked(self) -> Rules:
        """The rules as decisions ask them."""
        return self.rules

    async def learn(self, store: Store) -> None:
        """Read them. Raises Unavailable."""
        found = (await store.load([DEPUTIES])).get(DEPUTIES)
        state = found.state if found else None
        if isinstance(state, Deputies) and state != self.rules.deputies:
            self.rules = self.rules.model_copy(update={"deputies": state})

    @asynccontextmanager
    async def kept(self, runtime: Runtime) -> AsyncIterator[None]:
        """Looked at again every few seconds inside the block."""
        task = asyncio.create_task(self._look(runtime), name="deputies")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _look(self, runtime: Runtime) -> None:
        while True:
            try:
                await self.learn(runtime.store)
            except Unavailable as error:
                runtime.observer.unavailable(error)
            except Exception as error:  # a fault of ours must not end the looking
                runtime.observer.unexpected(error)
            await asyncio.sleep(LOOK_SECONDS)
