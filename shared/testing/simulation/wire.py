"""The way from a process to the database or the broker and back: every operation of a port is one request on it.

The request travels, takes effect piece by piece on the other side, and the answer travels back. On the way the process
may be killed, the other side may not answer, or the answer may be lost; what is under way when a process dies may
still arrive, as it does in reality.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from typing import Any

from shared.messaging.document import Unavailable
from shared.testing.simulation.world import Process, World

Piece = Callable[[], Any]
CAN_BE_LATE = frozenset({"save", "clear", "put_facts", "publish"})
"""What may take effect after its caller was told that it failed; everything else then takes none."""
NOWHERE = contextvars.Context()
"""The other side runs in no process of ours."""


class Request:
    """One operation under way. `pieces` take effect in order, at one instant or at several."""

    def __init__(self, world: World, process: Process, part: str, what: str, about: str, pieces: Sequence[Piece]):
        self.world, self.process, self.part, self.what, self.about = world, process, part, what, about
        self.left, self.results = list(pieces), list[Any]()
        self.answer: asyncio.Future[list[Any]] = world.loop.create_future()
        self.kind = "refused" if world.is_away(part) else world.weather.of_request(world.wire_draw)
        if self.kind == "late_effect" and what not in CAN_BE_LATE:
            self.kind = "refused"

    def depart(self) -> None:
        """On its way there."""
        slow = self.kind == "slow"
        if slow:
            self.world.diary.count("slow")
        self._later(self._delay() * (self.world.wire_draw.choice((30, 100, 400)) if slow else 1), self._arrive)

    def _arrive(self) -> None:
        alive = self.process.alive
        if not alive and self.kind in ("refused", "crash_before", "late_effect"):
            return self._note("never arrived")
        match self.kind:
            case "crash_before":
                self.process.kill("crash_before")
            case "crash_after":
                self._take_effect(partly=True)
                self.process.kill("crash_after")
            case "refused":
                self._counted("refused")
                self._later(self._delay(), self._fail)
            case "lost_answer":
                self._take_effect(partly=True)
                self._counted("lost_answer")
                self._later(self._delay(), self._fail)
            case "late_effect":
                self._counted("late_effect")
                self._later(self._delay(), self._fail)
                self._later(self._delay() * 60, self._rest)
            case _:
                self._in_two_goes()
        return None

    def _in_two_goes(self) -> None:
        """A bulk is no transaction: others see it half done."""
        if len(self.left) > 1 and self.world.wire_draw.random() < 0.3:
            self._take_effect(partly=True)
            self._later(self._delay(), self._rest)
        else:
            self._rest()

    def _rest(self) -> None:
        self._take_effect(partly=False)
        self._later(self._delay(), self._answer)

    def _take_effect(self, *, partly: bool) -> None:
        count = len(self.left)
        if partly and count > 1:
            count = self.world.wire_draw.randint(1, count)
        now, self.left = self.left[:count], self.left[count:]
        self._note(self.kind if self.kind != "fine" else "", last=not self.left)
        self.results += [piece() for piece in now]

    def _answer(self) -> None:
        if not self.answer.done():
            self.answer.set_result(self.results)

    def _fail(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(Unavailable(f"{self.part}: {self.kind}"))

    def _counted(self, kind: str) -> None:
        self.world.diary.count(kind)
        if kind == "refused":
            self._note(kind)

    def _note(self, how: str, *, last: bool = True) -> None:
        self.world.diary.note(self.process.name, self.what, self.about, how if last else f"{how} in part")

    def _delay(self) -> float:
        return 0.001 + self.world.wire_draw.expovariate(100.0)

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        self.world.loop.call_later(seconds, then, context=NOWHERE)


class Wire:
    """A process's connection to one part: a database, or the broker."""

    def __init__(self, process: Process, part: str) -> None:
        self.process, self.part = process, part

    async def ask(self, what: str, about: str, *pieces: Piece) -> list[Any]:
        """The results of the pieces. Raises Unavailable; never returns to a process that is dead."""
        process = self.process
        if not process.alive:
            raise asyncio.CancelledError
        request = Request(process.world, process, self.part, what, about, pieces)
        process.requests += 1
        request.depart()
        try:
            return await request.answer
        finally:
            process.requests -= 1
