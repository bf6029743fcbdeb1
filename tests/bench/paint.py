"""When a page is first seen: first contentful paint in a real Chromium with an empty cache."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench.measure import Figures
from tests.browser import chromium
from tests.browser.hands import Hands
from tests.browser.things import Things, made
from tests.browser.visits import Visitors
from tests.running_hall import RunningHall

LOADS = 9
"""Of each page that count; one more before them, so that the services have their templates at hand."""
PAGES: Mapping[str, Callable[[Things], tuple[str | None, str]]] = {
    "home": lambda things: (None, "/intake/"),
    "guide": lambda things: (None, "/intake/matters/restaurant"),
    "timeline": lambda things: ("applicant", f"/supervision/pages/applications/{things.bundle}"),
    "officer's list": lambda things: (f"officer-{things.department}", "/approval/desk"),
}
"""Who opens what."""
_PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
  const found = list.getEntriesByName('first-contentful-paint');
  if (found.length) done(found[0].startTime);
}).observe({type: 'paint', buffered: true}))"""


async def paint(say: Callable[[str], None]) -> Figures:
    """Milliseconds from the start of the navigation to the first contentful paint: median and worst of LOADS."""
    return await asyncio.to_thread(_measured, say)


def _measured(say: Callable[[str], None]) -> Figures:
    data = Path(tempfile.mkdtemp(prefix="onedoor-bench-"))
    hall = RunningHall(data)
    try:
        hands = Hands(hall.address, hall.kafka)
        things = made(hands)
        hands.close()
        with chromium.running() as browser:
            visitors = Visitors(browser, hall.address)
            found = {name: _page(visitors, *where(things)) for name, where in PAGES.items()}
            say("paint: " + ", ".join(f"{name} {each['median_ms']} ms" for name, each in found.items()))
            return {"paint": {"loads": LOADS, "browser": browser.version, "pages": found}}
    finally:
        hall.stop()
        shutil.rmtree(data, ignore_errors=True)


def _page(visitors: Visitors, person: str | None, path: str) -> Figures:
    painted = [_load(visitors, person, path) for _ in range(LOADS + 1)][1:]
    return {"path": path, "median_ms": round(statistics.median(painted)), "worst_ms": round(max(painted))}


def _load(visitors: Visitors, person: str | None, path: str) -> float:
    """One load in a window that has seen nothing before."""
    visit = visitors.enter(person)
    try:
        response = visit.open(path)
        assert response.status == 200, f"{path}: {response.status}"
        return float(visit.page.evaluate(_PAINTED))
    finally:
        visitors.leave()
