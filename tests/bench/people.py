"""Everybody outside the services, in one process: applicants, the clerk, department software and raters.

They act on what they read on the topics, as people act on what they see, and note when each step was reached.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.intake.model.commands import Submit
from shared.contracts.approval import DepartmentOpinion
from shared.contracts.envelope import Outgoing
from shared.contracts.topics import APPROVAL, INTAKE, LICENSING, RATINGS, SUPERVISION, department_of, opinion_topic
from shared.messaging.broker import KafkaPublisher
from tests.bench.matters import accept, rating
from tests.bench.service import feeder_topic

HEARD = (INTAKE.name, APPROVAL.name, LICENSING.name, RATINGS.name, SUPERVISION.name)
CLOCKS = 3
"""Acceptance, decision and issuance: each case of the bench has these, and supervision ends each."""
AT_ONCE = 120
"""Opinions sent together: fewer than 64 KB."""
LATEST = 40.0
"""Seconds without any case completed after which a run is given up."""


@dataclass(slots=True)
class Case:
    """One case on its way: when it was due to be submitted, and when each step was seen (seconds, monotonic)."""

    submit: Submit
    due: float
    licence_at: float = 0.0
    rated_at: float = 0.0
    clocks: set[str] = field(default_factory=set)
    ended_at: float = 0.0

    @property
    def number(self) -> str:
        """The application."""
        return self.submit.form.number


@dataclass
class Outcome:
    """What a run gave: the cases, and the window in which they ran."""

    cases: dict[str, Case] = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0
    errors: int = 0

    @property
    def latencies(self) -> list[float]:
        """Seconds from the instant due to the rating stored, of completed cases in the order of completion."""
        done = sorted((each for each in self.cases.values() if each.rated_at), key=lambda each: each.rated_at)
        return [each.rated_at - each.due for each in done]

    def throughput(self, skip: float = 0.15) -> float:
        """Cases a second that were rated and of which every clock had ended, without the first and last share `skip`
        of them."""
        done = sorted(each.ended_at for each in self.cases.values() if each.ended_at)
        first, last = int(len(done) * skip), int(len(done) * (1 - skip)) - 1
        return (last - first) / (done[last] - done[first]) if last > first else 0.0


class Commands(Protocol):
    """How people reach the services: over feeder topics, or over HTTP."""

    async def submit(self, case: Case) -> None:
        """Hand in."""

    async def accept(self, number: str) -> None:
        """The clerk accepts."""

    async def rate(self, case: str, owner: str) -> None:
        """The owner rates."""


class Feeders:
    """Commands by topic."""

    def __init__(self, publisher: KafkaPublisher) -> None:
        self._publisher = publisher
        self._waiting: list[Outgoing] = []
        self._accept = accept().model_dump_json().encode()

    async def submit(self, case: Case) -> None:
        self._put("intake", case.number, case.submit.form.by, "Submit", case.submit.model_dump_json().encode())

    async def accept(self, number: str) -> None:
        self._put("intake", number, "sample:clerk", "Accept", self._accept)

    async def rate(self, case: str, owner: str) -> None:
        number = case.partition("-")[0]
        self._put("ratings", number, owner, "GiveRating", rating(case, owner).model_dump_json().encode())

    def opinion(self, task: str, department: str, number: str) -> None:
        """What a department's own software says, on its own topic."""
        said = DepartmentOpinion(application=number, task=task, verdict="agree", officer="sample:system")
        headers = {
            "ce_specversion": "1.0",
            "ce_id": f"opinion-{task}",
            "ce_source": f"department/{department}",
            "ce_type": DepartmentOpinion.type_name(),
            "ce_time": datetime.now(UTC).isoformat(),
            "content-type": "application/json",
        }
        packed = tuple((name, value.encode()) for name, value in headers.items())
        value = said.model_dump_json().encode()
        self._waiting.append(Outgoing(opinion_topic(department), number.encode(), value, packed))

    def _put(self, service: str, number: str, by: str, command: str, body: bytes) -> None:
        headers = (("command", command.encode()), ("by", by.encode()), ("key", f"{command}-{number}".encode()))
        self._waiting.append(Outgoing(feeder_topic(service), number.encode(), body, headers))

    async def send(self) -> None:
        """Send what waits; no more at once than a batch of the smallest topic, a department's, may hold."""
        waiting, self._waiting = self._waiting, []
        opinions = [each for each in waiting if department_of(each.topic)]
        others = [each for each in waiting if not department_of(each.topic)]
        parts = [others, *(opinions[n : n + AT_ONCE] for n in range(0, len(opinions), AT_ONCE))]
        for part in parts:
            sent = await self._publisher.publish([[each] for each in part])
            self._waiting += [each for each, count in zip(part, sent, strict=True) if not count]


