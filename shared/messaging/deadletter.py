"""Data errors: the poison record goes to the dead letter topic, its lane waits, an operator replays or discards.

Parking is a field of the document that bears the lane's name (a stub without state where none exists). Waiting
records are kept by topic, partition and offset, so a repeated arrival changes nothing.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.messaging.bus import Publisher
from shared.messaging.document import Change, Document, Intervention, Parked, Store, Unstorable, Waiting
from shared.messaging.settle import Fault


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far a replay came: records handled, and what still holds the lane up (None: it is open again)."""

    handled: int
    held_by: str | None


class Parking:
    """Parks lanes and lets operators open them again. Runs inside the group that owns the documents."""

    def __init__(
        self,
        group: str,
        store: Store,
        publisher: Publisher,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._group, self._store, self._publisher, self._clock, self._sleep = group, store, publisher, clock, sleep

    async def park(self, lane: str, fault: Fault, records: Sequence[Waiting]) -> None:
        """Dead-letter the first record, keep them all, park the lane: in this order, before the offset is committed."""
        poison = records[0]
        await self._publisher.dead_letter(self._group, poison.record, fault.reason, fault.detail)
        await self._store.keep_waiting([replace(poison, dead=fault.reason, detail=fault.detail), *records[1:]])
        parked = Parked(fault.reason, fault.detail, self._clock(), 0)
        await self._update(lane, lambda doc: doc.parked or parked)

    async def wait(self, lane: str, records: Sequence[Waiting]) -> bool:
        """Keep records of a parked lane. False: it was opened meanwhile, and they are the caller's to handle.

        They stay kept until the caller has handled them and calls `handled`: another replica may have parked the
        lane again, with the same records, and then they must not vanish from it.
        """
        await self._store.keep_waiting(records)
        return await self._update(lane, lambda doc: doc.parked)

    async def handled(self, records: Sequence[Waiting]) -> None:
        """Forget records that took effect after all."""
        await self._store.drop_waiting([waiting.id for waiting in records])

    async def replay(self, lane: str, by: str, handle: Callable[[Waiting], Awaitable[Fault | None]]) -> Replayed:
        """Handle the waiting records head first; the lane opens when none is left.

        A record that fails again stays the head, with its new reason, and the lane stays parked. Each is audited
        before it is dropped: a crash between may say it twice, and never loses who did it.
        """
        handled = 0
        while not await self._unpark_if_empty(lane):
            for head in await self._store.waiting(lane, 1):
                fault = await handle(head)
                if fault:
                    await self._audit(lane, "replay", by, head.id, f"failed: {fault.reason}")
                    await self._stays(lane, head, fault)
                    return Replayed(handled, f"{fault.reason}: {fault.detail}")
                await self._audit(lane, "replay", by, head.id, "handled")
                await self._store.drop_waiting([head.id])
                handled += 1
        return Replayed(handled, None)

    async def parked(self, lane: str) -> bool:
        """Whether this lane waits for an operator."""
        doc = (await self._store.load([lane])).get(lane)
        return doc is not None and doc.parked is not None

    async def _stays(self, lane: str, head: Waiting, fault: Fault) -> None:
        """The head failed again: it keeps its place, with its new reason, and the lane says so."""
        if head.dead is None:
            await self._publisher.dead_letter(self._group, head.record, fault.reason, fault.detail)
        await self._store.keep_waiting([replace(head, dead=fault.reason, detail=fault.detail)])
        if not await self._update(lane, lambda doc: doc.parked and _because(doc.parked, fault)):
            await self._store.drop_waiting([head.id])  # somebody else opened the lane: it was dealt with

    async def discard(self, lane: str, by: str, position: str) -> bool:
        """Give up the lane's head record, named by its position so that no other is hit; the rest still waits."""
        head = await self._store.waiting(lane, 1)
        if not head or head[0].id != position:
            return False
        await self._audit(lane, "discard", by, position, head[0].dead or "not handled")
        await self._store.drop_waiting([position])
        if not await self._unpark_if_empty(lane):
            await self._update(lane, lambda doc: doc.parked)
        return True

    async def _unpark_if_empty(self, lane: str) -> bool:
        """Open the lane by compare-and-set if nothing waits. An arrival raises the counter, so none is missed."""
        while True:
            doc = (await self._store.load([lane])).get(lane)
            if doc is None or doc.parked is None:
                return True
            if await self._store.count_waiting(lane):
                return False
            if await self._saved(Change(doc, replace(doc, parked=None))):
                return True

    async def _update(self, lane: str, parked: Callable[[Document], Parked | None]) -> bool:
        """Set the lane's parking with the present count of waiting records. False where `parked` says None."""
        while True:
            doc = (await self._store.load([lane])).get(lane) or Document(lane)
            mark = parked(doc)
            if mark is None:
                return False
            mark = replace(mark, waiting=await self._store.count_waiting(lane))
            if await self._saved(Change(doc, replace(doc, parked=mark))):
                return True

    async def _saved(self, change: Change) -> bool:
        """Whether we won. A document that cannot even be parked is a fault of ours: raises Unstorable."""
        (won,) = await self._store.save([change])
        if isinstance(won, Unstorable):
            raise won
        if not won:
            await self._sleep(random.uniform(0.001, 0.01))  # noqa: S311
        return won

    async def _audit(self, lane: str, action: str, by: str, position: str, outcome: str) -> None:
        await self._store.record_intervention(Intervention(lane, action, by, self._clock(), position, outcome))


def _because(parked: Parked, fault: Fault) -> Parked:
    return replace(parked, reason=fault.reason, detail=fault.detail)
