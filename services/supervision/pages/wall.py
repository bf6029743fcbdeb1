"""`/wall`: the hall at one glance, on a screen of 1920 by 1080 or folded to one column. No personal data is on it.

Without scripts it is a page. With them its parts are replaced as they change: `/wall/live` pushes what has changed,
`/wall/parts` has all of them, for a screen that has lost the stream.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.pages.sight import Sight, sight_of
from services.supervision.parts import Parts
from services.supervision.wall import fresh
from services.supervision.wall.snapshot import Snapshot
from shared.identity import Person, scope_of
from shared.messaging.document import Unavailable
from shared.messaging.tail import Listener
from shared.web import i18n
from shared.web.commands import answering
from shared.web.leaving import while_it_stays
from shared.web.live import BEAT_SECONDS, LIFETIME, RETRY_MS, listening_to_all
from shared.web.pages import THEMES, Pages
from shared.web.session import signed_in

Reader = Annotated[Person, Depends(signed_in("clock.read"))]
Theme = Annotated[Literal["light", "dark"], Query(description="大屏通常是深色的")]
TEMPLATE = "supervision/wall_parts.html"
PARTS = ("day", "counts", "over", "departments", "hours", "trend", "satisfaction", "soon", "news")
"""The macros of TEMPLATE, each a part that is replaced by itself."""
Made = Mapping[str, str]


def wall(parts: Parts, pages: Pages) -> APIRouter:
    """For those on duty."""
    router, shown = APIRouter(include_in_schema=False), Screens(parts, pages)
    listening = Depends(listening_to_all("clock.read"))

    @router.get("/wall")
    async def show(request: Request, asker: Reader, theme: Theme = "dark") -> HTMLResponse:
        """Numbers are the whole hall's; single applications, with addresses, are only what the reader may see."""
        snapshot, made = await answering(shown(_department(asker)))
        return pages.show(
            request,
            asker,
            "supervision/wall.html",
            current="wall",
            theme=theme,
            other_theme=next(each for each in THEMES if each != theme),
            at=snapshot.numbers.at,
            parts=made,
            release=shown.release,
        )

    @router.get("/wall/parts")
    async def everything(asker: Reader) -> Response:
        """All parts: `at` (ms), `release`, `parts` (name → HTML)."""
        snapshot, made = await answering(shown(_department(asker)))
        return Response(shown.told(snapshot, made), media_type="application/json")

    @router.get("/wall/live", response_class=EventSourceResponse)
    async def live(request: Request, asker: Reader, listener: Listener = listening) -> AsyncIterator[ServerSentEvent]:
        """`parts` at once, whenever something has changed, and as a beat; `late` where the numbers cannot be had."""
        async for event in while_it_stays(request.scope, _pushed(shown, _department(asker), listener)):
            yield event

    return router


class Screens:
    """The parts as HTML, made once for all screens of one language and one department (or all)."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts, self._environment = parts, pages.environment
        self._made: dict[tuple[str, str | None], tuple[Snapshot, Made]] = {}
        self.release = f"{pages.static('wall.js')} {pages.static('hall.css')}"
        """Tells a screen that runs for months that it has an old script."""

    async def __call__(self, department: str | None) -> tuple[Snapshot, Made]:
        """How the hall stands, and the parts in the language of the request. Raises Unavailable."""
        snapshot, key = await self._parts.snapshots(department), (i18n.current(), department)
        known = self._made.get(key)
        if known is None or known[0].numbers is not snapshot.numbers or known[0].listed is not snapshot.listed:
            known = self._made[key] = (snapshot, self._drawn(sight_of(snapshot, department, self._parts)))
        return known

    def _drawn(self, sight: Sight) -> Made:
        module: Any = self._environment.get_template(TEMPLATE).module
        return {name: str(getattr(module, name)(sight)) for name in PARTS}

    def told(self, snapshot: Snapshot, parts: Made) -> bytes:
        """What a screen is told of these parts, as JSON."""
        at = int(snapshot.numbers.at.timestamp() * 1000)
        return orjson.dumps({"at": at, "release": self.release, "parts": parts})


def _department(asker: Person) -> str | None:
    scope = scope_of(asker, "clock.read")
    return None if scope.all else scope.department


async def _pushed(screens: Screens, department: str | None, listener: Listener) -> AsyncIterator[ServerSentEvent]:
    """Everything, then only what differs from what this screen was told."""
    seen: dict[str, str] = {}
    beats = int(random.uniform(*LIFETIME) / BEAT_SECONDS)  # noqa: S311
    for beat in range(beats):
        if beat and await listener.changed(BEAT_SECONDS):
            await asyncio.sleep(2 * fresh.FRESH_SECONDS)  # what was worked out before the change is old by then
        try:
            snapshot, made = await screens(department)
        except Unavailable:
            yield ServerSentEvent(event="late", raw_data="1", retry=RETRY_MS)
            continue
        changed = {name: html for name, html in made.items() if seen.get(name) != html}
        seen.update(changed)
        yield ServerSentEvent(event="parts", raw_data=screens.told(snapshot, changed).decode(), retry=RETRY_MS)
