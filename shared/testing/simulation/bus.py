"""The broker: topics that outlive every process, and a process's way to it behind the Publisher port."""

from __future__ import annotations

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from shared.contracts.envelope import Outgoing, Record
from shared.contracts.topics import Topic, dead_letters
from shared.messaging.document import Unavailable
from shared.testing.simulation.wire import Wire
from shared.testing.simulation.world import Process, World

BROKER = "broker"
PARTITIONS = 3
"""At most so many for each topic: few enough that applications share them."""

Place = tuple[str, int]
"""(topic, partition)."""


class Bus:
    """Every topic as its logs. `on_append` sees every record at the instant at which it is there."""

    def __init__(self, world: World, topics: Mapping[str, Topic], on_append: Callable[[Record], None]) -> None:
        self.world, self._on_append = world, on_append
        self._partitions = {name: min(row.partitions, PARTITIONS) for name, row in topics.items()}
        self.logs: dict[Place, list[Record]] = {
            (name, number): [] for name, many in self._partitions.items() for number in range(many)
        }
        self.listeners: list[Callable[[Place], None]] = []

    def place_of(self, topic: str, key: bytes | None) -> Place:
        """Where a record with this key goes."""
        return topic, zlib.crc32(key or b"") % self._partitions[topic]

    def append(
        self, place: Place, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Record:
        """Put any record on a topic, well-formed or not."""
        log = self.logs[place]
        record = Record(place[0], place[1], len(log), key, value, tuple(headers))
        log.append(record)
        kind = dict(record.headers).get("ce_type", b"?").decode("utf-8", "replace")
        about = f"{(key or b'').decode('utf-8', 'replace')} {place[0]}/{place[1]}/{record.offset}"
        self.world.diary.note(BROKER, "appended", about, kind)
        self._on_append(record)
        for tell in self.listeners:
            tell(place)
        return record

    def end(self, place: Place) -> int:
        """The offset that the next record will get."""
        return len(self.logs[place])

    def records(self) -> dict[str, list[Record]]:
        """Everything, by topic, each partition in order."""
        found: dict[str, list[Record]] = {name: [] for name in self._partitions}
        for (name, _), log in self.logs.items():
            found[name] += log
        return found


class RemotePublisher:
    """The Publisher port of one process, as `KafkaPublisher` keeps it: one partition's records go out as atomic
    batches, each awaited before the next; a failure ends that partition's sending, and the others go on."""

    def __init__(self, bus: Bus, process: Process) -> None:
        self._bus, self._wire = bus, Wire(process, BROKER)
        self._draw = process.world.wire_draw

    async def publish(self, sequences: Sequence[Sequence[Outgoing]]) -> list[int]:
        by_place: dict[Place, list[tuple[tuple[int, int], Outgoing]]] = defaultdict(list)
        for index, sequence in enumerate(sequences):
            for number, outgoing in enumerate(sequence):
                by_place[self._bus.place_of(outgoing.topic, outgoing.key)].append(((index, number), outgoing))
        acknowledged: set[tuple[int, int]] = set()
        await asyncio.gather(*(self._send(place, items, acknowledged) for place, items in by_place.items()))
        sent = [0] * len(sequences)
        for index, sequence in enumerate(sequences):
            while sent[index] < len(sequence) and (index, sent[index]) in acknowledged:
                sent[index] += 1
        return sent

    async def _send(
        self, place: Place, items: Sequence[tuple[tuple[int, int], Outgoing]], acknowledged: set[tuple[int, int]]
    ) -> None:
        position = 0
        while position < len(items):
            size = self._draw.choice((1, 2, 5, len(items)))
            batch = items[position : position + size]
            try:
                await self._wire.ask("publish", _about(place, batch), partial(self._append, place, batch))
            except Unavailable:
                return
            acknowledged.update(each for each, _ in batch)
            position += size

    def _append(self, place: Place, batch: Sequence[tuple[tuple[int, int], Outgoing]]) -> None:
        for _, outgoing in batch:
            self._bus.append(place, outgoing.key, outgoing.value, outgoing.headers)

    async def dead_letter(self, group: str, record: Record, reason: str, detail: str) -> None:
        topic = dead_letters(group).name
        headers = [
            *record.headers,
            ("onedoor_position", f"{record.topic}/{record.partition}/{record.offset}".encode()),
            ("onedoor_reason", reason.encode()),
            ("onedoor_detail", detail.encode("utf-8", "replace")),
        ]
        place = self._bus.place_of(topic, record.key)
        about = f"{record.topic}/{record.partition}/{record.offset}"
        await self._wire.ask("dead_letter", about, partial(self._bus.append, place, record.key, record.value, headers))

    async def ping(self) -> None:
        await self._wire.ask("ping", "", lambda: None)


def _about(place: Place, batch: Sequence[tuple[tuple[int, int], Outgoing]]) -> str:
    keys = " ".join(dict.fromkeys(outgoing.key.decode() for _, outgoing in batch))
    return f"{keys} {place[0]}/{place[1]} x{len(batch)}"
