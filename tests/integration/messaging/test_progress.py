"""How far a group has heard, when its partitions are shared out among replicas: as far as the slowest of them."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.messaging.progress import CaughtUp

PARTITIONS = 6


class Replicas:
    """A group on a topic of its own, whose members commit only what a test tells them to."""

    def __init__(self, kafka: str, stack: AsyncExitStack) -> None:
        self.kafka, self.stack, self.group = kafka, stack, f"progress-{uuid.uuid4().hex[:8]}"
        self.places = [TopicPartition(self.group, number) for number in range(PARTITIONS)]
        self.members: list[AIOKafkaConsumer] = []

    async def come(self) -> AIOKafkaConsumer:
        """One more member; returns when all partitions are shared out, all members have some."""
        member = AIOKafkaConsumer(
            self.group, bootstrap_servers=self.kafka, group_id=f"onedoor.{self.group}", enable_auto_commit=False,
            session_timeout_ms=6_000, heartbeat_interval_ms=500,
        )  # fmt: skip
        await member.start()
        self.stack.push_async_callback(member.stop)
        self.members.append(member)
        async with asyncio.timeout(60):
            while not all(each.assignment() for each in self.members) or self.owned != PARTITIONS:
                await asyncio.gather(*(each.getmany(timeout_ms=100) for each in self.members))
        return member

    @property
    def owned(self) -> int:
        return sum(len(each.assignment()) for each in self.members)

    async def commit(self, member: AIOKafkaConsumer) -> None:
        """This member has handled all that stands in its partitions."""
        await member.commit(await member.end_offsets(list(member.assignment())))


@pytest.fixture
async def replicas(servers):
    async with AsyncExitStack() as stack:
        made = Replicas(servers.kafka, stack)
        admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(made.group, PARTITIONS, 1)])
        finally:
            await admin.close()
        yield made


async def test_it_waits_for_the_partitions_of_every_replica_also_of_one_that_died(servers, replicas):
    clock = [datetime(2026, 3, 2, 1, tzinfo=UTC)]
    progress = CaughtUp(servers.kafka, replicas.group, [replicas.group], lambda: clock[0])
    replicas.stack.push_async_callback(progress.stop)
    first, second = await replicas.come(), await replicas.come()
    await replicas.commit(first)
    await replicas.commit(second)
    before = await progress.until()
    assert before == clock[0], "everything that was there is handled"

    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    replicas.stack.push_async_callback(producer.stop)
    await asyncio.gather(
        *[await producer.send(replicas.group, b"{}", partition=place.partition) for place in replicas.places]
    )
    clock[0] = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert await progress.until() == before
    await replicas.commit(first)
    assert await progress.until() == before, "the other half is not handled"

    clock[0] = datetime(2026, 3, 2, 3, tzinfo=UTC)
    replicas.members.remove(second)
    await second.stop()
    assert await progress.until() == before, "nor after its owner has gone"
    async with asyncio.timeout(60):
        while replicas.owned != PARTITIONS:
            await first.getmany(timeout_ms=100)
    assert await progress.until() == before, "nor when another owns it"
    await replicas.commit(first)
    assert await progress.until() == datetime(2026, 3, 2, 2, tzinfo=UTC), (
        "the instant that was asked about, no later one"
    )
