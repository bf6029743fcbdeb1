"""Kafka behind the ports: FastStream reads batches, an idempotent aiokafka producer publishes them in order.

FastStream's defaults acknowledge before handling, start at the end and commit what is no longer owned, so every one
of them is set here, and offsets are committed by us, per partition, after the batch.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from shared.contracts.envelope import Outgoing, Record
from shared.contracts.topics import dead_letters
from shared.messaging.document import Unavailable

log = structlog.get_logger("onedoor.messaging")

MAX_RECORDS = 500
BATCH_BYTES = 900 * 1024
"""Bytes of one produced batch, below the smallest record limit of the topics that the services own."""

Handle = Callable[[Sequence[Record], Callable[[], Awaitable[None]]], Awaitable[None]]


class KafkaPublisher:
    """The Publisher port. A failed send ends its partition's sending, and the producer is made anew."""

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._bootstrap, self._client_id, self._runs = bootstrap, client_id, count(1)
        self._producer: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Connect; raises Unavailable."""
        await self._ready()

    async def stop(self) -> None:
        """Send what is on its way and disconnect."""
        producer, self._producer = self._producer, None
        if producer:
            await producer.stop()

    async def publish(self, sequences: Sequence[Sequence[Outgoing]]) -> list[int]:
        sent = [0] * len(sequences)
        if not any(sequences):
            return sent
        try:
            producer = await self._ready()
            by_partition = await self._by_partition(producer, sequences)
        except (KafkaError, Unavailable, OSError):
            return sent
        results = await asyncio.gather(*(self._send(producer, tp, items, sent) for tp, items in by_partition.items()))
        if not all(results):
            await self._discard(producer)
        return sent

    async def dead_letter(self, group: str, record: Record, reason: str, detail: str) -> None:
        headers = [
            *record.headers,
            ("onedoor_position", f"{record.topic}/{record.partition}/{record.offset}".encode()),
            ("onedoor_reason", reason.encode()),
            ("onedoor_detail", detail.encode()),
        ]
        producer = await self._ready()
        try:
            await producer.send_and_wait(dead_letters(group).name, record.value or b"", key=record.key, headers=headers)
        except KafkaError as error:
            await self._discard(producer)
            raise Unavailable(f"dead letter topic: {error!r}"[:300]) from error

    async def ping(self) -> None:
        producer = await self._ready()
        if not await producer.client.force_metadata_update():
            raise Unavailable("the broker does not answer")

    async def _by_partition(
        self, producer: AIOKafkaProducer, sequences: Sequence[Sequence[Outgoing]]
    ) -> dict[TopicPartition, list[tuple[int, Outgoing]]]:
        """Each record with the number of its sequence, grouped by where it goes; order is kept."""
        by_partition: dict[TopicPartition, list[tuple[int, Outgoing]]] = defaultdict(list)
        for index, sequence in enumerate(sequences):
            for outgoing in sequence:
                partitions = len(await producer.partitions_for(outgoing.topic))
                tp = TopicPartition(outgoing.topic, partition_of(outgoing.key, partitions))
                by_partition[tp].append((index, outgoing))
        return by_partition

    async def _send(
        self,
        producer: AIOKafkaProducer,
        tp: TopicPartition,
        items: Sequence[tuple[int, Outgoing]],
        sent: list[int],
    ) -> bool:
        """One partition: atomic batches, each awaited before the next. A record batch is all or nothing, so no
        later record of a document can be there without its earlier ones."""
        position = 0
        while position < len(items):
            batch, start = producer.create_batch(), position
            while position < len(items) and _appended(batch, items[position][1]):
                position += 1
            try:
                await (await producer.send_batch(batch, tp.topic, partition=tp.partition))
            except KafkaError as error:
                log.warning("send_failed", topic=tp.topic, partition=tp.partition, error=repr(error)[:200])
                return False
            for index, _ in items[start:position]:
                sent[index] += 1
        return True

    async def _ready(self) -> AIOKafkaProducer:
        async with self._lock:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    client_id=f"{self._client_id}-{next(self._runs)}",
                    enable_idempotence=True,
                    acks="all",
                    max_batch_size=BATCH_BYTES,
                    max_request_size=2 * 1024 * 1024,
                    request_timeout_ms=20_000,
                )
                try:
                    await producer.start()
                except (KafkaError, OSError) as error:
                    await producer.stop()
                    raise Unavailable(f"broker: {error!r}"[:300]) from error
                self._producer = producer
            return self._producer

    async def _discard(self, producer: AIOKafkaProducer) -> None:
        """An idempotent producer can stay stuck after an error: the next send gets a new one."""
        async with self._lock:
            if self._producer is producer:
                self._producer = None
        try:
            await asyncio.wait_for(producer.stop(), 5)
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("producer_stop_failed", error=repr(error)[:200])


def _appended(batch: Any, outgoing: Outgoing) -> bool:
    added = batch.append(timestamp=None, key=outgoing.key, value=outgoing.value, headers=list(outgoing.headers))
    return added is not None


_partitioner = DefaultPartitioner()


@lru_cache(maxsize=100_000)
def partition_of(key: bytes, partitions: int) -> int:
    """Kafka's own default: murmur2 of the key."""
    return int(_partitioner(key, list(range(partitions)), []))


