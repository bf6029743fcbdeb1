"""What has just changed, for pages that keep themselves fresh: looked at only while somebody looks.

Each replica follows the topics without a group, so that a page is told whichever replica did the work.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import structlog

from shared.messaging.changes import Changes, Passing, Spot

log = structlog.get_logger("onedoor.messaging")

SETTLE_SECONDS = (0.3, 0.8)
"""From a change until it is told: what comes with it is told with it, and not all pages ask at the same moment."""
PAUSE_SECONDS = 3.0
"""Between two changes told to the same page."""
LINGER_SECONDS = 60.0
"""The topics are followed for so long after the last page has gone: the next one is often the same person's."""
REST_SECONDS, BUSY_SECONDS = 1.0, 0.25
"""How long one look at the topics waits for records, while nothing comes and while something came."""
MARGIN_SECONDS = 2.0
"""A page may show what was saved a moment before it was asked for."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0)
"""Seconds before the feed is opened again after it failed; the last for ever."""
MOST, MOST_EACH = 500, 30
"""Listeners in one process, and of one person."""


class Feed(Protocol):
    """The topics that matter to a service's pages. May be opened and closed many times; raises whatever goes wrong."""

    async def open(self) -> Mapping[Spot, int]:
        """Begin at the end of every topic; returns the ends of what the group handles."""

    async def next(self, seconds: float) -> Sequence[Passing]:
        """What came, or nothing after so many seconds."""

    async def handled(self) -> Mapping[Spot, int]:
        """How far the group has come: in each partition, to the first record that it has not handled."""

    async def close(self) -> None:
        """Stop following; safe at any time."""


class Crowded(Exception):
    """As many listen already as may."""


class Listener:
    """One page that waits. However much happens, all it holds is one mark."""

    def __init__(self) -> None:
        self._rung, self._told = asyncio.Event(), float("-inf")

    def ring(self) -> None:
        """Something changed."""
        self._rung.set()

    async def changed(self, within: float) -> bool:
        """Wait at most so many seconds for a change, and a moment more for what comes with it. False: none came."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(within):
                await self._rung.wait()
        except TimeoutError:
            return False
        await asyncio.sleep(max(random.uniform(*SETTLE_SECONDS), self._told + PAUSE_SECONDS - now()))  # noqa: S311
        self._rung.clear()
        self._told = now()
        return True


class Tail:
    """Tells listeners that something changed. Follows its feed from the first listener until a while after the last."""

    def __init__(self, service: str, feed: Feed) -> None:
        self.service, self._feed = service, feed
        self._listeners: dict[str, set[Listener]] = {}
        self._people: Counter[str] = Counter()
        self._changes: Changes | None = None
        self._following: asyncio.Task[None] | None = None
        self._parting: asyncio.TimerHandle | None = None
        self._turn = asyncio.Lock()

    @contextmanager
    def listening(self, keys: Iterable[str], age: float, who: str = "") -> Iterator[Listener]:
        """Listen to changes of these keys (ANYTHING: of all) for the length of the block.

        `age`: how many seconds ago the page was asked for; what changed since then is told at once. `who` opens it, and
        may have MOST_EACH. Raises Crowded.
        """
        if self.listeners >= MOST or self._people[who] >= MOST_EACH:
            raise Crowded
        listener, wanted = Listener(), set(keys)
        self._came(listener, wanted, who)
        then = asyncio.get_running_loop().time() - age - MARGIN_SECONDS
        if self._changes is not None and self._changes.since(then, wanted):
            listener.ring()  # without a feed nothing is known yet: when it is open, everybody is told
        try:
            yield listener
        finally:
            self._left(listener, wanted, who)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return self._people.total()

    async def close(self) -> None:
        """Stop following."""
        following = self._following
        self._rest()
        if following:
            await asyncio.gather(following, return_exceptions=True)

    def _came(self, listener: Listener, keys: Iterable[str], who: str) -> None:
        self._people[who] += 1
        for key in keys:
            self._listeners.setdefault(key, set()).add(listener)
        if self._parting:
            self._parting.cancel()
        if self._following is None:
            self._following = asyncio.create_task(self._follow(), name=f"{self.service}-tail")

    def _left(self, listener: Listener, keys: Iterable[str], who: str) -> None:
        self._people[who] -= 1
        self._people += Counter()  # forgets who has none left
        for key in keys:
            self._listeners[key].discard(listener)
            if not self._listeners[key]:
                del self._listeners[key]
        if not self._listeners and self._following:
            self._parting = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._rest)

    def _rest(self) -> None:
        if self._parting:
            self._parting.cancel()
        if self._following:
            self._following.cancel()
        self._following = self._parting = None

    async def _follow(self) -> None:
        pauses = iter(PAUSES)
        async with self._turn:  # the one before may still be closing the feed
            while True:
                try:
                    self._changes = changes = Changes(await self._feed.open(), _now())
                    self._ring(None)  # whatever happened before is not known
                    pauses = iter(PAUSES)
                    await self._watch(changes)
                except Exception as error:  # whatever it is: pages are told once it is over
                    log.warning("tail_interrupted", service=self.service, error=repr(error)[:200])
                finally:
                    self._changes = None
                    await self._feed.close()
                await asyncio.sleep(next(pauses, PAUSES[-1]) * random.uniform(0.5, 1.5))  # noqa: S311

    async def _watch(self, changes: Changes) -> None:
        """Look how far the group has come, while that matters to somebody, and at what is said."""
        seconds = REST_SECONDS
        while True:
            if changes.awaited(self._listeners):
                self._ring(changes.handled(await self._feed.handled(), _now()))
            came = await self._feed.next(seconds)
            for passing in came:
                self._ring(changes.note(passing, _now()))
            seconds = BUSY_SECONDS if came else REST_SECONDS

    def _ring(self, keys: Iterable[str] | None) -> None:
        for key in self._listeners if keys is None else keys:
            for listener in self._listeners.get(key, ()):
                listener.ring()


def _now() -> float:
    return asyncio.get_running_loop().time()
