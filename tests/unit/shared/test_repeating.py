"""Background work goes on, whatever fails, and ends with its block."""

import asyncio

from shared.messaging.commands import Overloaded
from shared.messaging.document import Unavailable
from shared.messaging.repeating import repeating


class Told:
    """An observer that remembers what it was told."""

    def __init__(self):
        self.errors = []

    def failed(self, error):
        self.errors.append(type(error))


class Work:
    """Fails in each of the known ways, and then goes well."""

    def __init__(self):
        self.times, self.waits = 0, []

    async def once(self):
        failures = (Unavailable("database"), Overloaded(1.0), ValueError("a fault of ours"))
        self.times += 1
        if self.times <= len(failures):
            raise failures[self.times - 1]

    async def sleep(self, seconds):
        self.waits.append(seconds)
        await asyncio.sleep(0)


async def until(work, times):
    while work.times < times:
        await asyncio.sleep(0)


async def test_what_fails_is_told_and_done_again_and_the_end_of_the_block_ends_it():
    work, told = Work(), Told()
    async with repeating("sample", work.once, told, 5.0, sleep=work.sleep):
        await until(work, 6)
    done = work.times
    await asyncio.sleep(0.01)
    assert work.times == done
    assert told.errors == [Unavailable, ValueError], "an outbox that is behind is nobody's failure"
    assert set(work.waits) == {5.0}


async def test_it_begins_at_once_or_after_a_wait():
    for waits_first in (False, True):
        work, told = Work(), Told()

        async def sleep(_seconds):
            await asyncio.Event().wait()

        async with repeating("sample", work.once, told, 5.0, waits_first=waits_first, sleep=sleep):
            await asyncio.sleep(0.01)
        assert work.times == (0 if waits_first else 1)
