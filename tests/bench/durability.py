"""The durability that was really in force: a figure got with less than a majority, or less than all acks, is void.

Producers are asked in the processes that use them (each writes what its live producer has), write concerns are what
mongod noted of the writes that it got, and the rest is what the servers answer about themselves.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.contracts.topics import SERVICES
from tests.bench.hall import Hall

LEVEL = 2
"""mongod's profiler: every operation."""


class Void(Exception):
    """The figures count for nothing."""


class Durability:
    """What was found, once `watched` has been left."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}


@asynccontextmanager
async def watched(hall: Hall) -> AsyncIterator[Durability]:
    """Within the block mongod notes every write; afterwards `found` is filled. Raises Void where it is too weak."""
    durability = Durability()
    async with hall.database as client:
        databases = [client.get_database(hall.settings.database(service)) for service in SERVICES]
        for database in databases:
            await database.create_collection("system.profile", capped=True, size=32 * 1024 * 1024)
            await database.command("profile", LEVEL)
        yield durability
        concerns = []
        for database in databases:
            await database.command("profile", 0)
            concerns.append(await _concerns(database))
            await database.drop_collection("system.profile")
        options = await client.admin.command("getCmdLineOpts")
        journal = options["parsed"].get("storage", {}).get("journal", {}).get("enabled", True)
    producers = {file.stem: json.loads(file.read_text()) for file in sorted((hall.data / "durability").glob("*.json"))}
    durability.found = {
        "producers": producers,
        "write_concerns": dict(zip(SERVICES, concerns, strict=True)),
        "mongod_journal": journal,
        "min_insync_replicas": await _in_sync(hall.settings.kafka),
    }
    judge(durability.found)


def judge(found: dict[str, Any]) -> None:
    """Raises Void, naming what is too weak."""
    weak = [f"{name}: acks {each['acks']}" for name, each in found["producers"].items() if each["acks"] != -1]
    weak += [f"{name}: not idempotent" for name, each in found["producers"].items() if not each["idempotent"]]
    weak += [f"{name}: no producer was noted" for name in SERVICES if name not in found["producers"]]
    for service, concerns in found["write_concerns"].items():
        weak += [] if concerns else [f"{service}: no write was noted"]
        weak += [f"{service}: write concern {each}" for each in concerns if not _durable(each)]
    weak += [] if found["mongod_journal"] else ["mongod runs without a journal"]
    if weak:
        raise Void("; ".join(weak))


def _durable(concern: dict[str, Any]) -> bool:
    return concern.get("w") == "majority" and concern.get("j") is not False


async def _concerns(database: Any) -> list[dict[str, Any]]:
    """The distinct write concerns of the writes that mongod noted."""
    pipeline = [
        {"$match": {"op": {"$in": ["insert", "update", "command"]}, "writeConcern": {"$exists": True}}},
        {"$group": {"_id": {"w": "$writeConcern.w", "j": "$writeConcern.j"}, "writes": {"$sum": 1}}},
    ]
    rows = await (await database["system.profile"].aggregate(pipeline)).to_list(None)
    return [{**row["_id"], "writes": row["writes"]} for row in rows]


async def _in_sync(kafka: str) -> dict[str, str]:
    """`min.insync.replicas` of the services' topics, and how many brokers there are."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        topics = [f"onedoor.{service}.v1" for service in SERVICES]
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
        answers = await admin.describe_configs(resources)
        brokers = len((await admin.describe_cluster())["brokers"])
    finally:
        await admin.close()
    found = {"brokers": str(brokers)}
    for resource in (each for answer in answers for each in answer.resources):
        _, _, _, topic, entries, *_ = resource
        found[topic] = dict(entry[:2] for entry in entries)["min.insync.replicas"]
    return found
