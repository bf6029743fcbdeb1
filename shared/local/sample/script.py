"""What follows from what: every act of an affair, and when the next one is due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from services.intake.catalogue import Catalogue
from shared.clock import MovableClock, shanghai
from shared.local.sample.affair import Going
from shared.local.sample.agenda import Agenda
from shared.local.sample.applicants import Applicants
from shared.local.sample.office import AFTERNOON, DAY, Office
from shared.local.sample.staff import Departments, Supervisors, Task, Window

AT_COUNTER = (("counter", 70), ("post", 15), ("download", 15))
ONLINE = (("download", 75), ("counter", 25))
"""How results reach people, and how often in a hundred."""


class Script:
    """Notes on the agenda what comes next. Times are office minutes from the clock's instant."""

    def __init__(
        self,
        agenda: Agenda,
        clock: MovableClock,
        office: Office,
        catalogue: Catalogue,
        applicants: Applicants,
        window: Window,
        departments: Departments,
        supervisors: Supervisors,
    ) -> None:
        self._agenda, self._clock, self._office, self._catalogue = agenda, clock, office, catalogue
        self.applicants, self._window, self._departments = applicants, window, departments
        self.supervisors = supervisors
        self.going: dict[str, Going] = {}
        """By number."""
        self.touched: set[str] = set()
        """Numbers of those for which a department may have something new to do."""
        self.stirred = False
        """Whether something was done since the last rest from which services make something of their own."""
        self._urged: set[str] = set()
        self._decided: set[str] = set()
        self._beside: set[asyncio.Task[Any]] = set()

    async def begin(self, going: Going) -> None:
        """Somebody hands it in."""
        affair, self.stirred = going.affair, True
        if not await self.applicants.submit(going):
            return
        self.going[going.number] = going
        self._in(affair.withdrawn, self._withdraw, going)
        self._in(affair.heard, self._receive, going)
        self._in(affair.asked and affair.asked[0], self._ask, going)
        dice = affair.chance("early")
        if affair.mistyped:
            self._in(dice.uniform(5, 30), self._window.correct, going, self.applicants.phone(affair))
        elif affair.replaced:
            self._in(dice.uniform(3, 20), self.applicants.replace, going)

    def assigned(self, task: Task) -> None:
        """A task was opened: note what its department will do, if anything."""
        going = self.going.get(task["application"])
        if going is None:
            return
        dice = going.affair.chance("hands", task["task"][14:])
        stuck = self._stuck(going, task)
        back = dice.random() < (0.12 if stuck else 0.04)
        if back or dice.random() < 0.2:
            self._in(dice.uniform(2, 5), self._departments.take, going, task)
            if back:
                self._in(dice.uniform(6, 9), self._departments.hand_back, going, task)
        if stuck and going.affair.procedure:
            self._in(dice.uniform(30, 200), self._departments.stop, going, task)
        if not stuck:
            at = self._opinion_at(going, task)
            self._agenda.note(at, going.affair.n, partial(self._examine, going, task))

    def late(self, task: Task) -> None:
        """A task is seen whose case is over its promise: some are urged, once."""
        going = self.going.get(task["application"])
        if going is None or task["case"] in self._urged:
            return
        self._urged.add(task["case"])
        dice = going.affair.chance("urged", task["case"][-2:])
        if dice.random() < 0.6:
            self._in(dice.uniform(10, 120), self._urge, going, task)

    def beside(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let it go on while others act."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        return task

    async def done(self) -> None:
        """Wait for all of that. Raises what it raised."""
        tasks, self._beside = self._beside, set()
        await asyncio.gather(*tasks)

    def given_up(self) -> None:
        """Nobody waits for it any more."""
        for task in self._beside:
            task.cancel()

    # -- the window ------------------------------------------------------------------------

    async def _receive(self, going: Going) -> None:
        ended = await self._window.receive(going)
        if ended is None:
            return
        self._touch(going)
        self._in(going.affair.withdrawn_late, self._withdraw, going)
        self._rate_later(going, ended, 0.5)

    async def _ask(self, going: Going) -> None:
        asked = await self._window.ask(going, [each["material"] for each in going.materials])
        self._in(going.affair.asked and going.affair.asked[1], self._bring, going, asked)
        self.stirred = True

    async def _bring(self, going: Going, asked: Collection[str]) -> None:
        await self.applicants.bring(going, asked)
        self.stirred = True

    async def _withdraw(self, going: Going) -> None:
        self.stirred = True
        await self.applicants.withdraw(going)
        self._rate_later(going, going.cases, 0.5)

    def _touch(self, going: Going) -> None:
        self.touched.add(going.number)
        self.stirred = True

    # -- departments -----------------------------------------------------------------------

    def _stuck(self, going: Going, task: Task) -> bool:
        own: str = self._catalogue.items[task["item"]].department
        return going.affair.stuck == task["item"] and own == str(task["department"])

    def _opinion_at(self, going: Going, task: Task) -> datetime:
        """Within the share of its days that the department takes; what is due today, today."""
        affair, now = going.affair, self._clock()
        dice = affair.chance("opinion", task["task"][14:])
        calendar_days = self._catalogue.items[task["item"]].limits.unit == "calendar_days"
        days = task["due_days"] * (5 / 7 if calendar_days else 1)
        at = self._office.after(now, affair.pace * days * DAY * dice.uniform(0.8, 1.1) + dice.uniform(10, 40))
        closes = self._office.at(shanghai(now).date(), AFTERNOON[1])
        if days == 0 and now < closes < at and self._office.calendar.is_working_day(shanghai(now).date()):
            return closes
        return at

    async def _examine(self, going: Going, task: Task) -> None:
        if going.withdrawn:
            return
        case = task["case"]
        decided = await self._departments.examine(going, task)
        self._touch(going)
        if decided:
            self._decided.add(case)
            fetched = going.affair.chance("fetch", case[-2:]).uniform(40, 2 * DAY)
            if going.affair.collected:
                self._in(fetched, self._collect, going, case)
            self._rate_later(going, [case], 0.9, fetched)

    async def _urge(self, going: Going, task: Task) -> None:
        if going.withdrawn or task["case"] in self._decided:
            return
        number = await self.supervisors.urge(going, task)
        dice = going.affair.chance("reply", task["task"])
        if number and dice.random() < 0.6:
            self._in(dice.uniform(0.3, 2) * DAY, self._departments.answer, going, task, number)

    # -- what comes out --------------------------------------------------------------------

    async def _collect(self, going: Going, case: str) -> None:
        ways = AT_COUNTER if going.affair.by == "clerk" else ONLINE
        dice = going.affair.chance("way", case[-2:])
        way = dice.choices([each for each, _ in ways], [often for _, often in ways])[0]
        if way == "download":
            self.beside(self.applicants.download(going, case))
        else:
            await self._window.hand_out(going, case, way)
        await self.applicants.fetched(going, case)

    async def _rate(self, going: Going, case: str) -> None:
        await self.applicants.rate(going, case, self._clock())

    def _rate_later(self, going: Going, cases: Collection[str] | Iterable[str], share: float, after: float = 0) -> None:
        for case in cases:
            dice = going.affair.chance("later", case[-2:])
            if going.affair.rated and dice.random() < share:
                self._in(after + dice.uniform(40, 2 * DAY), self._rate, going, case)

    def _in(self, minutes: float | None, act: Callable[..., Awaitable[None]], going: Going, *what: Any) -> None:
        """None: it never happens."""
        if minutes is not None:
            at = self._office.after(self._clock(), minutes)
            self._agenda.note(at, going.affair.n, partial(act, going, *what))
