"""An asyncio event loop on virtual time, in which a seed decides which process runs next.

What one process scheduled runs in its order, as asyncio promises; between processes any order is legal, and the seed
draws one. When nothing can run, time jumps to the next timer: no wall clock is ever read.
"""

from __future__ import annotations

import asyncio
import heapq
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from itertools import count
from random import Random
from typing import Any


class Deadlocked(Exception):
    """Nothing is ready and no timer is set: the world would stand still for ever."""


class Lane:
    """The run queue of one process. While `stalled` nothing of it runs; it keeps what arrives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.queue: deque[events.Handle] = deque()
        self.listed = False
        self.stalled = False
        self.tasks: list[asyncio.Task[Any]] = []

    def add_task(self, task: asyncio.Task[Any]) -> None:
        """Know a task of this process; those that are done are forgotten now and then."""
        if len(self.tasks) > 64:
            self.tasks = [each for each in self.tasks if not each.done()]
        self.tasks.append(task)


OWNER: ContextVar[Lane | None] = ContextVar("simulated_process", default=None)
"""Whose code runs. It goes down with the context into everything that this code starts."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs lanes in a seeded order on virtual seconds."""

    def __init__(self, choose: Random) -> None:
        super().__init__()
        self.world = Lane("world")
        self.steps = 0
        self._draw = choose.random
        self._now = 0.0
        self._runnable: list[Lane] = []
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()
        self._broken: BaseException | None = None
        self.set_exception_handler(self._note_broken)
        self.set_task_factory(self._new_task)  # type: ignore[arg-type]

    def time(self) -> float:
        return self._now

    def stall(self, lane: Lane) -> None:
        """SIGSTOP."""
        lane.stalled = True
        if lane.listed:
            self._runnable.remove(lane)
            lane.listed = False

    def resume(self, lane: Lane) -> None:
        """SIGCONT."""
        lane.stalled = False
        self._list(lane)

    # -- what BaseEventLoop leaves open ---------------------------------------------------

    def _call_soon(
        self, callback: Callable[..., Any], args: tuple[Any, ...], context: Context | None
    ) -> asyncio.Handle:
        handle = events.Handle(callback, args, self, context)
        self._enqueue(handle)
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = events.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer is dropped when its time comes."""

    def _run_once(self) -> None:
        while not self._runnable:
            self._advance()
        place = int(self._draw() * len(self._runnable))
        lane = self._runnable[place]
        handle = lane.queue.popleft()
        if not lane.queue:
            self._runnable[place] = self._runnable[-1]
            self._runnable.pop()
            lane.listed = False
        if not handle.cancelled():
            self.steps += 1
            handle._run()
            if self._broken:
                broken, self._broken = self._broken, None
                raise broken

    def _note_broken(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A callback of the world itself raised: nothing that follows would mean anything."""
        if "handle" in context:
            self._broken = context.get("exception")

    def _advance(self) -> None:
        """Jump to the next timer, and make ready whatever is due at that instant."""
        if not self._timers:
            raise Deadlocked
        self._now = max(self._now, self._timers[0][0])
        while self._timers and self._timers[0][0] <= self._now:
            timer = heapq.heappop(self._timers)[2]
            if not timer.cancelled():
                self._enqueue(timer)

    def _enqueue(self, handle: events.Handle) -> None:
        lane = handle._context.get(OWNER) or self.world  # type: ignore[attr-defined]
        lane.queue.append(handle)
        if not lane.listed:
            self._list(lane)

    def _list(self, lane: Lane) -> None:
        if lane.queue and not lane.stalled and not lane.listed:
            self._runnable.append(lane)
            lane.listed = True

    def _new_task(
        self, _: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], context: Context | None = None
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, context=context)
        lane = context.get(OWNER) if context is not None else OWNER.get()
        (lane or self.world).add_task(task)
        return task
