"""The publisher when its producer is given up: nobody waits for a batch of which nothing will ever be heard."""

import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.contracts.envelope import Record
from shared.messaging import broker
from shared.messaging.broker import KafkaPublisher
from shared.messaging.document import Unavailable
from shared.testing.echo import supplemented


class StuckProducer:
    """The broker went away: the first batch fails, the others are never heard of, and stopping never ends."""

    def __init__(self, **_) -> None:
        self.sent = 0

    async def start(self) -> None: ...

    async def stop(self) -> None:
        await asyncio.Event().wait()

    async def partitions_for(self, topic: str) -> set[int]:
        return {0}

    def create_batch(self):
        return Batch()

    async def send_batch(self, batch, topic, partition):
        self.sent += 1
        future = asyncio.get_running_loop().create_future()
        if self.sent > 1:
            future.set_exception(KafkaConnectionError())
        return future

    async def send_and_wait(self, *_, **__):
        await asyncio.Event().wait()


class Batch:
    def append(self, **_):
        return True


@pytest.fixture
def publisher(monkeypatch) -> KafkaPublisher:
    monkeypatch.setattr(broker, "AIOKafkaProducer", StuckProducer)
    monkeypatch.setattr(broker, "STOP_SECONDS", 0.1)
    return KafkaPublisher("nowhere:1", "test")


async def test_a_publish_ends_when_another_one_gave_the_producer_up(publisher):
    async with asyncio.timeout(5):
        waiting = asyncio.create_task(publisher.publish([[supplemented("AAAAAAAAAAAA1", 1)]]))
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        failing = asyncio.create_task(publisher.publish([[supplemented("BBBBBBBBBBBB2", 1)]]))
        assert await failing == [0]
        assert await waiting == [0]


async def test_a_dead_letter_ends_too(publisher):
    async with asyncio.timeout(5):
        await publisher.publish([])
        letter = asyncio.create_task(publisher.dead_letter("echo", Record("t", 0, 1, b"k", b"v", ()), "r", ""))
        first = asyncio.create_task(publisher.publish([[supplemented("AAAAAAAAAAAA1", 1)]]))
        await asyncio.sleep(0.01)
        await publisher.publish([[supplemented("BBBBBBBBBBBB2", 1)]])
        assert await first == [0]
        with pytest.raises(Unavailable):
            await letter
