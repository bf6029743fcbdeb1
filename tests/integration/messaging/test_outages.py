"""What a real Kafka lets through, and what is missing in it: no record is passed over, nothing holds up the rest."""

import asyncio
import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import CorruptRecordException, MessageSizeTooLargeError
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from shared.contracts.topics import INTAKE, OPINION, opinion_topic
from shared.messaging.broker import KafkaPublisher, partition_of
from shared.messaging.consumer import CarefulConsumer
from shared.messaging.document import Unavailable
from shared.messaging.progress import CaughtUp
from shared.testing.echo import supplemented
from tests.integration.messaging.test_delivery import Bench, _until, bench, events

__all__ = ["bench"]


class NotUtf8(str):
    """A header's name as bytes that are no text."""

    def encode(self, *_, **__) -> bytes:
        return b"\xff\xfe"


async def _say_with_a_broken_header_name(bench: Bench, key: bytes) -> str:
    """Only a client that is not ours can produce this: its batch is built by hand. Returns the lane it will have."""
    by_hand = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, -1, 100_000)
    by_hand.append(0, 0, key, b"{}", [(NotUtf8("name"), b"value")])
    content = by_hand.build()

    class ByHand:
        def record_count(self):
            return 1

        def size(self):
            return len(content)

        def build(self):
            return content

        def set_producer_state(self, *_):
            pass

    producer = AIOKafkaProducer(bootstrap_servers=bench.servers.kafka)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch.append(timestamp=None, key=key, value=b"{}")
        batch._builder = ByHand()
        partition = partition_of(key, len(await producer.partitions_for(INTAKE.name)))
        said = await (await producer.send_batch(batch, INTAKE.name, partition=partition))
        return f"unkeyed:{INTAKE.name}:{partition}:{said.offset}"
    finally:
        await producer.stop()


async def test_a_header_whose_name_is_not_text_is_a_dead_letter_and_nothing_around_it_is_lost(bench):
    names = bench.names(30)
    await bench.say(*events(names, 1))
    lane = await _say_with_a_broken_header_name(bench, names[0].encode())
    await bench.say(*events(names, 2))
    async with bench.running() as service:
        await bench.exactly_once(names, 2, 20)
        await _until(lambda: _parked(service, lane, "broken_headers"))


