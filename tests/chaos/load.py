"""The people of the hall, all the time: applicants who hand in, clerks, officers, and whoever rates.

Everybody retries with the same key until there is an answer, and only an acceptance is noted as told.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from shared.local.demo import ALONE, PAPER
from shared.local.issuer import sample_persons
from tests.chaos.client import Answer, Client
from tests.chaos.departments import Departments
from tests.proof.evidence import Told

BUNDLE_EVERY = 40
AT_ONCE = 60
"""Applications on their way through the window; beyond it nobody new comes in."""
ME = sample_persons(())["applicant"]


class Load:
    """Applications at `rate` a second until `close`; then everything that was begun is finished."""

    def __init__(self, client: Client, departments: Departments, seed: int, rate: float) -> None:
        self._client, self._departments, self._rate = client, departments, rate
        self._random = random.Random(f"load/{seed}")  # noqa: S311
        self.told: list[Told] = []
        self.refused: Counter[str] = Counter()
        self.odd: list[str] = []
        self._forms: dict[str, dict[str, Any]] = {}
        self._flows: set[asyncio.Task[None]] = set()
        self._hands: dict[str, asyncio.Task[None]] = {}
        self._people: list[asyncio.Task[None]] = []
        self._open = True

    async def start(self) -> None:
        """Read the guides once, then come in."""
        for matter in ("fire_check", "newborn"):
            self._forms[matter] = await self._form(matter)
        self._people = [asyncio.create_task(work) for work in (self._arrive(), self._officers(), self._raters())]

    async def close(self) -> None:
        """Nobody new comes in; wait until all applications passed the window."""
        self._open = False
        while self._flows:
            await asyncio.gather(*self._flows)

    async def idle(self) -> bool:
        """Whether no officer and nobody who rates has anything left to do."""
        return not self._flows and not self._hands and not await self._tasks() and not await self._invitations()

    async def stop(self) -> None:
        """Everybody goes home."""
        for task in self._people:
            task.cancel()
        await asyncio.gather(*self._people, *self._hands.values(), return_exceptions=True)
        for task in self._people:
            if not task.cancelled() and (error := task.exception()):
                raise error

    # -- applicants and clerks -----------------------------------------------------------

    async def _arrive(self) -> None:
        number = 0
        while self._open:
            number += 1
            if len(self._flows) < AT_ONCE:
                matter = "newborn" if number % BUNDLE_EVERY == 0 else "fire_check"
                flow = asyncio.create_task(self._apply(matter, self._random.random()))
                self._flows.add(flow)
                flow.add_done_callback(self._flows.discard)
            await asyncio.sleep(self._random.expovariate(self._rate))

    async def _apply(self, matter: str, lot: float) -> None:
        """One application: some are supplemented, some taken back before or after they were accepted."""
        file = await self._client.ask("POST", "intake", "/files", "applicant", file=PAPER)
        body = self._filled(matter, file.body["id"])
        answer = await self._command("intake", "/applications", "applicant", body, "submitted")
        number = str(answer.body["number"])
        self._told("intake", number, "submitted", number, answer)
        if lot < 0.06:
            return await self._on(number, "withdrawal", "applicant", {}, "withdrawn")
        if lot < 0.16:
            await self._supplement(number, body["materials"][:1])
        await self._on(number, "accept", "clerk", {}, "accepted")
        if lot > 0.94:
            await asyncio.sleep(self._random.uniform(0, 1))
            await self._on(number, "withdrawal", "applicant", {}, "withdrawn")
        return None

    async def _supplement(self, number: str, materials: list[dict[str, Any]]) -> None:
        asked = {"materials": [{"material": materials[0]["material"], "reason": "看不清"}]}
        await self._on(number, "supplement-request", "clerk", asked, "supplement_requested")
        await self._on(number, "supplement", "applicant", {"materials": materials}, "supplemented")

    async def _on(self, number: str, act: str, who: str, body: dict[str, Any], what: str) -> None:
        answer = await self._command("intake", f"/applications/{number}/{act}", who, body, what)
        self._told("intake", number, what, number, answer)

    # -- officers and raters -------------------------------------------------------------

    async def _officers(self) -> None:
        while True:
            for task in await self._tasks():
                self._take(task["task"], self._examine(task))
            await asyncio.sleep(0.4)

    async def _examine(self, task: dict[str, Any]) -> None:
        """One opinion in ten disagrees; one in four comes from the department's own software."""
        name, department, lot = task["task"], task["department"], self._random.random()
        if lot < 0.25:
            await self._departments.say(name, department)
            return
        body = {"verdict": "disagree", "reason": "现场没有隔断"} if lot > 0.9 else {"verdict": "agree"}
        path = f"/tasks/{name}/opinion"
        answer = await self._command("approval", path, f"officer-{department}", body, "opinion")
        self._told("approval", name[:13], "opinion", name, answer)

    async def _raters(self) -> None:
        while True:
            for case in await self._invitations():
                self._take(case["case"], self._rate_case(case["case"]))
            await asyncio.sleep(0.6)

    async def _rate_case(self, case: str) -> None:
        body = {"level": 5, "tags": ["510"]}
        answer = await self._command("ratings", f"/cases/{case}/rating", "applicant", body, "rated")
        self._told("ratings", case[:13], "rated", case, answer)

    def _take(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Take a piece of work in hand, unless somebody has it; it is looked for again a while after it was done."""
        if name in self._hands:
            work.close()
            return
        self._hands[name] = asyncio.create_task(self._in_hand(name, work))

    async def _in_hand(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        await work
        await asyncio.sleep(1.0)
        del self._hands[name]

    async def _tasks(self) -> list[dict[str, Any]]:
        found = await self._client.ask("GET", "approval", "/tasks?state=open&size=100", "supervisor")
        return list(found.body["tasks"])

    async def _invitations(self) -> list[dict[str, Any]]:
        found = await self._client.ask("GET", "ratings", "/invitations", "applicant")
        return list(found.body["invitations"])

    # -- forms and answers ---------------------------------------------------------------

    async def _command(self, service: str, path: str, who: str, body: dict[str, Any], what: str) -> Answer:
        """A command with its own key. What is refused is counted; only some refusals can be right."""
        key = uuid.UUID(int=self._random.getrandbits(128)).hex
        answer = await self._client.ask("POST", service, path, who, json=body, key=key)
        if not answer.accepted:
            code = answer.body.get("code", "")
            self.refused[f"{what} {answer.status} {code}"] += 1
            if code not in LEGAL.get(what, ()):
                self.odd.append(f"{what} at {path}: {answer.status} {code} {answer.body.get('detail', '')}")
        return Answer(answer.status, {**answer.body, "key": key})

    def _told(self, service: str, application: str, what: str, subject: str, answer: Answer) -> None:
        if answer.accepted:
            self.told.append(Told(service, application, what, subject, answer.body["key"]))

    async def _form(self, matter: str) -> dict[str, Any]:
        """The one-time notice for the first answer to every question."""
        answers: dict[str, str] = {}
        path = f"/guides/{matter}"
        while True:
            asked = await self._client.ask("POST", "intake", f"{path}/questions", json={"answers": answers})
            if asked.body["ready"]:
                notice = await self._client.ask("POST", "intake", f"{path}/notice", json={"answers": answers})
                return dict(notice.body)
            question = asked.body["questions"][0]
            answers[question["key"]] = ALONE.get(question["key"], question["choices"][0]["value"])

    def _filled(self, matter: str, file: str) -> dict[str, Any]:
        notice = self._forms[matter]
        return {
            "matter": matter,
            "answers": notice["answers"],
            "applicant": {"kind": "person", "name": ME.name, "code": ME.id_number, "phone": "13900000001"},
            "materials": [{"material": m["key"], "files": [file]} for m in notice["materials"] if m["to_hand_in"]],
        }


LEGAL = {
    "withdrawn": {"nothing_to_withdraw"},
    "opinion": {"already_given", "case_ended", "not_open_yet"},
    "rated": {"already_rated", "not_invited"},
}
"""Refusals that can be right: somebody else was first, or (`not_open_yet`, `not_invited`) a list showed what no
majority has yet, and commands are judged by what a majority has: then it is asked again. Any other one is a fault of
the hall."""
