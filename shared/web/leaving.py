"""Whether the server is leaving: an answer without an end of its own, a stream of events, ends then.

A server waits for the answers that it has begun. It would wait out its whole patience for streams that nobody ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from starlette.types import Scope

_KEY = "onedoor.leaving"
Part = TypeVar("Part")


def announced(scope: Scope, leaving: asyncio.Event) -> dict[str, Any]:
    """A request's scope that knows of the event which is set when the server begins to leave."""
    return {**scope, _KEY: leaving}


async def while_it_stays(scope: Scope, parts: AsyncIterator[Part]) -> AsyncIterator[Part]:
    """The parts of an answer, until the server leaves: then no more, at once, and the last one is cancelled."""
    leaving: asyncio.Event = scope.get(_KEY) or asyncio.Event()
    gone = asyncio.ensure_future(leaving.wait())
    try:
        while True:
            part = asyncio.ensure_future(_next(parts))
            try:
                await asyncio.wait({part, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not part.done():
                    part.cancel()
                    await asyncio.gather(part, return_exceptions=True)
            if part.cancelled() or not (found := part.result()):
                return
            yield found[0]
    finally:
        gone.cancel()


async def _next(parts: AsyncIterator[Part]) -> tuple[Part] | None:
    async for part in parts:
        return (part,)
    return None