class People:
    """Carries cases through a hall. `commands` None: over the feeder topics."""

    def __init__(self, kafka: str, commands: Commands | None = None) -> None:
        self._kafka = kafka
        self._publisher = KafkaPublisher(kafka, f"bench-people-{uuid4().hex[:6]}")
        self.feeders = Feeders(self._publisher)
        self._commands: Commands = commands or self.feeders
        self._tasks: set[asyncio.Task[None]] = set()
        self.outcome = Outcome()
        self._open = 0
        self._room = asyncio.Event()

    async def carry(
        self, submissions: Sequence[Submit], *, rate: float | None = None, in_flight: int = 2_000, seed: int = 1
    ) -> Outcome:
        """Submit all and wait until each is rated, or nothing moves for LATEST seconds.

        `rate`: open-loop Poisson arrivals a second, however slow the hall is; None: as many as `in_flight` allow.
        """
        consumer = await self._consumer()
        reading = asyncio.create_task(self._read(consumer))
        sending = asyncio.create_task(self._send())
        try:
            self.outcome.began = time.monotonic()
            await (self._arrive(submissions, rate, seed) if rate else self._press(submissions, in_flight))
            await self._all_rated(len(submissions), (reading, sending))
            self.outcome.ended = time.monotonic()
        finally:
            for task in (reading, sending):
                task.cancel()
            await asyncio.gather(reading, sending, *self._tasks, return_exceptions=True)
            await consumer.stop()
            await self._publisher.stop()
        return self.outcome

    async def _arrive(self, submissions: Sequence[Submit], rate: float, seed: int) -> None:
        chance, due = random.Random(seed), time.monotonic()  # noqa: S311
        for submit in submissions:
            due += chance.expovariate(rate)
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            await self._submit(submit, due)

    async def _press(self, submissions: Sequence[Submit], in_flight: int) -> None:
        for submit in submissions:
            while self._open >= in_flight:
                self._room.clear()
                await self._room.wait()
            await self._submit(submit, time.monotonic())

    async def _submit(self, submit: Submit, due: float) -> None:
        case = Case(submit, due)
        self.outcome.cases[case.number] = case
        self._open += 1
        await self._do(self._commands.submit(case))

    async def _do(self, command: Awaitable[None]) -> None:
        """Over topics at once; over HTTP beside everything else."""
        if self._commands is self.feeders:
            await command
            return
        task = asyncio.ensure_future(self._counted(command))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _counted(self, command: Awaitable[None]) -> None:
        try:
            await command
        except Exception:  # counted, and the case stays uncompleted
            self.outcome.errors += 1

    async def _all_rated(self, wanted: int, working: Sequence[asyncio.Task[None]]) -> None:
        before, moved = -1, time.monotonic()
        while (done := wanted - self._open) < wanted:
            if done != before:
                before, moved = done, time.monotonic()
            for task in working:
                if task.done():
                    task.result()
            if time.monotonic() - moved > LATEST:
                stages = Counter((bool(c.licence_at), bool(c.rated_at)) for c in self.outcome.cases.values())
                raise TimeoutError(f"{wanted - done} of {wanted} cases were not completed {stages}")
            await asyncio.sleep(0.02)

    async def _consumer(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._kafka, enable_auto_commit=False, auto_offset_reset="latest", fetch_max_wait_ms=20
        )
        await consumer.start()
        await consumer._client.force_metadata_update()
        places = [TopicPartition(name, n) for name in HEARD for n in range(12)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        for place, end in ends.items():
            consumer.seek(place, end)
        return consumer

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            batches = await consumer.getmany(timeout_ms=50)
            now = time.monotonic()
            for record in (each for batch in batches.values() for each in batch):
                case = self.outcome.cases.get(record.key.decode())
                if case is not None:
                    await self._react(case, record, now)

    async def _react(self, case: Case, record: Any, now: float) -> None:
        headers = dict(record.headers)
        kind = headers["ce_type"].decode().split(".")[2]
        reaction = REACTIONS.get(kind)
        if reaction is not None:
            await reaction(self, case, record, now)

    async def _send(self) -> None:
        while True:
            await self.feeders.send()
            await asyncio.sleep(0.005)

    async def on_submitted(self, case: Case, record: Any, now: float) -> None:
        """The clerk accepts."""
        await self._do(self._commands.accept(case.number))

    async def on_assigned(self, case: Case, record: Any, now: float) -> None:
        """The department's software agrees."""
        body = json.loads(record.value)
        self.feeders.opinion(body["task"], body["department"], case.number)

    async def on_issued(self, case: Case, record: Any, now: float) -> None:
        """The result exists and can be read."""
        case.licence_at = case.licence_at or now

    async def on_invited(self, case: Case, record: Any, now: float) -> None:
        """The owner rates."""
        await self._do(self._commands.rate(dict(record.headers)["ce_subject"].decode(), case.submit.form.owner))

    async def on_rated(self, case: Case, record: Any, now: float) -> None:
        """The rating is stored."""
        case.rated_at = case.rated_at or now
        self._perhaps_ended(case, now)

    async def on_stopped(self, case: Case, record: Any, now: float) -> None:
        """Supervision ended one of the clocks."""
        case.clocks.add(dict(record.headers)["ce_subject"].decode())
        self._perhaps_ended(case, now)

    def _perhaps_ended(self, case: Case, now: float) -> None:
        if case.rated_at and len(case.clocks) == CLOCKS and not case.ended_at:
            case.ended_at = now
            self._open -= 1
            self._room.set()


REACTIONS: Mapping[str, Callable[[People, Case, Any, float], Awaitable[None]]] = {
    "ApplicationSubmitted": People.on_submitted,
    "TaskAssigned": People.on_assigned,
    "ResultIssued": People.on_issued,
    "RatingInvited": People.on_invited,
    "RatingGiven": People.on_rated,
    "ClockStopped": People.on_stopped,
}
