"""The topics behind a service's pages, followed without a group: from the end on, committing nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.messaging.changes import Passing, Spot
from shared.messaging.subscription import topic_pattern

log = structlog.get_logger("onedoor.messaging")

KEY_BYTES = 64
MOST_RECORDS = 1_000
STOP_SECONDS = 5.0


class KafkaFeed:
    """The Feed port on Kafka. `said`: the service's own topics; `heard`: those of its group (`<department>`: any).

    Only keys are looked at. A topic that is made while it is open is followed from the next opening on.
    """

    def __init__(self, bootstrap: str, group: str, said: Collection[str], heard: Sequence[str]) -> None:
        self._bootstrap, self._group, self._said = bootstrap, group, frozenset(said)
        self._heard = re.compile(topic_pattern(heard))
        self._consumer: AIOKafkaConsumer | None = None
        self._admin: AIOKafkaAdminClient | None = None

    async def open(self) -> Mapping[Spot, int]:
        client = f"onedoor-{self._group}-tail"
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, client_id=client, enable_auto_commit=False, auto_offset_reset="latest"
        )
        await self._consumer.start()
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, client_id=client)
        await self._admin.start()
        names = [name for name in await self._consumer.topics() if name in self._said or self._heard.match(name)]
        await self._consumer._client.force_metadata_update()
        partitions = [
            TopicPartition(name, number) for name in names for number in self._consumer.partitions_for_topic(name) or ()
        ]
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(partitions)
        self._consumer.assign(partitions)
        for tp, end in ends.items():
            self._consumer.seek(tp, end)
        return {(tp.topic, tp.partition): end for tp, end in ends.items() if self._heard.match(tp.topic)}

    async def next(self, seconds: float) -> Sequence[Passing]:
        assert self._consumer is not None  # noqa: S101  open comes first
        polled = await self._consumer.getmany(timeout_ms=int(seconds * 1000), max_records=MOST_RECORDS)
        return [self._passing(record) for records in polled.values() for record in records]

    def _passing(self, record: object) -> Passing:
        topic, key = record.topic, record.key or b""  # type: ignore[attr-defined]
        place, offset = (topic, record.partition), record.offset  # type: ignore[attr-defined]
        text = key[:KEY_BYTES].decode("utf-8", "replace")
        return Passing(text, place, offset, topic in self._said, bool(self._heard.match(topic)))

    async def handled(self) -> Mapping[Spot, int]:
        assert self._admin is not None  # noqa: S101  open comes first
        committed = await self._admin.list_consumer_group_offsets(f"onedoor.{self._group}")
        return {(tp.topic, tp.partition): each.offset for tp, each in committed.items()}

    async def close(self) -> None:
        consumer, admin, self._consumer, self._admin = self._consumer, self._admin, None, None
        for stop in (consumer and consumer.stop, admin and admin.close):
            try:
                if stop:
                    await asyncio.wait_for(stop(), STOP_SECONDS)
            except (KafkaError, TimeoutError, OSError) as error:
                log.warning("tail_stop_failed", error=repr(error)[:200])
