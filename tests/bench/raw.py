"""The raw limit (L0), and the same with decoding and deciding (L1): what any program in this place must do at least.

`python -m tests.bench.raw intake --port P --script DIR --number N [--decide]` stands in for one service. It is an
upper bound of what the service could reach, because it does the same I/O and nothing else:

- It reads the same records, with `getmany(max_records=500)`, from the same topics in a group, and commits the same
  way. The people on the other side are the very same; they cannot tell it from the service.
- Records of one application in one batch become one compare-and-set, as in the service. Batches form by themselves,
  by how fast records come: so it gains from load exactly as the service does, and is not held to batch sizes that a
  slower program had.
- Each compare-and-set carries the document as the service stored it after that record, and the outbox entries of all
  records of the batch; it goes to the same collection with the same indexes, as `bulk_write` of PyMongo's async client
  at `w: majority, j: true`, and must hit. Documents that a service must look for (those it has not just saved) are
  looked for, at read concern majority. Rows of facts are inserted before the records are sent.
- What is said has the same topic, key, headers and body, goes out in the same whole batches by partition (the
  services' own publisher: idempotent, acks=all), and is awaited before the batch's offsets are committed; behind the
  save where the record was a person's command. Outboxes are emptied by the next save, or every two seconds.

It is a little too fast in that all cases share the applicant, ids and sealed boxes of the captured one, which compress
well, and in that it has no sweeps, scans, metrics, retries or HTTP beside it. With `--decide` each record is also
parsed as `shared/messaging/hears.py` does, and given to the service's real `decide` on a state that is kept in memory;
what it decides is thrown away, and the captured bytes are written.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pymongo import AsyncMongoClient

from shared.messaging.broker import KafkaPublisher
from shared.messaging.subscription import topic_pattern
from shared.mongo import MongoStore
from shared.mongo.rows import BESIDE
from shared.settings import Settings, load_settings
from shared.steady import run_steadily, started
from tests.bench.feeding import FED, feeder_topic
from tests.bench.minds import Mind, mind_of
from tests.bench.player import Player, Take
from tests.bench.process import arguments_of, note_producer, until_stopped
from tests.bench.script import Script, name_of, read_script
from tests.bench.thinking import Thinking

SWEEP_SECONDS = 2.0
AT_ONCE = 500
UNCLEARED = 2_000

Taken = list[tuple[str, Take]]
"""(number, what it takes), for each application of a batch."""


class Raw:
    """One service's reading and writing."""

    def __init__(self, name: str, settings: Settings, script: Script, mind: Mind, *, decide: bool) -> None:
        self._player, self._heard = Player(script), script.heard
        self._thinking = Thinking(mind) if decide else None
        client: AsyncMongoClient[Any] = AsyncMongoClient(settings.mongo_uri, tz_aware=True)
        self._store = MongoStore(client, settings.database(name), mind.codec, mind.indexes)
        self._documents = self._store.db["documents"]
        self.publisher = KafkaPublisher(settings.kafka, f"raw-{name}")
        self._done: Counter[str] = Counter()
        self._uncleared: dict[str, int] = {}
        self._behind: set[asyncio.Task[None]] = set()
        self._saving: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Indexes and producer."""
        await self._store.prepare()
        await self.publisher.start()

    async def batch(self, records: Sequence[ConsumerRecord], kind: str, *, behind: bool) -> None:
        """Everything that a batch asks for. `kind`: the header that names what a record is."""
        mine = [each for each in records if _name(each, kind) in self._heard]
        if self._thinking:
            self._thinking.over(records if kind == "ce_type" else mine, kind)
        numbers = {each.key.decode() for each in mine}
        # Commands and records come by two consumers: what one of them saves now, the other must not save before.
        while busy := {self._saving[number] for number in numbers if number in self._saving}:
            await asyncio.wait(busy)
        taken = self._taken(mine)
        if not taken:
            return
        saving = asyncio.ensure_future(self._save(taken))
        self._saving |= dict.fromkeys(numbers, saving)
        await saving
        for number in numbers:
            del self._saving[number]
        saying = self._say(taken)
        if behind:
            self._later(saying)
        else:
            await saying

    def _taken(self, records: Sequence[ConsumerRecord]) -> Taken:
        counts = Counter(each.key.decode() for each in records)
        taken = []
        for number, count in counts.items():
            first = self._done[number]
            if first + count > self._player.length:
                raise RuntimeError(f"{number}: {first + count} records heard of {self._player.length} in the script")
            self._done[number] = first + count
            taken.append((number, self._player.take(first, first + count - 1)))
        return taken

    async def _save(self, taken: Taken) -> None:
        wanted = {self._player.name(name, number) for number, take in taken for name in take.looked_for}
        if wanted:
            await self._documents.find({"_id": {"$in": sorted(wanted)}}, BESIDE).to_list(None)
        writes = [self._player.write(take, number) for number, take in taken]
        result = await self._documents.bulk_write(writes, ordered=False)
        if result.matched_count + result.inserted_count != len(writes):
            raise RuntimeError(f"{len(writes)} compare-and-sets, and not all of them hit")
        for number, _ in taken:
            self._uncleared.pop(number, None)

    async def _say(self, taken: Taken) -> None:
        rows: dict[str, list[Any]] = {}
        for number, take in taken:
            for collection, row in self._player.rows(take, number):
                rows.setdefault(collection, []).append(row)
        for collection, operations in rows.items():
            await self._store.db[collection].bulk_write(operations, ordered=False)
        sequences = [self._player.records(take, number) for number, take in taken]
        sent = await self.publisher.publish(sequences)
        if sent != [len(each) for each in sequences]:
            raise RuntimeError("the broker did not acknowledge everything")
        self._uncleared |= {number: take.next_entry for number, take in taken if take.next_entry}
        if len(self._uncleared) > UNCLEARED:
            await self._clear()

    def _later(self, saying: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(saying)
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _clear(self) -> None:
        waiting, self._uncleared = list(self._uncleared.items()), {}
        for start in range(0, len(waiting), AT_ONCE):
            part = [self._player.emptying(*each) for each in waiting[start : start + AT_ONCE]]
            await self._documents.bulk_write(part, ordered=False)

    async def sweep(self) -> None:
        """Empty outboxes that no later save emptied, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._clear()


