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
        self._spans: dict[TopicPartition, tuple[int, int]] = {}

    async def start(self) -> None:
        """Connect; raises Unavailable."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id="onedoor-lookup",
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_wait_ms=1,  # at the end of a log the next question would stand behind this one
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
        begins, ends = await self._known(tp, offsets[-1])
        found: dict[Place, Record | Absent] = {}
        ahead: dict[int, Record] = {}
        for offset in offsets:
            if not begins <= offset < ends:
                found[topic, partition, offset] = Absent.GONE if 0 <= offset < begins else Absent.NEVER
                continue
            if offset not in ahead:
                consumer.seek(tp, offset)
                consumer.resume(tp)
                ahead = await self._ahead(tp, offset)
                consumer.pause(tp)
            found[topic, partition, offset] = ahead.get(offset, Absent.GONE)
        return found

    async def _known(self, tp: TopicPartition, offset: int) -> tuple[int, int]:
        """From which offset on, and up to which, the log goes; (0, 0) where there is none.

        All partitions of a topic are looked at and stay assigned, and stand still while others are read: a consumer
        that turns to another topic asks for its metadata again, which takes a hundred times as long as a record.
        """
        assert self._consumer is not None  # noqa: S101  start comes first
        if tp not in self._spans or offset >= self._spans[tp][1]:
            self._spans |= {tp: (0, 0), **await self._topic(tp.topic)}
            there = {each: begins for each, (begins, ends) in self._spans.items() if ends}
            self._consumer.assign(list(there))
            for each, begins in there.items():
                self._consumer.seek(each, begins)
            self._consumer.pause(*there)
        return self._spans[tp]

    async def _topic(self, topic: str) -> dict[TopicPartition, tuple[int, int]]:
        assert self._consumer is not None  # noqa: S101  start comes first
        cluster = await self._consumer._client.fetch_all_metadata()
        partitions = [TopicPartition(topic, number) for number in cluster.partitions_for_topic(topic) or ()]
        begins = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        return {tp: (int(begins[tp]), int(ends[tp])) for tp in partitions}

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
