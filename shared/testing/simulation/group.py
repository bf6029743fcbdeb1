"""Consumer groups: partitions are shared out among a service's processes, and only their owners' commits are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random

from shared.contracts.envelope import Record
from shared.messaging.document import Unavailable
from shared.testing.simulation.bus import BROKER, Bus, Place
from shared.testing.simulation.wire import NOWHERE, Wire
from shared.testing.simulation.world import Process

Take = Callable[[Sequence[Record], Callable[[], Awaitable[None]]], Awaitable[None]]
"""Handles a batch for good, as Runtime.insist does; the second argument keeps the membership alive meanwhile."""


class Member:
    """One process in a group, as the broker knows it: what it owns, and up to where it was handed out."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.positions: dict[Place, int] = {}
        self.at_hand: set[Place] = set()
        self.arrived = asyncio.Event()

    def received(self, fetched: Sequence[Record]) -> list[Record]:
        """Take over what the broker sent, but for partitions that moved meanwhile."""
        batch = []
        for record in fetched:
            place = (record.topic, record.partition)
            if self.positions.get(place) == record.offset:
                self.positions[place] = record.offset + 1
                batch.append(record)
        return batch


class Group:
    """A service's consumer group over all partitions of the topics that it hears."""

    def __init__(self, bus: Bus, service: str, places: Sequence[Place]) -> None:
        self.bus, self.service, self.places = bus, service, list(places)
        self.committed: dict[Place, int] = dict.fromkeys(places, 0)
        self.members: list[Member] = []
        self._world = bus.world
        self._draw: Random = bus.world.draw(f"group/{service}")
        bus.listeners.append(self._arrived)

    def join(self, member: Member) -> None:
        """A process comes in, or comes back after its session ended."""
        if member not in self.members and member.process.alive:
            self.members.append(member)
            self.rebalance()
            self._watch(member)

    def leave(self, member: Member) -> None:
        """A process's session ended."""
        if member in self.members:
            self.members.remove(member)
            member.positions = {}
            self.rebalance()
            member.arrived.set()  # a process that only stood still finds out, and comes back

    def rebalance(self) -> None:
        """Share out all partitions anew. Whoever is in the middle of a batch goes on with it, knowing nothing."""
        before = {place: member for member in self.members for place in member.positions}
        places = list(self.places)
        self._draw.shuffle(places)
        for member in self.members:
            member.positions = {}
        for number, place in enumerate(places if self.members else ()):
            owner = self.members[number % len(self.members)]
            owner.positions[place] = self.committed[place]
        self._world.diary.note(self.service, "rebalanced", "", f"{len(self.members)} members")
        self._world.diary.count("rebalanced")
        if any(place in former.at_hand and place not in former.positions for place, former in before.items()):
            self._world.diary.count("rebalanced_in_mid_batch")
        for member in self.members:
            member.arrived.set()

    def fetch(self, member: Member) -> list[Record]:
        """The next batch: some of the owned partitions in any order, some records of each, in their order."""
        self.join(member)
        batch: list[Record] = []
        most = self._draw.choice((1, 3, 10, 40))
        owned = list(member.positions)
        self._draw.shuffle(owned)
        for place in owned:
            position = member.positions[place]
            batch += self.bus.logs[place][position : position + self._draw.randint(1, most)][: most - len(batch)]
        if not batch:
            member.arrived.clear()
        return batch

    def commit(self, member: Member, offsets: dict[Place, int]) -> None:
        """Take the offsets of partitions that are still this member's."""
        for place, offset in offsets.items():
            if place in member.positions:
                self.committed[place] = offset
            else:
                self._world.diary.count("commit_not_taken")

    def rewind(self) -> None:
        """Hand out some records of one partition again."""
        again = [(member, place) for member in self.members for place, at in member.positions.items() if at]
        if again:
            member, place = self._draw.choice(again)
            member.positions[place] -= self._draw.randint(1, min(5, member.positions[place]))
            self._world.diary.count("rewind")
            member.arrived.set()

    def lag(self) -> int:
        """Records that nobody has committed yet."""
        return sum(self.bus.end(place) - self.committed[place] for place in self.places)

    def _arrived(self, place: Place) -> None:
        for member in self.members:
            if place in member.positions:
                member.arrived.set()

    def _watch(self, member: Member) -> None:
        """The session: a process that is dead or stopped for too long is found out after a while."""
        self._world.loop.call_later(self._draw.uniform(0.5, 1.5), self._heartbeat, member, 0, context=NOWHERE)

    def _heartbeat(self, member: Member, missed: int) -> None:
        if member not in self.members:
            return
        silent = not member.process.alive or member.process.lane.stalled
        if silent and missed >= 1:
            self.leave(member)
            return
        self._world.loop.call_later(
            self._draw.uniform(0.5, 1.5), self._heartbeat, member, missed + 1 if silent else 0, context=NOWHERE
        )


class Consumer:
    """The loop of one process: fetch, handle for good, commit; what subscription.py does with a real broker."""

    def __init__(self, group: Group, process: Process, take: Take) -> None:
        self._group, self._member, self._take = group, Member(process), take
        self._wire = Wire(process, BROKER)

    async def forever(self) -> None:
        """Batch after batch."""
        while True:
            try:
                (fetched,) = await self._wire.ask("fetch", "", partial(self._group.fetch, self._member))
            except Unavailable:
                await asyncio.sleep(0.3)
                continue
            if batch := self._member.received(fetched):
                await self.handle(batch)
            elif not fetched:
                await self._member.arrived.wait()

    async def handle(self, batch: Sequence[Record]) -> None:
        """Handle, then commit: never the other way round."""
        await self.take(batch)
        await self.commit(batch)

    async def take(self, batch: Sequence[Record]) -> None:
        """Handle a batch for good, however often that has to be tried."""
        self._member.at_hand = {(record.topic, record.partition) for record in batch}
        await self._take(batch, self._keep_polling)
        self._member.at_hand = set()

    async def commit(self, batch: Sequence[Record]) -> None:
        """Commit what is still ours. A broker that does not answer is asked again, as the driver does by itself."""
        offsets = {(record.topic, record.partition): record.offset + 1 for record in batch}
        about = " ".join(f"{topic}/{number}={offset}" for (topic, number), offset in offsets.items())
        while True:
            try:
                await self._wire.ask("commit", about, partial(self._group.commit, self._member, offsets))
                return
            except Unavailable:
                self._group.bus.world.diary.count("commit_again")
                await asyncio.sleep(0.1)

    async def _keep_polling(self) -> None:
        await asyncio.sleep(0.01)
