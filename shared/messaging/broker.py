"""Kafka behind the Publisher port: an idempotent aiokafka producer, made anew after every failure."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerClosed
from aiokafka.partitioner import DefaultPartitioner

from shared.contracts.envelope import Outgoing, Record
from shared.contracts.topics import dead_letters
from shared.messaging.document import Unavailable

log = structlog.get_logger("onedoor.messaging")

BATCH_BYTES = 900 * 1024
"""Bytes of one produced batch, below the smallest record limit of the topics that the services own."""

METADATA_SECONDS = 5.0
"""How long publishing waits to learn of a topic: one that is missing must not hold up the others for long."""

STOP_SECONDS = 5.0
"""How long a producer that is given up may take to stop."""

Place = tuple[int, int]
"""(sequence, position in it) of a record."""


class KafkaPublisher:
    """The Publisher port. A failed send ends its partition's sending, and the producer is made anew."""

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._bootstrap, self._client_id, self._runs = bootstrap, client_id, count(1)
        self._producer: AIOKafkaProducer | None = None
        self._gone: WeakKeyDictionary[AIOKafkaProducer, asyncio.Event] = WeakKeyDictionary()
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
        except Unavailable:
            return sent
        acknowledged: set[Place] = set()
        by_partition = await self._by_partition(producer, sequences)
        results = await asyncio.gather(
            *(self._send(producer, tp, items, acknowledged) for tp, items in by_partition.items())
        )
        if not all(results):
            await self._discard(producer)
        for index, sequence in enumerate(sequences):
            while sent[index] < len(sequence) and (index, sent[index]) in acknowledged:
                sent[index] += 1
        return sent

    async def dead_letter(self, group: str, record: Record, reason: str, detail: str) -> None:
        headers = [
            *record.headers,
            ("onedoor_position", f"{record.topic}/{record.partition}/{record.offset}".encode()),
            ("onedoor_reason", reason.encode("utf-8", "replace")),
            ("onedoor_detail", detail.encode("utf-8", "replace")),
        ]
        producer = await self._ready()
        try:
            topic, value = dead_letters(group).name, record.value or b""
            await self._outlived(producer, producer.send_and_wait(topic, value, key=record.key, headers=headers))
        except KafkaError as error:
            await self._discard(producer)
            raise Unavailable(f"dead letter topic: {error!r}"[:300]) from error

    async def ping(self) -> None:
        producer = await self._ready()
        if not await producer.client.force_metadata_update():
            raise Unavailable("the broker does not answer")

    async def _by_partition(
        self, producer: AIOKafkaProducer, sequences: Sequence[Sequence[Outgoing]]
    ) -> dict[TopicPartition, list[tuple[Place, Outgoing]]]:
        """Each record with its place, grouped by where it goes; order is kept.

        A topic that does not answer ends only the sequences that need it, there where they need it.
        """
        topics = {outgoing.topic for sequence in sequences for outgoing in sequence}
        counts = dict(await asyncio.gather(*(self._partitions(producer, topic) for topic in topics)))
        by_partition: dict[TopicPartition, list[tuple[Place, Outgoing]]] = defaultdict(list)
        for index, sequence in enumerate(sequences):
            for number, outgoing in enumerate(sequence):
                partitions = counts[outgoing.topic]
                if not partitions:
                    break
                tp = TopicPartition(outgoing.topic, partition_of(outgoing.key, partitions))
                by_partition[tp].append(((index, number), outgoing))
        return by_partition

    @staticmethod
    async def _partitions(producer: AIOKafkaProducer, topic: str) -> tuple[str, int]:
        """How many partitions a topic has; 0 when that cannot be known now."""
        try:
            return topic, len(await asyncio.wait_for(producer.partitions_for(topic), METADATA_SECONDS))
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("topic_unknown", topic=topic, error=repr(error)[:200])
            return topic, 0

    async def _send(
        self,
        producer: AIOKafkaProducer,
        tp: TopicPartition,
        items: Sequence[tuple[Place, Outgoing]],
        acknowledged: set[Place],
    ) -> bool:
        """One partition: atomic batches, each awaited before the next. A record batch is all or nothing, so no
        later record of a document can be there without its earlier ones."""
        position = 0
        while position < len(items):
            batch, start = producer.create_batch(), position
            while position < len(items) and _appended(batch, items[position][1]):
                position += 1
            try:
                await self._outlived(producer, _delivered(producer, batch, tp))
            except (KafkaError, OSError) as error:
                log.warning("send_failed", topic=tp.topic, partition=tp.partition, error=repr(error)[:200])
                return False
            acknowledged.update(place for place, _ in items[start:position])
        return True

    async def _outlived(self, producer: AIOKafkaProducer, sending: Coroutine[Any, Any, Any]) -> None:
        """Wait for a send. Raises KafkaError; also when another send has meanwhile given this producer up: one that
        could not be stopped in time never says anything more of its batches."""
        sent, gone = asyncio.ensure_future(sending), asyncio.ensure_future(self._gone[producer].wait())
        try:
            await asyncio.wait({sent, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not sent.done():
                raise ProducerClosed
            sent.result()
        finally:
            sent.cancel()
            gone.cancel()

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
                except asyncio.CancelledError:
                    await producer.stop()
                    raise
                self._producer, self._gone[producer] = producer, asyncio.Event()
            return self._producer

    async def _discard(self, producer: AIOKafkaProducer) -> None:
        """An idempotent producer can stay stuck after an error: the next send gets a new one."""
        async with self._lock:
            if self._producer is producer:
                self._producer = None
        try:
            await asyncio.wait_for(producer.stop(), STOP_SECONDS)
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("producer_stop_failed", error=repr(error)[:200])
        finally:
            self._gone[producer].set()


async def _delivered(producer: AIOKafkaProducer, batch: Any, tp: TopicPartition) -> None:
    await (await producer.send_batch(batch, tp.topic, partition=tp.partition))


def _appended(batch: Any, outgoing: Outgoing) -> bool:
    added = batch.append(timestamp=None, key=outgoing.key, value=outgoing.value, headers=list(outgoing.headers))
    return added is not None


_partitioner = DefaultPartitioner()


@lru_cache(maxsize=100_000)
def partition_of(key: bytes, partitions: int) -> int:
    """Kafka's own default: murmur2 of the key."""
    return int(_partitioner(key, list(range(partitions)), []))
