"""One hall and one browser for the whole suite; every window that a test opens is watched."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.browser.hands import Hands
from tests.browser.screens import SHOTS, keep
from tests.browser.things import Things, made
from tests.browser.visits import Visitors
from tests.running_hall import RunningHall

HALL = os.environ.get("ONEDOOR_BROWSER_HALL")
"""The data directory of a hall that runs already, for whoever works on the suite; without it, one is started."""


class StandingHall:
    """A hall that somebody else started, and stops."""

    def __init__(self, data: Path) -> None:
        import json

        run = json.loads((data / "run.json").read_text())
        self.data, self.address, self.kafka = data, run["address"], run["kafka"]


@pytest.fixture(scope="package")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall | StandingHall]:
    if HALL:
        yield StandingHall(Path(HALL))
        return
    running = RunningHall(tmp_path_factory.mktemp("hall"))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Playwright's loop lives as long as this; package scope ends it before other folders' tests want one of their own.
    shutil.rmtree(SHOTS, ignore_errors=True)
    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="package")
def hands(hall: RunningHall) -> Iterator[Hands]:
    """What other people do, through the JSON interface."""
    hands = Hands(hall.address, hall.kafka)
    yield hands
    hands.close()


@pytest.fixture(scope="package")
def things(hands: Hands) -> Things:
    """An application in every state, to look at; who changes one makes one of their own."""
    return made(hands)


@pytest.fixture(scope="package")
def everybody(browser: Browser, hall: RunningHall) -> Visitors:
    return Visitors(browser, hall.address)


@pytest.fixture
def visitors(everybody: Visitors, request: pytest.FixtureRequest) -> Iterator[Visitors]:
    """Lets people in; at the end no window may have complained. A failed test leaves a picture of every window."""
    yield everybody
    failed = getattr(request.node, "called", None)
    faults = everybody.faults()
    if faults or (failed is not None and failed.failed):
        for n, page in enumerate(everybody.pages()):
            keep(page, f"failed-{request.node.name[:80].replace('/', '-')}-{n}")
    everybody.leave()
    assert faults == []


@pytest.fixture
def visitor(visitors: Visitors) -> Callable[..., object]:
    """`visitor(person, look)`: a window."""
    return visitors.enter


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Tells the fixtures how the test went."""
    report = yield
    if call.when == "call":
        item.called = report
    return report
