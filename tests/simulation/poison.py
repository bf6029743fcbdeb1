"""Poison in a simulated hall, and the operator who deals with it: nothing may be lost around what nobody can read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from shared.contracts.approval import CaseApproved
from shared.contracts.intake import ApplicationSubmitted, CaseAccepted
from shared.contracts.topics import APPROVAL, INTAKE, SERVICES
from shared.messaging.document import Document, Unavailable
from shared.testing.simulation.world import Gone
from tests.simulation.hall import Hall
from tests.simulation.people import Story, say_opinion

BROKEN = ((INTAKE, ApplicationSubmitted), (INTAKE, CaseAccepted), (APPROVAL, CaseApproved))


async def plant(hall: Hall, stories: Sequence[Story], until: float) -> None:
    """Now and then something that no rule can be asked about, under a number that is in use."""
    draw = hall.world.draw("poison")
    if draw.random() < 0.3 and "sick" not in hall.off:
        hall.sick = draw.choice(stories).number
    while hall.world.loop.time() < until:
        await asyncio.sleep(draw.uniform(2.0, 12.0))
        story = draw.choice(stories)
        if draw.random() < 0.4:
            _on_a_service_topic(hall, draw, story.number)
        else:
            _on_a_department_topic(hall, draw, story)


def _on_a_service_topic(hall: Hall, draw: Random, number: str) -> None:
    """A body that does not fit, or a version that nobody knows: everyone who hears this event parks the lane."""
    topic, event = draw.choice(BROKEN)
    name = event.type_name() if draw.random() < 0.6 else event.type_name().replace(".v1", ".v9")
    headers = [("ce_specversion", b"1.0"), ("ce_type", name.encode()), ("ce_time", b"2026-03-02T01:00:00Z")]
    record = hall.bus.append(hall.bus.place_of(topic.name, number.encode()), number.encode(), b"{", headers)
    hall.watch.planted.add((record.topic, record.partition, record.offset))
    hall.world.diary.count("poison")


def _on_a_department_topic(hall: Hall, draw: Random, story: Story) -> None:
    """Rubbish, another department's task, or another application's key."""
    state = hall.look("approval", story.number)
    tasks = [task for case in state.cases for task in case.tasks] if state else []
    if not tasks:
        return
    task, kind = draw.choice(tasks), draw.choice(("broken", "foreign", "wrong_key"))
    body = {"application": story.number, "task": task.id, "verdict": "agree", "officer": "stranger"}
    if kind == "broken":
        record = say_opinion(hall, task.department, story.number, body, "rubbish", b"\xff{")
    elif kind == "foreign":
        others = [code for code in ("gaj", "rsj", "scjg") if code != task.department]
        record = say_opinion(hall, draw.choice(others), story.number, body, "foreign")
    else:
        record = say_opinion(hall, task.department, "7ZQ0M3X5KD2WA", body, "wrong key")
    if kind != "foreign":
        hall.watch.planted.add((record.topic, record.partition, record.offset))
    hall.world.diary.count(f"hostile_{kind}")


async def operate(hall: Hall, name: str) -> None:
    """An operator: sees parked lanes, mends what can be mended, replays, and discards what nobody can read."""
    draw = hall.world.draw(f"operator/{name}")
    while True:
        await asyncio.sleep(draw.uniform(0.5, 3.0))
        for service in SERVICES:
            for lane in hall.parked(service):
                hall.world.diary.count("seen_parked")
                try:
                    await _open(hall, draw, service, lane)
                except (Gone, Unavailable):
                    hall.world.diary.count("operator_again")


async def _open(hall: Hall, draw: Random, service: str, lane: Document) -> None:
    if lane.parked and lane.parked.reason == "decision_raised":
        hall.sick = ""
    running = hall.alive(service)
    if not running:
        return
    replica = draw.choice(running)
    replayed = await replica.process.call(replica.runtime.replay(lane.id, "sim:operator"), 10.0)
    if replayed is None:
        return
    hall.world.diary.count("replayed", replayed.handled)
    if replayed.held_by is None:
        hall.world.diary.count("lane_opened")
        return
    head = await replica.process.call(replica.runtime.store.waiting(lane.id, 1), 10.0)
    if not head or (head[0].record.topic, head[0].record.partition, head[0].record.offset) not in hall.watch.planted:
        return
    if await replica.process.call(replica.runtime.discard(lane.id, "sim:operator", head[0].id), 10.0):
        hall.world.diary.count("discarded")
