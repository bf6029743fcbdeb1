"""What a run cost: CPU of every part, and what Kafka and MongoDB wrote, between two looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import SERVICES
from tests.bench.hall import Hall

Figures = dict[str, Any]
CLIENT = "client"


@dataclass(frozen=True)
class Look:
    """Everything that only ever grows, at one moment. CPU in seconds, sizes in bytes."""

    cpu: Mapping[str, float]
    database: Mapping[str, float]
    records: int
    log_bytes: int


async def look(hall: Hall) -> Look:
    """Look at all parts of the hall now."""
    async with hall.database as client:
        status = await client.admin.command("serverStatus")
    return Look(hall.cpu_seconds(), _database(status), await _records(hall.settings.kafka), _log_bytes(hall))


def _database(status: Mapping[str, Any]) -> dict[str, float]:
    commands, documents, tiger = status["metrics"]["commands"], status["metrics"]["document"], status["wiredTiger"]
    return {
        "documents_inserted": documents["inserted"],
        "documents_updated": documents["updated"],
        "insert_commands": commands["insert"]["total"],
        "update_commands": commands["update"]["total"],
        "find_commands": commands["find"]["total"],
        "journal_bytes": tiger["log"]["log bytes written"],
        "journal_syncs": tiger["log"]["log sync operations"],
        "file_bytes": tiger["block-manager"]["bytes written"],
    }


async def _records(kafka: str) -> int:
    """Records on all topics that the bench and the services write."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        await consumer._client.force_metadata_update()
        names = [name for name in await consumer.topics() if name.startswith(("onedoor.", "bench."))]
        places = [TopicPartition(name, n) for name in names for n in consumer.partitions_for_topic(name) or ()]
        return sum((await consumer.end_offsets(places)).values())
    finally:
        await consumer.stop()


def _log_bytes(hall: Hall) -> int:
    """Bytes in the segments of those topics."""
    folders = (hall.data / "kafka").glob("*/log/*")
    ours = (folder for folder in folders if folder.name.startswith(("onedoor.", "bench.")))
    return sum(file.stat().st_size for folder in ours for file in folder.glob("*.log"))


def spent(before: Look, after: Look, cases: int) -> Figures:
    """What each case cost. `cpu_ms_per_case` leaves the client out."""
    cpu = {part: round((after.cpu[part] - used) * 1000 / cases, 3) for part, used in before.cpu.items()}
    database = {name: round((after.database[name] - was) / cases, 2) for name, was in before.database.items()}
    return {
        "cpu_ms_per_case": round(sum(ms for part, ms in cpu.items() if part != CLIENT), 2),
        "cpu_ms_by_part": cpu,
        "services_ms": round(sum(ms for part, ms in cpu.items() if part.partition("-")[0] in SERVICES), 2),
        "mongo_per_case": database,
        "kafka_per_case": {
            "records": round((after.records - before.records) / cases, 2),
            "log_bytes": round((after.log_bytes - before.log_bytes) / cases),
        },
    }


def percentiles(seconds: Sequence[float]) -> Figures:
    """p50, p99 and p99.9 in milliseconds."""
    ordered = sorted(seconds)
    if not ordered:
        return {}
    at = {"p50_ms": 0.5, "p99_ms": 0.99, "p999_ms": 0.999}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1) for name, share in at.items()
    }
