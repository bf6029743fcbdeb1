"""Reads the evidence of a real run: the topics from their beginning to their ends, and the five databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from pymongo import AsyncMongoClient

from shared.contracts.envelope import Record
from shared.contracts.topics import SERVICES
from shared.mongo.rows import document_in, waiting_in
from tests.proof.evidence import Evidence, Told
from tests.proof.roster import CODECS

_NOT_FACTS = ("documents", "waiting", "interventions", "leases")


async def gather(kafka: str, mongo_uri: str, told: Sequence[Told] = (), prefix: str = "onedoor") -> Evidence:
    """Everything that stands on the `onedoor.*` topics and in the databases `<prefix>_<service>`.

    Nothing may be written meanwhile, or records and documents are not of the same moment.
    """
    records = await read_topics(kafka)
    parts: dict[str, dict[str, Any]] = {"documents": {}, "facts": {}, "waiting": {}, "indexed": {}, "since": {}}
    async with AsyncMongoClient(mongo_uri, tz_aware=True) as client:
        for service in SERVICES:
            database = client.get_database(f"{prefix}_{service}")
            for part, found in (await _read_database(database, service)).items():
                parts[part][service] = found
    return Evidence(records=records, told=tuple(told), **parts)


async def read_topics(kafka: str) -> dict[str, list[Record]]:
    """Topic -> its records, partition by partition in offset order; repeats of headers' bytes are shared."""
    parts = await partitions(kafka)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka, enable_auto_commit=False, max_partition_fetch_bytes=4 * 1024 * 1024
    )
    await consumer.start()
    try:
        logs = await _read(consumer, parts)
    finally:
        await consumer.stop()
    found: dict[str, list[Record]] = {part.topic: [] for part in parts}
    for part in parts:
        found[part.topic] += logs[part]
    return found


async def partitions(kafka: str) -> list[TopicPartition]:
    """Every partition of every `onedoor.*` topic, in order."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    try:
        await admin.start()
        topics = sorted(name for name in await admin.list_topics() if name.startswith("onedoor."))
        described = await admin.describe_topics(topics)
    finally:
        await admin.close()
    return sorted(TopicPartition(each["topic"], part["partition"]) for each in described for part in each["partitions"])


async def _read(consumer: AIOKafkaConsumer, parts: Sequence[TopicPartition]) -> dict[TopicPartition, list[Record]]:
    consumer.assign(parts)
    await consumer.seek_to_beginning(*parts)
    ends = await consumer.end_offsets(parts)
    logs: dict[TopicPartition, list[Record]] = {part: [] for part in parts}
    left = {part for part in parts if ends[part] > 0}
    while left:
        for part, batch in (await consumer.getmany(timeout_ms=500, max_records=5_000)).items():
            logs[part] += (_record(raw) for raw in batch if raw.offset < ends[part])
        for part in list(left):
            if await consumer.position(part) >= ends[part]:
                left.discard(part)
                consumer.pause(part)
    return logs


def _record(raw: Any) -> Record:
    headers = tuple((name, bytes(value)) for name, value in raw.headers)
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, headers)


async def _read_database(database: Any, service: str) -> dict[str, Any]:
    codec = CODECS[service]
    found: dict[str, Any] = {"documents": {}, "facts": {}, "indexed": {}, "since": {}}
    async for row in database["documents"].find({}):
        found["documents"][row["_id"]] = document_in(row, codec)
        found["indexed"][row["_id"]] = row.get("idx") or {}
        if "outbox_since" in row:
            found["since"][row["_id"]] = row["outbox_since"]
    for name in _facts(await database.list_collection_names()):
        found["facts"][name] = {row.pop("_id"): row async for row in database[name].find({})}
    found["waiting"] = [waiting_in(row) async for row in database["waiting"].find({})]
    return found


def _facts(collections: Iterable[str]) -> list[str]:
    return sorted(name for name in collections if name not in _NOT_FACTS and not name.startswith(("fs.", "system.")))
