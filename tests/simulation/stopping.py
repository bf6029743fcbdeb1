"""What stops and lengthens the time of a simulated case: procedures of Art. 45 and extensions of Art. 42, at random."""

from __future__ import annotations

from typing import Any, get_args

from services.approval.model import (
    MOST_DAYS,
    MOST_JOINT_DAYS,
    AskExtension,
    EndProcedure,
    ExtendJointLimit,
    ExtendLimit,
    RefuseExtension,
    StartProcedure,
)
from shared.contracts.approval import ExcludedProcedure
from tests.simulation.clients import Client

REASON = "需要查清"


async def stops(client: Client, number: str, who: dict[str, Any]) -> None:
    """One procedure or two, one of them begun in the other; mostly they are ended, sometimes forgotten."""
    task = who["task"]
    for kind in client.draw.sample(get_args(ExcludedProcedure), client.draw.choice((1, 1, 2))):
        days = client.draw.randint(1, 20)
        start = StartProcedure(**who, kind=kind, planned_days=days, notice="模特告1号", reason=REASON)
        await client.tell("approval", number, start, "stopped", task)
        await client.pause(0.0, 2.0)
    found = client.hall.look("approval", number)
    case, _task = found.task(task) if found and found.task(task) else (None, None)
    for each in case.awaited_by(task) if case else ():
        if client.draw.random() < 0.85:
            await client.pause(0.0, 1.0)
            await client.tell("approval", number, EndProcedure(**who, procedure=each.id), "going_on", task)


async def lengthens(client: Client, number: str, who: dict[str, Any]) -> None:
    """An officer asks for more days, and the head of the deciding body says yes or no, or is not asked at all; now and
    then the joint limit is extended too."""
    days, task = client.draw.randint(1, MOST_DAYS), who["task"]
    if client.draw.random() < 0.5:
        await client.tell("approval", number, AskExtension(**who, days=days, reason=REASON), "asked_for_more", task)
    found = client.hall.look("approval", number)
    for case in found.cases if found else ():
        own = next((each for each in case.tasks if each.department == case.department), None)
        if own is None or case.status != "open" or client.draw.random() < 0.3:
            continue
        head = {"task": own.id, "department": own.department, "officer": "head", "head": True}
        if case.awaits_head and client.draw.random() < 0.3:
            no = RefuseExtension(**head, reason=REASON)
            await client.tell("approval", number, no, "not_extended", case.case)
        else:
            await client.tell("approval", number, ExtendLimit(**head, days=days, reason=REASON), "extended", case.case)
    if client.draw.random() < 0.5:
        joint = ExtendJointLimit(by="supervisor", days=MOST_JOINT_DAYS, approval="模政批1号", reason=REASON)
        await client.tell("approval", number, joint, "extended_jointly", number)
