"""One service connected to its database and its broker: started in order and stopped in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiokafka.errors import KafkaError

from shared.contracts.envelope import Record
from shared.messaging.broker import KafkaPublisher
from shared.messaging.consumer import Broker
from shared.messaging.document import Unavailable
from shared.messaging.runtime import Runtime
from shared.messaging.subscription import Subscription

FINISH_SECONDS = 15.0
"""For the batch that is being handled when the service stops."""
PART_SECONDS = 3.0
"""For each thing that is stopped after it: together within the half minute that an orchestrator allows."""


class Connected:
    """The broker side of a runtime. `group` is its consumer group, the service's name unless a test has its own."""

    def __init__(
        self,
        runtime: Runtime,
        publisher: KafkaPublisher,
        store: Any,
        bootstrap: str,
        close: Callable[[], Awaitable[None]],
        group: str = "",
    ) -> None:
        self.runtime, self.publisher, self.store, self._close = runtime, publisher, store, close
        self._broker = Broker(
            bootstrap.split(","),  # it takes one string for one server
            client_id=f"onedoor-{runtime.name}",
            metadata_max_age_ms=30_000,
            logger=None,
            log_level=logging.WARNING,
            graceful_timeout=FINISH_SECONDS,
            consumer_only=True,
        )
        self.subscription = Subscription(self._broker, group or runtime.name, runtime.ears.topics, self._handle)
        runtime.meter.lag_by_partition = self.subscription.lag

    async def start(self) -> None:
        """Indexes, producer, commands, then the consumer. Raises Unavailable."""
        await self.store.prepare()
        await self.publisher.start()
        await self.runtime.start()
        try:
            await self._broker.start()
        except (KafkaError, OSError) as error:
            raise Unavailable(f"broker: {error!r}"[:300]) from error

    async def stop(self) -> None:
        """Stop fetching, finish the batch and commit it, leave the group; answer commands; publish; disconnect.

        Each part gets its time and no more: what is cut off is delivered again, or still in an outbox.
        """
        self.runtime.stopping = True
        await self._within(FINISH_SECONDS + PART_SECONDS, self._broker.stop())
        await self._within(PART_SECONDS, self.runtime.stop())
        await self._within(PART_SECONDS, self.publisher.stop())
        await self._within(PART_SECONDS, self._close())

    async def _within(self, seconds: float, part: Awaitable[None]) -> None:
        try:
            await asyncio.wait_for(part, seconds)
        except Exception as error:  # the other parts must still be stopped
            self.runtime.observer.unexpected(error)

    async def _handle(self, records: Sequence[Record], keep_polling: Callable[[], Awaitable[None]]) -> None:
        await self.runtime.insist(records, keep_polling)
        self.runtime.observer.batch_ended()
