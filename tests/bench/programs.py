"""The programs that are compared, and how each of them is measured: at its maximum, then at shares of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.crowd import Crowd
from tests.bench.durability import watched
from tests.bench.hall import Hall, fresh_hall
from tests.bench.matters import APPLICANTS
from tests.bench.measure import Figures
from tests.bench.people import poisson
from tests.bench.proved import audits_hold, licences_read, proven, until_drained

WIDTH = 3
"""Departments of a case where programs are compared."""
FIRST = 40
"""Cases under the eyes of mongod's profiler and of the independent checker."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """One row of the comparison. `real`: the services themselves, whose results are checked to the last event.
    `in_flight`: cases at once at the maximum; `warm`: the most before it, for what is slow.
    """

    key: str
    title: str
    module: str = "tests.bench.served"
    more: tuple[str, ...] = ()
    real: bool = True
    over_http: bool = False
    in_flight: int = 1_000
    warm: int = 10_000
    applicants: Sequence[int] = APPLICANTS


SERVICES_BY_TOPIC = Program("l2", "the five services, people's commands over feeder topics")
UNFED = ("--unfed",)
"""Services as deployed, without the feeder topics."""
SERVICES_BY_HTTP = Program(
    "l2h", "the five services, all commands over HTTP", more=UNFED, over_http=True, in_flight=300
)
NAIVE = Program(
    "l3", "naive FastStream, one message at a time", "tests.bench.naive", real=False, in_flight=300, warm=200
)
CAPTURED = (1,)
"""Who hands in the captured case, and so every case that is played: nobody else may rate it."""
RAW = Program(
    "l0", "raw limit: the same I/O, no validation, no domain", "tests.bench.raw", real=False, applicants=CAPTURED
)
DECIDING = replace(RAW, key="l1", title="raw limit, decoding and deciding")


@dataclass(frozen=True)
class Length:
    """How long a measurement is. `warm`: cases before it; `maximum`: seconds of the run at the maximum; `turns`: how
    often at least what is in flight there ends; `seconds`: of the other runs, at `shares` of the maximum in percent.

    `cases` above 0: each run has so many cases instead.
    """

    warm: int = 2_000
    maximum: float = 25.0
    turns: int = 3
    seconds: float = 14.0
    shares: tuple[int, ...] = (50, 80, 95)
    cases: int = 0

    def count(self, rate: float, seconds: float, in_flight: int = 0) -> int:
        """Cases of a run at this rate, with so many in flight."""
        return self.cases or max(100, int(rate * seconds), self.turns * in_flight)


FULL = Length()
QUICK = Length(warm=500, maximum=10.0, turns=0, seconds=7.0, shares=(80,))


async def measure(program: Program, width: int, length: Length, say: Say) -> Figures:
    """Measure a program on a hall of its own."""
    async with fresh_hall() as hall:
        say(f"{program.key}: starting, {width} departments a case")
        await hall.start(module=program.module, more=program.more)
        idle = hall.memory()
        async with Crowd(
            hall, f"{program.key}-{width}", over_http=program.over_http, applicants=program.applicants
        ) as crowd:
            found = {"title": program.title, "n": width, "durability": await _first(crowd, program, width)}
            found |= await at_load(crowd, program, width, length, say)
            if program.real:
                audits, licences = await audits_hold(hall, crowd.numbers), await licences_read(hall, crowd.numbers)
                found["proved"] = {"audits": audits, "licences": licences, "events_of_cases": FIRST}
        return found | {"memory": {"idle": idle, "after": hall.memory()}}


async def _first(crowd: Crowd, program: Program, width: int) -> Figures:
    """The first few cases: how durable their writes were, and whether every rule of the checker holds."""
    async with watched(crowd.hall) as durability:
        await crowd.carry(width, FIRST, in_flight=FIRST)
        await until_drained(crowd.hall)
    if program.real:
        await proven(crowd.hall, crowd.told, exact=program.over_http)
    return durability.found


def at_once(program: Program, count: int) -> int:
    """Cases in flight at the maximum: a third of `count` at most, so that beginning and end weigh little."""
    return min(program.in_flight, max(1, count // 3))


async def at_load(crowd: Crowd, program: Program, width: int, length: Length, say: Say) -> Figures:
    """The maximum, and latencies at shares of it."""
    say(f"{program.key}: warming up")
    warming = min(length.warm, program.warm)
    warm = (await crowd.carry(width, warming, in_flight=at_once(program, warming))).throughput()
    count = length.count(warm, length.maximum, program.in_flight)
    maximum, _ = await crowd.measured(width, count, in_flight=at_once(program, count))
    most = maximum["cases_per_s"]
    say(f"{program.key}: at most {most} cases/s, {maximum['cpu_ms_per_case']} ms CPU a case")
    shares = {}
    for share in length.shares:
        rate = most * share / 100
        arrivals = poisson([(rate, length.count(rate, length.seconds) / rate)], seed=share)
        shares[str(share)], _ = await crowd.measured(width, len(arrivals), arrivals=arrivals)
        say(f"{program.key}: at {share} % p99 {shares[str(share)]['p99_ms']} ms")
    named = shares.get("80") or maximum
    figures = {"cases_per_s": most, "cpu_ms_per_case": maximum["cpu_ms_per_case"], "p99_ms": named["p99_ms"]}
    return {**figures, "maximum": maximum, "open_loop": shares}


@asynccontextmanager
async def captured(say: Say) -> AsyncIterator[tuple[str, ...]]:
    """What the services take, write and say in one case, as arguments of the raw programs."""
    folder = Path(tempfile.mkdtemp(prefix="onedoor-bench-script-"))
    try:
        async with fresh_hall() as hall:
            say("capturing one case from the services")
            number = await _capture(hall, folder)
        yield ("--script", str(folder), "--number", number)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _capture(hall: Hall, folder: Path) -> str:
    """The number of the captured case. The one before it warms up what is loaded once."""
    await hall.start(more=("--capture", str(folder)))
    async with Crowd(hall, "script", applicants=CAPTURED) as crowd:
        await crowd.carry(WIDTH, 1)
        await crowd.carry(WIDTH, 1)
        await until_drained(hall)
        return crowd.numbers[-1]
