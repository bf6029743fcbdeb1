"""Who is told of a change, and when: on virtual time, with a feed that the test moves."""

import asyncio
from contextlib import ExitStack
from random import Random

import pytest

from shared.messaging import tail as module
from shared.messaging.changes import ANYTHING, Passing
from shared.messaging.tail import LINGER_SECONDS, MOST_EACH, PAUSE_SECONDS, Crowded, Tail
from shared.testing.simulation.loop import VirtualLoop

OWN, OTHER = ("onedoor.approval.v1", 0), ("onedoor.intake.v1", 0)
OLD = float("inf")


class Feed:
    """What a test says, in the order in which it is said."""

    def __init__(self) -> None:
        self.coming: asyncio.Queue[list[Passing] | Exception] = asyncio.Queue()
        self.reached: dict = {}
        self.is_open, self.openings, self.asked = False, 0, 0
        self.broken = 0

    async def open(self):
        assert not self.is_open
        await asyncio.sleep(0.1)
        if self.broken:
            self.broken -= 1
            raise ConnectionError("away")
        self.is_open, self.openings = True, self.openings + 1
        return {}

    async def next(self, seconds):
        try:
            async with asyncio.timeout(seconds):
                came = await self.coming.get()
        except TimeoutError:
            return []
        if isinstance(came, Exception):
            raise came
        return came

    async def handled(self):
        self.asked += 1
        return self.reached

    async def close(self):
        await asyncio.sleep(0.1)
        self.is_open = False

    def says(self, *keys: str) -> None:
        self.coming.put_nowait([Passing(key, OWN, 0, said=True, heard=False) for key in keys])

    def hears(self, key: str, offset: int) -> None:
        self.coming.put_nowait([Passing(key, OTHER, offset, said=False, heard=True)])


def on_virtual_time(scene):
    """The scene as a test: it gets a feed and a tail, and is over in no time."""

    def test():
        async def played():
            feed = Feed()
            tail = Tail("approval", feed)
            try:
                await scene(feed, tail)
            finally:
                await tail.close()
                assert not feed.is_open

        with asyncio.Runner(loop_factory=lambda: VirtualLoop(Random(7))) as runner:  # noqa: S311
            runner.run(played())

    test.__name__, test.__doc__ = scene.__name__, scene.__doc__
    return test


async def opened(listener) -> None:
    """The feed opened, which tells everybody once."""
    assert await listener.changed(5)


@on_virtual_time
async def test_who_listens_to_a_key_is_told_of_it_and_of_no_other(feed, tail):
    with tail.listening(["A"], 0) as a, tail.listening(["B", "C"], 0) as b, tail.listening([ANYTHING], 0) as any_:
        for each in (a, b, any_):
            await opened(each)
        feed.says("A")
        assert await a.changed(5)
        assert await any_.changed(5)
        assert not await b.changed(30)
        feed.says("C")
        assert await b.changed(5)
        assert not await a.changed(30)


@on_virtual_time
async def test_many_changes_are_told_once_and_then_not_before_a_pause(feed, tail):
    now = asyncio.get_running_loop().time
    with tail.listening(["A"], 0) as listener:
        await opened(listener)
        first = now()
        for _ in range(100):
            feed.says("A")
            await asyncio.sleep(0.005)
        assert await listener.changed(5)
        assert round(now() - first, 6) >= PAUSE_SECONDS  # a float loop clock, a hair early
        assert not await listener.changed(30)


@on_virtual_time
async def test_a_change_between_the_page_and_its_listening_is_told_at_once(feed, tail):
    with tail.listening(["other"], 0) as other:
        await opened(other)
        await asyncio.sleep(20)
        feed.says("A")
        await asyncio.sleep(10)
        with tail.listening(["A"], age=15) as late, tail.listening(["A"], age=1) as fresh:
            assert await late.changed(1)
            assert not await fresh.changed(30)
        with tail.listening(["B"], age=15) as another:
            assert not await another.changed(30)


@on_virtual_time
async def test_what_is_heard_is_told_when_the_group_has_handled_it(feed, tail):
    with tail.listening(["A"], 0) as listener:
        await opened(listener)
        feed.hears("A", 4)
        feed.reached = {OTHER: 4}
        assert not await listener.changed(60)
        feed.reached = {OTHER: 5}
        assert await listener.changed(5)
        assert not await listener.changed(60)


@on_virtual_time
async def test_the_group_is_asked_only_while_somebody_waits_for_it(feed, tail):
    with tail.listening(["A"], 0) as listener:
        await opened(listener)
        feed.hears("B", 1)
        feed.says("A")
        await listener.changed(60)
        assert feed.asked == 0
        feed.hears("A", 2)
        feed.reached = {OTHER: 3}
        assert await listener.changed(60)
        asked = feed.asked
        assert asked
        await asyncio.sleep(60)
        assert feed.asked == asked


@on_virtual_time
async def test_the_feed_is_followed_from_the_first_listener_until_a_while_after_the_last(feed, tail):
    await asyncio.sleep(10)
    assert feed.openings == 0
    with tail.listening(["A"], OLD) as listener:
        await opened(listener)
    await asyncio.sleep(LINGER_SECONDS / 2)
    with tail.listening(["A"], 0):
        await asyncio.sleep(LINGER_SECONDS * 2)
        assert feed.is_open
    await asyncio.sleep(LINGER_SECONDS + 1)
    assert not feed.is_open
    assert feed.openings == 1
    with tail.listening(["A"], 0) as listener:
        await opened(listener)
    assert feed.openings == 2


@on_virtual_time
async def test_who_comes_while_the_feed_is_being_closed_gets_it_opened_again(feed, tail):
    with tail.listening(["A"], 0) as listener:
        await opened(listener)
    await asyncio.sleep(LINGER_SECONDS + 0.05)
    assert feed.is_open
    with tail.listening(["A"], 0) as listener:
        await opened(listener)
        assert feed.openings == 2


@on_virtual_time
async def test_after_a_break_everybody_is_told(feed, tail):
    with tail.listening(["A"], 0) as listener:
        await opened(listener)
        feed.broken = 3
        feed.coming.put_nowait(ConnectionError("gone"))
        assert await listener.changed(120)
        assert feed.openings == 2
        feed.says("A")
        assert await listener.changed(5)


@on_virtual_time
async def test_so_many_may_listen_and_no_more(feed, tail):
    with ExitStack() as stack:
        for _ in range(MOST_EACH):
            stack.enter_context(tail.listening(["A"], 0, "one"))
        with pytest.raises(Crowded), tail.listening(["A"], 0, "one"):
            pass
        stack.enter_context(tail.listening(["A"], 0, "another"))
        assert tail.listeners == MOST_EACH + 1
    assert tail.listeners == 0
    with tail.listening(["A"], 0, "one"):
        pass


def test_the_process_is_bounded_too(monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)

    @on_virtual_time
    async def scene(feed, tail):
        with ExitStack() as stack:
            for who in ("one", "two"):
                stack.enter_context(tail.listening(["A"], 0, who))
            with pytest.raises(Crowded):
                stack.enter_context(tail.listening(["A"], 0, "three"))

    scene()
