"""Whether the services have nothing left to do, and until which instant everything was heard: asked, never guessed.

A group's offset is committed after what follows from its records was published. So where every group has committed up
to the ends of its topics, nobody is publishing behind an answer, and the ends are still the same, nothing moves any
more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.contracts.topics import SERVICES
from shared.local.data import PlatformError
from shared.messaging.runtime import Runtime

PATIENCE = 60.0
"""Seconds without anything new on the topics, after which a hall that does not come to rest is given up."""
PAUSE = 0.006
"""Seconds between two looks: the services work in this very process."""
TOPICS = tuple(f"onedoor.{name}.v1" for name in SERVICES)
"""What the services say. Department topics are left out: nobody writes to them here."""

LAST = "supervision"
"""Who hears everything, and so is mostly the last to have heard it: asked first."""

Ends = Mapping[TopicPartition, int]


class Quiet:
    """Watches the consumer groups of a hall in this process from outside of them, over connections of its own."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._consumer: Any = None
        self._admin: Any = None
        self._runtimes: list[Runtime] = []
        self._heard_by: dict[str, list[TopicPartition]] = {}
        self._coordinators: dict[str, int] = {}
        self._rested: Ends = {}
        self._until: datetime | None = None

    @asynccontextmanager
    async def watching(self, kafka: str, runtimes: Iterable[Runtime]) -> AsyncIterator[None]:
        """Connected while in the block. Raises PlatformError."""
        self._runtimes = list(runtimes)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
        self._admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        try:
            await self._consumer.start()
            await self._admin.start()
            await self._consumer._client.force_metadata_update()
            for runtime in sorted(self._runtimes, key=lambda each: each.name != LAST):
                heard = [topic for topic in TOPICS if topic in runtime.ears.topics]
                places = [TopicPartition(topic, n) for topic in heard for n in self._partitions(topic)]
                self._heard_by[runtime.name] = places
            yield
        except KafkaError as error:
            raise PlatformError(f"Kafka 没有回答:{error!r}"[:200]) from error
        finally:
            await self._consumer.stop()
            await self._admin.close()

    async def until(self) -> datetime | None:
        """The instant of the hall's clock at which all was quiet: supervision asks it before it says a deadline."""
        return self._until

    async def rest(self, *, stored: bool = False) -> None:
        """Wait until nothing moves; with `stored`, until the outboxes are empty too. Raises PlatformError."""
        moved, before = time.monotonic(), None
        waited_for: list[str] = []
        while True:
            await asyncio.gather(*(runtime.said() for runtime in self._runtimes))
            ends: Ends = await self._consumer.end_offsets({tp for heard in self._heard_by.values() for tp in heard})
            if ends != before:
                moved, before, waited_for = time.monotonic(), ends, list(self._heard_by)
            elif waited_for:
                while waited_for and await self._has_heard(waited_for[0], ends):
                    del waited_for[0]
            elif not stored or await self._nothing_stored():
                self._until, self._rested = self._clock(), ends
                return
            if time.monotonic() > moved + PATIENCE:
                raise PlatformError(f"五个服务在 {PATIENCE:g} 秒内没有处理完。 the services did not come to rest")
            await asyncio.sleep(PAUSE)

    def _partitions(self, topic: str) -> Iterable[int]:
        found: Iterable[int] = self._consumer.partitions_for_topic(topic) or ()
        return found

    async def _has_heard(self, name: str, ends: Ends) -> bool:
        """Whether a service has handled everything up to the ends of what it hears."""
        new = [tp for tp in self._heard_by[name] if ends[tp] != self._rested.get(tp, 0)]
        if not new:
            return True
        group = f"onedoor.{name}"
        if name not in self._coordinators:
            self._coordinators[name] = await self._admin.find_coordinator(group)
        committed = await self._admin.list_consumer_group_offsets(group, self._coordinators[name], new)
        return all(committed[tp].offset >= ends[tp] for tp in new)

    async def _nothing_stored(self) -> bool:
        await asyncio.gather(*(runtime.published() for runtime in self._runtimes))
        left = await asyncio.gather(*(runtime.store.outbox_age() for runtime in self._runtimes))
        return not any(documents for _, documents in left)
