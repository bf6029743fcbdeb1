"""The sealing: after midnight the heads of all chains that grew go under one signed root, in every replica's turn.

A seal of a day takes in whatever was heard since the day before the last sealing began: so an entry that was saved
late, or by a replica whose clock lags by less than a day, is in the next seal at the latest. What has been heard
after midnight may be in it too; a seal says what was there, and not when it came.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

from services.supervision.decide.sealing import day_root
from services.supervision.model import PAGE, SEALS, AddPage, CloseDay, Leaf, Opened, Seals, Supervised
from services.supervision.sealing.sealed import candidates, state_of
from shared import metrics, signing, tracing
from shared.clock import shanghai
from shared.messaging.repeating import repeating
from shared.messaging.runtime import Runtime

EVERY_SECONDS = 60.0
SEALED_FROM = time(0, 30)
"""Shanghai: from then on the day before is sealed. Nothing depends on it but how much is left to the next seal."""
KIND = "audit_day"


class Sealer:
    """Seals the days that are over, one after another, and goes on where it, or another replica, was interrupted."""

    def __init__(self, runtime: Runtime, signer: signing.Signer) -> None:
        self._runtime, self._signer = runtime, signer

    async def once(self) -> int:
        """Seal every day that is due; returns how many. Raises Unavailable or Overloaded."""
        done, state = 0, await state_of(self._runtime.store)
        while day := self._next(state):
            before, state = state, await self._step(state, day)
            if state == before:
                break  # refused, and not because another replica was faster: an operator has to look
            done += state.day != before.day
        return done

    def _next(self, state: Seals) -> date | None:
        day, over = next_day(state, self._runtime.clock())
        metrics.SEALS_DUE.labels(self._runtime.name).set(max(0, (over - day).days + 1))
        return day if day <= over else None

    async def _step(self, state: Seals, day: date) -> Seals:
        """One page more, or the end of the day, by us or by a replica that was faster; how far it is now."""
        began = state.open.began if state.open else self._runtime.clock()
        command = await self._page(state, day, began) or self._closing(state, day, began)
        trace = tracing.new_trace().traceparent
        await self._runtime.ask(SEALS, command, cause="sealing", traceparent=trace)
        return await state_of(self._runtime.store)

    async def _page(self, state: Seals, day: date, began: datetime) -> AddPage | None:
        """The next leaves; None when the day has all of them. A page that is not full is the last one."""
        if state.open and state.open.count % PAGE:
            return None
        since = shanghai(state.began).date() - timedelta(days=1) if state.began else None
        found: list[Supervised] = []
        async for application in candidates(self._runtime.store, since, state.open):
            found.append(application)
            if len(found) == PAGE:
                break
        if not found:
            return None
        leaves = tuple(Leaf(application=each.application, entries=each.entries, head=each.head) for each in found)
        number = len(state.open.roots) if state.open else 0
        last = found[-1]
        return AddPage(
            day=day, number=number, began=began, leaves=leaves, heard_on=last.heard_on, application=last.application
        )

    def _closing(self, state: Seals, day: date, began: datetime) -> CloseDay:
        opened = state.open or Opened(day=day, began=began)
        facts: Mapping[str, Any] = {
            "day": day.isoformat(),
            "count": opened.count,
            "root": day_root(opened.roots),
            "before": state.hash,
            "algorithm": self._signer.algorithm,
            "key_id": self._signer.key_id,
            "sealed_at": self._runtime.clock().isoformat(timespec="seconds"),
        }
        signed = signing.payload(KIND, facts)
        signature = base64.b64encode(self._signer.sign(signed)).decode()
        return CloseDay(began=began, facts=facts, signed=signed.decode(), signature=signature)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Seals inside the block, looking once a minute: a day that is not sealed today is sealed tomorrow."""
        return repeating("sealing", self.once, self._runtime.observer, EVERY_SECONDS)


def next_day(state: Seals, now: datetime) -> tuple[date, date]:
    """The day to be sealed next, the one after the last, and the last that is over; the first of all is yesterday."""
    here = shanghai(now)
    over = here.date() - timedelta(days=1 if here.time() >= SEALED_FROM else 2)
    after = state.day + timedelta(days=1) if state.day else over
    return state.open.day if state.open else after, over
