"""The applicant: sign in, apply for an item and for a bundle, supplement, replace, withdraw, and find it all again."""

import re
from pathlib import Path

from tests.browser.applying import begin, fill_in, paper, submit
from tests.browser.hands import PHONE, Hands, until
from tests.browser.things import Things
from tests.browser.visits import Visitors
from tests.browser.ways import SCRIPTS, Walker, Way, in_every_way

NOTICE = "/intake/matters/fire_check/notice?a.fire_mode=promise&a.agent=no"


def applications(hands: Hands) -> int:
    """How many applications `applicant` has."""
    return int(hands.get("applicant", "/intake/applications", size=1)["total"])


@in_every_way
def test_signed_in_somebody_applies_for_an_item_and_follows_it(
    visitors: Visitors, hands: Hands, tmp_path: Path, way: Way
) -> None:
    applicant = way.enter(visitors)
    applicant.go(NOTICE)
    applicant.press("照此开始申请")
    applicant.reads("选一位样例人员登录")
    applicant.press(re.compile("样例申请人甲"))
    if "接着填吗" in applicant.visit.text:
        applicant.press("另开一份")
    fill_in(applicant, paper(tmp_path))
    applicant.reads("样例-材料 𠮷.pdf")
    number = submit(applicant)
    applicant.visit.page.reload()
    hands.accept(number)
    hands.followed(number)
    applicant.press("看进度和到期日")
    applicant.reads("还剩")
    applicant.go("/intake/messages")
    assert number in applicant.visit.text


def test_a_bundle_spares_what_the_hall_has_itself(visitors: Visitors, things: Things, tmp_path: Path) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    begin(applicant, f"/intake/matters/restaurant/notice?{things.answers}")
    applicant.reads("不用交的")
    fill_in(applicant, paper(tmp_path))
    number = submit(applicant)
    applicant.press("看申请和材料")
    applicant.reads("不用交的")
    assert number in applicant.visit.text


def test_a_double_press_hands_in_once(visitors: Visitors, hands: Hands, tmp_path: Path) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    begin(applicant, NOTICE)
    fill_in(applicant, paper(tmp_path))
    before = applications(hands)
    applicant.choose(re.compile("我确认"))
    applicant.visit.page.get_by_role("button", name="提交申请").dblclick()
    applicant.reads("申请已提交")
    applicant.visit.page.go_back()
    applicant.visit.page.reload()
    assert applications(hands) == before + 1


def test_two_tabs_hand_in_once(visitors: Visitors, hands: Hands, tmp_path: Path) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    begin(applicant, NOTICE)
    fill_in(applicant, paper(tmp_path))
    before = applications(hands)
    other = Walker(visitors.another(applicant.visit.page.context))
    other.visit.watch.expects(404, 409)
    other.go(applicant.visit.path)
    number = submit(applicant)
    other.choose(re.compile("我确认"))
    other.press("提交申请")
    assert number in other.visit.page.content(), "the second tab is told the number of the first"
    assert applications(hands) == before + 1


def test_an_unfinished_draft_says_what_is_missing_and_goes_to_it(visitors: Visitors) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    applicant.visit.watch.expects(422)
    begin(applicant, NOTICE)
    applicant.press("核对并提交")
    applicant.choose(re.compile("我确认"))
    applicant.press("提交申请")
    assert applicant.visit.page.get_by_role("alert").is_visible()
    first = applicant.visit.page.locator("#mistakes a").first
    with applicant.visit.page.expect_navigation():
        first.click()
    assert "/drafts/" in applicant.visit.path


