"""The supervisor: the list and the wall, a case explained day by day with its proof, an urge and its answer."""

import re

from playwright.sync_api import expect

from tests.browser.hands import Hands
from tests.browser.screens import keep
from tests.browser.things import Things
from tests.browser.visits import Look, Visitors
from tests.browser.ways import SCRIPTS, Way, in_every_way


@in_every_way
def test_a_department_is_urged_and_answers(visitors: Visitors, hands: Hands, way: Way) -> None:
    number = hands.submit()
    hands.accept(number)
    task = hands.task(number)
    hands.followed(number)
    supervisor = way.enter(visitors, "supervisor")
    supervisor.go(f"/supervision/pages/applications/{number}/audit")
    supervisor.reads("审计链完整")
    supervisor.choose("催办")  # what is suggested depends on whether the hall has sent its own reminder by now
    supervisor.fill(re.compile("^要求"), "样例：请说明进展")
    supervisor.press("发出催办")
    supervisor.reads("已经催办：")
    supervisor.reads("请说明进展")
    officer = way.enter(visitors, f"officer-{task['department']}")
    officer.go(f"/supervision/pages/applications/{number}/audit")
    officer.fill(re.compile("说明情况"), "样例：明天到现场")
    officer.press("答复催办")
    officer.reads("明天到现场")
    supervisor.visit.page.reload()
    supervisor.reads("明天到现场")


def test_an_urge_without_words_says_so(visitors: Visitors, things: Things) -> None:
    supervisor = SCRIPTS.enter(visitors, "supervisor")
    supervisor.visit.watch.expects(422)
    supervisor.go(f"/supervision/pages/applications/{things.open}/audit")
    supervisor.press("发出催办")
    assert supervisor.visit.page.get_by_role("alert").is_visible()


def test_the_list_filters_by_address(visitors: Visitors, things: Things) -> None:
    supervisor = SCRIPTS.enter(visitors, "supervisor")
    supervisor.go(f"/supervision/desk?department={things.department}")
    supervisor.turns_to(things.open)
    supervisor.go("/supervision/desk?light=deep_red")
    assert things.open not in supervisor.visit.text
    supervisor.go(f"/supervision/desk?department={things.department}&light=paused")
    assert things.open not in supervisor.visit.text


def test_the_wall_fits_a_large_screen_and_counts(visitors: Visitors, things: Things) -> None:
    visit = visitors.enter("supervisor", Look((1920, 1080)))
    assert visit.open("/supervision/wall").status == 200
    keep(visit.page, "supervision-wall-1920")
    assert visit.page.evaluate("document.documentElement.scrollHeight") <= 1080 + 2
    assert int(visit.page.locator(".wall__n dd").first.inner_text()) >= 1


def test_the_wall_shows_what_happens_without_being_asked(visitors: Visitors, things: Things, hands: Hands) -> None:
    visit = visitors.enter("supervisor", Look((1920, 1080)))
    assert visit.open("/supervision/wall").status == 200
    submitted = visit.page.locator(".wall__n dd").nth(1)
    before = int(submitted.inner_text())
    hands.submit()
    expect(submitted).not_to_have_text(str(before), timeout=20_000)
    assert int(submitted.inner_text()) > before
