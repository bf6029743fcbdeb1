"""Anybody: from the home page to the one notice of everything that is needed, printed; and how far a case is."""

import re

from tests.browser.applying import answered
from tests.browser.hands import PHONE
from tests.browser.things import Things
from tests.browser.visits import Visitors
from tests.browser.ways import SCRIPTS, Way, in_every_way


@in_every_way
def test_from_the_home_page_to_the_one_notice(visitors: Visitors, way: Way) -> None:
    anybody = way.enter(visitors)
    anybody.go("/")
    anybody.fill("您要办什么？", "开饭店")
    anybody.press("查找")
    anybody.press("开办餐饮店一件事")
    anybody.press("开始")
    assert answered(anybody, subject_type="company", agent="no") > 3
    anybody.reads("这一张纸就够了")
    anybody.reads("需提交")
    address = anybody.visit.path
    other = SCRIPTS.enter(visitors)
    other.go(address)
    assert other.visit.page.locator("h1").inner_text() == anybody.visit.page.locator("h1").inner_text()


def test_a_question_without_a_choice_is_asked_again(visitors: Visitors) -> None:
    anybody = SCRIPTS.enter(visitors)
    anybody.visit.watch.expects(422)
    anybody.go("/intake/matters/restaurant/questions")
    anybody.press(re.compile("下一题"))
    anybody.reads("还没有选")
    anybody.visit.page.locator("#mistakes a").click()
    assert anybody.visit.page.evaluate("document.activeElement.type") == "radio"


def test_the_back_button_takes_an_answer_back(visitors: Visitors) -> None:
    anybody = SCRIPTS.enter(visitors)
    anybody.go("/intake/matters/restaurant/questions")
    first = anybody.visit.page.locator("h1").inner_text()
    anybody.choose(re.compile(""))
    anybody.press(re.compile("下一题"))
    assert anybody.visit.page.locator("h1").inner_text() != first
    anybody.visit.page.go_back()
    assert anybody.visit.page.locator("h1").inner_text() == first


def test_the_notice_prints_without_what_only_a_screen_needs(visitors: Visitors, things: Things) -> None:
    anybody = SCRIPTS.enter(visitors)
    anybody.go(f"/intake/matters/restaurant/notice?{things.answers}")
    page = anybody.visit.page
    page.emulate_media(media="print")
    for hidden in (".strip", ".mast", ".foot", "main .acts"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.get_by_text("需提交").first.is_visible()
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 6


@in_every_way
def test_progress_is_told_by_number_and_phone_tail(visitors: Visitors, things: Things, way: Way) -> None:
    anybody = way.enter(visitors)
    anybody.go("/intake/look-up")
    anybody.fill("申请编号", things.open.lower())
    anybody.fill("电话后四位", PHONE[-4:])
    anybody.press("查进度")
    anybody.reads("消防")
    assert things.open in anybody.visit.text
    assert things.open not in anybody.visit.path, "no number in the address"


def test_a_wrong_tail_tells_nothing_and_keeps_the_number(visitors: Visitors, things: Things) -> None:
    anybody = SCRIPTS.enter(visitors)
    anybody.visit.watch.expects(404, 422)
    anybody.go("/intake/look-up")
    anybody.fill("申请编号", things.supplement)
    anybody.fill("电话后四位", "9999")
    anybody.press("查进度")
    assert anybody.visit.page.get_by_role("alert").is_visible()
    assert anybody.visit.page.get_by_label("申请编号").input_value() == things.supplement
    assert "消防" not in anybody.visit.text