async def test_a_poll_that_fails_loses_no_partition_that_was_read_before(bench, monkeypatch):
    """The driver moves on what it has drained, and then raises for the next partition."""
    names = bench.names(30)
    await bench.say(*events(names, 1))
    consumer = CarefulConsumer(
        bootstrap_servers=bench.servers.kafka, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        parts = [TopicPartition(INTAKE.name, each) for each in range(INTAKE.partitions)]
        consumer.assign(parts)
        await _until(lambda: _fetched(consumer, 3))
        before = [await consumer.position(each) for each in parts]
        last = list(consumer._fetcher._records)[-1]
        monkeypatch.setattr(consumer._fetcher._records[last], "getall", _corrupt)
        with pytest.raises(CorruptRecordException):
            await consumer.getmany()
        assert [await consumer.position(each) for each in parts] == before
    finally:
        await consumer.stop()


async def _fetched(consumer, count) -> bool:
    return len(consumer._fetcher._records) >= count


def _corrupt(*_):
    raise CorruptRecordException


async def test_a_batch_that_was_not_handled_is_delivered_again_before_anything_after_it(bench):
    names = bench.names(10)
    async with bench.running() as service:
        insist, failures = service.runtime.insist, iter([True, True])

        async def failing(records, between):
            if next(failures, False):
                await between()
                raise RuntimeError("a bug of ours")
            await insist(records, between)

        service.runtime.insist = failing
        await bench.say(*events(names, 1))
        await asyncio.sleep(0.3)
        await bench.say(*events(names, 2))
        await bench.exactly_once(names, 2, 20)


async def test_what_was_packed_is_bounded_by_its_real_size(bench):
    good, bomb = bench.names(2)
    large = replace(supplemented(bomb, 1), value=b" " * 20_000_000)
    assert len(gzip.compress(large.value)) < 64 * 1024
    producer = AIOKafkaProducer(
        bootstrap_servers=bench.servers.kafka, compression_type="gzip", max_request_size=30_000_000
    )
    await producer.start()
    try:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(opinion_topic("xfdd"), large.value, key=large.key)
        await producer.send_and_wait(INTAKE.name, large.value, key=large.key, headers=list(large.headers))
    finally:
        await producer.stop()
    await bench.say(supplemented(good, 1))
    async with bench.running() as service:
        await bench.exactly_once([good], 1, 20)
        await _until(lambda: _parked(service, bomb, "too_large"))
        letters = [each for each in await bench.log("onedoor.approval.dlq") if each.key == bomb.encode()]
    assert [dict(each.headers)["onedoor_reason"] for each in letters] == [b"too_large"]


async def _parked(service, lane, reason) -> bool:
    doc = (await service.store.load([lane])).get(lane)
    return bool(doc and doc.parked and doc.parked.reason == reason)


async def test_a_topic_that_is_missing_holds_up_only_what_goes_there(bench):
    first, second = bench.names(2)
    missing = replace(supplemented(first, 1), topic=f"onedoor.missing.{bench.run}")
    publisher = KafkaPublisher(bench.servers.kafka, "test")
    try:
        async with asyncio.timeout(15):
            sent = await publisher.publish(
                [[supplemented(first, 1), missing, supplemented(first, 2)], [supplemented(second, 1)], [missing]]
            )
    finally:
        await publisher.stop()
    assert sent == [1, 1, 0]
    assert [each.key.decode() for each in await bench.log(INTAKE.name)].count(first) == 1


async def test_stopping_is_bounded_while_the_database_is_away(bench):
    names = bench.names(3)
    service = bench.service()
    await service.start()
    load = service.store.load

    async def away(_):
        raise Unavailable("the database")

    service.store.load = away
    await bench.say(*events(names, 1))
    await asyncio.sleep(1.5)
    async with asyncio.timeout(12):
        await service.stop()
    service.store.load = load
    async with bench.running():
        await bench.exactly_once(names, 1, 20)


class TestHowFarWasHeard:
    async def heard(self, bench, topics, group) -> bool:
        progress = CaughtUp(bench.servers.kafka, group, topics, lambda: datetime.now(UTC))
        try:
            return await progress.until() is not None
        finally:
            await progress.stop()

    async def topic(self, bench, records: int, gone: int = 0) -> str:
        """A topic of this test's own with `records` records, of which the first `gone` have expired."""
        name = f"heard-{bench.run}-{records}-{gone}"
        admin = AIOKafkaAdminClient(bootstrap_servers=bench.servers.kafka)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(name, 1, 1)])
            await asyncio.sleep(0.5)
            await bench.say(*events(bench.names(1), records), topic=name)
            if gone:
                await admin.delete_records({TopicPartition(name, 0): RecordsToDelete(before_offset=gone)})
        finally:
            await admin.close()
        return name

    async def test_a_topic_without_records_was_heard_and_one_with_some_was_not(self, bench):
        assert await self.heard(bench, [await self.topic(bench, 0)], "nobody")
        assert not await self.heard(bench, [await self.topic(bench, 2)], "nobody")

    async def test_records_that_expired_unheard_are_waited_for_by_nobody(self, bench):
        assert await self.heard(bench, [await self.topic(bench, 3, gone=3)], "nobody")
        assert not await self.heard(bench, [await self.topic(bench, 3, gone=2)], "nobody")

    async def test_the_topics_of_all_departments_count(self, bench):
        record = replace(supplemented(bench.names(1)[0], 1), topic=opinion_topic("xfdd"))
        await bench.say(record, topic=record.topic)
        assert not await self.heard(bench, [OPINION.name], "nobody")

    async def test_a_topic_that_is_missing_was_not_heard(self, bench):
        with pytest.raises(Unavailable, match="no such topic"):
            await self.heard(bench, ["onedoor.nowhere.v1"], "nobody")

    async def test_what_was_committed_was_heard(self, bench):
        name = await self.topic(bench, 1)
        consumer = AIOKafkaConsumer(bootstrap_servers=bench.servers.kafka, group_id=f"onedoor.{bench.group}")
        await consumer.start()
        try:
            consumer.assign([TopicPartition(name, 0)])
            await consumer.commit({TopicPartition(name, 0): 1})
        finally:
            await consumer.stop()
        assert await self.heard(bench, [name], bench.group)


async def test_a_consumer_that_fetches_nothing_is_seen_to_be_behind(bench):
    """What it last heard of the ends stands still with it: the broker is asked."""
    names = bench.names(5)
    await bench.say(*events(names, 1))
    async with bench.running() as service:
        await bench.exactly_once(names, 1, 20)
        await _until(lambda: _behind(service, 0))
        service.subscription.consumer.pause(*service.subscription.consumer.assignment())
        await bench.say(*events(names, 1))
        await _until(lambda: _behind(service, 5))
        service.subscription.consumer.resume(*service.subscription.consumer.assignment())
        await _until(lambda: _behind(service, 0))


async def test_a_batch_that_is_being_handled_still_counts_as_lag(bench):
    (name,) = bench.names(1)
    async with bench.running() as service:
        await _until(lambda: _behind(service, 0))
        handle, goes_on = service.runtime.handle, asyncio.Event()

        async def waiting(records):
            await goes_on.wait()
            await handle(records)

        service.runtime.handle = waiting
        await bench.say(supplemented(name, 1))
        await _until(lambda: _behind_at_all(service))  # what was there before may have come as one more batch
        goes_on.set()
        await _until(lambda: _behind(service, 0))


async def _behind_at_all(service) -> bool:
    return sum((await service.subscription.lag()).values()) > 0


async def _behind(service, records: int) -> bool:
    lag = await service.subscription.lag()
    return bool(lag) and sum(lag.values()) == records
