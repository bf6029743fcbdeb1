"""A hall in which nothing happens: what it costs, and what its parts hold in memory before and after some work."""

from __future__ import annotations

import asyncio
import time

from tests.bench.crowd import Crowd
from tests.bench.hall import fresh_hall
from tests.bench.measure import CLIENT, Figures
from tests.bench.programs import SERVICES_BY_HTTP, UNFED, WIDTH, Length, Say, at_once
from tests.bench.proved import until_drained

SETTLE_SECONDS = 75.0
"""Until MongoDB has written what the warm-up left in memory (a checkpoint a minute)."""


async def idle(seconds: float, length: Length, say: Say) -> Figures:
    """CPU of each part in percent of one core over `seconds` of rest after a warm-up; memory in bytes."""
    async with fresh_hall() as hall:
        await hall.start(more=UNFED)
        fresh = hall.memory()
        async with Crowd(hall, "idle", over_http=True) as crowd:
            await crowd.carry(WIDTH, length.warm, in_flight=at_once(SERVICES_BY_HTTP, length.warm))
        await until_drained(hall)
        await asyncio.sleep(SETTLE_SECONDS)
        say(f"idle: resting for {seconds:.0f} s")
        before, began = hall.cpu_seconds(), time.monotonic()
        await asyncio.sleep(seconds)
        used, rested = hall.cpu_seconds(), time.monotonic() - began
        percent = {part: round((used[part] - was) * 100 / rested, 2) for part, was in before.items() if part != CLIENT}
        return {
            "seconds": round(rested, 1),
            "percent_of_a_core": round(sum(percent.values()), 2),
            "percent_by_part": percent,
            "memory": {"idle": fresh, "after": hall.memory()},
        }
