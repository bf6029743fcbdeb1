"""The scan on memory: shards and their leases, what was saved before there were any, and how far it is behind."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from services.supervision.app import create_app
from services.supervision.shards import SHARDS, shard_of
from shared import metrics
from shared.contracts.topics import SUPERVISION
from shared.messaging.leases import Board, Term
from shared.testing.hall import MemoryHall
from tests.component.supervision.conftest import FILED
from tests.unit.supervision.sample import at, submitted

NAMES = [f"{number:012d}X" for number in range(100)]
OVER = "02-26 18:00"


def gauge(name: str, more: str = "") -> float:
    for line in metrics.exposition("supervision").decode().splitlines():
        if line.startswith(f'onedoor_{name}{{service="supervision"{more}}}'):
            return float(line.split()[-1])
    raise AssertionError(f"no {name}")


async def file_all(desk, names=NAMES):
    await desk.hear(*(submitted(FILED, application=name) for name in names))


def held_by_another(desk, *shards: int, member: str = "another"):
    """Another replica holds these, and renews them."""
    now = desk.store._clock()
    terms = (Term(member, frozenset(shards), now + timedelta(hours=1)),)
    desk.store.boards["scan"] = Board(1, now, terms)


class Second:
    """Another replica of the same service, over the same store and bus."""

    def __init__(self, desk):
        self.backing = MemoryHall().backing("supervision")
        self.backing.bus, self.backing.documents = desk.hall.bus, desk.store
        self.app = create_app(desk.settings, desk.clock, self.backing)
        self.told: list[str] = []
        self.scanner = self.app.state.scanner


def noting(tell, told: list[str]):
    """The same, and who is told is noted."""

    async def noted(waiting, instant):
        told.extend(each.application for each in waiting)
        return await tell(waiting, instant)

    return noted


def told_by(scanner, monkeypatch) -> list[str]:
    """The applications that this scanner tells, in its order."""
    told = []
    monkeypatch.setattr(scanner, "_tell", noting(scanner._tell, told))
    return told


class TestShards:
    def test_a_shard_is_the_same_wherever_it_is_computed(self):
        assert [shard_of(name) for name in NAMES[:4]] == [31, 30, 29, 28]

    def test_applications_are_spread_evenly(self):
        draw, counts = Random(1), [0] * SHARDS  # noqa: S311
        for _ in range(64_000):
            counts[shard_of("".join(draw.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=13)))] += 1
        assert 850 < min(counts) <= max(counts) < 1150

    async def test_only_what_lies_in_our_shards_is_told(self, desk):
        await file_all(desk)
        theirs = {shard_of(name) for name in NAMES[:50]}
        held_by_another(desk, *theirs)
        ours = [name for name in NAMES if shard_of(name) not in theirs]
        assert await desk.scan_at(OVER) == len(ours) > 0
        assert {each["application"] for each in desk.said("DeadlinePassed")} == set(ours)

    async def test_over_all_our_shards_the_longest_due_comes_first(self, desk, monkeypatch):
        scanner = desk.app.state.scanner
        scanner._at_once = 7
        order = Random(3).sample(NAMES[:40], 40)  # noqa: S311
        for minutes, name in enumerate(order):
            await desk.hear(submitted(FILED + timedelta(minutes=minutes), application=name))
        for minutes, name in enumerate(order):  # each due at an instant of its own
            row = desk.store.rows[name]
            state = desk.store.codec.load(row.state)
            moved = state.model_copy(update={"next_change": at("02-20 09:00") + timedelta(minutes=minutes)})
            desk.store.rows[name] = replace(row, state=desk.store.codec.dump(moved))
            desk.store.index[name] = desk.store.codec.index(moved)
        told = told_by(scanner, monkeypatch)
        await desk.scan_at("03-30 09:00")
        assert told == order

    async def test_one_that_is_just_heard_of_has_its_place_in_the_order(self, desk, monkeypatch):
        scanner, names = desk.app.state.scanner, NAMES[:5]
        scanner._at_once = 1
        for day, name in enumerate(names, start=3):
            await desk.hear(submitted(at(f"02-0{day} 09:00"), application=name))
        tell = scanner._tell

        async def heard_meanwhile(waiting, instant):
            monkeypatch.setattr(scanner, "_tell", told_after)
            await desk.hear(submitted(at("02-02 09:00"), application=NAMES[9]))
            return await tell(waiting, instant)

        monkeypatch.setattr(scanner, "_tell", heard_meanwhile)
        told, told_after = [], None
        told_after = noting(tell, told)
        assert await desk.scan_at("03-30 09:00") == 6
        assert told == [NAMES[9], *names[1:]]

    async def test_the_next_ones_are_at_hand_when_their_turn_comes(self, desk, monkeypatch):
        scanner, loaded = desk.app.state.scanner, []
        scanner._at_once = 10
        await file_all(desk, NAMES[:50])
        desk.app.state.runtime._recall.forget(NAMES)
        load = desk.store.load

        async def noted(ids):
            loaded.extend(ids)
            return await load(ids)

        monkeypatch.setattr(desk.store, "load", noted)
        assert await desk.scan_at(OVER) == 50
        assert sorted(loaded) == sorted(NAMES[:50]), "each document is read once"

    async def test_what_was_saved_before_there_were_shards_is_told_by_the_holder_of_the_first(self, desk):
        await file_all(desk)
        old = NAMES[:10]
        for name in old:
            desk.store.index[name] = {key: value for key, value in desk.store.index[name].items() if key != "shard"}
        held_by_another(desk, *range(1, SHARDS))
        firsts = {name for name in NAMES if shard_of(name) == 0}
        await desk.scan_at(OVER)
        assert {each["application"] for each in desk.said("DeadlinePassed")} == {*old, *firsts}
        assert desk.store.index[old[0]]["shard"] == shard_of(old[0]), "its next save gave it one"


class TestLeases:
    async def test_two_replicas_tell_half_each_and_nobody_twice(self, desk, monkeypatch):
        await file_all(desk)
        first, second = desk.app.state.scanner, Second(desk)
        async with second.app.router.lifespan_context(second.app):
            for _ in range(3):  # one comes, one gives up half, the other takes it
                for scanner in (first, second.scanner):
                    scanner.leases._renew_at = 0.0
                    await scanner.leases.held()
            assert [len(scanner.leases.known) for scanner in (first, second.scanner)] == [32, 32]
            mine, theirs = told_by(first, monkeypatch), told_by(second.scanner, monkeypatch)
            desk.clock.move_to(at(OVER))
            await asyncio.gather(first.once(), second.scanner.once())
            await second.backing.settle_down()
        await desk.hall.pump()
        assert (set(mine) & set(theirs), {*mine, *theirs}) == (set(), set(NAMES))
        assert len(mine) + len(theirs) == len(NAMES)
        ids = [dict(record.headers)["ce_id"] for record in desk.hall.bus.records(SUPERVISION.name)]
        assert len(ids) == len(set(ids))

    async def test_two_that_hold_the_same_say_it_once(self, desk, monkeypatch):
        await file_all(desk, NAMES[:20])
        first, second = desk.app.state.scanner, Second(desk)
        async with second.app.router.lifespan_context(second.app):
            for scanner in (first, second.scanner):
                monkeypatch.setattr(scanner.leases, "_shards", frozenset(range(SHARDS)))
                monkeypatch.setattr(scanner.leases, "_until", float("inf"))
                monkeypatch.setattr(scanner.leases, "_renew_at", float("inf"))
            desk.clock.move_to(at(OVER))
            await asyncio.gather(first.once(), second.scanner.once())
            await second.backing.settle_down()
        await desk.hall.pump()
        said = [(each["application"], each["kind"], each["generation"]) for each in desk.said("DeadlinePassed")]
        assert len(set(said)) == 20
        heads = [dict(record.headers) for record in desk.hall.bus.records(SUPERVISION.name)]
        kept = {head["ce_id"] for head in heads if b"Calendar" not in head["ce_type"]}
        assert len(kept) == 20 * 4, "a start, two lights and a limit each, however often it was said"

    async def test_who_stops_leaves_its_shards_to_the_others_at_once(self, desk):
        second = Second(desk)

        async def heard():
            return desk.clock()

        app = create_app(desk.settings, desk.clock, second.backing, heard)
        async with app.router.lifespan_context(app):
            while not app.state.scanner.leases.known:
                await asyncio.sleep(0.01)
        assert (await desk.store.leases("scan")).living == ()
        assert len(await desk.app.state.scanner.leases.held()) == SHARDS


class TestBehind:
    async def test_the_gauges_say_how_long_and_how_many(self, desk):
        await file_all(desk)
        await desk.scan_at("02-25 18:00")
        desk.app.state.scanner._heard_until = _nothing_yet
        assert await desk.scan_at("02-26 19:00") == 0
        assert gauge("clocks_scan_lag_seconds") == 3600.0
        assert gauge("clocks_due") == len(NAMES)
        assert gauge("leases_held", ',work="scan"') == SHARDS

    async def test_what_is_parked_counts_apart(self, desk):
        await file_all(desk, NAMES[:5])
        await desk.poison(NAMES[0])
        assert await desk.scan_at(OVER) == 4
        assert (gauge("clocks_due"), gauge("clocks_stuck"), gauge("clocks_scan_lag_seconds")) == (0.0, 1.0, 0.0)
        assert await desk.scan_at("02-26 18:01") == 0
        assert (gauge("clocks_due"), gauge("clocks_stuck")) == (0.0, 1.0)

    async def test_operators_are_told_in_words(self, desk):
        await file_all(desk)
        await desk.poison(NAMES[0])
        await desk.scan_at("02-20 09:00")
        scan = (await desk.get("administrator", "/ops/status")).json()["scan"]
        assert (scan["due"], scan["stuck"], scan["unheld"], scan["words"]) == (0, 0, 0, "")
        desk.clock.move_to(at("03-01 18:00"))
        scan = (await desk.get("administrator", "/ops/status")).json()["scan"]
        assert (scan["due"], scan["stuck"]) == (99, 1)
        assert "已到期 4 天，还没有播报，共有 99 份等着" in scan["words"]
        assert "1 份已到期的申请停放着" in scan["words"]
        assert list(scan["replicas"].values()) == [SHARDS]

    async def test_operators_are_told_when_nobody_scans(self, desk):
        scan = (await desk.get("administrator", "/ops/status")).json()["scan"]
        assert (scan["unheld"], scan["words"]) == (SHARDS, "没有副本在扫描到期：请启动监管服务")
        held_by_another(desk, *range(60))
        scan = (await desk.get("administrator", "/ops/status")).json()["scan"]
        assert "有 4 个分片暂时没有副本扫描" in scan["words"]

    @pytest.mark.parametrize("who", ["applicant", "clerk", None])
    async def test_it_is_for_operators(self, desk, who):
        assert (await desk.get(who, "/ops/status")).status_code in (401, 403)


async def _nothing_yet():
    return None
