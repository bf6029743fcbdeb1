"""The clerk: from the queue to each of the five outcomes, corrections, papers, and applications for who walks in."""

import re
from pathlib import Path

from shared.local.issuer import sample_id_number
from tests.browser.applying import answered, fill_in, paper, submit
from tests.browser.hands import Hands, until
from tests.browser.visits import Visitors
from tests.browser.ways import SCRIPTS, Walker, Way, in_every_way
from tests.browser.wrong_input import HOSTILE, TOO_LONG


@in_every_way
def test_an_application_is_found_examined_and_accepted(visitors: Visitors, hands: Hands, way: Way) -> None:
    number = hands.submit()
    clerk = way.enter(visitors, "clerk")
    clerk.go("/intake/desk")
    clerk.fill(re.compile("找一份申请"), number)
    clerk.press("查找")
    clerk.press("公众聚集场所投入使用、营业前消防安全检查")
    clerk.choose(re.compile("^受理"))
    clerk.press("核对这个决定")
    clerk.press(re.compile("受理，出具"))
    clerk.reads("已受理")
    clerk.visit.page.reload()
    assert hands.application(number)["status"] == "accepted"
    clerk.visit.page.get_by_role("link", name=re.compile("打印.*受理通知书")).first.click()
    clerk.reads("予以受理")


@in_every_way
def test_what_is_missing_is_told_once(visitors: Visitors, hands: Hands, way: Way) -> None:
    number = hands.submit()
    clerk = way.enter(visitors, "clerk")
    clerk.go(f"/intake/desk/pages/{number}")
    clerk.choose(re.compile("^要补$"))
    clerk.fill(re.compile("怎么补"), "样例：缺少签名，请补签")
    clerk.choose(re.compile("补正"))
    clerk.press("核对这个决定")
    clerk.press(re.compile("出具补正告知书"))
    clerk.reads("已告知补正")
    clerk.reads("缺少签名")
    assert hands.application(number)["status"] == "supplement_requested"


def test_a_list_without_a_word_of_what_is_missing_says_what_to_do(visitors: Visitors, hands: Hands) -> None:
    number = hands.submit()
    clerk = SCRIPTS.enter(visitors, "clerk")
    clerk.visit.watch.expects(422)
    clerk.go(f"/intake/desk/pages/{number}")
    clerk.choose(re.compile("补正"))
    clerk.press("核对这个决定")
    assert clerk.visit.page.get_by_role("alert").is_visible()
    clerk.choose(re.compile("^要补$"))
    clerk.choose(re.compile("补正"))
    clerk.press("核对这个决定")
    assert clerk.visit.page.get_by_role("alert").is_visible()
    assert clerk.visit.page.get_by_role("radio", name=re.compile("^要补$")).first.is_checked()
    assert hands.application(number)["status"] == "submitted"


def test_a_case_is_referred_to_the_body_that_is_competent(visitors: Visitors, hands: Hands) -> None:
    number = hands.submit()
    clerk = SCRIPTS.enter(visitors, "clerk")
    clerk.visit.watch.expects(422)
    clerk.go(f"/intake/desk/pages/{number}")
    clerk.choose(re.compile("不予受理"))
    clerk.press("核对这个决定")
    clerk.choose(re.compile("不予受理"))
    clerk.press(re.compile("作出决定"))
    assert clerk.visit.page.get_by_role("alert").is_visible(), "the reason and the body are missing"
    clerk.fill(re.compile("^理由"), "样例：场所在邻县")
    clerk.fill(re.compile("该向哪个机关申请"), "样例：邻县消防救援大队")
    clerk.press(re.compile("作出决定"))
    clerk.reads("已作出受理决定")
    assert hands.application(number)["cases"][0]["status"] == "referred"


