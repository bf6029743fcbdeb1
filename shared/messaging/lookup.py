"""Looking up single records by their place in the log, without a group: to compare what somebody kept of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.envelope import Record
from shared.messaging.document import Unavailable

Place = tuple[str, int, int]
"""(topic, partition, offset)."""
FETCH_BYTES = 16 * 1024
"""One fetch brings the batch that holds the record, whatever its size, and little more."""
PATIENCE_MS = 5_000
ANSWERS = 3
BATCH = 500


class Absent(Enum):
    """Why there is no record at a place."""

    NEVER = "never"
    """The log does not reach so far, or has no such topic or partition."""
    GONE = "gone"
    """The log begins later: the broker's retention took it away."""


class Records(Protocol):
    """What finds records by their places."""

    async def at(self, places: Iterable[Place]) -> Mapping[Place, Record | Absent]:
        """The record of each place, or why there is none. Raises Unavailable."""


class KafkaRecords:
    """Records on Kafka. Nothing is committed and nobody's offsets move."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None

    async def start(self) -> None:
        """Connect; raises Unavailable."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id="onedoor-lookup",
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=FETCH_BYTES,
            request_timeout_ms=10_000,
        )
        try:
            await self._consumer.start()
        except (KafkaError, OSError) as error:
            await self.stop()
            raise Unavailable(f"broker: {error!r}"[:300]) from error

    async def stop(self) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer:
            await consumer.stop()

    async def at(self, places: Iterable[Place]) -> Mapping[Place, Record | Absent]:
        by_partition: dict[tuple[str, int], list[int]] = {}
        for topic, partition, offset in places:
            by_partition.setdefault((topic, partition), []).append(offset)
        found: dict[Place, Record | Absent] = {}
        try:
            for (topic, partition), offsets in by_partition.items():
                found |= await self._partition(topic, partition, sorted(set(offsets)))
        except (KafkaError, OSError) as error:
            raise Unavailable(f"broker: {error!r}"[:300]) from error
        return found

    async def _partition(self, topic: str, partition: int, offsets: Sequence[int]) -> dict[Place, Record | Absent]:
        assert self._consumer is not None  # noqa: S101  start comes first
        consumer, tp = self._consumer, TopicPartition(topic, partition)
        cluster = await consumer._client.fetch_all_metadata()
        if partition not in (cluster.partitions_for_topic(topic) or ()):
            return {(topic, partition, offset): Absent.NEVER for offset in offsets}
        consumer.assign([tp])
        begins, ends = (await consumer.beginning_offsets([tp]))[tp], (await consumer.end_offsets([tp]))[tp]
        found: dict[Place, Record | Absent] = {}
        ahead: dict[int, Record] = {}
        for offset in offsets:
            if not begins <= offset < ends:
                found[topic, partition, offset] = Absent.GONE if 0 <= offset < begins else Absent.NEVER
                continue
            if offset not in ahead:
                consumer.seek(tp, offset)
                ahead = await self._ahead(tp, offset)
            found[topic, partition, offset] = ahead.get(offset, Absent.GONE)
        return found

    async def _ahead(self, tp: TopicPartition, offset: int) -> dict[int, Record]:
        """Records from this offset on, as far as one answer brings them. Raises Unavailable."""
        assert self._consumer is not None  # noqa: S101  start comes first
        for _ in range(ANSWERS):
            polled = await self._consumer.getmany(tp, timeout_ms=PATIENCE_MS, max_records=BATCH)
            ahead = {record.offset: _record(record) for record in polled.get(tp, ())}
            if ahead and max(ahead) >= offset:  # else an answer to what was asked before
                return ahead
        raise Unavailable(f"broker: no answer for {tp.topic}/{tp.partition}/{offset}")


def _record(record: Any) -> Record:
    return Record(record.topic, record.partition, record.offset, record.key, record.value, tuple(record.headers))
