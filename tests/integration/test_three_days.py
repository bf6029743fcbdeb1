"""Supervision is down for three days over a weekend, while cases are accepted, decided and supplemented. When it comes
back, one of its two replicas is killed in the middle of catching up; and still everything is said once, in due order,
with the dates of the law, and who acted in time acted in time."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import uuid
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from pymongo import AsyncMongoClient

from services.supervision.shards import shard_of
from shared.clock import MovableClock
from shared.contracts.topics import SERVICES
from shared.local.demo import PAPER
from shared.local.hall import build_hall, departments
from shared.messaging.topics import create_topics
from shared.settings import load_settings, variable
from tests.integration.test_deadlines import TimedHall
from tests.integration.weekends import MAKE_UP, PLAIN, Story, at
from tests.proof.drained import drained
from tests.proof.evidence import Evidence
from tests.proof.gather import gather
from tests.proof.safety import safety

ROOT = Path(__file__).parents[2]
EACH = 5
"""Applications of each story: enough that each replica has something to tell."""
TOLD = ("acceptance", "decision")
"""The clocks that the stories tell of."""
CATCHES_UP = 120.0
"""Real seconds within which it must have said everything; a killed replica costs a lease and a session of them."""
OTHERS = [name for name in SERVICES if name != "supervision"]


class Supervised(TimedHall):
    """Four services in this process, and supervision as processes of its own under the same clock."""

    def __init__(self, settings, clock: MovableClock, client, folder: Path) -> None:
        super().__init__(settings, clock, client)
        self._settings, self._folder = settings, folder
        self.running: list[subprocess.Popen] = []
        self._numbers = itertools.count(1)
        self.move(clock())

    def move(self, when: datetime) -> None:
        """All clocks go there."""
        self.clock.move_to(when)
        beside = self._folder / "clock.new"
        beside.write_text(when.isoformat())
        beside.replace(self._folder / "clock")

    def supervise(self, *more: str) -> subprocess.Popen:
        """One more replica."""
        fields = ("kafka", "mongo_uri", "data_dir", "database_prefix")
        ours = {variable(each): str(getattr(self._settings, each)) for each in fields}
        number = next(self._numbers)
        files = ["--clock", str(self._folder / "clock"), "--log", str(self._folder / f"told-{number}")]
        with (self._folder / f"supervision-{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.timed_supervision", *files, *more],
                env=os.environ | ours, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.running.append(process)
        return process

    async def scanning(self) -> None:
        """Wait until somebody holds shards."""
        async with AsyncMongoClient(self._settings.mongo_uri) as client, asyncio.timeout(30):
            boards = client[self._settings.database("supervision")]["leases"]
            while not ((board := await boards.find_one({})) and board["terms"]):
                await asyncio.sleep(0.05)

    async def stop(self, *processes: subprocess.Popen) -> None:
        for process in processes or self.running:
            process.terminate()
        for process in processes or self.running:
            await asyncio.to_thread(process.wait, 40)

    def told(self) -> list[list[dict]]:
        """What each replica's scan told, batch by batch."""
        files = sorted(self._folder.glob("told-*"))
        return [[json.loads(line) for line in file.read_text().splitlines()] for file in files]

    # -- what happens to applications ------------------------------------------------------

    async def act(self, number: str, what: str) -> None:
        await getattr(self, f"_{what}")(number)

    async def _accept(self, number: str) -> None:
        await self.post("clerk", f"/intake/applications/{number}/accept", {})

    async def _refuse(self, number: str) -> None:
        async with asyncio.timeout(30):
            while not (tasks := (await self.get("supervisor", f"/approval/tasks?application={number}"))["tasks"]):
                await asyncio.sleep(0.05)
        opinion = {"verdict": "disagree", "reason": "样例：疏散通道宽度不足"}
        await self.post("officer-xfdd", f"/approval/tasks/{tasks[0]['task']}/opinion", opinion)
        async with asyncio.timeout(30):
            path = f"/approval/cases/{number}-01"
            while (await self.get("applicant", path))["status"] != "refused":
                await asyncio.sleep(0.05)

    async def _ask(self, number: str) -> None:
        asked = {"materials": [{"material": "fire_layout", "reason": "样例：缺少二层平面图"}]}
        await self.post("clerk", f"/intake/applications/{number}/supplement-request", asked)

    async def _bring(self, number: str) -> None:
        file = {"file": ("样例.pdf", PAPER, "application/pdf")}
        uploaded = (await self.post("applicant", "/intake/files", files=file))["id"]
        brought = {"materials": [{"material": "fire_layout", "files": [uploaded]}]}
        await self.post("applicant", f"/intake/applications/{number}/supplement", brought)

    # -- what is there ---------------------------------------------------------------------

    async def evidence(self, numbers: Mapping[str, str]) -> Evidence:
        """Everything about these applications: other tests have left theirs on the topics."""
        found = await gather(self._settings.kafka, self._settings.mongo_uri, prefix=self._settings.database_prefix)
        records = {
            name: [each for each in records if (each.key or b"").decode("utf-8", "replace") in numbers]
            for name, records in found.records.items()
        }
        documents = {
            service: {name: each for name, each in documents.items() if name.partition("-")[0] in numbers}
            for service, documents in found.documents.items()
        }
        return replace(found, records=records, documents=documents)

    def unsaid(self, evidence: Evidence) -> list[str]:
        """Applications with something due that was not said."""
        changes = {name: state.next_change for name, state in evidence.states("supervision")}
        return [name for name, change in changes.items() if change and change <= self.clock()]