def test_what_needs_no_licence_is_said_so(visitors: Visitors, hands: Hands) -> None:
    number = hands.submit()
    clerk = SCRIPTS.enter(visitors, "clerk")
    clerk.go(f"/intake/desk/pages/{number}")
    clerk.choose(re.compile("^不受理"))
    clerk.press("核对这个决定")
    clerk.choose(re.compile("^不受理"))
    clerk.fill(re.compile("^理由"), "样例：面积不足五十平方米")
    clerk.press(re.compile("作出决定"))
    clerk.reads("已作出受理决定")
    assert hands.application(number)["cases"][0]["status"] == "not_required"


def test_a_mistyped_phone_is_corrected_with_a_record(visitors: Visitors, hands: Hands) -> None:
    number = hands.submit()
    clerk = SCRIPTS.enter(visitors, "clerk")
    clerk.visit.watch.expects(422)
    clerk.go(f"/intake/desk/pages/{number}/correct")
    clerk.fill(re.compile("联系电话"), "12")
    clerk.fill(re.compile("为什么更正"), "样例：𠮷 号码录错一位")
    clerk.press("更正并记录")
    assert clerk.visit.page.get_by_role("alert").is_visible()
    assert "样例：𠮷 号码录错一位" in clerk.visit.page.get_by_label(re.compile("为什么更正")).input_value()
    clerk.fill(re.compile("联系电话"), "13900000009")
    clerk.press("更正并记录")
    clerk.reads("已更正登记信息")
    clerk.go(f"/intake/desk/pages/{number}/correct")
    clerk.reads("号码录错一位")


@in_every_way
def test_who_walks_in_is_applied_for(visitors: Visitors, hands: Hands, tmp_path: Path, way: Way) -> None:
    clerk = way.enter(visitors, "clerk")
    clerk.go("/intake/desk/new")
    clerk.fill("申请人要办什么", "消防安全检查")
    clerk.press("查找")
    clerk.press(re.compile("开始填写.*公众聚集场所"))
    answered(clerk, fire_mode="promise", agent="no")
    clerk.press("照此开始申请")
    if "接着填吗" in clerk.visit.text:
        clerk.press("另开一份")
    fill_in(clerk, paper(tmp_path), name="样例走进来的人𠮷", code=sample_id_number(77))
    number = submit(clerk)
    found = hands.application(number)
    assert found["channel"] == "window"
    assert found["applicant"]["name"] == "样例走进来的人𠮷"


def test_two_tabs_accept_once(visitors: Visitors, hands: Hands) -> None:
    number = hands.submit()
    first = SCRIPTS.enter(visitors, "clerk")
    second = Walker(visitors.another(first.visit.page.context))
    for tab in (first, second):
        tab.visit.watch.expects(409)
        tab.go(f"/intake/desk/pages/{number}/accept")
    first.press(re.compile("受理，出具"))
    first.reads("已受理")
    second.press(re.compile("受理，出具"))
    assert "已" in second.visit.text, "it says that it is accepted already"
    events = hands.get("supervisor", f"/supervision/applications/{number}/timeline")["entries"]
    assert [each["event"] for each in events].count("CaseAccepted") == 1


def test_the_queue_stands_whatever_is_searched_for(visitors: Visitors) -> None:
    clerk = SCRIPTS.enter(visitors, "clerk")
    clerk.visit.watch.expects(422)
    for words in (*HOSTILE.values(), TOO_LONG[:2000]):
        clerk.go("/intake/desk")
        box = clerk.visit.page.get_by_label(re.compile("找一份申请"))
        box.evaluate("e => e.removeAttribute('maxlength')")
        box.fill(words.replace("\x00", ""))
        clerk.press("查找")
        assert clerk.visit.page.locator("h1").inner_text() in ("收件", "填写的内容有误"), words[:20]


def test_a_new_application_comes_up_in_the_queue_by_itself(visitors: Visitors, hands: Hands) -> None:
    clerk = SCRIPTS.enter(visitors, "clerk")
    clerk.go("/intake/desk")
    waiting = clerk.visit.page.locator("#queue .tabs [aria-current=page] .num")
    before = int(waiting.inner_text())
    hands.submit()
    until(lambda: clerk.visit.page.wait_for_timeout(100) or int(waiting.inner_text()) > before, "the queue to grow")
