"""The sample as it happens: at some times of the day people act one after another, then everything comes to rest.

So what the services do by themselves follows at once, by the clock, and departments find in their lists what has come.
At the end of each day the lights and limits of that day are said.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from shared.clock import SHANGHAI, shanghai
from shared.local.sample.affair import Affair, Going
from shared.local.sample.agenda import Act, Agenda
from shared.local.sample.hall import SampleHall
from shared.local.sample.hours import LAST, calendar
from shared.local.sample.office import Office
from shared.local.sample.script import Script

READY = timedelta(hours=2)
"""How long before somebody hands in, they get their papers together."""
TOGETHER = 4
"""How many people act at the same instant at most."""
LATE = ("red", "deep_red")
SEALING = time(0, 40)

Told = Callable[[datetime, int], None]
"""Hears how far it is: the instant of the clock, and how many affairs have begun."""


class Stage:
    """Plays affairs in a hall up to an instant."""

    def __init__(self, hall: SampleHall, script: Script, agenda: Agenda, office: Office, told: Told) -> None:
        self._hall, self._script, self._agenda, self._office, self._told = hall, script, agenda, office, told
        self._seen: set[str] = set()
        self._papers: dict[int, asyncio.Task[Any]] = {}
        self._looked: date | None = None

    async def play(self, affairs: Sequence[Affair], upto: datetime) -> None:
        """From the first submission to `upto`; then everything that was said is heard and stored.

        Raises PlatformError when the services do not answer, or do not come to rest.
        """
        seed = affairs[0].seed
        for affair in affairs:
            going = Going(affair)
            self._agenda.note(affair.submitted - READY, affair.n, partial(self._prepare, going))
            self._agenda.note(affair.submitted, affair.n, partial(self._begin, going))
        try:
            for at, is_closing in calendar(self._office, self._hall.clock(), upto, seed):
                await self._nights(at)
                self._move(at)
                await (self._hall.closing() if is_closing else self._time(at, random.Random(f"{seed}/{at}")))  # noqa: S311
        finally:
            self._script.given_up()
        await self._nights(upto)
        self._move(upto)
        await self._hall.closing()
        await self._hall.quiet.rest(stored=True)

    async def _nights(self, upto: datetime) -> None:
        """Every night on the way, in which the day before is sealed."""
        while (night := _next_night(self._hall.clock())) <= upto:
            self._move(night)
            await self._hall.night()

    async def _time(self, at: datetime, dice: random.Random) -> None:
        """Everybody whose time has come; then what follows from it."""
        together: dict[int, Act] = {}
        for affair, act in self._agenda.due(at):
            if affair in together or len(together) == TOGETHER:
                await self._act(together, dice, at + LAST)
            together[affair] = act
        await self._act(together, dice, at + LAST)
        await self._script.done()
        morning, self._looked = shanghai(at).date() != self._looked, shanghai(at).date()
        if self._script.stirred or morning:
            self._script.stirred = False
            await self._hall.quiet.rest()
            await self._look(everywhere=morning)

    async def _act(self, together: dict[int, Act], dice: random.Random, latest: datetime) -> None:
        """Some acts at once, some seconds after those before: one of each affair, for its own follow each other."""
        self._move(min(self._hall.clock() + timedelta(seconds=dice.uniform(3, 25)), latest))
        acts = list(together.values())
        together.clear()
        await asyncio.gather(*(act() for act in acts))

    def _move(self, at: datetime) -> None:
        self._hall.clock.move_to(max(at, self._hall.clock()))

    async def _prepare(self, going: Going) -> None:
        self._papers[going.affair.n] = self._script.beside(self._script.applicants.prepare(going))

    async def _begin(self, going: Going) -> None:
        await self._papers.pop(going.affair.n)
        await self._script.begin(going)

    async def _look(self, *, everywhere: bool) -> None:
        """What was assigned; once a day also what nobody had a hand in, and what is late."""
        self._told(self._hall.clock(), len(self._script.going))
        touched, self._script.touched = self._script.touched, set()
        if not touched and not everywhere:
            return
        for task in await self._script.supervisors.open_tasks(() if everywhere else touched):
            if task["task"] not in self._seen:
                self._seen.add(task["task"])
                self._script.assigned(task)
            if task["light"] in LATE:
                self._script.late(task)


def _next_night(now: datetime) -> datetime:
    """The next instant after this one at which days are sealed."""
    night = datetime.combine(shanghai(now).date(), SEALING, SHANGHAI).astimezone(UTC)
    return night if night > now else night + timedelta(days=1)
