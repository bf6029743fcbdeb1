"""Publishing one document from several places at once: in order, nothing left out, and nothing twice without need."""

import asyncio
import random

import pytest

from shared.messaging.document import Document, Entry, Unavailable
from shared.messaging.recall import Recall
from shared.messaging.relay import Relay
from shared.testing.echo import Add, supplemented
from tests.component.messaging.test_runtime import A, B, World


class Gate:
    """A publisher whose every call waits for its turn of the test, and acknowledges what the test says."""

    def __init__(self, bus) -> None:
        self.bus, self.asked = bus, asyncio.Queue()
        self.publish, bus.publish = bus.publish, self.wait

    async def wait(self, sequences):
        verdict = asyncio.get_running_loop().create_future()
        await self.asked.put((sequences, verdict))
        acknowledged = await verdict
        sent = [sequence[:acknowledged] for sequence in sequences]
        await self.publish(sent)
        return [len(each) for each in sent]

    async def next(self):
        """(numbers that are to be said, what answers it)."""
        async with asyncio.timeout(1):
            sequences, verdict = await self.asked.get()
        return [numbers(sequence) for sequence in sequences], verdict.set_result


class Idle:
    """A store in which nothing has to be kept: snapshots are given by hand."""

    def __init__(self) -> None:
        self.cleared = {}

    async def clear(self, upto):
        self.cleared |= upto


def numbers(records) -> list[int]:
    return [int(dict(each.headers)["ce_seq"]) for each in records]


def pending(name: str, *waiting: int) -> Document:
    return Document(name, outbox=tuple(Entry(n, supplemented(name, n)) for n in waiting))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def gate(world) -> Gate:
    return Gate(world.bus)


async def test_what_is_in_flight_behind_an_answer_is_not_repeated_by_the_next_save(world, gate):
    await world.runtime.start()
    await world.runtime.ask(A, Add(application=A))
    said, answer = await gate.next()
    assert said == [[1]]
    await world.runtime.ask(A, Add(application=A))
    await asyncio.sleep(0.01)
    assert gate.asked.empty(), "the second waits for the first"
    answer(1)
    said, answer = await gate.next()
    assert said == [[2]]
    answer(1)
    await world.runtime.stop()
    assert world.echoes(A) == [f"{A}-01", f"{A}-02"]
    assert not world.store.since


async def test_after_a_failure_everything_pending_is_said_from_the_oldest(world, gate):
    await world.runtime.start()
    await world.runtime.ask(A, Add(application=A))
    _, answer = await gate.next()
    await world.runtime.ask(A, Add(application=A))
    answer(0)
    said, answer = await gate.next()
    assert said == [[1, 2]]
    answer(2)
    await world.runtime.stop()
    assert world.echoes(A) == [f"{A}-01", f"{A}-02"]
    assert not world.store.since


async def test_what_was_acknowledged_before_a_failure_is_not_repeated_after_it(gate):
    relay = Relay(Idle(), gate.bus, Recall())
    first = asyncio.create_task(relay.publish([pending(A, 1, 2, 3)]))
    second = asyncio.create_task(relay.publish([pending(A, 1, 2, 3, 4)]))
    said, answer = await gate.next()
    answer(2)
    with pytest.raises(Unavailable):
        await first
    said, answer = await gate.next()
    assert said == [[3, 4]]
    answer(2)
    assert await second == 2


async def test_whoever_is_cut_off_leaves_its_turn_to_the_next(gate):
    relay = Relay(Idle(), gate.bus, Recall())
    first = asyncio.create_task(relay.publish([pending(A, 1)]))
    await gate.next()
    second = asyncio.create_task(relay.publish([pending(A, 1, 2)]))
    await asyncio.sleep(0)
    first.cancel()
    said, answer = await gate.next()
    assert said == [[1, 2]]
    answer(2)
    assert await second == 2


async def test_who_loaded_before_the_outbox_was_cleared_says_only_what_is_new(world):
    store = Idle()
    relay = Relay(store, world.bus, Recall())
    assert await relay.publish([pending(A, 1, 2)]) == 2
    await relay.clear()
    assert store.cleared == {A: 2}
    assert await relay.publish([pending(A, 1, 2)]) == 0
    assert await relay.publish([pending(A, 2, 3)]) == 1
    await relay.clear()
    assert store.cleared == {A: 3}
    assert numbers(world.bus.records("onedoor.intake.v1")) == [1, 2, 3]


