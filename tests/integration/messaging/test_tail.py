"""On a real Kafka: a page is told of what any replica did, once it is saved; a broker that restarts loses nothing."""

import asyncio
from contextlib import asynccontextmanager

from shared.contracts.topics import APPROVAL, INTAKE
from shared.messaging.changes import ANYTHING
from shared.messaging.feed import KafkaFeed
from shared.messaging.tail import Tail
from shared.testing.echo import Add, supplemented
from tests.integration.messaging.test_delivery import Bench, bench

__all__ = ["bench"]


@asynccontextmanager
async def another_replica(bench: Bench):
    """The tail of a replica that does nothing itself."""
    tail = Tail("approval", KafkaFeed(bench.servers.kafka, bench.group, [APPROVAL.name], [INTAKE.name]))
    try:
        yield tail
    finally:
        await tail.close()


async def settled(listener) -> None:
    """Whatever the tests before said has been told."""
    while await listener.changed(4):
        pass


async def test_what_one_replica_saved_reaches_the_page_of_another(bench):
    name, other = bench.names(2)
    async with bench.running() as service, another_replica(bench) as tail:
        with tail.listening([name], 0) as page, tail.listening([other], 0) as elsewhere:
            await settled(page)
            await settled(elsewhere)
            for count in range(1, 6):
                await bench.say(supplemented(name, count))
                assert await page.changed(15)
                assert (await service.store.load([name]))[name].state.count == count
            await service.runtime.ask(name, Add(application=name))
            assert await page.changed(15)
            assert not await elsewhere.changed(1)


async def test_what_nobody_handles_is_told_when_a_replica_comes_and_does(bench):
    (name,) = bench.names(1)
    async with bench.running():
        await bench.say(supplemented(name, 1))
        await bench.exactly_once([name], 1)
    async with another_replica(bench) as tail:
        with tail.listening([name], 0) as page:
            await settled(page)
            await bench.say(supplemented(name, 2))
            assert not await page.changed(4)
            async with bench.running() as service:
                assert await page.changed(30)
                assert (await service.store.load([name]))[name].state.count == 2


async def test_a_broker_that_restarts_loses_no_change(bench):
    (name,) = bench.names(1)
    async with bench.running() as service, another_replica(bench) as tail:
        with tail.listening([ANYTHING], 0) as page:
            await settled(page)
            await bench.servers.restart_kafka()
            await bench.say(supplemented(name, 1))
            async with asyncio.timeout(60):
                while not (found := await service.store.load([name])) or found[name].state.count != 1:
                    await asyncio.sleep(0.2)
                assert await page.changed(60)
            await settled(page)
            await bench.say(supplemented(name, 2))
            assert await page.changed(15)
            assert (await service.store.load([name]))[name].state.count == 2
