"""Everybody outside the services, in one process: applicants, the clerk, department software and raters.

They act on what they read on the topics, as people act on what they see, and note when each step was reached.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.intake.model.commands import Submit
from shared.contracts.topics import APPROVAL, INTAKE, LICENSING, RATINGS, SUPERVISION
from shared.messaging.broker import KafkaPublisher
from tests.bench.feeders import Case, Commands, Feeders

HEARD = (INTAKE.name, APPROVAL.name, LICENSING.name, RATINGS.name, SUPERVISION.name)
CLOCKS = 3
"""Acceptance, decision and issuance: each case of the bench has these, and supervision ends each."""
LATEST = 40.0
"""Seconds without any case completed after which a run is given up."""


@dataclass
class Outcome:
    """What a run gave: the cases, and the window in which they ran. `problems`: the first errors in words."""

    cases: dict[str, Case] = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0
    errors: int = 0
    problems: list[str] = field(default_factory=list)

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

    def failed(self, error: Exception) -> None:
        """Count an error, and keep the first few in words."""
        self.errors += 1
        if len(self.problems) < 5:
            self.problems.append(repr(error)[:300])


def poisson(stages: Iterable[tuple[float, float]], seed: int = 1) -> list[float]:
    """Instants (seconds from the start) of open-loop arrivals: stages of (rate a second, seconds)."""
    chance, found, start = random.Random(seed), [], 0.0  # noqa: S311
    for rate, seconds in stages:
        at = start + chance.expovariate(rate)
        while at < start + seconds:
            found.append(at)
            at += chance.expovariate(rate)
        start += seconds
    return found


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
        self, submissions: Sequence[Submit], *, arrivals: Sequence[float] | None = None, in_flight: int = 2_000
    ) -> Outcome:
        """Submit all and wait until each is completed, or nothing moves for LATEST seconds.

        `arrivals`: open loop, the instant of each submission however slow the hall is; None: as many at once as
        `in_flight` allow.
        """
        consumer = await self._consumer()
        reading = asyncio.create_task(self._read(consumer))
        sending = asyncio.create_task(self._send())
        try:
            self.outcome.began = time.monotonic()
            await (self._arrive(submissions, arrivals) if arrivals else self._press(submissions, in_flight))
            await self._all_ended(len(submissions), (reading, sending))
            await asyncio.gather(*self._tasks)
            self.outcome.ended = time.monotonic()
        finally:
            for task in (reading, sending, *self._tasks):
                task.cancel()
            await asyncio.gather(reading, sending, *self._tasks, return_exceptions=True)
            await consumer.stop()
            await self._publisher.stop()
        return self.outcome

    async def _arrive(self, submissions: Sequence[Submit], arrivals: Sequence[float]) -> None:
        start = time.monotonic()
        for submit, at in zip(submissions, arrivals, strict=True):
            wait = start + at - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            await self._submit(submit, start + at)

    async def _press(self, submissions: Sequence[Submit], in_flight: int) -> None:
        for submit in submissions:
            while self._open >= in_flight:
                self._room.clear()
                await asyncio.wait_for(self._room.wait(), LATEST)
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
        except Exception as error:  # counted, and the case stays uncompleted
            self.outcome.failed(error)

    async def _all_ended(self, wanted: int, working: Sequence[asyncio.Task[None]]) -> None:
        before, moved = -1, time.monotonic()
        while (done := wanted - self._open) < wanted:
            if done != before:
                before, moved = done, time.monotonic()
            for task in working:
                if task.done():
                    task.result()
            if time.monotonic() - moved > LATEST:
                stages = Counter(
                    f"licence: {bool(c.licence_at)}, rated: {bool(c.rated_at)}, clocks: {len(c.clocks)}"
                    for c in self.outcome.cases.values()
                    if not c.ended_at
                )
                problems = self.outcome.problems
                raise TimeoutError(f"{wanted - done} of {wanted} cases were not completed: {dict(stages)} {problems}")
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
        await self._do(self._commands.accept(case))

    async def on_assigned(self, case: Case, record: Any, now: float) -> None:
        """The department agrees."""
        body = json.loads(record.value)
        await self._do(self._commands.opinion(case, body["task"], body["department"]))

    async def on_issued(self, case: Case, record: Any, now: float) -> None:
        """The result exists and can be read."""
        if not case.licence_at:
            case.licence_at = now
            await self._do(self._commands.read(case, dict(record.headers)["ce_subject"].decode()))

    async def on_invited(self, case: Case, record: Any, now: float) -> None:
        """The owner rates."""
        await self._do(self._commands.rate(case, dict(record.headers)["ce_subject"].decode()))

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
