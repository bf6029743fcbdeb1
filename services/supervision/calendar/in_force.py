"""The calendar in force, as each process knows it: read from the book again and again, so that replicas agree.

A process that is behind for some seconds counts by the version before; whatever it counts is found and counted again
(recounting.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import time

import structlog

from services.supervision import model
from services.supervision.calendar.composing import calendar_in, of_deployment
from services.supervision.calendar.notices import CalendarFileError
from services.supervision.calendar.working_days import Base, base_of, laid_over
from services.supervision.due import Office
from services.supervision.model import BOOK, CalendarBook
from services.supervision.rules import Rules
from shared import tracing
from shared.kernel import Refused
from shared.messaging.commands import Overloaded
from shared.messaging.document import Store, Unavailable
from shared.messaging.runtime import Runtime

LOOK_SECONDS = 3.0
log = structlog.get_logger("onedoor.supervision")


class InForce:
    """The rules by the newest version that this process has read; until then by its deployment's own days."""

    def __init__(self, rules: Rules, base: Base) -> None:
        self.rules, self.base = rules, base
        self.book: CalendarBook | None = None

    @classmethod
    def of_deployment(cls, closing: time) -> InForce:
        """As a process begins. Raises CalendarFileError for a broken calendar file."""
        base = base_of()
        return cls(Rules(Office(laid_over(base, ()), closing)), base)

    def asked(self) -> model.Rules:
        """The rules as decisions ask them."""
        return self.rules

    async def learn(self, store: Store) -> bool:
        """Read the book, and log what is new. Raises as `read`."""
        new = await self.read(store)
        if new and self.book:
            log.info("calendar_in_force", number=self.book.latest.number, calendar=self.book.latest.calendar)
        return new

    async def read(self, store: Store) -> bool:
        """Read the book; True where it has a version that was not known yet. Raises Unavailable."""
        found = (await store.load([BOOK])).get(BOOK)
        book = found.state if found else None
        if not isinstance(book, CalendarBook) or book.latest.number <= self.rules.number:
            return False
        known = self.rules.in_force
        new = [(each.published_at, calendar_in(book, each.number)) for each in book.versions[len(known) :]]
        office = replace(self.rules.office, calendar=new[-1][1])
        self.book, self.rules = book, replace(self.rules, office=office, in_force=(*known, *new))
        return True

    async def newest(self, store: Store) -> Rules:
        """The rules by the newest version that there is. Raises as `read`."""
        await self.read(store)
        return self.rules

    async def adopt(self, runtime: Runtime) -> None:
        """See that the book has what this deployment knows of days, unless a newer one has been there. Raises
        Unavailable, or Overloaded."""
        while True:
            await self.learn(runtime.store)
            try:
                command = of_deployment(self.book, self.base)
            except CalendarFileError as error:
                log.error("calendar_does_not_fit", problem=str(error))
                return
            if command is None:
                return
            trace = tracing.new_trace().traceparent
            answer = await runtime.ask(BOOK, command, cause="deployment", traceparent=trace)
            if isinstance(answer, Refused) and answer.code != "calendar_moved_on":
                log.warning("calendar_not_adopted", why=answer.code)
                return

    @asynccontextmanager
    async def kept(self, runtime: Runtime, look_seconds: float = LOOK_SECONDS) -> AsyncIterator[None]:
        """Adopted at once, and looked at again every few seconds inside the block."""
        adopted = await self._tried(runtime, lambda: self.adopt(runtime))
        task = asyncio.create_task(self._look(runtime, look_seconds, adopted=adopted), name="calendar")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _look(self, runtime: Runtime, seconds: float, *, adopted: bool) -> None:
        while True:
            await asyncio.sleep(seconds)
            if adopted:
                await self._tried(runtime, lambda: self.learn(runtime.store))
            else:
                adopted = await self._tried(runtime, lambda: self.adopt(runtime))

    @staticmethod
    async def _tried(runtime: Runtime, step: Callable[[], Awaitable[object]]) -> bool:
        """Whether it went well; whatever went wrong is reported, and tried again later."""
        try:
            await step()
        except (Unavailable, Overloaded) as error:
            runtime.observer.unavailable(error)
        except Exception as error:  # a fault of ours must not end the looking
            runtime.observer.unexpected(error)
        else:
            return True
        return False