def test_a_connection_that_is_lost_in_mid_upload_leaves_nothing_half_done(visitors: Visitors, tmp_path: Path) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    begin(applicant, NOTICE)
    page, watch = applicant.visit.page, applicant.visit.watch
    page.locator("main a[href*='/materials/']").first.click()
    address = page.url
    page.get_by_label(re.compile("选择文件")).set_input_files(paper(tmp_path))
    watch.offline = True
    page.route("**/materials/**", lambda route: route.abort("connectionreset"))
    page.get_by_role("button", name=re.compile("留在这一页")).click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/materials/**")
    page.goto(address)
    watch.offline = False
    assert page.get_by_role("button", name=re.compile("移除")).count() == 0
    applicant.hand_over(re.compile("选择文件"), paper(tmp_path))
    applicant.press(re.compile("留在这一页"))
    assert page.get_by_role("button", name=re.compile("移除")).count() == 1


def test_what_is_no_document_is_refused_with_what_to_do(visitors: Visitors, tmp_path: Path) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    applicant.visit.watch.expects(422, 415, 413, 400)
    begin(applicant, NOTICE)
    applicant.visit.page.locator("main a[href*='/materials/']").first.click()
    for name, content in (("样例.pdf", b"<script>alert(1)</script>"), ("空.pdf", b"")):
        file = tmp_path / name
        file.write_bytes(content)
        applicant.hand_over(re.compile("选择文件"), file)
        applicant.press(re.compile("留在这一页"))
        assert applicant.visit.page.get_by_role("alert").is_visible(), name
        assert applicant.visit.page.get_by_role("button", name=re.compile("移除")).count() == 0, name


@in_every_way
def test_what_is_missing_is_supplemented(visitors: Visitors, hands: Hands, tmp_path: Path, way: Way) -> None:
    number = hands.submit()
    hands.ask_supplement(number)
    applicant = way.enter(visitors, "applicant")
    applicant.visit.watch.expects(422)
    applicant.go(f"/intake/pages/applications/{number}/supplement")
    applicant.reads("复印件不清楚")
    applicant.press("提交补正")
    assert applicant.visit.page.get_by_role("alert").is_visible(), "nothing was chosen"
    applicant.hand_over(re.compile("选择文件"), paper(tmp_path))
    applicant.press("提交补正")
    applicant.reads("补正已收到")
    assert hands.application(number)["status"] == "submitted"


def test_a_material_is_replaced_before_acceptance(visitors: Visitors, hands: Hands, tmp_path: Path) -> None:
    number = hands.submit()
    applicant = SCRIPTS.enter(visitors, "applicant")
    applicant.go(f"/intake/pages/applications/{number}")
    applicant.press(re.compile("换一份"))
    applicant.hand_over(re.compile("选择文件"), paper(tmp_path, "样例-新的.pdf"))
    applicant.press("换成这一份")
    applicant.reads("材料已换好")
    applicant.reads("样例-新的.pdf")


@in_every_way
def test_an_application_is_withdrawn(visitors: Visitors, hands: Hands, way: Way) -> None:
    number = hands.submit()
    applicant = way.enter(visitors, "applicant")
    applicant.go(f"/intake/pages/applications/{number}/withdrawal")
    applicant.press("撤回申请")
    applicant.reads("申请已撤回")
    applicant.visit.page.reload()
    assert hands.application(number)["status"] == "ended"


def test_everything_is_found_again(visitors: Visitors, things: Things) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    applicant.go("/intake/mine")
    applicant.reads("补正 1 份材料")
    applicant.go("/intake/messages")
    applicant.turns_to(things.supplement)


def test_nobody_else_opens_it(visitors: Visitors, things: Things) -> None:
    other = SCRIPTS.enter(visitors, "applicant2")
    other.visit.watch.expects(404, 403)
    for path in ("", "/supplement", "/withdrawal", f"/receipts/SJ-{things.supplement}"):
        assert other.visit.open(f"/intake/pages/applications/{things.supplement}{path}").status in (403, 404), path
    assert other.visit.open(f"/supervision/pages/applications/{things.supplement}").status in (403, 404)


def test_a_sign_in_that_ran_out_gives_the_entries_back(visitors: Visitors) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    applicant.visit.watch.expects(401, 403)
    begin(applicant, NOTICE)
    applicant.go(applicant.visit.path + "/applicant")
    applicant.fill("联系电话", PHONE)
    applicant.visit.page.context.clear_cookies()
    applicant.press("保存，做下一项")
    assert PHONE in applicant.visit.page.content(), "what was entered is kept"
    assert "登录" in applicant.visit.text


def test_a_stale_token_keeps_the_entries(visitors: Visitors) -> None:
    applicant = SCRIPTS.enter(visitors, "applicant")
    applicant.visit.watch.expects(403)
    begin(applicant, NOTICE)
    applicant.go(applicant.visit.path + "/applicant")
    applicant.fill("联系电话", PHONE)
    applicant.visit.page.evaluate("document.querySelector('[name=_token]').value = 'x.1.y'")
    applicant.press("保存，做下一项")
    assert PHONE in applicant.visit.page.content()
    applicant.press(re.compile("再|重新|发送|提交"))
    assert "/applicant" not in applicant.visit.path, "sent once more, it is done"


def test_the_timeline_moves_by_itself(visitors: Visitors, hands: Hands) -> None:
    number = hands.submit()
    applicant = SCRIPTS.enter(visitors, "applicant")
    page = applicant.visit.page
    until(lambda: applicant.visit.open(f"/supervision/pages/applications/{number}").status == 200, "the timeline")
    hands.accept(number)
    until(lambda: page.wait_for_timeout(100) or "还剩" in applicant.visit.text, "the countdown to appear")
