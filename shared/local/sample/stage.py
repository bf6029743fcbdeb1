"""The sample as it happens: the clock goes from one act to the next, and stands still where the services must catch up.

People act one after another, each at an instant of their own. At some times of the day everything comes to rest, and
departments look at what has come; at the end of each day the lights and limits of that day are said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared.clock import shanghai
from shared.local.sample.affair import Affair, Going
from shared.local.sample.agenda import Agenda
from shared.local.sample.hall import SampleHall
from shared.local.sample.office import Office
from shared.local.sample.script import Script

LOOKS = (9 * 60, 11 * 60, 14 * 60 + 30, 16 * 60 + 45)
"""Minutes of the day at which departments look what has come."""
CLOSING = 18 * 60 + 0.5
"""When the day is over for every countdown."""
READY = timedelta(minutes=25)
"""How long before somebody hands in, they get their papers together."""
LATE = ("red", "deep_red")

Told = Callable[[datetime, int], None]
"""Hears how far it is: the instant of the clock, and how many affairs have begun."""


class Stage:
    """Plays affairs in a hall up to an instant."""

    def __init__(self, hall: SampleHall, script: Script, agenda: Agenda, office: Office, told: Told) -> None:
        self._hall, self._script, self._agenda, self._office, self._told = hall, script, agenda, office, told
        self._seen: set[str] = set()
        self._papers: dict[int, asyncio.Task[Any]] = {}
        self._begun = 0

    async def play(self, affairs: Sequence[Affair], upto: datetime) -> None:
        """From the first submission to `upto`; then everything that was said is heard and stored.

        Raises PlatformError when the services do not answer, or do not come to rest.
        """
        for affair in affairs:
            going = Going(affair)
            self._agenda.note(affair.submitted - READY, partial(self._prepare, going))
            self._agenda.note(affair.submitted, partial(self._begin, going))
        self._days(upto)
        try:
            while found := self._agenda.next():
                at, act = found
                self._move(at)
                await act()
            await self._rest()
        finally:
            self._script.given_up()
        self._move(upto)
        await self._hall.closing()
        await self._hall.quiet.rest(stored=True)

    def _days(self, upto: datetime) -> None:
        day, last = shanghai(self._hall.clock()).date(), shanghai(upto).date()
        while day <= last:
            if self._office.calendar.is_working_day(day):
                for minute in LOOKS:
                    look = partial(self._look, everywhere=minute == LOOKS[0])
                    self._agenda.note(self._office.at(day, minute), look)
            self._agenda.note(self._office.at(day, CLOSING - 1), self._rest)
            self._agenda.note(self._office.at(day, CLOSING), self._hall.closing)
            day += timedelta(days=1)

    def _move(self, at: datetime) -> None:
        self._hall.clock.move_to(max(at, self._hall.clock()))

    async def _prepare(self, going: Going) -> None:
        self._papers[going.affair.n] = self._script.beside(self._script.applicants.prepare(going))

    async def _begin(self, going: Going) -> None:
        self._begun += 1
        await self._papers.pop(going.affair.n)
        await self._script.begin(going)

    async def _rest(self) -> None:
        await self._script.done()
        await self._hall.quiet.rest()

    async def _look(self, *, everywhere: bool) -> None:
        """What was assigned since the last look; in the morning also what nobody did, and what is late."""
        await self._rest()
        self._told(self._hall.clock(), self._begun)
        touched, self._script.touched = self._script.touched, set()
        if not touched and not everywhere:
            return
        for task in await self._script.supervisors.open_tasks(() if everywhere else touched):
            if task["task"] not in self._seen:
                self._seen.add(task["task"])
                self._script.assigned(task)
            if task.get("light") in LATE:
                self._script.late(task)
