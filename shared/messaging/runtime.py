"""One service at work: batches from the broker, commands from people, the sweeper, and operators' replays.

This is the whole hot path in reading order. A batch is parsed (never raising), settled (settle.py), published
(relay.py), and only then may its offsets be committed. Whatever fails in the database or the broker raises
Unavailable, and the batch is simply done again: seen messages are skipped, leftovers are published.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from shared.contracts.envelope import Record
from shared.contracts.topics import TOPICS
from shared.kernel import Refused
from shared.messaging.bus import Publisher
from shared.messaging.commands import Asked, CommandDesk, Overloaded
from shared.messaging.deadletter import Parking, Replayed
from shared.messaging.document import Document, Store, Unavailable, Waiting
from shared.messaging.draft import Decide, Step, Voice
from shared.messaging.hears import Ears, Hears, Reading
from shared.messaging.load import Load, Meter
from shared.messaging.observer import Observer
from shared.messaging.recall import Recall
from shared.messaging.relay import Relay
from shared.messaging.settle import Fault, Settled, Settler
from shared.tracing import new_trace

SWEEP_SECONDS = 2.0
REST_ROUNDS = 4
"""While nothing comes and nothing waits, a sweep follows the last one after so many times that long."""
SWEEP_WITHIN = 60.0
"""Seconds that publishing what was left behind may take: how far behind we are is looked at all the same."""
MAX_OUTBOX_AGE = 30.0
"""Seconds: beyond this, people are asked to come back later, because what they do would not be seen."""
MAX_LAG = 50_000
"""Records of others: likewise for what this service has not heard yet."""


class Runtime:
    """The delivery core of one service. `handle` is what the broker calls, `ask` what HTTP calls."""

    def __init__(
        self,
        name: str,
        *,
        hears: Sequence[Hears],
        decide: Decide,
        rules: Callable[[], Any],
        store: Store,
        publisher: Publisher,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        observer: Observer | None = None,
    ) -> None:
        self.name, self.store, self.publisher, self.clock = name, store, publisher, clock
        self.ears = Ears(hears)
        self.observer = observer or Observer(name)
        own = [topic for topic in TOPICS if topic.owner == name]
        self.meter = Meter(store, publisher, self.observer, {topic.name for topic in own})
        topic_of = {event: topic for topic in own for event in topic.events}
        self._recall = Recall()
        self._settler = Settler(Voice(name, decide, rules, topic_of), store, self._recall, clock, sleep)
        self._relay = Relay(store, publisher, self._recall)
        self._parking = Parking(name, store, publisher, clock, sleep)
        self._desk = CommandDesk(self._write)
        self._sleep = sleep
        self._behind: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._moved = False
        self.stopping = False
        """Set before the consumer is stopped: a batch that fails is not tried again, and is delivered again later."""

    # -- from the broker -----------------------------------------------------------------

    async def handle(self, records: Sequence[Record]) -> None:
        """Do everything that a batch asks for. When this returns, its offsets may be committed.

        Raises Unavailable: do the same batch again later.
        """
        await self._take(records)

    async def _take(self, records: Sequence[Record]) -> set[str]:
        """`handle`; returns the lanes whose records wait."""
        started, self._moved = time.monotonic(), True
        readings = [self.ears.read(record) for record in records]
        steps, faults = self._sort(readings)
        settled = await self._settler.settle(steps, faults)
        self.observer.settled(readings, settled)
        await self._relay.publish(settled.unpublished.values())
        await self._set_aside(readings, settled)
        self.observer.batch("topic", len(records), time.monotonic() - started)
        return {*settled.faults, *settled.parked}

    async def insist(self, records: Sequence[Record], between: Callable[[], Awaitable[None]]) -> None:
        """`handle`, again and again with growing, jittered pauses, until it succeeds or the service stops.

        No attempt is counted and nothing is dead-lettered: database and broker being away is nobody's data error, and
        after a fault of ours the batch may not be passed over either. `between` keeps the broker's group membership
        alive. Raises the last error when the service stops.
        """
        pause = 0.1
        while True:
            try:
                await self.handle(records)
                return
            except Exception as error:  # whatever it is, the next batch would commit past this one
                self.observer.failed(error)
                if self.stopping:
                    raise
            await between()
            await self._sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, 5.0)

    async def said(self) -> None:
        """Wait for what is being published behind the answers."""
        await asyncio.gather(*self._behind, return_exceptions=True)

    async def published(self) -> None:
        """The same, and clear it. Raises Unavailable."""
        await self.said()
        await self._relay.clear()

    @property
    def load(self) -> Load:
        """How far behind this replica saw the service at its last sweep."""
        return self.meter.load

    @staticmethod
    def _sort(readings: Sequence[Reading]) -> tuple[list[Step], dict[str, Fault]]:
        steps: list[Step] = []
        faults: dict[str, Fault] = {}
        for order, reading in enumerate(readings):
            if reading.problem:
                fault = Fault(order, reading.problem.reason, reading.problem.detail)
                faults.setdefault(reading.lane, fault)
            steps += _steps(reading, order)
        return steps, faults

    async def _set_aside(self, readings: Sequence[Reading], settled: Settled) -> None:
        """Keep the records of faulty and parked lanes for their replay."""
        opened: list[Waiting] = []
        for lane in {*settled.faults, *settled.parked}:
            fault = settled.faults.get(lane)
            first = 0 if lane in settled.parked else fault.order if fault else 0
            waiting = [
                Waiting(lane, reading.record)
                for order, reading in enumerate(readings)
                if reading.lane == lane and order >= first and (reading.addressed or reading.problem)
            ]
            if lane in settled.parked:
                if not await self._parking.wait(lane, waiting):
                    opened += waiting
            elif fault:
                await self._parking.park(lane, fault, waiting)
                self.observer.parked(lane, waiting[0].record.topic, fault.reason, fault.detail)
        if opened:
            held = await self._take([each.record for each in opened])
            await self._parking.handled([each for each in opened if each.lane not in held])

    # -- from people ---------------------------------------------------------------------

    async def ask(
        self, doc: str, command: Any, *, lane: str | None = None, key: str | None = None,
        digest: str = "", cause: str = "", traceparent: str = "",
    ) -> Mapping[str, Any] | Refused:  # fmt: skip
        """Give a command to a document; the answer comes after the save, whatever publishing does.

        The same `key` with the same `digest` gets the first answer; with another it is Refused("key_reused"). A
        parked lane answers Refused("parked"). What follows names `cause` as its cause, or else the key, or else an
        id that is made here. Raises Overloaded, or Unavailable.
        """
        if self.load.outbox_age > MAX_OUTBOX_AGE or self.load.unheard > MAX_LAG:
            self.observer.command(command, "busy")
            raise Overloaded
        step = Step(doc, lane or doc, 0, command, cause or key or str(uuid4()), traceparent, None, key, digest)
        answer = await self._desk.ask(step)
        self.observer.answered(command, answer)
        return answer

    async def ask_each(self, commands: Mapping[str, Any], cause: str) -> set[str]:
        """Give many documents a command each, as background work does; the ids of those that did nothing.

        Those are a parked one, one that refuses, and one whose rule raises, which is left for its operator. Raises
        Overloaded, or Unavailable.
        """
        asked = (
            self.ask(doc, command, cause=cause, traceparent=new_trace().traceparent)
            for doc, command in commands.items()
        )
        answers = await asyncio.gather(*asked, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, Unavailable | Overloaded):
                raise answer
            if isinstance(answer, Exception):
                self.observer.unexpected(answer)
        told = zip(commands, answers, strict=True)
        return {doc for doc, answer in told if isinstance(answer, Refused | BaseException)}

    def remember(self, documents: Iterable[Document]) -> None:
        """Documents that the caller has just read from the store and is about to ask about."""
        for doc in documents:
            self._recall.keep(doc)

    async def _write(self, batch: Sequence[Asked]) -> None:
        """One group commit: settle all commands that waited, answer each, publish behind the answers."""
        started, self._moved = time.monotonic(), True
        left = list(batch)
        while left:
            steps = [replace(asked.step, order=order) for order, asked in enumerate(left)]
            settled = await self._settler.settle(steps, {})
            self._publish_behind(settled.unpublished.values())
            self.observer.missed(settled.missed)
            left = [asked for order, asked in enumerate(left) if not _told(asked, order, settled)]
        self.observer.batch("http", len(batch), time.monotonic() - started)

    def _publish_behind(self, documents: Iterable[Document]) -> None:
        docs = list(documents)
        if docs:
            task = asyncio.create_task(self._publish_quietly(docs), name=f"{self.name}-publish")
            self._behind.add(task)
            task.add_done_callback(self._behind.discard)

    async def _publish_quietly(self, docs: Sequence[Document]) -> None:
        try:
            await self._relay.publish(docs)
        except Exception as error:  # it stays in the outbox: the sweeper publishes it
            self.observer.failed(error)

    # -- life ----------------------------------------------------------------------------

    async def start(self) -> None:
        """Take commands and sweep."""
        self._desk.start()
        self._sweeper = asyncio.create_task(self._sweep_forever(), name=f"{self.name}-sweep")

    async def stop(self) -> None:
        """Answer what waits, finish publishing, stop. What is left is in the outboxes."""
        await self._desk.close()
        if self._sweeper:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        await self.published()

    async def sweep(self) -> int:
        """Publish what crashes left behind, and look at how far behind we are."""
        swept = 0
        try:
            async with asyncio.timeout(SWEEP_WITHIN):
                swept = await self._relay.sweep()
        finally:  # above all while the broker is away: then people must be told that we are behind
            await self.meter.measure(swept)
        return swept

    async def _sweep_forever(self) -> None:
        while True:
            at_rest, self._moved = False, False
            try:
                at_rest = await self.sweep() == 0 and self.load == Load() and not self._recall.waiting
            except Exception as error:  # the sweeper must outlive anything: without it a crash leaves events unsaid
                self.observer.failed(error)
            for _ in range(REST_ROUNDS):
                await self._sleep(SWEEP_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311
                if self._moved or not at_rest:
                    break

    # -- operators -----------------------------------------------------------------------

    async def replay(self, lane: str, by: str) -> Replayed | None:
        """Handle a parked lane's records again, head first; see Parking.replay. None: the lane is not parked."""
        if not await self._parking.parked(lane):
            return None
        return await self._parking.replay(lane, by, self._handle_waiting)

    async def discard(self, lane: str, by: str, position: str) -> bool:
        """Give up a parked lane's head record; see Parking.discard."""
        return await self._parking.discard(lane, by, position)

    async def _handle_waiting(self, waiting: Waiting) -> Fault | None:
        """One waiting record through the same settling as a batch of one, as if its lane were open."""
        reading = self.ears.read(waiting.record)
        if reading.problem:
            return Fault(0, reading.problem.reason, reading.problem.detail)
        reading = replace(reading, lane=f"replay:{waiting.id}")
        settled = await self._settler.settle(_steps(reading, 0), {})
        self.observer.settled([reading], settled)
        await self._relay.publish(settled.unpublished.values())
        return next(iter(settled.faults.values()), None)


def _told(asked: Asked, order: int, settled: Settled) -> bool:
    """Whether its caller could be answered: not when it only waited behind another's command that raised."""
    lane, fault = asked.step.lane, settled.faults.get(asked.step.lane)
    if asked.answer.done():
        return True
    if order in settled.answers:
        asked.answer.set_result(settled.answers[order])
    elif lane in settled.parked:
        asked.answer.set_result(Refused("parked"))
    elif fault and fault.order == order:
        asked.answer.set_exception(RuntimeError(f"{fault.reason}: {fault.detail}"))
    return asked.answer.done()


def _steps(reading: Reading, order: int) -> list[Step]:
    heard = reading.heard
    if heard is None:
        return []
    mark = (heard.source, heard.seq) if heard.seq is not None else None
    return [
        Step(doc, reading.lane, order, message, heard.id, heard.traceparent, mark) for doc, message in reading.addressed
    ]
