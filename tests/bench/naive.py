"""A naive first version (L3): FastStream as its tutorial shows it, one message at a time, acknowledged each.

`python -m tests.bench.naive intake --port P` stands in for one service. Its rules, codecs and contracts are the
service's own, and so is the durability (acks=all, majority and journal); everything around them is what one would
write first: a subscriber for each topic; for each message one `find_one`, one `decide`, one `replace_one` that checks
the version, one awaited publish for each event, one acknowledgement. It publishes straight after the save: there is no
outbox, so a crash in between loses events, which is what the delivery core exists to prevent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import DuplicateKeyError

from shared.contracts.envelope import Event, Record, encode
from shared.contracts.topics import OPINION, TOPICS, opinion_topic
from shared.kernel import Fact, Line, Refused
from shared.local.hall import departments
from shared.mongo import MongoStore
from shared.settings import Settings, load_settings
from shared.steady import run_steadily, started
from tests.bench.feeding import COMMANDS, FED, feeder_topic
from tests.bench.minds import Mind, mind_of
from tests.bench.process import arguments_of, note_producer, until_stopped

Row = dict[str, Any]


class Naive:
    """One service."""

    def __init__(self, name: str, settings: Settings, mind: Mind, broker: KafkaBroker) -> None:
        self._name, self._mind, self._broker = name, mind, broker
        self._topic_of = {event: topic.name for topic in TOPICS if topic.owner == name for event in topic.events}
        client: Any = AsyncIOMotorClient(settings.mongo_uri, tz_aware=True)
        self.store = MongoStore(client, settings.database(name), mind.codec, mind.indexes)

    async def on_event(self, message: KafkaMessage) -> None:
        """An event of another service, or an opinion."""
        raw: Any = message.raw_message
        record = Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, raw.headers)
        reading = self._mind.ears.read(record)
        if reading.problem:
            raise ValueError(f"{reading.problem.reason}: {reading.problem.detail}")
        for doc, said in reading.addressed:
            heard = reading.heard
            assert heard is not None
            await self._take(doc, said, heard.id, heard.source, heard.seq)
        await message.ack()

    async def on_command(self, message: KafkaMessage) -> None:
        """A person's command."""
        raw: Any = message.raw_message
        command = COMMANDS[dict(raw.headers)["command"].decode()].model_validate_json(raw.value)
        await self._take(raw.key.decode(), command, dict(raw.headers)["key"].decode())
        await message.ack()

    async def _take(self, doc: str, said: Any, cause: str, source: str = "", seq: int | None = None) -> None:
        """Load, decide, replace where nobody else did meanwhile, publish."""
        while True:
            row = await self.store.documents.find_one({"_id": doc})
            before = row or {"_id": doc, "version": 0, "next_seq": 1, "inbox": {}}
            if seq is not None and before["inbox"].get(source, 0) >= seq:
                return
            state = self._mind.codec.load(before["state"]) if row else None
            decided = self._mind.decide(state, said, datetime.now(UTC), self._mind.rules)
            if isinstance(decided, Refused):
                return
            after = {
                "_id": doc,
                "version": before["version"] + 1,
                "next_seq": before["next_seq"] + len(decided.events),
                "inbox": before["inbox"] | ({source: seq} if seq is not None else {}),
                "state": self._mind.codec.dump(decided.state),
                "idx": dict(self._mind.codec.index(decided.state)),
            }
            if await self._replaced(row, after):
                await self._say(doc, before["next_seq"], decided.events, decided.facts, cause)
                return

    async def _replaced(self, before: Row | None, after: Row) -> bool:
        try:
            if before is None:
                await self.store.documents.insert_one(after)
                return True
            which = {"_id": after["_id"], "version": before["version"]}
            return bool((await self.store.documents.replace_one(which, after)).matched_count)
        except DuplicateKeyError:
            return False

    async def _say(
        self, doc: str, first: int, events: Sequence[Event], facts: Sequence[Fact | Line], cause: str
    ) -> None:
        for fact in facts:
            if isinstance(fact, Line):
                row = {"_id": f"{doc}/{fact.n:06d}", "of": doc, "n": fact.n, "lines": [fact.text]}
            else:
                row = {"_id": fact.id, **fact.row}
            if isinstance(fact, Fact) and fact.edition:
                await self.store.db[fact.collection].replace_one({"_id": fact.id}, row, upsert=True)
            else:
                await self.store.db[fact.collection].insert_one(row)
        for seq, event in enumerate(events, start=first):
            outgoing = encode(
                event, topic=self._topic_of[type(event)], source=f"{self._name}/{doc}", seq=seq,
                at=datetime.now(UTC), cause=cause, traceparent="",
            )  # fmt: skip
            headers = {name: value.decode() for name, value in outgoing.headers}
            await self._broker.publish(outgoing.value, topic=outgoing.topic, key=outgoing.key, headers=headers)


async def serve(name: str, port: int) -> None:
    """Until SIGTERM."""
    settings = load_settings()
    mind = mind_of(name, settings)
    broker = KafkaBroker(settings.kafka, enable_idempotence=True, acks="all", logger=None)
    naive = Naive(name, settings, mind, broker)
    await naive.store.prepare()
    for topics in _topics(mind):
        _subscribe(broker, topics, name, naive.on_event)
    if name in FED:
        _subscribe(broker, [feeder_topic(name)], name, naive.on_command)
    await broker.start()
    producer: Any = broker.config.broker_config.producer
    note_producer(settings.data_dir, name, producer._producer.producer)
    started()
    await until_stopped(port, asyncio.create_task(asyncio.Event().wait()))


def _topics(mind: Mind) -> list[list[str]]:
    """What each subscriber hears: one topic, or the opinions of all departments."""
    opinions = [opinion_topic(code) for code in departments()]
    return [opinions if topic == OPINION.name else [topic] for topic in mind.ears.topics]


def _subscribe(broker: KafkaBroker, topics: Sequence[str], name: str, handler: Any) -> None:
    broker.subscriber(
        *topics, group_id=f"naive.{name}.{topics[0]}", ack_policy=AckPolicy.MANUAL, auto_offset_reset="earliest",
        decoder=_raw_body, no_reply=True,
    )(handler)  # fmt: skip


async def _raw_body(message: Any) -> Any:
    return message.body


def main() -> None:
    """The command line."""
    given = arguments_of(__doc__).parse_args()
    run_steadily(serve(given.service, given.port))


if __name__ == "__main__":
    main()