def _name(record: ConsumerRecord, kind: str) -> str:
    """The name under which the script knows what a record asks for."""
    if kind == "ce_type":
        return name_of(record.headers)
    return next((value.decode() for each, value in record.headers if each == kind), "")


async def hear(raw: Raw, kafka: str, name: str, topics: Sequence[str]) -> None:
    """Batches of the service's own topics, each committed when all of it is done."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka, group_id=f"onedoor.{name}", enable_auto_commit=False, auto_offset_reset="earliest",
        fetch_max_wait_ms=50, max_partition_fetch_bytes=2 * 1024 * 1024, session_timeout_ms=10_000,
    )  # fmt: skip
    consumer.subscribe(pattern=topic_pattern(topics))
    await consumer.start()
    try:
        while True:
            batches = await consumer.getmany(timeout_ms=50, max_records=500)
            records = [each for batch in batches.values() for each in batch]
            if records:
                await raw.batch(records, "ce_type", behind=False)
                ends: dict[TopicPartition, int] = {place: batch[-1].offset + 1 for place, batch in batches.items()}
                await consumer.commit(ends)
    finally:
        await consumer.stop()


async def be_fed(raw: Raw, kafka: str, name: str) -> None:
    """Batches of people's commands, as `served.Feeder` takes them."""
    topic = feeder_topic(name)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, group_id=topic, auto_offset_reset="earliest", fetch_max_wait_ms=50,
        max_partition_fetch_bytes=2 * 1024 * 1024,
    )  # fmt: skip
    await consumer.start()
    try:
        while True:
            batches = await consumer.getmany(timeout_ms=100, max_records=500)
            records = [each for batch in batches.values() for each in batch]
            if records:
                await raw.batch(records, "command", behind=True)
    finally:
        await consumer.stop()


async def serve(name: str, port: int, folder: Path, number: str, *, decide: bool) -> None:
    """Until SIGTERM."""
    settings = load_settings()
    mind = mind_of(name, settings)
    raw = Raw(name, settings, read_script(folder / f"{name}.bson", number), mind, decide=decide)
    await raw.start()
    note_producer(settings.data_dir, name, raw.publisher._producer)
    working = [hear(raw, settings.kafka, name, mind.ears.topics), raw.sweep()]
    working += [be_fed(raw, settings.kafka, name)] if name in FED else []
    started()
    await until_stopped(port, *map(asyncio.ensure_future, working))


def main() -> None:
    """The command line."""
    arguments = arguments_of("Stands in for one service: its reading and writing alone.")
    arguments.add_argument("--script", type=Path, required=True, help="folder of what the services noted")
    arguments.add_argument("--number", required=True, help="the application whose case is played")
    arguments.add_argument("--decide", action="store_true", help="also decode and decide")
    given = arguments.parse_args()
    run_steadily(serve(given.service, given.port, given.script, given.number, decide=given.decide))


if __name__ == "__main__":
    main()
