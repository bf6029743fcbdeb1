"""Halls with many open cases in their databases: throughput on ten thousand, a hundred thousand and a million, and the
spike over HTTP on the last of them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise

from tests.bench.crowd import Crowd
from tests.bench.hall import Hall, fresh_hall
from tests.bench.measure import Figures, percentiles
from tests.bench.people import poisson
from tests.bench.programs import SERVICES_BY_TOPIC, UNFED, WIDTH, Length, Say, at_once
from tests.bench.proved import audits_hold
from tests.bench.stored import open_case, spread_out, store

SIZES = (10_000, 100_000, 1_000_000)
PROFILE = (1, 15, 1, 25, 2, 35, 10)
"""Cases a second, one stage after another."""
SHARE = 80
WARM = 100
"""Cases over HTTP before the spike: the services have just started."""


async def with_stock(wanted: Collection[str], sizes: Sequence[int], length: Length, say: Say) -> Figures:
    """`sizes` and `spike`, whichever is wanted, on one hall that fills up. A spike needs the last size alone."""
    found: Figures = {}
    async with fresh_hall() as hall:
        await hall.start()
        await _warm(hall, length)
        number, rows = await open_case(hall)
        rows = spread_out(rows, hall.settings)
        stored = 0
        for size in sizes if "sizes" in wanted else sizes[-1:]:
            say(f"sizes: storing {size - stored} open cases")
            began = time.monotonic()
            await store(hall, number, rows, stored, size - stored)
            say(f"sizes: stored in {time.monotonic() - began:.0f} s, {_free(hall)} GB of disk left")
            stored = size
            if "sizes" in wanted:
                found.setdefault("sizes", {})[str(size)] = await _at_size(hall, size, length, say)
        if "spike" in wanted:
            await hall.stop()
            await hall.start(more=UNFED)
            found["spike"] = {"open_cases": stored} | await spike(hall, length, say)
    return found


async def _warm(hall: Hall, length: Length) -> None:
    async with Crowd(hall, "warm") as crowd:
        await crowd.carry(WIDTH, length.warm, in_flight=at_once(SERVICES_BY_TOPIC, length.warm))


async def _at_size(hall: Hall, size: int, length: Length, say: Say) -> Figures:
    """The maximum, and the latency at a share of it, on so many open cases."""
    async with Crowd(hall, f"size-{size}") as crowd:
        warming = at_once(SERVICES_BY_TOPIC, length.warm)
        warm = (await crowd.carry(WIDTH, length.warm, in_flight=warming)).throughput()
        count = length.count(warm, length.maximum, SERVICES_BY_TOPIC.in_flight)
        maximum, _ = await crowd.measured(WIDTH, count, in_flight=at_once(SERVICES_BY_TOPIC, count))
        rate = maximum["cases_per_s"] * SHARE / 100
        arrivals = poisson([(rate, length.count(rate, length.seconds) / rate)])
        steady, _ = await crowd.measured(WIDTH, len(arrivals), arrivals=arrivals)
        await audits_hold(hall, crowd.numbers)
    say(f"sizes: {size} open: {maximum['cases_per_s']} cases/s, p99 {steady['p99_ms']} ms at {SHARE} %")
    return {
        "cases_per_s": maximum["cases_per_s"],
        "cpu_ms_per_case": maximum["cpu_ms_per_case"],
        "p99_ms": steady["p99_ms"],
        "maximum": maximum,
        "at_80": steady,
        "disk_gb": round(sum(file.stat().st_size for file in (hall.data / "mongo").rglob("*.wt")) / 1e9, 2),
        "memory": hall.memory(),
    }


async def spike(hall: Hall, length: Length, say: Say) -> Figures:
    """The profile over HTTP: each stage by the cases that were due in it."""
    seconds = min(length.seconds, 18.0)
    arrivals = poisson([(rate, seconds) for rate in PROFILE], seed=7)
    edges = list(accumulate((seconds for _ in PROFILE), initial=0.0))
    async with Crowd(hall, "spike", over_http=True) as crowd:
        say("spike: warming up over HTTP")
        await crowd.carry(WIDTH, WARM, in_flight=10)
        figures, outcome = await crowd.measured(WIDTH, len(arrivals), arrivals=arrivals)
    cases = list(zip(arrivals, outcome.cases.values(), strict=True))
    stages = []
    for rate, (begin, end) in zip(PROFILE, pairwise(edges), strict=True):
        waited = [case.rated_at - case.due for at, case in cases if begin <= at < end]
        stages.append({"rate": rate, "cases": len(waited), **percentiles(waited)})
        say(f"spike: {rate}/s: {stages[-1]}")
    return {"stages": stages, "seconds_a_stage": seconds, **figures}


def _free(hall: Hall) -> int:
    return round(shutil.disk_usage(hall.data).free / 1e9)
