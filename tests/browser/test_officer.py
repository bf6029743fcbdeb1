"""The officer: the list by light, a task taken, handed back, agreed or not; and a list that lives."""

import re

from playwright.sync_api import Route

from tests.browser.hands import Hands, until
from tests.browser.visits import Visitors
from tests.browser.ways import SCRIPTS, Walker, Way, in_every_way


def tasked(hands: Hands) -> tuple[str, str, str]:
    """A new application that waits for a department: its number, its task, the officer."""
    number = hands.submit()
    hands.accept(number)
    task = hands.task(number)
    return number, task["task"], f"officer-{task['department']}"


@in_every_way
def test_a_task_is_taken_handed_back_and_agreed(visitors: Visitors, hands: Hands, way: Way) -> None:
    number, task, person = tasked(hands)
    officer = way.enter(visitors, person)
    officer.go(f"/approval/desk/tasks/{task}")
    officer.press("我来办")
    officer.reads("由您办理")
    officer.go("/approval/desk?tab=mine")
    assert task in officer.visit.text
    officer.go(f"/approval/desk/tasks/{task}")
    opening = officer.visit.page.get_by_text("退回给本部门，由同事接办")
    if way.keys:
        opening.focus()
        officer.visit.page.keyboard.press("Enter")
    else:
        opening.click()
    officer.fill(re.compile("为什么退回"), "样例：出差一周，现场还没去")
    officer.press("退回任务")
    officer.reads("出差一周")
    officer.choose(re.compile("^同意"))
    officer.press("提交意见")
    officer.reads("意见已提交")
    officer.visit.page.reload()
    hands.agree(number)
    officer.go(f"/approval/desk/tasks/{task}")
    officer.reads("每项任务只出一次意见")


def test_a_disagreement_needs_a_reason_which_is_kept(visitors: Visitors, hands: Hands) -> None:
    number, task, person = tasked(hands)
    officer = SCRIPTS.enter(visitors, person)
    officer.visit.watch.expects(422, 400, 409)
    officer.go(f"/approval/desk/tasks/{task}")
    officer.choose(re.compile("^不同意"))
    officer.press("提交意见")
    assert officer.visit.page.get_by_role("alert").is_visible()
    assert officer.visit.page.get_by_role("radio", name=re.compile("^不同意")).is_checked()
    officer.fill(re.compile("^理由"), "样例：申请人电话 13912345678，安全出口少一个")
    officer.press("提交意见")
    assert officer.visit.page.get_by_role("alert").is_visible(), "a phone number has no place in a reason"
    officer.fill(re.compile("^理由"), "样例：安全出口少一个 <script>alert(1)</script> 𠮷")
    officer.press("提交意见")
    officer.reads("意见已提交")
    until(lambda: hands.application(number)["status"] == "ended", "the end")
    owner = SCRIPTS.enter(visitors, "applicant")
    owner.go(f"/licensing/pages/results/{number}-01")
    assert "<script>alert(1)</script> 𠮷" in owner.visit.text


def test_the_back_button_gives_no_second_opinion(visitors: Visitors, hands: Hands) -> None:
    _, task, person = tasked(hands)
    officer = SCRIPTS.enter(visitors, person)
    officer.visit.watch.expects(409)
    officer.go(f"/approval/desk/tasks/{task}")
    officer.choose(re.compile("^同意"))
    officer.press("提交意见")
    officer.reads("意见已提交")
    officer.visit.page.go_back()
    if officer.visit.page.get_by_role("button", name="提交意见").count():
        officer.choose(re.compile("^不同意"))
        officer.fill(re.compile("^理由"), "样例：改主意了")
        officer.press("提交意见")
    officer.go(f"/approval/desk/tasks/{task}")
    assert officer.visit.page.locator("#decision").get_by_text("同意", exact=True).count() == 1


def test_another_department_sees_nothing_of_it(visitors: Visitors, hands: Hands) -> None:
    _, task, person = tasked(hands)
    other = "officer-gaj" if person != "officer-gaj" else "officer-scjg"
    officer = SCRIPTS.enter(visitors, other)
    officer.visit.watch.expects(404)
    assert officer.visit.open(f"/approval/desk/tasks/{task}").status == 404


def test_the_materials_stand_beside_the_decision(visitors: Visitors, hands: Hands) -> None:
    _, task, person = tasked(hands)
    officer = SCRIPTS.enter(visitors, person)
    officer.go(f"/approval/desk/tasks/{task}")
    officer.visit.page.locator("#papers #materials").wait_for()
    assert "消防" in officer.visit.page.locator("#papers").inner_text()