class Subscription:
    """One service's consumer group: every topic it hears, in batches, committed after they are handled."""

    def __init__(self, broker: KafkaBroker, group: str, topics: Sequence[str], handle: Handle) -> None:
        self._handle = handle
        self.consumer: AIOKafkaConsumer | None = None
        self._subscriber = broker.subscriber(
            pattern=topic_pattern(topics),
            group_id=f"onedoor.{group}",
            batch=True,
            max_records=MAX_RECORDS,
            batch_timeout_ms=50,
            fetch_max_wait_ms=50,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=2 * 1024 * 1024,
            session_timeout_ms=10_000,
            parser=_total_parser,
            decoder=_raw_decoder,
            no_reply=True,
        )(self._on_batch)

    async def _on_batch(self, message: KafkaMessage) -> None:
        raw: tuple[Any, ...] = message.raw_message
        self.consumer = consumer = message.consumer
        records = [Record(each.topic, each.partition, each.offset, each.key, each.value, each.headers) for each in raw]
        if records:
            await self._handle(records, lambda: keep_polling(consumer))
            await _commit(consumer, records)

    async def lag(self) -> dict[tuple[str, int], int]:
        """Records not handed out yet, for each of our partitions; nothing while none is assigned."""
        found: dict[tuple[str, int], int] = {}
        if self.consumer is None:
            return found
        for tp in self.consumer.assignment():
            end = self.consumer.highwater(tp)
            if end is not None:
                with contextlib.suppress(TimeoutError, KafkaError):
                    position = await asyncio.wait_for(self.consumer.position(tp), 0.5)
                    found[tp.topic, tp.partition] = max(0, end - position)
        return found


def topic_pattern(topics: Sequence[str]) -> str:
    """A regular expression of exactly these topics, where `<department>` stands for any department's code."""
    plain = (re.escape(topic).replace(re.escape("<department>"), "[a-z]+") for topic in topics)
    return f"^({'|'.join(plain)})$"


async def keep_polling(consumer: AIOKafkaConsumer) -> None:
    """Stay in the group without taking records: pause what we own, poll, and give back whatever still came."""
    for _ in range(3):
        consumer.pause(*consumer.assignment())
        for tp, records in (await consumer.getmany(timeout_ms=10)).items():
            if records and tp in consumer.assignment():
                consumer.seek(tp, records[0].offset)


async def _commit(consumer: AIOKafkaConsumer, records: Sequence[Record]) -> None:
    """Commit the partitions that are still ours; a failed commit only means that they are delivered again."""
    upto: dict[TopicPartition, int] = {}
    for record in records:
        upto[TopicPartition(record.topic, record.partition)] = record.offset + 1
    owned = consumer.assignment()
    consumer.resume(*owned)
    offsets = {tp: offset for tp, offset in upto.items() if tp in owned}
    if not offsets:
        return
    try:
        await consumer.commit(offsets)
    except (KafkaError, ValueError) as error:
        log.warning("commit_failed", error=repr(error)[:200])


async def _total_parser(records: Any, original: Callable[[Any], Awaitable[Any]]) -> Any:
    """FastStream's parser decodes headers and raises on bad bytes: show it one record without them."""
    message = await original((dataclasses.replace(records[0], headers=()),))
    message.raw_message = records
    return message


async def _raw_decoder(message: Any) -> bytes:
    return message.body if isinstance(message.body, bytes) else b""
