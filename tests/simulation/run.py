"""One seed: a storm, a calm, and then the question whether everything holds."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections import Counter
from collections.abc import Collection, Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock

from shared import tracing
from shared.testing.simulation.world import World
from tests.proof import reading
from tests.proof.drained import drained
from tests.proof.evidence import Violation
from tests.proof.safety import safety
from tests.simulation.absence import be_away
from tests.simulation.audited import audited
from tests.simulation.hall import START, Hall, turn_the_calendar
from tests.simulation.people import Story
from tests.simulation.poison import operate, plant

STORM = 30.0
"""Virtual seconds in which everything may go wrong."""
PATIENCE = 240.0
"""Virtual seconds within which a calm hall must have said and heard everything."""


@dataclass
class Outcome:
    """What became of one seed."""

    seed: int
    violations: list[Violation] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    digest: str = ""
    trace: list[str] = field(default_factory=list)
    cpu: float = 0.0


def run(seed: int, off: Collection[str] = (), applications: int | None = None, *, traced: bool = False) -> Outcome:
    """One world from its beginning to its end. `off`: kinds of disturbance that never happen, and "poison", "sick"."""
    began = time.process_time()
    gc.disable()  # so that what is remembered by weak references is forgotten at the same step every time
    try:
        with ExitStack() as stack:
            random.seed(seed)
            stack.enter_context(mock.patch.object(tracing, "_random", random.Random(seed)))  # noqa: S311
            return _run(World(seed, START, off), off, applications, began, traced=traced)
    finally:
        gc.enable()
        gc.collect()
        reading._seen.clear()


def _run(world: World, off: Collection[str], applications: int | None, began: float, *, traced: bool) -> Outcome:
    hall = Hall(world, off)
    world.live(_story(hall, applications))
    found = hall.watch.violations
    counts = world.diary.counts
    counts["steps"], counts["records"] = world.loop.steps, sum(len(log) for log in hall.bus.logs.values())
    digest = world.diary.digest() if traced else ""
    names = {part for each in found for part in each.where.replace(":", "/").split("/") if len(part) >= 13}
    trace = world.diary.about(*{name[:13] for name in names}) if found else []
    if traced and not found:
        trace = world.diary.told()
    return Outcome(world.seed, found, counts, digest, trace, time.process_time() - began)


async def _story(hall: Hall, applications: int | None) -> None:
    world = hall.world
    draw = world.draw("story")
    many = draw.choice((2, 3, 3, 4, 5))
    stories = [Story(hall, place, STORM) for place in range(min(many, applications or many))]
    calendar = asyncio.create_task(turn_the_calendar(world))
    background = [asyncio.create_task(each) for each in _background(hall)]
    people = [asyncio.create_task(story.told()) for story in stories]
    if "poison" not in hall.off:
        background.append(asyncio.create_task(plant(hall, stories, STORM - 4.0)))
    for _ in range(3):
        await asyncio.sleep(STORM / 3)
        if _judged(hall, "safety"):
            return
    hall.calm()
    _, late = await asyncio.wait(people, timeout=PATIENCE)
    for person in people:
        if person.done() and person.exception():
            raise person.exception() or RuntimeError
    if late:
        hall.watch.broken("lost", "never_told", "people", f"{len(late)} are still waiting: {hall.busy()}")
    calendar.cancel()
    await _settled(hall)
    for _ in range(draw.choice((2, 6))):  # until the last limits have passed
        world.leap(timedelta(days=9))
        await _settled(hall)
    if not _judged(hall, "all"):
        await audited(hall)
    for task in background:
        if task.done() and not task.cancelled() and task.exception():
            raise task.exception() or RuntimeError


def _background(hall: Hall) -> Sequence[Coroutine[Any, Any, None]]:
    """The orchestrator, the storm, an absence, and two operators who know nothing of each other."""
    absence = be_away(hall, STORM / 2)
    return hall.keep_running(), hall.disturb(), absence, operate(hall, "one"), operate(hall, "two")


def _judged(hall: Hall, what: str) -> bool:
    """Whether anything is broken by now."""
    if not hall.watch.violations:
        evidence = hall.evidence()
        hall.watch.violations += safety(evidence)
        if what == "all":
            hall.watch.violations += drained(evidence)
    return bool(hall.watch.violations)


async def _settled(hall: Hall) -> None:
    """Wait until nothing is on its way, twice in a row with two scans between; what never settles is a violation."""
    ends = hall.world.loop.time() + PATIENCE
    quiet = 0
    while quiet < 3 and hall.world.loop.time() < ends:
        waits = any(not each.id.startswith("unkeyed:") for name in hall.databases for each in hall.parked(name))
        quiet = 0 if hall.busy() or waits else quiet + 1
        await asyncio.sleep(1.7)
    if quiet < 3:
        hall.watch.broken("lost", "never_drained", "hall", hall.busy() or "a lane stays parked")
