"""An aiokafka consumer that loses nothing when it cannot read a record, and never stops at one that nobody can read.

The driver's `getmany` moves on the partitions that it has drained already, and then raises for the next one: those
records would never be handed out. And a header whose name is not UTF-8 makes it raise for ever.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from itertools import islice
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.consumer import consumer, fetcher
from faststream.kafka import KafkaBroker

log = structlog.get_logger("onedoor.messaging")

REST_MS = 1_000
"""How long one look for records waits, and one for what to fetch; what happens ends both at once."""
FETCH_SECONDS = 0.02
"""Between two fetches from the same broker."""
WAIT_MS, REST_WAIT_MS = 200, 1_000
"""How long the broker waits where there is nothing, while records come and while nothing comes. What comes ends the
wait at once, but a partition whose records are being handled is in no fetch meanwhile, so that its next record may come
so much later: hence the shorter one. The longer one holds up a question for the ends of our partitions, too."""
QUIET_SECONDS = 2.0
"""Without any record until the longer wait."""


class TotalResult(fetcher.FetchResult):  # type: ignore[misc]  # the driver has no types
    """Fetched records, where one with undecodable header names comes as an empty record in its place.

    It is then a dead letter by its position; its bytes stay in the topic. What follows it in the same produced batch
    cannot be decoded either.
    """

    def getall(self, max_records: int | None = None) -> list[Any]:
        """Up to so many records, and the position moved behind them."""
        if not self.check_assignment(self._topic_partition) or not self.has_more():
            return []
        taken: list[Any] = []
        records: Any = self._partition_records
        try:
            taken.extend(islice(records._records_iterator, max_records))
        except UnicodeDecodeError:
            taken.append(_undecodable(self._topic_partition, records))
        self._update_position()
        if max_records is None or len(taken) < max_records:
            self._partition_records: Any = None
        return taken


def _undecodable(tp: TopicPartition, records: Any) -> Any:
    offset: int = records.next_fetch_offset
    records.next_fetch_offset = offset + 1
    log.error("undecodable_record", topic=tp.topic, partition=tp.partition, offset=offset)
    now = int(time.time() * 1000)
    return ConsumerRecord(tp.topic, tp.partition, offset, now, 0, None, None, None, -1, -1, ())


fetcher.FetchResult = TotalResult


class PacedFetcher(fetcher.Fetcher):  # type: ignore[misc]  # the driver has no types
    """Asks a broker for more at most so often: under load it would ask for every few records of every partition, and
    asking costs more than the records. What comes after a rest is fetched at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._ready: dict[int, float] = {}
        self._moved = 0.0
        super().__init__(*args, **kwargs)

    def _get_actions_per_node(self, assignment: Any) -> Any:
        quiet = self._loop.time() - self._moved > QUIET_SECONDS
        self._fetch_max_wait_ms = REST_WAIT_MS if quiet else WAIT_MS
        return super()._get_actions_per_node(assignment)

    async def _proc_fetch_request(self, assignment: Any, node_id: int, request: Any) -> Any:
        now = self._loop.time()
        ready = max(now, self._ready.get(node_id, 0.0))
        self._ready[node_id] = ready + FETCH_SECONDS
        try:
            await asyncio.sleep(ready - now)
        except asyncio.CancelledError:  # as the driver does: nobody wants the answer any more
            return False
        brought = await super()._proc_fetch_request(assignment, node_id, request)
        if brought:
            self._moved = self._loop.time()
        return brought


consumer.Fetcher = PacedFetcher


class CarefulConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # the driver has no types
    """Hands out again what a failed `getmany` had taken, and hands out together what belongs together."""

    _turn = 0

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """As the driver's; with `max_records` alone, which is how batches are taken, it waits until there is one:
        the framework would sleep after every poll that found nothing."""
        assignment, before = self._positions()
        try:
            if not partitions and max_records is not None:
                return await self._batch(max_records)
            records: dict[TopicPartition, list[Any]] = await super().getmany(
                *partitions, timeout_ms=timeout_ms, max_records=max_records
            )
        except Exception:
            await self._rewind(assignment, before)
            raise
        return records

    async def _batch(self, most: int) -> dict[TopicPartition, list[Any]]:
        """Raises ConsumerStoppedError when the consumer is closed meanwhile."""
        records: dict[TopicPartition, list[Any]] = {}
        while not records:
            records = await self._by_number(most) or await super().getmany(timeout_ms=REST_MS, max_records=most)
        return records

    async def _by_number(self, most: int) -> dict[TopicPartition, list[Any]]:
        """What has been fetched, partition number by partition number over all topics, beginning where the last call
        ended.

        Topics with the same number of partitions have an application's events in partitions of the same number, so
        that they come into one batch, and its document is saved once for several of them. Nothing depends on it.
        """
        taken: dict[TopicPartition, list[Any]] = {}
        numbers = {tp.partition for tp in self._fetcher._records}
        for number in sorted(numbers, key=lambda each: (each < self._turn, each)):
            places = [tp for tp in self._fetcher._records if tp.partition == number]
            taken |= await super().getmany(*places, max_records=most - sum(map(len, taken.values())))
            self._turn = number + 1
            if sum(map(len, taken.values())) >= most:
                break
        return taken

    def positions(self) -> dict[TopicPartition, int]:
        """Where each of our partitions stands; one that the driver has not placed yet is left out. Never waits."""
        return self._positions()[1]

    def _positions(self) -> tuple[Any, dict[TopicPartition, int]]:
        subscription = self._subscription.subscription
        assignment = subscription.assignment if subscription else None
        if assignment is None:
            return None, {}
        states = ((tp, assignment.state_value(tp)) for tp in assignment.tps)
        return assignment, {tp: state.position for tp, state in states if state.has_valid_position}

    async def _rewind(self, assignment: Any, before: dict[TopicPartition, int]) -> None:
        now, after = self._positions()
        if now is not assignment:
            await self.seek_to_committed()
            return
        for tp, position in before.items():
            if after.get(tp, position) != position:
                self.seek(tp, position)


class Broker(KafkaBroker):
    """FastStream's broker with careful consumers, and without a producer of its own: `KafkaPublisher` is ours."""

    async def _connect(self) -> Any:
        await super()._connect()
        config = self.config.broker_config
        config.builder = partial(CarefulConsumer, **config.builder.keywords)  # type: ignore[attr-defined]
        return config.builder
