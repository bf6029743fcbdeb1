"""Who acts in a simulated hall: applicants, clerks, officers, and departments' own software. What they do is drawn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from services.approval.model import GiveOpinion, HandBackTask, TakeTask
from services.intake.model import HandedIn
from services.intake.model.commands import (
    Accept,
    CorrectEntry,
    HandInSupplement,
    NotRequire,
    Refer,
    ReplaceMaterial,
    RequestSupplement,
    Withdraw,
)
from services.licensing.model import Deliver
from services.ratings.model import GiveRating
from services.ratings.tags import RULES
from services.supervision.model import AnswerUrge, IssueUrge
from shared.contracts.topics import opinion_topic
from tests.simulation.clients import Client
from tests.simulation.hall import Hall
from tests.simulation.matters import number_of, submission
from tests.simulation.stopping import lengthens, stops


class Story:
    """One application from its submission on, with everybody who has a part in it until `until`."""

    def __init__(self, hall: Hall, place: int, until: float) -> None:
        self.hall, self.draw = hall, hall.world.draw(f"people/{place}")
        self.owner = f"sim:applicant{place}"
        self.until = until
        self._first_key = f"{self.owner}-first"
        self.number = number_of(self.owner, self._first_key)
        self._sequence = 0

    def client(self, role: str) -> Client:
        """Somebody who has to do with this application."""
        self._sequence += 1
        name = f"{role}{self._sequence}.{self.number[:4]}"
        return Client(self.hall, Random(f"{self.hall.world.seed}/{self.owner}/{name}"), name)  # noqa: S311

    async def told(self) -> None:
        """From beginning to end."""
        applicant = self.client("applicant")
        await applicant.pause(0.0, self.until * 0.4)
        command = submission(self.draw, self.owner, self.number, bundle=self.draw.random() < 0.4)
        await applicant.tell("intake", self.number, command, "submitted", self.number, key=self._first_key)
        roles = [
            self._clerk,
            self._applicant,
            self._officers,
            self._rates,
            self._collects,
            self._supervisor,
            self._mends,
        ]
        if self.draw.random() < 0.25:
            roles.append(self._takes_back)
        await asyncio.gather(*(role() for role in roles))

    async def _often(self, act: Callable[[], Awaitable[bool]], least: float, most: float) -> None:
        """Look, act, think; until there is nothing more to do or everybody goes home. `act` True: done for good."""
        while self.hall.world.loop.time() < self.until:
            if await act():
                return
            await asyncio.sleep(self.draw.uniform(least, most))

    # -- intake ----------------------------------------------------------------------------

    async def _clerk(self) -> None:
        """Receives all cases, or asks for a supplement first, or says nothing at all."""
        clerk, mood = self.client("clerk"), self.draw.random()
        if mood < 0.2:
            return  # silence: deemed acceptance
        asks = mood < 0.45
        await asyncio.sleep(self.draw.uniform(0.0, 9.0))

        async def act() -> bool:
            nonlocal asks
            state = self.hall.look("intake", self.number)
            if state is None or not state.pending:
                return True
            if asks and not state.asked:
                asks = False
                keys = [each.key for each in state.form.materials] if not state.lists else []
                some = self.draw.sample(keys, min(len(keys), 2))
                if some:
                    request = RequestSupplement(by=clerk.name, reasons=dict.fromkeys(sorted(some), "不清楚"))
                    await clerk.tell("intake", self.number, request, "supplement_requested", self.number)
                return False
            if state.asked:
                return False
            await clerk.tell("intake", self.number, self._reception(state, clerk), "accepted", self.number)
            return False

        await self._often(act, 0.5, 2.0)

    def _reception(self, state: Any, clerk: Client) -> Accept:
        named: dict[str, Any] = {"not_required": {}, "referred": {}}
        for case in state.cases:
            fate = self.draw.random()
            if fate < 0.06:
                named["not_required"][case.number] = NotRequire(reason="不需要")
            elif fate < 0.12:
                named["referred"][case.number] = Refer(competent_body="别的机关", reason="不属于本机关职权")
        return Accept(by=clerk.name, **named)

    async def _applicant(self) -> None:
        """Hands in what is asked, sooner or later, or never."""
        applicant = self.client("applicant")
        if self.draw.random() < 0.15:
            return

        async def act() -> bool:
            state = self.hall.look("intake", self.number)
            if state is None or not state.asked:
                return state is not None and not state.pending
            brought = tuple(HandedIn(material=each.material, files=("new",)) for each in state.asked.materials)
            supplement = HandInSupplement(by=self.owner, handed_in=brought)
            await applicant.tell("intake", self.number, supplement, "supplemented", self.number)
            return False

        await self._often(act, 0.5, 4.0)

    async def _mends(self) -> None:
        """A better copy by the applicant, a mistyped phone put right at the window: at any time, wanted or not."""
        draw = self.hall.world.draw(f"{self.owner}/mends")
        applicant, clerk = self.client("applicant"), self.client("clerk")
        while self.hall.world.loop.time() < self.until and draw.random() < 0.5:
            await asyncio.sleep(draw.uniform(0.0, 12.0))
            state = self.hall.look("intake", self.number)
            if state is None:
                continue
            if draw.random() < 0.5:
                better = HandedIn(material=draw.choice(state.form.materials).key, files=("better",))
                command = ReplaceMaterial(by=self.owner, handed_in=better)
                await applicant.tell("intake", self.number, command, "replaced", self.number)
            else:
                await clerk.tell("intake", self.number, self._correction(state, clerk), "corrected", self.number)

    def _correction(self, state: Any, clerk: Client) -> CorrectEntry:
        return CorrectEntry(
            by=clerk.name,
            reason="录错一位",
            fields=("applicant.phone",),
            seen=len(state.corrections),
            holder=state.form.holder,
            applicant_ref=state.form.applicant_ref,
            found_by=("simulated",),
        )

    async def _takes_back(self) -> None:
        """Withdraws the whole or one case, at any time."""
        applicant = self.client("applicant")
        await asyncio.sleep(self.draw.uniform(0.0, self.until * 0.5))
        state = self.hall.look("intake", self.number)
        whole = state is None or state.pending or self.draw.random() < 0.5
        cases = () if whole else (self.draw.choice(state.cases).number,)
        subject = cases[0] if cases else self.number
        await applicant.tell("intake", self.number, Withdraw(by=self.owner, cases=cases), "withdrawn", subject)

    # -- approval --------------------------------------------------------------------------

    async def _officers(self) -> None:
        """Each task that opens finds its officers, or none."""
        seen: set[str] = set()
        at_work: list[asyncio.Task[None]] = []

        async def act() -> bool:
            state = self.hall.look("approval", self.number)
            for case in state.cases if state else ():
                for task in case.tasks:
                    if case.state_of(task) == "open" and task.id not in seen:
                        seen.add(task.id)
                        at_work.append(asyncio.create_task(self._work(task)))
            return False

        await self._often(act, 0.3, 1.5)
        await asyncio.gather(*at_work)

    async def _work(self, task: Any) -> None:
        """By the desk, by the department's own software, by both, or not at all."""
        mode = self.draw.random()
        await asyncio.sleep(self.draw.expovariate(1.0))
        if mode < 0.07:
            return
        if mode < 0.5 or mode > 0.9:
            desks = 2 if mode > 0.95 else 1
            await asyncio.gather(*(self._at_the_desk(task, f"o{place}") for place in range(desks)))
        if mode > 0.5:
            self._by_software(task)

    async def _at_the_desk(self, task: Any, officer: str) -> None:
        """Takes the task or not, hands it back or not, and gives the opinion: unless a colleague has it."""
        client, agrees = self.client("officer"), self.draw.random() < 0.92
        who = {"task": task.id, "department": task.department, "officer": officer}
        if client.draw.random() < 0.3:
            await client.tell("approval", self.number, TakeTask(**who), "taken", task.id)
        if client.draw.random() < 0.1:
            back = HandBackTask(**who, reason="请同事接手")
            await client.tell("approval", self.number, back, "handed_back", task.id)
        if client.draw.random() < 0.2:
            await stops(client, self.number, who)
        if client.draw.random() < 0.25:
            await lengthens(client, self.number, who)
        verdict, reason = ("agree", None) if agrees else ("disagree", "材料不齐")
        command = GiveOpinion(**who, verdict=verdict, reason=reason)
        await client.tell("approval", self.number, command, "opinion", task.id)

    def _by_software(self, task: Any) -> None:
        """One record, and often the same once more: the department's producer retries too."""
        verdict = "agree" if self.draw.random() < 0.92 else "disagree"
        body = {"application": self.number, "task": task.id, "verdict": verdict, "reason": "不符合", "officer": "sw"}
        times = 1 if self.draw.random() < 0.6 else 2
        self.hall.world.diary.count("department_repeats", times - 1)
        for _ in range(times):
            say_opinion(self.hall, task.department, self.number, body, f"{task.id}-op")

    # -- supervision -----------------------------------------------------------------------

    async def _supervisor(self) -> None:
        """Urges what is open now and then, and the departments answer, some of them twice."""
        supervisor = self.client("supervisor")

        async def act() -> bool:
            state = self.hall.look("supervision", self.number)
            for case in state.cases if state else ():
                if case.open and supervisor.draw.random() < 0.08:
                    urge = IssueUrge(case=case.case, text="请说明", by=supervisor.name)
                    await supervisor.tell("supervision", self.number, urge, "urged", case.case)
            for urge in state.urges if state else ():
                for department in urge.awaited if supervisor.draw.random() < 0.5 else ():
                    answer = AnswerUrge(
                        case=urge.case, number=urge.number, department=department, text="已办", by=supervisor.name
                    )
                    await supervisor.tell("supervision", self.number, answer, "answered", urge.case)
            return False

        await self._often(act, 1.0, 4.0)

    # -- after the decision ----------------------------------------------------------------

    async def _collects(self) -> None:
        """Fetches results, once or in two ways."""
        applicant, fetched = self.client("applicant"), set[str]()

        async def act() -> bool:
            state = self.hall.look("intake", self.number)
            for case in state.cases if state else ():
                if case.result and case.number not in fetched and self.draw.random() < 0.3:
                    fetched.add(case.number)
                    command = Deliver(case=case.number, method="counter", by=self.owner)
                    await applicant.tell("licensing", self.number, command, "delivered", case.number, doc=case.number)
            return False

        await self._often(act, 0.8, 2.5)

    async def _rates(self) -> None:
        """Rates what ended, each case once."""
        applicant, rated = self.client("applicant"), set[str]()

        async def act() -> bool:
            state = self.hall.look("ratings", self.number)
            for case in state.cases if state else ():
                if case.status == "invited" and case.case not in rated and self.draw.random() < 0.5:
                    rated.add(case.case)
                    level = self.draw.choice(RULES.levels)
                    command = GiveRating(
                        case=case.case, owners=(self.owner,), level=level.level, tags=(level.tags[0].code,)
                    )
                    await applicant.tell("ratings", self.number, command, "rated", case.case)
            return False

        await self._often(act, 0.8, 2.5)


def say_opinion(hall: Hall, department: str, key: str, body: object, ce_id: str, value: bytes | None = None) -> Any:
    """A record on a department's own topic, written by its own software."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": ce_id,
        "ce_type": "onedoor.opinion.DepartmentOpinion.v1",
        "ce_time": hall.world.now().isoformat(),
        "content-type": "application/json",
    }
    place = hall.bus.place_of(opinion_topic(department), key.encode())
    value = json.dumps(body).encode() if value is None else value
    return hall.bus.append(place, key.encode(), value, [(name, text.encode()) for name, text in headers.items()])
