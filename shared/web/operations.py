"""What operators see of one service over HTTP: how far behind it is, its parked lanes, replay and discard."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from shared.identity import Person, require
from shared.log import DENIED
from shared.messaging.document import Document, Intervention, Waiting
from shared.messaging.runtime import Runtime
from shared.web.commands import answering
from shared.web.problems import Problem, Words, generic

Lane = Annotated[str, Path(max_length=200, description="停放的申请编号（或记录位置）")]
SHOWN = 50
Standing = Callable[[], Awaitable[Mapping[str, Any]]]
"""How one part of a service stands, as JSON; `words`, where it has some, say to operators what is wrong and what to do.
Raises Unavailable."""


class ParkedLane(BaseModel):
    """One parked lane: why it waits, since when, and how many records wait in it."""

    service: str
    lane: str
    reason: str
    detail: str
    since: str
    waiting: int


class WaitingRecord(BaseModel):
    """One waiting record, masked. `position` names it for a discard."""

    position: str
    dead: str | None
    detail: str
    headers: dict[str, str]
    body: str


class Intervened(BaseModel):
    """What a replay or discard did. `held_by`: what still holds the lane up."""

    lane: str
    handled: int
    held_by: str | None


class InterventionEntry(BaseModel):
    """One entry of the audit: who did what to which record of a lane, when, and what came of it."""

    service: str
    lane: str
    action: str
    by: str
    at: str
    position: str
    outcome: str


def operations(runtime: Runtime, standing: Mapping[str, Standing]) -> APIRouter:
    """`/ops/*` of one service; `standing` is told with its status, each under its name."""
    router = APIRouter(prefix="/ops", tags=["operations"])

    @router.get("/status", summary="How far behind this service is")
    async def status(_: Annotated[Person, Depends(require("status.read"))]) -> dict[str, Any]:
        found: dict[str, Any] = await answering(_status(runtime, standing))
        return found

    @router.get("/deadletters", summary="Parked lanes, oldest first")
    async def lanes(
        _: Annotated[Person, Depends(require("deadletters.read"))], limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> list[ParkedLane]:
        return [_lane(runtime.name, doc) for doc in await answering(runtime.store.parked(limit))]

    @router.get("/deadletters/{lane}", summary="The records that wait in a lane, masked, in order")
    async def show(lane: Lane, _: Annotated[Person, Depends(require("deadletters.read"))]) -> list[WaitingRecord]:
        return await waiting_records(runtime, lane)

    @router.post("/deadletters/{lane}/replay", summary="Handle the waiting records again, head first")
    async def replay(lane: Lane, asker: Annotated[Person, Depends(require("deadletters.replay"))]) -> Intervened:
        return await replayed(runtime, lane, asker.subject)

    @router.post("/deadletters/{lane}/discard", summary="Give up the head record of a lane, named by its position")
    async def discard(
        lane: Lane, position: str, asker: Annotated[Person, Depends(require("deadletters.replay"))]
    ) -> Intervened:
        return await discarded(runtime, lane, asker.subject, position)

    @router.get("/interventions", summary="The audit of replays and discards, newest first")
    async def interventions(
        _: Annotated[Person, Depends(require("deadletters.read"))], limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> list[InterventionEntry]:
        return [_entry(runtime.name, each) for each in await answering(runtime.store.interventions(limit))]

    return router


async def waiting_records(runtime: Runtime, lane: str) -> list[WaitingRecord]:
    """The first SHOWN records that wait in a lane, masked, in order. Problem 404 when none does."""
    waiting = await answering(runtime.store.waiting(lane, SHOWN))
    if not waiting:
        raise generic(404)
    return [_record(each) for each in waiting]


async def replayed(runtime: Runtime, lane: str, by: str) -> Intervened:
    """Handle a lane's records again, head first, on behalf of `by`. Problem 404 when it is not parked."""
    done = await answering(runtime.replay(lane, by))
    if done is None:
        raise generic(404)
    return Intervened(lane=lane, handled=done.handled, held_by=done.held_by)


async def discarded(runtime: Runtime, lane: str, by: str, position: str) -> Intervened:
    """Give up a lane's head record on behalf of `by`. Problem 409 when another record, or none, is at its head."""
    if not await answering(runtime.discard(lane, by, position)):
        title = Words("不是最前面的记录", "Not the head of this lane")
        detail = Words("只能放弃最前面的一条，请先查看。", "Only the head can be discarded; look at it first.")
        raise Problem(409, "not_the_head", title, detail)
    return Intervened(lane=lane, handled=0, held_by=None)


async def _status(runtime: Runtime, standing: Mapping[str, Standing]) -> dict[str, Any]:
    age, documents = await runtime.store.outbox_age()
    parked = await runtime.store.parked(1000)
    return {
        "service": runtime.name,
        "lag": await runtime.meter.lag(),
        "outbox_age_seconds": round(age, 3),
        "outbox_documents": documents,
        "parked": len(parked),
        "waiting_records": sum(doc.parked.waiting for doc in parked if doc.parked),
        **{name: await told() for name, told in standing.items()},
    }


def _lane(service: str, doc: Document) -> ParkedLane:
    assert doc.parked is not None  # noqa: S101  the query asked for parked ones
    since = doc.parked.since.isoformat(timespec="seconds")
    return ParkedLane(
        service=service,
        lane=doc.id,
        reason=doc.parked.reason,
        detail=doc.parked.detail,
        since=since,
        waiting=doc.parked.waiting,
    )


def _entry(service: str, each: Intervention) -> InterventionEntry:
    return InterventionEntry(
        service=service,
        lane=each.lane,
        action=each.action,
        by=each.by,
        at=each.at.isoformat(timespec="seconds"),
        position=each.position,
        outcome=each.outcome,
    )


def _record(waiting: Waiting) -> WaitingRecord:
    headers = {name: _masked(value)[:200] for name, value in waiting.record.headers if value is not None}
    body = _masked(waiting.record.value or b"")[:2000]
    return WaitingRecord(position=waiting.id, dead=waiting.dead, detail=waiting.detail, headers=headers, body=body)


_PRIVATE = "|".join(sorted(DENIED | {"code", "box", "org"}))
_TEXT = re.compile(rf'("(?:{_PRIVATE})"\s*:\s*")(?:[^"\\]|\\.)*"?', re.IGNORECASE)
_DIGITS = re.compile(r"\d{11,17}[\dXx]?")


def _masked(value: bytes) -> str:
    """What an operator may see of a record: no names, numbers or sealed boxes."""
    text = value.decode("utf-8", "replace")
    return _DIGITS.sub(lambda m: m[0][:3] + "*" * (len(m[0]) - 5) + m[0][-2:], _TEXT.sub(r'\1***"', text))
