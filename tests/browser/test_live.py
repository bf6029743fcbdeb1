"""A list keeps itself fresh under the eyes of its reader, and never in the way of what the reader does."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shared.identity import SESSION_COOKIE
from shared.messaging import tail
from tests.browser.small_house import SmallHouse
from tests.browser.watching import Watch

A, B = "AAAAAAAAAAAA1", "BBBBBBBBBBBB2"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tail, "SETTLE_SECONDS", (0.05, 0.1))
        patch.setattr(tail, "PAUSE_SECONDS", 0.3)
        house = SmallHouse(tmp_path_factory.mktemp("house"))
        house.start()
        house.add(A)
        yield house
        house.close()


@dataclass
class Reader:
    """Somebody who has the list open."""

    page: Page
    watch: Watch

    @property
    def status(self) -> Locator:
        """Where it is said what became of the list."""
        return self.page.locator("[data-live-note] [role=status]")

    def row(self, name: str) -> Locator:
        """One line of the list."""
        return self.page.locator(f"#row-{name}")

    @property
    def remark(self) -> Locator:
        """A field within the list."""
        return self.page.get_by_label("备注")

    def look_elsewhere(self) -> None:
        """Leave the list with the keyboard."""
        self.page.get_by_role("link", name="跳到正文").focus()


@contextmanager
def opened(browser: Browser, house: SmallHouse, scripts: bool = True) -> Iterator[Reader]:
    context = browser.new_context(java_script_enabled=scripts, locale="zh-CN", viewport={"width": 800, "height": 600})
    context.set_default_timeout(10_000)
    token = house.issuer.mint("officer-xfdd")
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": house.address}])
    page = context.new_page()
    watch = Watch(page)
    if scripts:
        page.clock.install()
    page.goto(f"{house.address}/approval/list")
    yield Reader(page, watch)
    assert watch.faults == []
    context.close()


@pytest.fixture
def reader(browser: Browser, house: SmallHouse) -> Iterator[Reader]:
    """A reader whose list has its stream."""
    house.gone = False
    with opened(browser, house) as reader:
        house.until(lambda: house.listeners == 1)
        yield reader
    house.until(lambda: house.listeners == 0)


def settled(house: SmallHouse) -> int:
    """How often the page was asked for, once a list that was opened shortly after a change has looked again."""
    made = -1
    while made != house.made:
        made = house.made
        time.sleep(1)
    return made


def test_a_change_appears_by_itself_and_is_announced(house, reader):
    before = reader.row(A).inner_text()
    house.add(A)
    expect(reader.row(A)).not_to_have_text(before)
    expect(reader.status).to_have_text("内容已更新")
    house.add(B)
    expect(reader.row(B)).to_be_visible()


def test_what_changes_nothing_that_is_read_is_not_announced(house, reader):
    made = settled(house)
    house.say_something()
    house.until(lambda: house.made > made)
    expect(reader.page.locator(f"input[value='{house.made}']")).to_have_count(1)
    reader.page.clock.run_for(1000)
    expect(reader.status).to_have_text("")


def test_who_writes_is_left_alone_until_done(house, reader):
    before = reader.row(A).inner_text()
    reader.remark.click()
    reader.page.keyboard.type("正在写")
    house.add(A)
    expect(reader.status).to_contain_text("有新的变化")
    reader.look_elsewhere()
    reader.page.clock.run_for(2000)
    assert reader.row(A).inner_text() == before, "what was written is still there, and would be lost"
    assert reader.remark.input_value() == "正在写"
    reader.remark.fill("")
    assert reader.row(A).inner_text() == before, "the cursor is still in the field"
    reader.look_elsewhere()
    expect(reader.row(A)).not_to_have_text(before)


def test_focus_and_unfolded_parts_stay(house, reader):
    reader.page.locator("summary", has_text="说明").click()
    link = reader.row(A).get_by_role("link")
    link.focus()
    before = reader.row(A).inner_text()
    house.add("1111111111111")
    house.add(A)
    expect(reader.row(A)).not_to_have_text(before)
    expect(reader.row("1111111111111")).to_be_visible()
    expect(link).to_be_focused()
    expect(reader.page.get_by_text("展开的部分")).to_be_visible()


def test_a_lost_connection_is_said_and_what_was_missed_comes_with_the_next_one(house, reader):
    reader.watch.offline = True
    before = reader.row(A).inner_text()
    house.stop(seconds=5)  # the open stream does not hold it up
    reader.page.clock.run_for(12_000)
    expect(reader.status).to_have_text("连接断开，正在重连…")
    house.start()
    house.add(A)
    reader.page.clock.run_for(45_000)
    expect(reader.row(A)).not_to_have_text(before)
    expect(reader.status).not_to_have_text("连接断开，正在重连…")
    house.until(lambda: house.listeners == 1)
    reader.watch.offline = False


def test_a_server_that_is_away_is_asked_now_and_then_and_no_more_often_the_longer_it_is_away(house, reader):
    reader.watch.offline, asked = True, []
    house.stop(seconds=5)
    for _ in range(30):
        reader.page.clock.run_for(10_000)
        reader.page.wait_for_timeout(30)
    reader.page.on("request", lambda request: asked.append(request.resource_type))
    for _ in range(10):
        reader.page.clock.run_for(10_000)
        reader.page.wait_for_timeout(30)
    assert 0 < asked.count("fetch") <= 11
    assert 0 < asked.count("eventsource") <= 11
    house.start()
    reader.page.clock.run_for(45_000)
    house.until(lambda: house.listeners == 1)
    reader.watch.offline = False


def test_a_list_that_nobody_says_anything_of_is_looked_at_all_the_same_now_and_then(house, reader):
    made = settled(house)
    reader.page.clock.run_for(130_000)
    house.until(lambda: house.made > made)


def test_a_reader_who_has_signed_out_elsewhere_is_told_that_the_page_stands_still(house, reader):
    house.gone = True
    house.add(A)
    expect(reader.status).to_contain_text("不再自动更新")
    expect(reader.page).to_have_url(re.compile("/approval/list$"))
    house.until(lambda: house.listeners == 0)


def test_without_scripts_there_is_a_link_to_ask_again(browser, house):
    house.gone = False
    with opened(browser, house, scripts=False) as reader:
        before = reader.row(A).inner_text()
        house.add(A)
        reader.page.get_by_role("link", name="刷新").click()
        expect(reader.row(A)).not_to_have_text(before)
