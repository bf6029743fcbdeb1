"""One service connected to its database and its broker: started in order and stopped in order."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from faststream.kafka import KafkaBroker

from shared.contracts.envelope import Record
from shared.messaging.broker import KafkaPublisher, Subscription
from shared.messaging.runtime import Runtime


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
        self._broker = KafkaBroker(
            bootstrap,
            client_id=f"onedoor-{runtime.name}",
            metadata_max_age_ms=30_000,
            logger=None,
            log_level=logging.WARNING,
            graceful_timeout=30.0,
        )
        self.subscription = Subscription(self._broker, group or runtime.name, runtime.ears.topics, self._handle)
        runtime.lag_by_partition = self.subscription.lag

    async def start(self) -> None:
        """Indexes, producer, commands, then the consumer. Raises Unavailable."""
        await self.store.prepare()
        await self.publisher.start()
        await self.runtime.start()
        await self._broker.start()

    async def stop(self) -> None:
        """Stop fetching, finish the batch and commit it, leave the group; answer commands; publish; disconnect."""
        await self._broker.stop()
        await self.runtime.stop()
        await self.publisher.stop()
        await self._close()

    async def _handle(self, records: Sequence[Record], keep_polling: Callable[[], Awaitable[None]]) -> None:
        await self.runtime.insist(records, keep_polling)
        self.runtime.observer.batch_ended()
