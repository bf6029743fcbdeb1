"""The driver of a consumer as our subscription uses it, over a simulated group: the real `Subscription` runs on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

from shared.contracts.envelope import Record
from shared.messaging.document import Unavailable
from shared.messaging.subscription import Subscription
from shared.testing.simulation.bus import BROKER, Place
from shared.testing.simulation.group import Group, Member
from shared.testing.simulation.wire import Wire
from shared.testing.simulation.world import Process

Handle = Callable[[Sequence[Record], Callable[[], Awaitable[None]]], Awaitable[None]]


class SimulatedConsumer:
    """What `CarefulConsumer` offers to the subscription: assignment and positions, pausing, seeking, committing."""

    def __init__(self, group: Group, process: Process) -> None:
        self.member, self._group = Member(process), group
        self._wire = Wire(process, BROKER)
        self._paused: dict[Place, int] = {}
        """By the generation of the assignment: a new one begins unpaused."""

    def assignment(self) -> frozenset[TopicPartition]:
        """What we own, as far as we know."""
        return frozenset(TopicPartition(*place) for place in self.member.positions)

    def positions(self) -> dict[TopicPartition, int]:
        """Where each of our partitions stands."""
        return {TopicPartition(*place): at for place, at in self.member.positions.items()}

    def pause(self, *places: Place) -> None:
        """Take nothing more of these."""
        self._paused |= dict.fromkeys(places, self.member.generation)

    def resume(self, *places: Place) -> None:
        """Go on with these."""
        for place in places:
            self._paused.pop(place, None)

    def seek(self, place: Place, offset: int) -> None:
        """Go on from there."""
        self.member.positions[(place[0], place[1])] = offset

    async def getmany(self, timeout_ms: int = 0) -> dict[TopicPartition, list[Record]]:
        """Some records of what we own and did not pause. Raises Unavailable."""
        now = self.member.generation
        owned = [place for place in self.member.positions if self._paused.get(place) != now]
        if not owned and self.member.positions:
            await asyncio.sleep(timeout_ms / 1000)
            return {}
        (fetched,) = await self._wire.ask("fetch", "", partial(self._group.fetch, self.member, owned))
        found: dict[TopicPartition, list[Record]] = {}
        for record in fetched:  # but for partitions that moved meanwhile
            place = TopicPartition(record.topic, record.partition)
            if self.member.positions.get(place) == record.offset:
                self.member.positions[(record.topic, record.partition)] = record.offset + 1
                found.setdefault(place, []).append(record)
        return found

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """A broker that does not answer is asked again, as the driver does by itself. Raises CommitFailedError."""
        plain = {(place.topic, place.partition): offset for place, offset in offsets.items()}
        about = " ".join(f"{topic}/{number}={offset}" for (topic, number), offset in plain.items())
        generation = self.member.generation
        taken = partial(self._group.commit, self.member, generation, plain)
        while True:
            try:
                if not all(await self._wire.ask("commit", about, taken)):
                    raise CommitFailedError("another generation")
                return
            except Unavailable:
                self._group.bus.world.diary.count("commit_again")
                await asyncio.sleep(0.1)

    async def end_offsets(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Where these partitions end. Raises Unavailable."""
        asked = list(places)
        (ends,) = await self._wire.ask("ends", "", lambda: {each: self._group.bus.end(each) for each in asked})
        found: dict[TopicPartition, int] = ends
        return found


@dataclass(frozen=True)
class Message:
    """A batch as FastStream hands it over."""

    raw_message: tuple[Record, ...]
    consumer: SimulatedConsumer


class _Subscriber:
    """What FastStream's broker gives for a subscription: a place for its handler, and its consumer."""

    def __init__(self, consumer: SimulatedConsumer) -> None:
        self.consumer = consumer

    def subscriber(self, **_: Any) -> _Subscriber:
        return self

    def __call__(self, handler: Any) -> None:
        """The handler is called by `Feed`."""


class Feed:
    """FastStream's part: batch after batch to the real subscription of one process, one at a time."""

    def __init__(self, group: Group, process: Process, topics: Sequence[str], handle: Handle) -> None:
        self._group, self._consumer = group, SimulatedConsumer(group, process)
        broker: Any = _Subscriber(self._consumer)
        self.subscription = Subscription(broker, group.service, topics, handle)

    async def forever(self) -> None:
        """Batch after batch; where there is none, until something arrives."""
        member = self._consumer.member
        while True:
            try:
                polled = await self._consumer.getmany()
            except Unavailable:
                await asyncio.sleep(0.3)
                continue
            batch = [record for records in polled.values() for record in records]
            if not batch:
                await member.arrived.wait()
                continue
            self._group.delivered(batch)
            member.at_hand = {(record.topic, record.partition) for record in batch}
            message: Any = Message(tuple(batch), self._consumer)
            await self.subscription._on_batch(message)
            member.at_hand = set()
