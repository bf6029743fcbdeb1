"""The simulated world: its seed, its time, its weather, and processes that are killed, stopped and started again."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Collection, Coroutine
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from shared.testing.simulation.diary import Diary
from shared.testing.simulation.loop import OWNER, Lane, VirtualLoop
from shared.testing.simulation.weather import Weather

T = TypeVar("T")


class Gone(Exception):
    """The process that was asked died, or did not answer in time: what became of the request is not known."""


class World:
    """Everything that one seed determines. `leap` moves the calendar without moving the seconds that delivery takes."""

    def __init__(self, seed: int, start: datetime, off: Collection[str] = ()) -> None:
        self.seed = seed
        self.loop = VirtualLoop(self.draw("order"))
        self.diary = Diary(self.loop.time)
        self.weather = Weather.of(self.draw("weather"), off)
        self.wire_draw, self.life_draw = self.draw("wire"), self.draw("life")
        self.away: dict[str, float] = {}
        self.processes: list[Process] = []
        self._start, self._leaps = start, timedelta()

    def live(self, story: Coroutine[Any, Any, T]) -> T:
        """Run a story to its end, and the world with it: afterwards nothing runs on."""
        try:
            return self.loop.run_until_complete(story)
        finally:
            self.loop.run_until_complete(self._end())
            self.loop.close()

    async def _end(self) -> None:
        for process in self.processes:
            process.kill("closed")
        for task in [each for each in self.loop.world.tasks if each is not asyncio.current_task()]:
            task.cancel()
        await asyncio.sleep(0.01)

    def draw(self, purpose: str) -> Random:
        """A stream of chance of its own, so that one part's draws do not change another's."""
        return Random(f"{self.seed}/{purpose}")  # noqa: S311

    def now(self) -> datetime:
        """The calendar: what services take for the time."""
        return self._start + self._leaps + timedelta(seconds=self.loop.time())

    def uptime(self) -> datetime:
        """A clock that never leaps: what the database takes for the time, which only measures waiting."""
        return self._start + timedelta(seconds=self.loop.time())

    def leap(self, by: timedelta) -> None:
        """The calendar goes on; nothing else does."""
        self._leaps += by

    def outage(self, part: str, seconds: float) -> None:
        """A database (by service) or the broker does not answer for a while."""
        self.away[part] = self.loop.time() + seconds
        self.diary.note("world", "outage", part, f"{seconds:.1f} s")
        self.diary.count("outage")

    def is_away(self, part: str) -> bool:
        """Whether this part answers nobody now."""
        return self.away.get(part, 0.0) > self.loop.time()


class Process:
    """One replica as the operating system sees it: it runs tasks, and dies with all of them."""

    def __init__(self, world: World, name: str, service: str) -> None:
        self.world, self.name, self.service = world, name, service
        self.lane = Lane(name)
        self.alive = True
        self.requests = 0
        """On the wire now."""
        self._context = contextvars.copy_context()
        self._context.run(OWNER.set, self.lane)
        world.processes.append(self)
        world.diary.note(name, "started")

    def run(self, coro: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task that lives and dies with this process."""
        return self.world.loop.create_task(coro, context=self._context.copy())

    async def call(self, coro: Coroutine[Any, Any, T], patience: float) -> T:
        """Ask this process from outside, as a client does. Raises Gone, and whatever it answers as an error."""
        task = self.run(coro)
        done, _ = await asyncio.wait({task}, timeout=patience)
        if not done or task.cancelled():
            raise Gone(self.name)
        return task.result()

    def kill(self, kind: str) -> None:
        """kill -9: nothing of it has any further effect; what is on the wire already may still arrive."""
        if not self.alive:
            return
        self.alive = False
        inside = "request" if self.requests else "elsewhere"
        self.world.diary.note(self.name, "killed", kind, f"awaiting {inside}")
        self.world.diary.count(kind)
        if kind.startswith("crash"):
            self.world.diary.count(f"crash_awaiting_{inside}")
        self.world.loop.resume(self.lane)
        for task in self.lane.tasks:
            task.cancel()

    def stall(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        if not self.alive or self.lane.stalled:
            return
        self.world.diary.note(self.name, "stalled", "", f"{seconds:.1f} s")
        self.world.diary.count("stall")
        self.world.loop.stall(self.lane)
        self.world.loop.call_later(seconds, self.resume, context=contextvars.Context())

    def resume(self) -> None:
        """SIGCONT."""
        if self.lane.stalled:
            self.world.diary.note(self.name, "resumed")
            self.world.loop.resume(self.lane)
