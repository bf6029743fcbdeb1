"""Whether anything is still on its way: records that a group has not committed, and outboxes that are not empty."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from shared.contracts.topics import SERVICES, topic_named
from tests.proof.gather import partitions
from tests.proof.roster import HEARS

STEADY = 4
"""Times in a row, half a second apart, that nothing may be on its way."""
SAY_SECONDS = 5.0


async def drain(
    kafka: str, mongo_uri: str, idle: Callable[[], Awaitable[bool]], patience: float, say: Callable[[str], None]
) -> str:
    """Wait until nothing is on its way and everybody is idle; returns what is left ("": nothing)."""
    began = said = time.monotonic()
    steady, left = 0, "not looked at"
    while time.monotonic() - began < patience:
        try:
            async with asyncio.timeout(30):
                left = await on_its_way(kafka, mongo_uri)
        except (KafkaError, PyMongoError, OSError, TimeoutError) as error:
            left = f"cannot look: {error!r}"
        if not left and not await idle():
            left = "people still have something to do"
        steady = 0 if left else steady + 1
        if steady >= STEADY:
            return ""
        if left and time.monotonic() - said > SAY_SECONDS:
            said = time.monotonic()
            say(f"  after {said - began:.0f} s: {left}")
        await asyncio.sleep(0.5)
    return left


async def on_its_way(kafka: str, mongo_uri: str) -> str:
    """What is still to be heard and to be said, in words; "" when nothing is."""
    lags = await lag(kafka)
    async with AsyncMongoClient(mongo_uri) as client:
        pending = {
            name: await client[f"onedoor_{name}"]["documents"].count_documents({"outbox_since": {"$exists": True}})
            for name in SERVICES
        }
    parts = [f"{name} lags {records}" for name, records in lags.items() if records]
    parts += [f"{name} has {count} outboxes" for name, count in pending.items() if count]
    return ", ".join(parts)


async def lag(kafka: str) -> dict[str, int]:
    """Service -> records on its topics that its group has not committed."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    try:
        await consumer.start()
        await admin.start()
        parts = await partitions(kafka)
        ends = await consumer.end_offsets(parts)
        found = {}
        for service in SERVICES:
            heard = {row.topic.name for row in HEARS[service]}
            committed = await admin.list_consumer_group_offsets(f"onedoor.{service}")
            found[service] = sum(
                ends[part] - (committed[part].offset if part in committed and committed[part].offset >= 0 else 0)
                for part in parts
                if (row := topic_named(part.topic)) is not None and row.name in heard
            )
        return found
    finally:
        await consumer.stop()
        await admin.close()
