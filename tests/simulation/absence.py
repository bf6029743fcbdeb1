"""All of supervision is away for three days of the calendar, people go on, and one replica dies as it catches up."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.simulation.hall import Hall

AWAY = timedelta(days=3)
SECONDS = 4.0
"""Virtual seconds that it is away at least, so that people do something meanwhile."""
OFTEN = 0.5
"""The share of seeds in which it happens."""


async def be_away(hall: Hall, latest: float) -> None:
    """Once in a storm, beginning before the virtual second `latest`, or not at all."""
    world = hall.world
    draw = world.draw("absence")
    if "absence" in hall.off or draw.random() > OFTEN:
        return
    await asyncio.sleep(draw.uniform(2.0, latest))
    back, until = world.now() + AWAY, world.loop.time() + SECONDS
    hall.send_away("supervision")
    while world.now() < back or world.loop.time() < until:
        await asyncio.sleep(draw.uniform(0.2, 0.6))
        world.leap(timedelta(hours=draw.uniform(2.0, 10.0)))
    hall.absent.discard("supervision")
    world.diary.count("away_for_three_days")
    await asyncio.sleep(draw.uniform(1.0, 4.0))
    if running := hall.alive("supervision"):
        running[0].process.kill("crash_catching_up")
