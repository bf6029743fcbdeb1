"""How far a group has heard: the instant up to which everything that was on its topics has been handled.

Supervision announces a deadline only when it has read what was on its topics at that instant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.messaging.document import Unavailable
from shared.messaging.subscription import topic_pattern


class CaughtUp:
    """Watches a group's committed offsets, all replicas together, against the ends of its topics."""

    def __init__(self, bootstrap: str, group: str, topics: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._bootstrap, self._group, self._topics, self._clock = bootstrap, f"onedoor.{group}", topics, clock
        self._admin: AIOKafkaAdminClient | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._mark: tuple[datetime, dict[TopicPartition, int]] | None = None
        self._until: datetime | None = None

    async def start(self) -> None:
        """Connect; raises Unavailable."""
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False)
        try:
            await self._admin.start()
            await self._consumer.start()
        except KafkaError as error:
            await self.stop()
            raise Unavailable(repr(error)[:300]) from error

    async def stop(self) -> None:
        """Disconnect."""
        if self._admin:
            await self._admin.close()
        if self._consumer:
            await self._consumer.stop()
        self._admin = self._consumer = None

    async def until(self) -> datetime | None:
        """The latest instant known to be fully heard; None before the first. Call it about once a second
        while the answer matters: a call after a pause may still answer for the instant of the call before."""
        try:
            if self._admin is None:
                await self.start()
            if self._mark is None:
                self._mark = (self._clock(), await self._ends())
            instant, ends = self._mark
            if await self._committed_reach(ends):
                self._until, self._mark = instant, None
        except KafkaError as error:
            await self.stop()
            raise Unavailable(repr(error)[:300]) from error
        return self._until

    async def _ends(self) -> dict[TopicPartition, int]:
        assert self._consumer is not None  # noqa: S101
        if not await self._consumer._client.force_metadata_update():
            raise Unavailable("the broker does not answer")
        heard = re.compile(topic_pattern(self._topics))
        names = [name for name in await self._consumer.topics() if heard.match(name)]
        missing = [topic for topic in self._topics if "<" not in topic and topic not in names]
        if missing:
            raise Unavailable(f"broker: no such topic: {', '.join(missing)}")
        partitions = [
            TopicPartition(name, number) for name in names for number in self._consumer.partitions_for_topic(name) or ()
        ]
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(partitions)
        begins: dict[TopicPartition, int] = await self._consumer.beginning_offsets(partitions)
        return {tp: end for tp, end in ends.items() if end > begins[tp]}

    async def _committed_reach(self, ends: dict[TopicPartition, int]) -> bool:
        assert self._admin is not None  # noqa: S101
        committed = await self._admin.list_consumer_group_offsets(self._group)
        return all(tp in committed and committed[tp].offset >= end for tp, end in ends.items())
