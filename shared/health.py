"""Whether a service is alive and whether it can do its work, for Kubernetes and for `onedoor status`.

Alive means progress: a consumer stuck while work waits is restarted; one whose database is away is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse

STALL = timedelta(minutes=2)
CHECK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a part does not work, and what to do about it."""

    reason: str
    fix: str = ""


Check = Callable[[], Awaitable[Fault | None]]
"""Asks one part; None when it works. What it raises counts as a fault."""


def stalled(
    now: datetime,
    waiting_since: datetime | None,
    answering_since: datetime | None,
    last_batch_end: datetime | None,
) -> Fault | None:
    """Not live only when records wait, database and broker answer, and no batch has ended for two minutes.

    `waiting_since`: since when lag > 0 without a break, None when there is no lag; `answering_since`: since
    when database and broker both answer, None when one does not. The two minutes begin with the latest.
    """
    if waiting_since is None or answering_since is None:
        return None
    begin = max(instant for instant in (waiting_since, answering_since, last_batch_end) if instant)
    if now - begin < STALL:
        return None
    return Fault(f"records wait and no batch has ended since {begin.isoformat()}", "restart this process")


class Progress:
    """What a consumer notes down as it works, so that liveness can be judged by `stalled`."""

    def __init__(self) -> None:
        self._waiting_since: datetime | None = None
        self._answering_since: datetime | None = None
        self._last_batch_end: datetime | None = None

    def saw_lag(self, records: int, now: datetime) -> None:
        """How many records wait in the partitions of this process."""
        self._waiting_since = (self._waiting_since or now) if records > 0 else None

    def saw_parts(self, answering: bool, now: datetime) -> None:
        """Whether database and broker both answer."""
        self._answering_since = (self._answering_since or now) if answering else None

    def batch_ended(self, now: datetime) -> None:
        """A batch was committed."""
        self._last_batch_end = now

    def fault(self, now: datetime) -> Fault | None:
        """Why this process should be restarted, or None."""
        return stalled(now, self._waiting_since, self._answering_since, self._last_batch_end)


class Health:
    """The probes of one service. `ready`: part -> check, all of which must pass before work is sent here."""

    def __init__(
        self,
        service: str,
        live: Callable[[], Fault | None] = lambda: None,
        ready: Mapping[str, Check] | None = None,
    ) -> None:
        self.service = service
        self._live = live
        self._ready = dict(ready or {})

    def live(self) -> Fault | None:
        """Why this process should be restarted, or None."""
        return self._live()

    async def faults(self) -> dict[str, Fault | None]:
        """Part -> fault (None: it works), all asked at once, each within three seconds."""
        found = await asyncio.gather(*(_ask(check) for check in self._ready.values()))
        return dict(zip(self._ready, found, strict=True))

    def router(self) -> APIRouter:
        """`/healthz/live` and `/healthz/ready`: 200, or 503 with the parts and reasons."""
        router = APIRouter(tags=["health"])

        @router.get("/healthz/live", summary="Whether this process makes progress")
        async def live() -> JSONResponse:
            return self._answer({"progress": self.live()}, "live")

        @router.get("/healthz/ready", summary="Whether this service can do its work, part by part")
        async def ready() -> JSONResponse:
            return self._answer(await self.faults(), "ready")

        return router

    def _answer(self, parts: Mapping[str, Fault | None], word: str) -> JSONResponse:
        well = not any(parts.values())
        body = {
            "service": self.service,
            "status": word if well else f"not {word}",
            "parts": [
                {"part": part, "ok": fault is None} | ({"reason": fault.reason, "fix": fault.fix} if fault else {})
                for part, fault in parts.items()
            ],
        }
        return JSONResponse(body, 200 if well else 503)


async def _ask(check: Check) -> Fault | None:
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS)
    except TimeoutError:
        return Fault(f"no answer within {CHECK_SECONDS:g} s")
    except Exception as error:  # a probe reports whatever goes wrong; the type says enough, messages hold addresses
        return Fault(type(error).__name__)