def test_the_list_shows_what_another_person_does_and_recovers_a_lost_connection(
    visitors: Visitors, hands: Hands
) -> None:
    _, task, person = tasked(hands)
    officer = SCRIPTS.enter(visitors, person)
    officer.go("/approval/desk")
    page = officer.visit.page
    row = page.locator("tr", has_text=task)
    officer.turns_to(task)
    colleague = SCRIPTS.enter(visitors, person)
    colleague.go(f"/approval/desk/tasks/{task}")
    colleague.press("我来办")
    until(lambda: page.wait_for_timeout(100) or "还没人接" not in row.inner_text(), "the list to say who took it")
    officer.visit.watch.offline = True
    page.context.set_offline(True)
    colleague.choose(re.compile("^同意"))
    colleague.press("提交意见")
    page.wait_for_timeout(500)
    assert row.count() == 1, "offline, the list stands as it was"
    page.context.set_offline(False)
    until(lambda: page.wait_for_timeout(100) or row.count() == 0, "the list to go on after the connection is back")
    officer.visit.watch.offline = False


def test_an_officer_is_told_that_the_materials_are_on_their_way(visitors: Visitors, hands: Hands) -> None:
    _number, task, person = tasked(hands)
    officer = SCRIPTS.enter(visitors, person)
    page, held = officer.visit.page, list[Route]()
    page.route("**/materials", lambda route: held.append(route))
    officer.go(f"/approval/desk/tasks/{task}")
    officer.reads("正在取材料…")
    room = page.locator("#papers").bounding_box()
    assert room, "the place of the materials is on the page"
    assert room["height"] > 150, "the page keeps room for what will come"
    held[0].continue_()
    page.locator("#papers .mats").wait_for()
    assert not page.get_by_text("正在取材料…").is_visible()


@in_every_way
def test_a_procedure_stops_the_clock_and_its_end_lets_it_go_on(visitors: Visitors, hands: Hands, way: Way) -> None:
    number, task, person = tasked(hands)
    officer = way.enter(visitors, person)
    officer.visit.watch.expects(422)
    officer.go(f"/approval/desk/tasks/{task}")
    _opened(officer, "启动特别程序，停止计时")
    officer.visit.page.get_by_label("哪一种").select_option("听证")
    officer.fill("需要多少个工作日", "20")
    officer.fill("书面告知的文号", "样特告〔2026〕1 号")
    officer.fill(re.compile("为什么需要"), "样例：直接关系他人重大利益")
    officer.press("启动并停止计时")
    assert officer.visit.page.get_by_role("alert").is_visible(), "nobody has said that the applicant was told"
    officer.choose(re.compile("已经书面告知申请人"))
    officer.press("启动并停止计时")
    officer.reads("听证还没有结束，意见要等它的结果")
    until(lambda: hands.application(number)["cases"][0]["standing_still"], "intake")
    owner = way.enter(visitors, "applicant")
    owner.go("/intake/messages")
    owner.reads("样例：直接关系他人重大利益")
    officer.press("结束听证，继续计时")
    officer.reads("已恢复计时，剩下的天数不变")
    officer.choose(re.compile("^同意"))


def test_more_days_are_asked_for_and_the_head_agrees(visitors: Visitors, hands: Hands) -> None:
    _, task, person = tasked(hands)
    officer = SCRIPTS.enter(visitors, person)
    officer.go(f"/approval/desk/tasks/{task}")
    _opened(officer, "请求延长办理期限")
    officer.fill("需要延长多少天", "5")
    officer.fill("延长的理由", "样例：需要核实原登记档案")
    officer.press("送负责人")
    officer.reads("已送负责人；批准以前，期限不变")
    head = SCRIPTS.enter(visitors, person.replace("officer", "head"))
    head.go("/approval/desk")
    head.reads("延期请示，等您答复")
    head.go(f"/approval/desk/tasks/{task}")
    head.press("批准延长")
    head.reads("期限已延长，申请人会收到消息")
    officer.go(f"/approval/desk/tasks/{task}")
    officer.reads("期限延长了 5 个工作日")


def _opened(officer: Walker, summary: str) -> None:
    """What is folded up, unfolded."""
    opening = officer.visit.page.get_by_text(summary, exact=True)
    if officer.keys:
        opening.focus()
        officer.visit.page.keyboard.press("Enter")
    else:
        opening.click()
