"""Consumer groups: partitions are shared out among a service's processes, and only their owners' commits are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from random import Random

from shared.contracts.envelope import Record
from shared.testing.simulation.bus import Bus, Place
from shared.testing.simulation.wire import NOWHERE
from shared.testing.simulation.world import Process


class Member:
    """One process in a group: what it owns, and up to where it was handed out. An evicted one does not know it yet."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.generation = 0
        self.positions: dict[Place, int] = {}
        self.at_hand: set[Place] = set()
        self.arrived = asyncio.Event()


class Group:
    """A service's consumer group over all partitions of the topics that it hears."""

    def __init__(self, bus: Bus, service: str, places: Sequence[Place]) -> None:
        self.bus, self.service, self.places = bus, service, list(places)
        self.committed: dict[Place, int] = dict.fromkeys(places, 0)
        self._delivered: dict[Place, int] = dict.fromkeys(places, 0)
        self.members: list[Member] = []
        self.generation = 0
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
            self.rebalance()
            member.arrived.set()  # a process that only stood still finds out, and comes back

    def rebalance(self) -> None:
        """Share out all partitions anew, each from its committed offset on. Whoever is in the middle of a batch goes
        on with it: the driver joins again behind its back."""
        self.generation += 1
        before = {place: member for member in self.members for place in member.positions}
        places = list(self.places)
        self._draw.shuffle(places)
        for member in self.members:
            member.positions, member.generation = {}, self.generation
        for number, place in enumerate(places if self.members else ()):
            owner = self.members[number % len(self.members)]
            owner.positions[place] = self.committed[place]
        self._world.diary.note(self.service, "rebalanced", "", f"{len(self.members)} members")
        self._world.diary.count("rebalanced")
        if any(place in former.at_hand and place not in former.positions for place, former in before.items()):
            self._world.diary.count("rebalanced_in_mid_batch")
        for member in self.members:
            member.arrived.set()

    def fetch(self, member: Member, owned: Sequence[Place]) -> list[Record]:
        """The next batch: some of these partitions in any order, some records of each, in their order."""
        self.join(member)
        batch: list[Record] = []
        most = self._draw.choice((1, 3, 10, 40))
        places = [place for place in owned if place in member.positions]
        self._draw.shuffle(places)
        for place in places:
            position = member.positions[place]
            batch += self.bus.logs[place][position : position + self._draw.randint(1, most)][: most - len(batch)]
        if all(position >= self.bus.end(place) for place, position in member.positions.items()):
            member.arrived.clear()
        return batch

    def delivered(self, batch: Sequence[Record]) -> None:
        """A process begins with a batch; what somebody had before counts as delivered again."""
        for record in batch:
            place = (record.topic, record.partition)
            if record.offset < self._delivered[place]:
                self._world.diary.count("delivered_again")
            self._delivered[place] = max(record.offset + 1, self._delivered[place])

    def commit(self, member: Member, generation: int, offsets: Mapping[Place, int]) -> bool:
        """Take the offsets of a member of this generation; of any other, nothing."""
        if member not in self.members or generation != self.generation:
            self._world.diary.count("commit_not_taken")
            return False
        self.committed.update(offsets)
        return True

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
            self._world.diary.count("evicted_alive" if member.process.alive else "evicted_dead")
            self.leave(member)
            return
        self._world.loop.call_later(
            self._draw.uniform(0.5, 1.5), self._heartbeat, member, missed + 1 if silent else 0, context=NOWHERE
        )
