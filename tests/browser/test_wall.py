"""The wall by itself: it changes as things happen, mends its connection, says what is wrong, and fits every screen."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from services.supervision.wall import fresh
from services.supervision.wall.snapshot import Snapshots
from shared.identity import SESSION_COOKIE
from shared.messaging import tail
from tests.browser import accessibility
from tests.browser.screens import SHOTS, keep, too_wide
from tests.browser.wall_house import HALLS, WallHouse
from tests.browser.watching import Watch

LOST = "连接已断开，正在重连；屏上是"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WallHouse]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tail, "SETTLE_SECONDS", (0.05, 0.1))
        patch.setattr(tail, "PAUSE_SECONDS", 0.2)
        patch.setattr(fresh, "FRESH_SECONDS", 0.05)
        house = WallHouse(tmp_path_factory.mktemp("wall"))
        house.start()
        house.arrive("AAAAAAAAAAAA1")
        yield house
        house.close()


@dataclass
class Screen:
    """A wall that somebody has put up."""

    page: Page
    watch: Watch

    @property
    def note(self) -> Locator:
        """Where it is said what is wrong."""
        return self.page.locator("[data-note]")

    @property
    def open_cases(self) -> Locator:
        """The first of the large numbers."""
        return self.page.locator(".wall__n dd").first

    @property
    def clock(self) -> Locator:
        return self.page.locator("[data-clock]")


@contextmanager
def hung(
    browser: Browser,
    house: WallHouse,
    size: tuple[int, int] = (1920, 1080),
    *,
    scripts: bool = True,
    theme: str = "dark",
    lifetime: timedelta = timedelta(hours=1),
    faked: bool = True,
) -> Iterator[Screen]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=scripts,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    token = house.issuer.mint("supervisor", lifetime)
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": house.address}])
    page = context.new_page()
    watch = Watch(page)
    if faked and scripts:
        page.clock.install()
    page.goto(f"{house.address}/supervision/wall?theme={theme}")
    yield Screen(page, watch)
    faults = watch.faults
    context.close()
    assert faults == []


@pytest.fixture
def screen(browser: Browser, house: WallHouse) -> Iterator[Screen]:
    with hung(browser, house) as screen:
        house.until(lambda: house.listeners == 1)
        yield screen
    house.until(lambda: house.listeners == 0)


def grown(screen: Screen) -> int:
    return int(screen.open_cases.inner_text().replace(",", "")) + 1


def passes(screen: Screen, seconds: int) -> None:
    """Time as the page sees it, in steps that leave its requests the time to be answered."""
    for _ in range(seconds // 5):
        screen.page.clock.run_for(5_000)
        screen.page.wait_for_timeout(40)


def test_numbers_figures_and_news_change_as_things_happen(house, screen):
    more = grown(screen)
    drawn = screen.page.locator("[data-figure=hours] canvas").screenshot()
    house.arrive("BBBBBBBBBBBB2")
    expect(screen.open_cases).to_have_text(str(more))
    expect(screen.page.locator(".wnews li.new").first).to_contain_text("样例事项1")
    screen.page.clock.run_for(1000)
    assert screen.page.locator("[data-figure=hours] canvas").screenshot() != drawn, "the bar of this hour has grown"
    expect(screen.note).to_be_hidden()


def test_a_lost_connection_is_said_and_mended(house, screen):
    screen.watch.offline = True
    house.stop(seconds=5)
    passes(screen, 20)
    passes(screen, 60)
    expect(screen.note).to_contain_text(f"{LOST} 10:32 的数字")
    expect(screen.clock).not_to_have_text("10:32")  # goes on by itself
    more = grown(screen)
    house.start()
    house.arrive("CCCCCCCCCCCC3")
    passes(screen, 70)
    expect(screen.open_cases).to_have_text(str(more))
    expect(screen.note).to_be_hidden()
    house.until(lambda: house.listeners == 1)
    more = grown(screen)
    house.arrive("DDDDDDDDDDDD4")
    expect(screen.open_cases).to_have_text(str(more))
    screen.watch.offline = False


def test_after_hours_without_a_server_it_asks_seldom_and_comes_back_by_itself(house, screen):
    screen.watch.offline, asked = True, []
    house.stop(seconds=5)
    screen.page.clock.fast_forward("04:00:00")
    passes(screen, 300)
    screen.page.on("request", lambda request: asked.append(request.url))
    passes(screen, 600)
    assert 8 <= len(asked) <= 22, "once in 30 to 60 seconds"
    expect(screen.note).to_contain_text(LOST)
    house.start()
    passes(screen, 130)
    expect(screen.note).to_be_hidden()
    house.until(lambda: house.listeners == 1)
    screen.watch.offline = False


def test_a_connection_that_died_unnoticed_is_noticed(house, screen):
    screen.page.evaluate(
        "document.addEventListener('visibilitychange', event => event.stopImmediatePropagation(), true)"
    )
    screen.watch.offline = True
    screen.page.context.set_offline(True)  # what is open stays open and silent
    screen.page.clock.fast_forward("08:00:00")  # a laptop that slept
    passes(screen, 30)
    expect(screen.note).to_contain_text(LOST)
    screen.page.context.set_offline(False)
    more = grown(screen)
    house.arrive("EEEEEEEEEEEE5")
    passes(screen, 70)
    expect(screen.open_cases).to_have_text(str(more))
    expect(screen.note).to_be_hidden()
    screen.watch.offline = False


def test_a_sign_in_that_has_run_out_is_said_and_a_new_one_is_enough(house, screen):
    screen.watch.expects(401)
    context = screen.page.context
    kept = [each for each in context.cookies() if each["name"] == SESSION_COOKIE]
    context.clear_cookies(name=SESSION_COOKIE)
    house.stop(seconds=5)
    screen.watch.offline = True
    house.start()
    passes(screen, 20)
    expect(screen.note).to_contain_text("登录已到期，请重新登录；屏上是")
    expect(screen.note.get_by_role("link", name="登录")).to_be_visible()
    context.add_cookies(kept)  # signed in again, in another tab
    passes(screen, 130)
    expect(screen.note).to_be_hidden()
    house.until(lambda: house.listeners == 1)
    screen.watch.offline = False


def test_a_new_release_is_loaded_once_and_never_in_a_loop(house, screen):
    loads = []
    screen.page.on("load", lambda page: loads.append(page.url))
    screen.page.evaluate("document.querySelector('[data-wall]').dataset.release = 'older'")
    for n in range(3):
        # Every page that comes says that it is of another release than what the stream says.
        screen.page.route(
            "**/supervision/wall?*",
            lambda route: route.fulfill(
                response=(answer := route.fetch()), body=answer.text().replace('data-release="', 'data-release="x')
            ),
        )
        if n == 0:
            screen.page.goto(f"{house.address}/supervision/wall?theme=dark")
        house.until(lambda: house.listeners == 1)
        passes(screen, 10)
    assert len(loads) == 2, "the page that was asked for, and one for the new release"


def test_a_hundred_changes_leave_nothing_behind(house, browser):
    with hung(browser, house, faked=False) as screen:
        house.until(lambda: house.listeners == 1)
        screen.page.wait_for_timeout(1000)
        happen(house, screen, range(30))  # what is made once is made
        before = held(screen)
        happen(house, screen, range(30, 130))
        after = held(screen)
        assert after.elements == before.elements
        assert after.canvases == before.canvases > 0
        assert after.listening == before.listening
        assert after.nodes <= before.nodes + 20, "also those that are no longer in the page"
        assert after.bytes - before.bytes < 3_000_000, "the engine's own caches settle at some 2 MB"
        assert house.listeners == 1


class Held(NamedTuple):
    """What a page holds once what is not needed has been swept up."""

    elements: int
    canvases: int
    nodes: int
    listening: int
    bytes: int


def held(screen: Screen) -> Held:
    tools = screen.page.context.new_cdp_session(screen.page)
    tools.send("HeapProfiler.collectGarbage")
    used = tools.send("Runtime.getHeapUsage")["usedSize"]
    kept = tools.send("Memory.getDOMCounters")
    tools.detach()
    counts = "[document.querySelectorAll('*').length, document.querySelectorAll('canvas').length]"
    return Held(*screen.page.evaluate(counts), kept["nodes"], kept["jsEventListeners"], used)


def happen(house: WallHouse, screen: Screen, numbers: Iterable[int]) -> None:
    """One application after another, until the wall has the last."""
    for n in numbers:
        house.arrive(f"F{n:011d}6")
        time.sleep(0.1)
    expect(screen.open_cases).to_have_text(str(house.open_cases))


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160), (1440, 900), (360, 740)], ids=lambda size: str(size[0]))
@pytest.mark.parametrize("hall", HALLS)
def test_every_hall_fits_every_screen(house, browser, monkeypatch, hall, size):
    async def posed(self, department):
        return HALLS[hall]

    monkeypatch.setattr(Snapshots, "__call__", posed)
    for theme in ("dark", "light"):
        with hung(browser, house, size, theme=theme, faked=False) as screen:
            screen.page.wait_for_timeout(300)
            keep(screen.page, f"wall-{hall}-{size[0]}-{theme}")
            assert too_wide(screen.page) == []
            if size[0] >= 1920:
                assert screen.page.evaluate("document.documentElement.scrollHeight") == size[1]
                assert screen.page.evaluate(OVERFLOWING) == []
            if size[0] in (1920, 360):
                assert accessibility.findings(screen.page) == []
    assert SHOTS.exists()


OVERFLOWING = """() => [...document.querySelectorAll('.wall > *, .wall__n dd, .wtbl td, .wsat, .wlevels > div')]
  .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .map(each => each.outerHTML.slice(0, 90))"""
"""What is cut off at its side."""


def test_without_scripts_the_tables_and_the_trend_are_there(house, browser):
    with hung(browser, house, scripts=False) as screen:
        for part in (".whours", ".wtrend", ".wtbl", ".wnews"):
            expect(screen.page.locator(part)).to_be_visible()
        expect(screen.page.locator(".wchart").first).to_be_hidden()
