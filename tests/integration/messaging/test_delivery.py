"""The delivery core on a real Kafka and MongoDB: whatever is killed or restarted, each event takes effect once."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from collections import defaultdict
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contracts.topics import APPROVAL, INTAKE, dead_letters
from shared.messaging.topics import create_topics
from shared.testing.echo import POISON, echo, supplemented

pytestmark = pytest.mark.containers


class Bench:
    """One test's own database, group and applications on the session's servers."""

    def __init__(self, servers):
        self.servers, self.run = servers, uuid.uuid4().hex[:8]
        self.database, self.group = f"echo_{self.run}", f"echo-{self.run}"
        self.processes = []

    def names(self, count: int) -> list[str]:
        return [f"{self.run.upper()}{number:05d}" for number in range(count)]

    def service(self, driver="motor"):
        return echo(self.servers.kafka, self.servers.mongo_uri, self.database, self.group, driver)

    @asynccontextmanager
    async def running(self, driver="motor"):
        service = self.service(driver)
        await service.start()
        try:
            yield service
        finally:
            await service.stop()

    def process(self, death="none") -> subprocess.Popen:
        arguments = [self.servers.kafka, self.servers.mongo_uri, self.database, self.group, death]
        process = subprocess.Popen([sys.executable, "-m", "shared.testing.echo", *arguments])
        self.processes.append(process)
        return process

    async def say(self, *outgoing, topic=INTAKE.name):
        producer = AIOKafkaProducer(bootstrap_servers=self.servers.kafka, acks="all", max_request_size=12_000_000)
        await producer.start()
        try:
            sent = [
                await producer.send(topic, each.value, key=each.key, headers=list(each.headers)) for each in outgoing
            ]
            await asyncio.gather(*sent)
        finally:
            await producer.stop()

    async def echoes(self, topic=APPROVAL.name) -> dict[str, list[tuple[int, bytes]]]:
        """(number, body) of everything that was said about this test's applications, in the order of the log."""
        found = defaultdict(list)
        for record in await self.log(topic):
            headers = dict(record.headers)
            found[record.key.decode()].append((int(headers["ce_seq"]), record.value))
        return found

    async def log(self, topic):
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.servers.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            await consumer._client.force_metadata_update()
            parts = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(parts)
            ends = await consumer.end_offsets(parts)
            records = []
            for part in parts:
                while await consumer.position(part) < ends[part]:
                    for batch in (await consumer.getmany(timeout_ms=200)).values():
                        records += batch
            return [
                each for each in records if (each.key or b"").decode("utf-8", "replace").startswith(self.run.upper())
            ]
        finally:
            await consumer.stop()

    async def counts(self, names) -> dict[str, int]:
        service = self.service()
        try:
            documents = await service.store.load(names)
            return {name: doc.state.count for name, doc in documents.items() if doc.state}
        finally:
            await service.publisher.stop()
            await service._close()

    async def exactly_once(self, names, times: int, seconds: float = 45) -> None:
        """Every application counted `times`, said so contiguously and always with the same bytes, outboxes empty."""
        async with asyncio.timeout(seconds):
            while await self.counts(names) != dict.fromkeys(names, times):
                counts = (await self.counts(names)).values()
                assert all(count <= times for count in counts), f"something took effect twice: {max(counts)}"
                await asyncio.sleep(0.3)
            while not await self._all_said(names, times):
                await asyncio.sleep(0.3)

    async def _all_said(self, names, times: int) -> bool:
        echoes = await self.echoes()
        for name in names:
            bodies, highest = {}, 0
            for number, body in echoes.get(name, []):
                assert number <= highest + 1, f"{name}: {number} was said before {highest + 1}"
                assert bodies.setdefault(number, body) == body, "what was said has changed"
                highest = max(highest, number)
            if highest < times:
                return False
        service = self.service()
        try:
            return (await service.store.outbox_age())[1] == 0
        finally:
            await service.publisher.stop()
            await service._close()


@pytest.fixture
async def bench(servers):
    await create_topics(servers.kafka, ["xfdd"])
    bench = Bench(servers)
    yield bench
    for process in bench.processes:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


def events(names, times):
    return [supplemented(name, seq) for seq in range(1, times + 1) for name in names]


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_every_event_takes_effect_once_and_in_order(bench, driver):
    names = bench.names(40)
    async with bench.running(driver):
        await bench.say(*events(names, 5))
        await bench.say(*events(names[:10], 5))
        await bench.exactly_once(names, 5)


