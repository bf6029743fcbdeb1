"""The world itself: time jumps, a killed process is silent, a stopped one goes on, and old owners cannot commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.topics import INTAKE
from shared.messaging.document import Unavailable
from shared.testing.simulation.bus import Bus
from shared.testing.simulation.group import Group, Member
from shared.testing.simulation.loop import Deadlocked
from shared.testing.simulation.weather import KINDS, Weather
from shared.testing.simulation.wire import Wire
from shared.testing.simulation.world import Gone, Process, World

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def calm_world(seed: int = 1) -> World:
    return World(seed, START, KINDS)


def live(world: World, story: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return world.live(story())


def test_time_jumps_to_the_next_timer():
    world = calm_world()

    async def story() -> None:
        await asyncio.sleep(3600)
        assert world.now() == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
        world.leap(timedelta(days=3))
        assert world.now() == datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
        assert world.uptime() == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    live(world, story)


def test_a_world_in_which_nothing_can_happen_says_so():
    world = calm_world()
    with pytest.raises(Deadlocked):
        live(world, asyncio.Event().wait)


def test_processes_run_in_any_order_and_each_keeps_its_own():
    def order(seed: int) -> list[str]:
        world, said = calm_world(seed), list[str]()

        async def story() -> None:
            for name in "ab":
                process = Process(world, name, name)
                for number in range(4):
                    process.run(_append(said, f"{name}{number}"))
            await asyncio.sleep(1)

        live(world, story)
        return said

    orders = {tuple(order(seed)) for seed in range(20)}
    assert len(orders) > 5
    for said in orders:
        assert [each for each in said if each[0] == "a"] == ["a0", "a1", "a2", "a3"]


async def _append(said: list[str], word: str) -> None:
    said.append(word)


@pytest.mark.parametrize("killed_at", [0.0, 0.5, 1.5])
def test_a_killed_process_does_nothing_more(killed_at):
    world, done = calm_world(), list[float]()
    process = Process(world, "one", "one")

    async def work() -> None:
        while True:
            await asyncio.sleep(1)
            await Wire(process, "database").ask("write", "", lambda: done.append(world.loop.time()))

    async def story() -> None:
        process.run(work())
        await asyncio.sleep(killed_at)
        process.kill("crash_anywhere")
        before = len(done)
        await asyncio.sleep(10)
        assert len(done) == before

    live(world, story)


def test_who_waits_for_a_process_that_dies_is_told():
    world = calm_world()
    process = Process(world, "one", "one")

    async def story() -> None:
        world.loop.call_later(1, process.kill, "crash_anywhere")
        with pytest.raises(Gone):
            await process.call(asyncio.sleep(5), patience=10)
        with pytest.raises(Gone):
            await Process(world, "two", "two").call(asyncio.sleep(5), patience=1)

    live(world, story)


def test_a_stopped_process_stands_still_and_then_goes_on():
    world, ticks = calm_world(), list[float]()
    process = Process(world, "one", "one")

    async def tick() -> None:
        while True:
            ticks.append(world.loop.time())
            await asyncio.sleep(1)

    async def story() -> None:
        process.run(tick())
        await asyncio.sleep(2.5)
        process.stall(5.0)
        await asyncio.sleep(7.5)

    live(world, story)
    assert ticks == [0.0, 1.0, 2.0, 7.5, 8.5, 9.5]


EFFECTS = {"refused": (0, True), "lost_answer": (1, True), "late_effect": (1, True), "slow": (1, False)}


@pytest.mark.parametrize("kind", EFFECTS)
def test_a_request_that_fails_took_effect_or_not_as_its_kind_says(kind):
    world, done = calm_world(), list[int]()
    world.weather = Weather({**dict.fromkeys(KINDS, 0.0), kind: 1.0})
    effects, fails = EFFECTS[kind]

    async def story() -> None:
        wire = Wire(Process(world, "one", "one"), "database")
        try:
            await wire.ask("save", "", lambda: done.append(1))
        except Unavailable:
            assert fails
        else:
            assert not fails
        await asyncio.sleep(60)

    live(world, story)
    assert len(done) == effects


@pytest.mark.parametrize("kind", ["crash_before", "crash_after"])
def test_a_crash_at_a_request_kills_before_or_after_its_effect(kind):
    world, done = calm_world(), list[int]()
    world.weather = Weather({**dict.fromkeys(KINDS, 0.0), kind: 1.0})
    process = Process(world, "one", "one")

    async def story() -> None:
        task = process.run(Wire(process, "database").ask("save", "", lambda: done.append(1)))
        await asyncio.wait({task})
        assert task.cancelled()

    live(world, story)
    assert not process.alive
    assert len(done) == (kind == "crash_after")


def test_during_an_outage_nobody_is_answered_and_afterwards_everybody():
    world = calm_world()

    async def story() -> None:
        wire = Wire(Process(world, "one", "one"), "database")
        world.outage("database", 2.0)
        with pytest.raises(Unavailable):
            await wire.ask("save", "", lambda: None)
        await asyncio.sleep(2.0)
        assert await wire.ask("save", "", lambda: 7) == [7]

    live(world, story)


def _group(world: World, records: int) -> tuple[Group, list[Member]]:
    bus = Bus(world, {INTAKE.name: INTAKE}, lambda _: None)
    for number in range(records):
        bus.append((INTAKE.name, 0), b"k", str(number).encode(), ())
    group = Group(bus, "approval", [(INTAKE.name, 0)])
    return group, [Member(Process(world, name, "approval")) for name in ("one", "two")]


def _offsets(records: Sequence[Any]) -> list[int]:
    return [record.offset for record in records]


def test_a_partition_that_moved_is_delivered_again_and_its_old_owner_cannot_commit():
    world = calm_world()
    group, (one, two) = _group(world, 3)
    place = (INTAKE.name, 0)

    async def story() -> None:
        group.join(one)
        one.positions[place] = 3
        before = one.generation
        group.leave(one)
        group.join(two)
        found: list[int] = []
        while len(found) < 3:
            found += _offsets(group.fetch(two, [place]))
            two.positions[place] = len(found)
        assert found == [0, 1, 2]
        assert not group.commit(one, before, {place: 3})
        assert group.lag() == 3
        assert group.commit(two, two.generation, {place: 3})
        assert group.lag() == 0

    live(world, story)


def test_a_process_that_died_is_found_out_and_its_partitions_go_to_the_others():
    world = calm_world()
    group, (one, two) = _group(world, 1)

    async def story() -> None:
        group.join(one)
        group.join(two)
        one.process.kill("crash_anywhere")
        await asyncio.sleep(10)

    live(world, story)
    assert group.members == [two]
    assert set(two.positions) == {(INTAKE.name, 0)}
