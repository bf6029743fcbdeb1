"""How shards are shared out among replicas that come, go, stand still and are killed: on virtual time."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.document import Unavailable
from shared.messaging.leases import LEASE_SECONDS, ROUND_SECONDS, Board, Leases, Term, share_of
from shared.testing.echo import EchoCodec
from shared.testing.memory import MemoryStore
from shared.testing.simulation.loop import VirtualLoop

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(seconds=5), NOW - timedelta(seconds=5)
SHARDS = 64


def board(*terms: Term) -> Board:
    return Board(1, NOW, terms)


def term(member: str, *shards: int, until: datetime = LATER) -> Term:
    return Term(member, frozenset(shards), until)


class TestShares:
    def test_the_first_one_takes_all(self):
        assert share_of(Board(0, NOW), "a", 4) == {0, 1, 2, 3}

    def test_who_comes_takes_nothing_from_another_that_lives(self):
        assert share_of(board(term("a", 0, 1, 2, 3)), "b", 4) == frozenset()

    def test_who_has_more_than_its_share_gives_up_the_rest(self):
        assert share_of(board(term("a", 0, 1, 2, 3), term("b")), "a", 4) == {0, 1}

    def test_what_was_given_up_is_taken_up_to_the_share(self):
        assert share_of(board(term("a", 0, 1), term("c")), "b", 6) == {2, 3}

    def test_what_an_expired_one_held_is_free(self):
        assert share_of(board(term("a", 0, 1, 2, until=BEFORE)), "b", 3) == {0, 1, 2}

    def test_who_had_expired_itself_keeps_what_nobody_has_taken_meanwhile(self):
        assert share_of(board(term("a", 0, 1, 2, 3, until=BEFORE), term("b", 0)), "a", 4) == {1, 2}

    def test_a_shard_beyond_the_number_is_dropped(self):
        assert share_of(board(term("a", 0, 1, 2, 99)), "a", 3) == {0, 1, 2}


@given(st.integers(1, 7), st.integers(1, 70), st.integers(0, 10_000))
def test_whoever_turns_the_board_in_whatever_order_it_ends_even_and_whole(members, shards, seed):
    draw = Random(seed)  # noqa: S311
    names = [f"m{n}" for n in range(members)]
    terms: dict[str, frozenset[int]] = {names[0]: frozenset(range(shards))}
    order = [name for _ in range(4) for name in draw.sample(names, members)]
    for name in order:
        seen = Board(1, NOW, tuple(Term(each, held, LATER) for each, held in terms.items()))
        terms[name] = share_of(seen, name, shards)
        held = [shard for each in terms.values() for shard in each]
        assert len(held) == len(set(held)), "never two at once while the clocks agree"
    sizes = [len(each) for each in terms.values()]
    assert sum(sizes) == shards
    assert max(sizes) - min(sizes) <= 1


class World:
    """Replicas over one store, on a loop whose time is virtual and which the store's clock follows."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.store = MemoryStore(EchoCodec(), lambda: NOW + timedelta(seconds=loop.time()))
        self.running: dict[str, tuple[Leases, asyncio.Task]] = {}

    def come(self, name: str) -> Leases:
        leases = Leases(self.store, "scan", SHARDS, name)
        self.running[name] = leases, asyncio.create_task(self._work(leases))
        return leases

    async def _work(self, leases: Leases) -> None:
        while True:
            await leases.held()
            await asyncio.sleep(1.0)

    def kill(self, name: str) -> Leases:
        leases, task = self.running.pop(name)
        task.cancel()
        return leases

    @property
    def sizes(self) -> list[int]:
        return sorted(len(leases.known) for leases, _ in self.running.values())

    @property
    def unheld(self) -> int:
        return SHARDS - len(frozenset().union(*(leases.known for leases, _ in self.running.values())))


@pytest.fixture
def live():
    """Run a story in a world of its own."""

    def run(story, seed=1):
        loop = VirtualLoop(Random(seed))  # noqa: S311

        async def told():
            world = World(loop)
            await story(world)
            for _, task in world.running.values():
                task.cancel()

        try:
            loop.run_until_complete(told())
        finally:
            loop.close()

    return run


@pytest.mark.parametrize("seed", range(5))
def test_replicas_that_come_and_go_share_evenly(live, seed):
    async def story(world):
        world.come("a")
        await asyncio.sleep(2)
        assert world.sizes == [64]
        world.come("b")
        world.come("c")
        await asyncio.sleep(3 * ROUND_SECONDS)
        assert world.sizes == [21, 21, 22]
        await world.kill("b").give_up()
        await asyncio.sleep(2 * ROUND_SECONDS)
        assert world.sizes == [32, 32], "given up, not expired: the others have it before a lease ends"

    live(story, seed)


@pytest.mark.parametrize("seed", range(5))
def test_what_a_killed_one_held_is_taken_over_within_a_lease_and_a_round(live, seed):
    async def story(world):
        world.come("a")
        world.come("b")
        await asyncio.sleep(20)
        world.kill("a")
        assert world.unheld == 32
        await asyncio.sleep(LEASE_SECONDS - ROUND_SECONDS - 1)
        assert world.unheld == 32, "its lease has not ended yet"
        await asyncio.sleep(2 * ROUND_SECONDS + 3)
        assert world.unheld == 0
        assert world.sizes == [64]

    live(story, seed)


def test_one_that_stood_still_believes_no_longer_than_its_lease(live):
    async def story(world):
        still = world.come("a")
        await asyncio.sleep(1)
        world.kill("a")  # its loop stands; nothing is renewed
        assert still.known
        await asyncio.sleep(LEASE_SECONDS)
        assert still.known == frozenset()
        world.come("b")
        await asyncio.sleep(1)
        assert await still.held() == frozenset(), "all of it is another's now"
        await asyncio.sleep(2 * ROUND_SECONDS)
        assert len(await still.held()) == 32, "and it comes back as anybody who comes"

    live(story)


def test_a_database_that_is_away_ends_the_lease_only_when_it_ends(live, monkeypatch):
    async def away(_work):
        raise Unavailable("database")

    async def story(world):
        leases = Leases(world.store, "scan", SHARDS, "a")
        assert len(await leases.held()) == SHARDS
        monkeypatch.setattr(world.store, "leases", away)
        await asyncio.sleep(ROUND_SECONDS)
        with pytest.raises(Unavailable):
            await leases.held()
        assert len(leases.known) == SHARDS
        await asyncio.sleep(LEASE_SECONDS)
        assert leases.known == frozenset()

    live(story)