@pytest.fixture
async def open_hall(servers, tmp_path):
    """Begin at an instant: the four other services, and nobody who supervises."""
    await create_topics(servers.kafka, departments())
    prefix = f"days_{uuid.uuid4().hex[:8]}"
    settings = load_settings(
        data_dir=tmp_path, kafka=servers.kafka, mongo_uri=servers.mongo_uri, database_prefix=prefix
    )
    async with AsyncExitStack() as stack:

        async def begin(when: datetime) -> Supervised:
            clock = MovableClock(when)
            app = build_hall(settings, OTHERS, clock=clock)
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://hall"))
            hall = Supervised(settings, clock, client, tmp_path)
            stack.push_async_callback(hall.stop)
            return hall

        yield begin


@pytest.mark.parametrize("weekend", [PLAIN, MAKE_UP], ids=["weekend", "make-up day"])
async def test_three_days_without_supervision_change_no_date(open_hall, weekend):
    begins, ends = at(weekend.begins), at(weekend.ends)
    timetable = sorted((at(when), name, what) for name, story in weekend.stories.items() for when, what in story.acts)
    hall = await open_hall(timetable[0][0])
    story_of: dict[str, str] = {}
    before = hall.supervise()

    async def live(first: datetime, last: datetime) -> None:
        for when, name, what in timetable:
            if first <= when < last:
                hall.move(when)
                for number in [number for number, story in story_of.items() if story == name]:
                    await hall.act(number, what)
                if what == "submit":
                    story_of.update({await hall.submit(): name for _ in range(EACH)})

    await live(timetable[0][0], begins)
    hall.move(begins)
    await _settled(hall, story_of)
    await hall.stop(before)
    known = await hall.evidence(story_of)
    said_before = {said.heard.id for said in known.said if said.record.topic.startswith("onedoor.supervision")}

    await live(begins, ends)
    hall.move(ends)
    dying = hall.supervise("--die-in", "1")
    await hall.scanning()  # or the other one may have told all before it has a share
    hall.supervise()
    await asyncio.to_thread(dying.wait, CATCHES_UP)
    assert dying.returncode == -9, "killed in the middle of catching up"
    hall.supervise()
    evidence = await _settled(hall, story_of)

    assert safety(evidence) == [], "every source contiguous, everything that may happen once happened once"
    for number, name in story_of.items():
        _judge(evidence, number, name, weekend.stories[name], ends)
    said_after = {said.heard.id for said in evidence.said if said.record.topic.startswith("onedoor.supervision")}
    assert len(said_after) > len(said_before)
    assert said_before < said_after, "what was said before the outage stands"
    _in_due_order(hall, story_of)


async def _settled(hall: Supervised, numbers: Mapping[str, str]) -> Evidence:
    """Wait until everything was said and heard; what is missing at the end of the time is the failure."""
    wrong: list = []
    try:
        async with asyncio.timeout(CATCHES_UP):
            while True:
                await asyncio.sleep(0.5)
                evidence = await hall.evidence(numbers)
                unsaid = hall.unsaid(evidence)
                wrong = [*unsaid, *map(str, drained(evidence, exact=False))]
                if not wrong and len(evidence.states("supervision")) == len(numbers):
                    return evidence
    except TimeoutError:
        raise AssertionError(f"not caught up after {CATCHES_UP:g} s: {wrong[:5]}") from None


def _judge(evidence: Evidence, number: str, name: str, story: Story, back: datetime) -> None:
    """What supervision has said of one application is what the law says of its story."""
    passed = [said.event for said in evidence.events("DeadlinePassed") if said.event.application == number]
    assert sorted((each.kind, each.due) for each in passed) == sorted((kind, at(due)) for kind, due in story.passed), (
        name
    )
    stopped = [said.event for said in evidence.events("ClockStopped") if said.event.application == number]
    found = {(each.clock, each.at, each.light, each.on_time) for each in stopped if each.clock in TOLD}
    assert found == {(clock, at(when), light, on_time) for clock, when, light, on_time in story.stopped}, name
    state = evidence.state("supervision", number)
    assert {clock.key: clock.due for clock in state.clocks if clock.running and clock.key in TOLD} == {
        key: at(due) for key, due in story.due.items()
    }, name
    lights = [said.event for said in evidence.events("LightChanged") if said.event.application == number]
    assert all(each.at <= back for each in lights), f"{name}: nothing is said before its time"


def _in_due_order(hall: Supervised, numbers: Mapping[str, str]) -> None:
    """Each replica, as long as it held the same shards, told who had waited longest first; and nothing outside of them.

    An application's first telling is compared: what follows from it (a deemed acceptance) may reach further back.
    """
    first: set[str] = set()
    batches = 0
    for replica in hall.told():
        runs: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for batch in replica:
            batches += 1
            for since, application in batch["told"]:
                assert shard_of(application) in batch["held"]
                if application in numbers and application not in first:
                    first.add(application)
                    runs[tuple(batch["held"])].append(since)
        assert all(run == sorted(run) for run in runs.values()), runs
    assert batches > 3
