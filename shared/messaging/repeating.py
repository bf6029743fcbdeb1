"""Background work of a service: done again and again while it runs, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from shared.messaging.commands import Overloaded
from shared.messaging.observer import Observer


@asynccontextmanager
async def repeating(
    name: str,
    work: Callable[[], Awaitable[object]],
    observer: Observer,
    seconds: float,
    *,
    waits_first: bool = False,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """`work`, with so many seconds between two times, inside the block; the first time at once, or after a wait.

    What fails is reported and tried again at the next time, a fault of ours too: it must not end the work. Where our
    own outbox is behind (Overloaded) nothing is reported: the next time goes on where this one ended.
    """

    async def forever() -> None:
        if waits_first:
            await sleep(seconds)
        while True:
            try:
                await work()
            except Overloaded:
                pass
            except Exception as error:
                observer.failed(error)
            await sleep(seconds)

    task = asyncio.create_task(forever(), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
