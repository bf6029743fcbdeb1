"""What belongs to no service: signing in and out, how the hall looks to a reader, and errors that people can read."""

import re

from tests.browser.screens import PHONE
from tests.browser.things import Things
from tests.browser.visits import Look, Visitors
from tests.browser.ways import SCRIPTS, Way, in_every_way


@in_every_way
def test_somebody_signs_in_where_they_were_going_and_out_again(visitors: Visitors, things: Things, way: Way) -> None:
    owner = way.enter(visitors)
    owner.go(f"/intake/pages/applications/{things.open}")
    owner.reads("选一位样例人员登录")
    owner.press(re.compile("样例申请人甲"))
    assert owner.visit.path == f"/intake/pages/applications/{things.open}"
    page = owner.visit.page
    with page.expect_navigation():
        page.get_by_role("button", name="退出").click()
    owner.visit.watch.expects(401)
    assert page.get_by_role("link", name="登录").first.is_visible()
    page.go_back()
    assert things.open not in page.url or "登录" in page.content(), "nothing of theirs is left in the window"


def test_a_reader_sets_letters_colours_and_language_and_stays_on_the_page(visitors: Visitors) -> None:
    visit = visitors.enter(None, Look())
    page = visit.page
    visit.open("/licensing/check")
    for link, attribute, value in (("长辈版", "data-mode", "elder"), ("字再大些", "data-size", "2")):
        page.get_by_role("link", name=link).click()
        assert page.locator("html").get_attribute(attribute) == value
        assert visit.path == "/licensing/check"
    page.get_by_role("link", name="标准版").click()
    page.get_by_role("link", name="深色").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert visit.path == "/licensing/check"


def test_the_menu_of_a_phone_opens_without_scripts(visitors: Visitors) -> None:
    visit = visitors.enter(None, Look(PHONE, scripts=False))
    visit.open("/licensing/check")
    visit.page.get_by_text("菜单").click()
    visit.page.locator(".menu a", has_text="好差评").click()
    assert visit.path == "/ratings/"


def test_a_page_that_is_not_there_says_what_to_do(visitors: Visitors) -> None:
    anybody = SCRIPTS.enter(visitors)
    anybody.visit.watch.expects(404)
    for service in ("intake", "approval", "licensing", "supervision", "ratings"):
        assert anybody.visit.open(f"/{service}/nowhere").status == 404
        assert anybody.visit.page.locator("main a, main button").count(), f"{service}: there is a way on"


def test_text_at_twice_its_size_still_fits(visitors: Visitors, things: Things) -> None:
    """WCAG 1.4.4: 200 % on a desk is a window half as wide."""
    visit = visitors.enter("supervisor", Look((640, 450)))
    for path in ("/supervision/desk", f"/supervision/pages/applications/{things.open}/audit", "/intake/"):
        visit.open(path)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