async def test_the_next_save_drops_what_was_said_and_leaves_nothing_to_clear(world):
    await world.runtime.start()
    await world.runtime.ask(A, Add(application=A))
    await asyncio.sleep(0.01)
    assert [entry.n for entry in world.store.rows[A].outbox] == [1, 2], "said, and not yet cleared"
    world.store.clear = None  # nobody may need it any more
    await world.runtime.handle(world.said(supplemented(A, 1)))
    assert [entry.n for entry in world.store.rows[A].outbox] == [3, 4]
    assert world.echoes(A) == [f"{A}-01", f"{A}-02"]
    del world.store.clear
    await world.runtime.stop()
    assert not world.store.since


async def test_too_many_uncleared_are_not_left_to_the_sweeper(world, monkeypatch):
    monkeypatch.setattr("shared.messaging.relay.UNCLEARED", 1)
    store = Idle()
    relay = Relay(store, world.bus, Recall())
    await relay.publish([pending(A, 1)])
    assert store.cleared == {}
    await relay.publish([pending(B, 1)])
    assert store.cleared == {A: 1, B: 1}


async def test_too_many_are_cleared_by_one_of_those_who_notice(world, monkeypatch):
    monkeypatch.setattr("shared.messaging.relay.UNCLEARED", 1)
    store, cleared = Idle(), []

    async def slowly(upto):
        cleared.append(sorted(upto))
        await asyncio.sleep(0.01)

    store.clear = slowly
    relay = Relay(store, world.bus, Recall())
    await relay.publish([pending(A, 1)])
    await asyncio.gather(relay.publish([pending(B, 1)]), relay.publish([pending("CCCCCCCCCCCC3", 1)]))
    assert len(cleared) == 1


async def test_at_rest_a_sweep_is_seldom_and_the_first_message_brings_it_back(world):
    sleeps: list[float] = []
    swept: list[int] = []

    async def sleep(seconds):
        sleeps.append(seconds)
        if len(sleeps) == 9:  # in the first of four rounds
            await world.runtime.handle(world.said(supplemented(A, 1)))
        await asyncio.sleep(0 if len(sleeps) < 12 else 60)

    world.runtime._sleep = sleep
    measure = world.runtime.meter.measure

    async def measured(count):
        swept.append(len(sleeps))
        await measure(count)

    world.runtime.meter.measure = measured
    await world.runtime.start()
    await asyncio.sleep(0.05)
    await world.runtime.stop()
    assert swept == [0, 4, 8, 9, 10, 11]


async def test_documents_that_cross_wait_for_each_other_only_where_they_meet(gate):
    relay = Relay(Idle(), gate.bus, Recall())
    first = asyncio.create_task(relay.publish([pending(B, 1), pending(A, 1)]))
    second = asyncio.create_task(relay.publish([pending(A, 1, 2), pending(B, 1, 2)]))
    alone = asyncio.create_task(relay.publish([pending("CCCCCCCCCCCC3", 1)]))
    _, answer = await gate.next()
    _, answer_alone = await gate.next()
    answer_alone(1)
    assert await alone == 1
    answer(1)
    said, answer = await gate.next()
    assert said == [[2], [2]]
    answer(1)
    assert await asyncio.gather(first, second) == [2, 2]


@pytest.mark.parametrize("seed", range(25))
async def test_whatever_fails_the_order_holds_and_in_the_end_all_is_said(world, seed):
    chance, publish = random.Random(seed), world.bus.publish  # noqa: S311

    async def unreliable(sequences):
        await asyncio.sleep(chance.random() / 1000)
        sent = [sequence[: chance.randint(0, len(sequence))] for sequence in sequences]
        await publish(sent)
        return [len(each) for each in sent]

    world.bus.publish = unreliable
    await world.runtime.start()
    for _ in range(12):
        await asyncio.gather(*(world.runtime.ask(name, Add(application=name)) for name in chance.choice([[A], [A, B]])))
        await asyncio.sleep(chance.random() / 1000)
    await world.runtime.published()
    world.bus.publish = publish
    await world.runtime._relay.publish((await world.store.load([A, B])).values())
    await world.runtime.stop()
    for name in (A, B):
        said = [each for each in world.bus.records("onedoor.approval.v1") if each.key == name.encode()]
        assert numbers(said) == list(range(1, await world.count(name) + 1))
    assert not world.store.since
