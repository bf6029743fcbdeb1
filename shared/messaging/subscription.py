"""What a service hears: FastStream reads batches of its consumer group, and we commit them when they are handled.

FastStream's defaults acknowledge before handling, start at the end and commit what is no longer owned, so every one
of them is set here, and offsets are committed by us, per partition, after the batch.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from shared.contracts.envelope import Record
from shared.contracts.topics import MAX_RECORD
from shared.messaging.consumer import REST_MS, CarefulConsumer
from shared.messaging.document import Unavailable

log = structlog.get_logger("onedoor.messaging")

MAX_RECORDS = 500
KEY_BYTES = 1024
HEADER_BYTES = MAX_RECORD // 2
"""With the largest body they still fit a dead letter, which may have twice the bytes of a record."""
Handle = Callable[[Sequence[Record], Callable[[], Awaitable[None]]], Awaitable[None]]


class Subscription:
    """One service's consumer group: every topic it hears, in batches, committed after they are handled."""

    def __init__(self, broker: KafkaBroker, group: str, topics: Sequence[str], handle: Handle) -> None:
        self._handle = handle
        self._at_hand: dict[TopicPartition, int] = {}
        self._subscriber = broker.subscriber(
            pattern=topic_pattern(topics),
            group_id=f"onedoor.{group}",
            batch=True,
            max_records=MAX_RECORDS,
            batch_timeout_ms=50,
            consumer_timeout_ms=REST_MS,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=2 * 1024 * 1024,
            session_timeout_ms=10_000,
            parser=_total_parser,
            decoder=_raw_decoder,
            no_reply=True,
        )
        self._subscriber(self._on_batch)

    @property
    def consumer(self) -> CarefulConsumer | None:
        """The consumer, from the start on."""
        consumer: CarefulConsumer | None = self._subscriber.consumer
        return consumer

    async def _on_batch(self, message: KafkaMessage) -> None:
        raw: tuple[Any, ...] = message.raw_message
        consumer: Any = message.consumer
        records = [_record(each) for each in raw]
        self._at_hand = {TopicPartition(each.topic, each.partition): each.offset for each in reversed(records)}
        try:
            await self._handle(records, lambda: keep_polling(consumer))
        except Exception:
            await _again(consumer, records)  # FastStream would go on, and a later commit would pass over this batch
            raise
        finally:
            self._at_hand = {}
            consumer.resume(*consumer.assignment())
        await _commit(consumer, records)

    async def lag(self) -> dict[tuple[str, int], int]:
        """Records behind the last handled batch, for each of our partitions; nothing while none is assigned.

        The broker is asked for the ends: what the consumer last heard of them stands still when it is stuck. Raises
        Unavailable. The caller bounds the waiting.
        """
        consumer = self.consumer
        owned = consumer.assignment() if consumer else frozenset()
        if consumer is None or not owned:
            return {}
        try:
            ends = await consumer.end_offsets(owned)
        except (KafkaError, OSError) as error:
            raise Unavailable(f"broker: {error!r}"[:300]) from error
        reached = {**consumer.positions(), **self._at_hand}
        ours = consumer.assignment()
        return {(tp.topic, tp.partition): _behind(end, reached.get(tp)) for tp, end in ends.items() if tp in ours}


def _behind(end: int, reached: int | None) -> int:
    """Records between; one at most where the consumer has not found its place yet, for then nobody knows."""
    return min(end, 1) if reached is None else max(0, end - reached)


def topic_pattern(topics: Sequence[str]) -> str:
    """A regular expression of exactly these topics, where `<department>` stands for any department's code."""
    plain = (re.escape(topic).replace(re.escape("<department>"), "[a-z]+") for topic in topics)
    return f"^({'|'.join(plain)})$"


async def keep_polling(consumer: AIOKafkaConsumer) -> None:
    """Stay in the group without taking records: pause what we own, poll, and give back whatever still came."""
    for _ in range(3):
        consumer.pause(*consumer.assignment())
        try:
            polled = await consumer.getmany(timeout_ms=10)
        except KafkaError as error:  # the batch that is being tried again matters more
            log.warning("poll_failed", error=repr(error)[:200])
            return
        for tp, records in polled.items():
            if records and tp in consumer.assignment():
                consumer.seek(tp, records[0].offset)


async def _again(consumer: AIOKafkaConsumer, records: Sequence[Record]) -> None:
    """Have a batch that was not handled delivered again, after a moment."""
    for record in reversed(records):
        tp = TopicPartition(record.topic, record.partition)
        if tp in consumer.assignment():
            consumer.seek(tp, record.offset)
    await asyncio.sleep(0.5)


def _record(raw: Any) -> Record:
    """A record as Kafka holds it, cut where it was packed larger than its topic allows: it is then a dead letter by
    its size, and can still be kept and dead-lettered."""
    size = sum(len(name) + len(value or b"") for name, value in raw.headers)
    headers = raw.headers if size <= HEADER_BYTES else ()
    return Record(
        raw.topic,
        raw.partition,
        raw.offset,
        raw.key and raw.key[:KEY_BYTES],
        raw.value and raw.value[: MAX_RECORD + 1],
        headers,
    )


async def _commit(consumer: CarefulConsumer, records: Sequence[Record]) -> None:
    """Commit the partitions that are still ours; a failed commit only means that they are delivered again.

    A partition that left us and came back may stand beyond this batch: another replica committed more, and that must
    not be taken back, for nobody would commit it again before the next record comes.
    """
    upto: dict[TopicPartition, int] = {}
    for record in records:
        upto[TopicPartition(record.topic, record.partition)] = record.offset + 1
    owned, stands = consumer.assignment(), consumer.positions()
    offsets = {tp: offset for tp, offset in upto.items() if tp in owned and stands.get(tp, 0) <= offset}
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