@pytest.mark.parametrize("death", ["before-publish", "before-commit"])
async def test_kill_9_at_the_worst_moment_loses_and_doubles_nothing(bench, death):
    names = bench.names(20)
    await bench.say(*events(names, 3))
    victim = bench.process(death)
    assert await asyncio.to_thread(victim.wait, 30) == -signal.SIGKILL
    assert await bench.counts(names), "the victim died before it had saved anything"
    bench.process()
    await bench.exactly_once(names, 3)


async def test_a_broker_restart_stops_nothing_for_good(bench):
    names = bench.names(20)
    async with bench.running() as service:
        await bench.say(*events(names, 1))
        await bench.exactly_once(names, 1)
        asked = asyncio.create_task(service.runtime.ask(names[0], _add(names[0], 0)))
        await bench.servers.restart_kafka()
        await asked
        await bench.say(*events(names, 3))
        await bench.exactly_once(names, 3, 60)


async def test_a_database_restart_stops_nothing_for_good(bench):
    names = bench.names(20)
    async with bench.running():
        await bench.say(*events(names, 1))
        restart = asyncio.create_task(bench.servers.restart_mongo())
        await bench.say(*events(names, 3))
        await restart
        await bench.exactly_once(names, 3, 60)


async def test_two_replicas_through_rebalances(bench):
    names = bench.names(60)
    first = bench.process()
    await bench.say(*events(names, 2))
    second = bench.process()
    await bench.say(*events(names, 4))
    await asyncio.sleep(1)
    first.send_signal(signal.SIGTERM)
    await bench.say(*events(names, 6))
    await asyncio.sleep(0.5)
    os.kill(second.pid, signal.SIGKILL)
    bench.process()
    await bench.exactly_once(names, 6, 60)


async def test_a_poison_record_holds_up_its_own_application_only(bench):
    poisoned, other = bench.names(2)
    await bench.say(
        supplemented(poisoned, 1), supplemented(poisoned, 2, POISON), supplemented(poisoned, 3), supplemented(other, 1)
    )
    async with bench.running() as service:
        await bench.exactly_once([other], 1)
        await _until(lambda: _waiting(service, poisoned, 2))
        assert await bench.counts([poisoned]) == {poisoned: 1}
        letters = await bench.log(dead_letters("approval").name)
        assert [dict(each.headers)["onedoor_reason"] for each in letters] == [b"decision_raised"]
        service.runtime._settler._voice = _mended(service.runtime._settler._voice)
        assert (await service.runtime.replay(poisoned, "test")).handled == 2
        await bench.exactly_once([poisoned], 3)
        assert service.store is not None
        inbox = (await service.store.load([poisoned]))[poisoned].inbox
        assert inbox == {f"intake/{poisoned}": 3}


async def test_rubbish_of_every_kind_is_a_dead_letter_and_stops_nothing(bench):
    from dataclasses import replace

    bad, good = bench.names(2)
    known = supplemented(bad, 1)
    headers = dict(known.headers)
    rubbish = [
        replace(known, value=b"{" * 1000),
        replace(known, headers=tuple((headers | {"ce_type": b"\xff\xfe"}).items())),
        replace(known, headers=()),
        replace(known, headers=tuple((headers | {"ce_type": b"onedoor.intake.ApplicationSupplemented.v7"}).items())),
    ]
    await bench.say(*(replace(each, key=f"{bench.run.upper()}9000{n}".encode()) for n, each in enumerate(rubbish)))
    await bench.say(supplemented(good, 1))
    async with bench.running():
        await bench.exactly_once([good], 1)
        letters = {each.key: dict(each.headers)["onedoor_reason"] for each in await bench.log("onedoor.approval.dlq")}
    assert sorted(letters.values()) == [b"broken_body", b"broken_headers", b"broken_headers", b"unknown_version"]


async def test_ten_megabytes_are_refused_by_the_broker_before_anybody_reads_them(bench):
    from aiokafka.errors import MessageSizeTooLargeError

    record = supplemented(bench.names(1)[0], 1)
    with pytest.raises(MessageSizeTooLargeError):
        await bench.say(type(record)(record.topic, record.key, os.urandom(10_000_000), record.headers))


def _add(application, by):
    from shared.testing.echo import Add

    return Add(application=application, by=by)


def _mended(voice):
    from dataclasses import replace

    from shared.testing.echo import EchoRules

    return replace(voice, rules=lambda: EchoRules(fixed=True))


async def _waiting(service, lane, count) -> bool:
    doc = (await service.store.load([lane])).get(lane)
    return bool(doc and doc.parked and doc.parked.waiting == count)


async def _until(true, seconds=20):
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(0.1)
