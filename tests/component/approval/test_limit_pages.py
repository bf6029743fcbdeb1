"""The forms and the history of what stops and lengthens a case's time, on the task page and where heads look."""

import re
from datetime import timedelta

import pytest

from shared.contracts.supervision import LightChanged
from shared.web.i18n import COOKIE
from tests.unit.approval.sample import APP, CASE, NOW, ONE_BY_ONE, TOGETHER, accepted, started

TASK = f"{CASE}-T1"
HERE = f"/desk/tasks/{TASK}"
REVIEW = {
    "procedure_kind": "expert_review",
    "procedure_planned_days": "15",
    "procedure_notice": "样特告〔2026〕1 号",
    "procedure_reason": "方案需要专家评审",
    "procedure_told": "yes",
}
ASK = {"ask_days": "5", "ask_reason": "需要核实原登记档案"}


def words(page) -> str:
    main = page.text.partition('<main id="main"')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.fixture
async def at_work(desk):
    await desk.hear(accepted(*TOGETHER), started())
    return desk


class TestProcedures:
    async def test_the_form_says_what_it_means_and_stops_the_clock(self, at_work):
        page = await at_work.page("officer-xfdd", HERE)
        assert "办件的倒计时从现在起停止，到您结束这个程序为止" in words(page)
        assert "行政许可法第四十五条" in words(page)
        sent = await at_work.send("officer-xfdd", page, "procedure", **REVIEW)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/approval{HERE}?done=stopped#limits")
        shown = await at_work.page("officer-xfdd", f"{HERE}?done=stopped")
        for text in (
            "已停止计时，申请人会收到消息",
            "专家评审正在进行，从 3月2日 周一 10:00 起停止计时",
            "书面告知 15 个工作日，文号 样特告〔2026〕1 号",
            "专家评审还没有结束，意见要等它的结果",
            "方案需要专家评审",
        ):
            assert text in words(shown)
        assert f'action="/approval{HERE}/opinion"' not in shown.text

    async def test_its_end_brings_back_the_opinion_and_stays_in_the_history(self, at_work):
        await at_work.send("officer-xfdd", HERE, "procedure", **REVIEW)
        at_work.clock.advance(timedelta(days=2))
        page = await at_work.page("officer-xfdd", HERE)
        sent = await at_work.send("officer-xfdd", page, "procedure-end", procedure=f"{CASE}-P1")
        assert sent.headers["location"].endswith("?done=going-on#limits")
        shown = await at_work.page("officer-xfdd", f"{HERE}?done=going-on")
        assert "已恢复计时，剩下的天数不变" in words(shown)
        assert "3月4日 周三 10:00" in words(shown)
        assert f'action="/approval{HERE}/opinion"' in shown.text

    @pytest.mark.parametrize(
        ("wrong", "field", "told"),
        [
            ({"procedure_kind": ""}, "procedure_kind", "选择是哪一种特别程序"),
            ({"procedure_planned_days": "两周"}, "procedure_planned_days", "填写告知申请人的工作日数，1 到 120"),
            ({"procedure_planned_days": "500"}, "procedure_planned_days", "填写告知申请人的工作日数，1 到 120"),
            ({"procedure_notice": ""}, "procedure_notice", "填写书面告知的文号"),
            ({"procedure_notice": "13800138000"}, "procedure_notice", "删去身份证号或电话号码"),
            ({"procedure_reason": " "}, "procedure_reason", "写明理由"),
            ({"procedure_told": ""}, "procedure_told", "先书面告知申请人需要的时间，再停止计时"),
        ],
    )
    async def test_a_mistake_stands_at_its_field_and_nothing_is_stopped(self, at_work, wrong, field, told):
        sent = await at_work.send("officer-xfdd", HERE, "procedure", **(REVIEW | wrong))
        assert sent.status_code == 422
        assert f'href="#f-{field}">' in sent.text
        assert told in words(sent)
        assert '<details class="more" id="procedure" open>' in sent.text
        assert "ProcedureStarted" not in [name for name, _body in at_work.said()]

    async def test_colleagues_of_other_departments_see_it_without_a_name(self, at_work):
        await at_work.send("officer-xfdd", HERE, "procedure", **REVIEW)
        theirs = words(await at_work.page("officer-wjj", f"/desk/tasks/{CASE}-T2"))
        assert "专家评审正在进行" in theirs
        assert "样例经办人（xfdd）" not in theirs
        assert "提交意见" in theirs, "their own opinion does not wait for it"

    async def test_the_list_marks_what_stands_still(self, at_work):
        await at_work.send("officer-xfdd", HERE, "procedure", **REVIEW)
        still = LightChanged(application=APP, subject=CASE, clock="decision", generation=2, light="paused", at=NOW)
        await at_work.hear(still)
        listed = words(await at_work.page("officer-xfdd", "/desk"))
        assert "专家评审中，3月2日 周一起停止计时" in listed
        assert "暂停计时" in listed
        await at_work.send("officer-xfdd", HERE, "procedure", **(REVIEW | {"procedure_kind": "hearing"}))
        at_work.http.cookies.set(COOKIE, "en")
        english = words(await at_work.page("officer-xfdd", "/desk"))
        assert "expert review, a hearing" in english

    async def test_a_form_of_one_who_came_second_is_told_what_happened(self, at_work):
        page = await at_work.page("officer-xfdd", HERE)
        await at_work.post("head-xfdd", f"/tasks/{TASK}/opinion", verdict="agree")
        sent = await at_work.send("officer-xfdd", page, "procedure", **REVIEW)
        assert sent.status_code == 409
        assert "每项任务只能出具一次意见" in words(sent)

    @pytest.mark.parametrize(
        "kind", ["procedure", "procedure-end", "extension-request", "extension", "extension-refusal"]
    )
    async def test_the_address_of_a_form_leads_back_to_the_task(self, at_work, kind):
        looked = await at_work.page("officer-xfdd", f"{HERE}/{kind}")
        assert (looked.status_code, looked.headers["location"]) == (303, f"/approval{HERE}")


class TestExtensions:
    @pytest.fixture
    async def asked(self, desk):
        """消防 asks for more days; 市监 decides the case, and has its own step behind it."""
        await desk.hear(accepted(*ONE_BY_ONE), started())
        await desk.give("officer-scjg", TASK)
        sent = await desk.send("officer-xfdd", f"/desk/tasks/{CASE}-T2", "extension-request", **ASK)
        assert sent.headers["location"].endswith("?done=asked#limits")
        return desk

    async def test_who_asked_sees_that_it_waits(self, asked):
        shown = words(await asked.page("officer-xfdd", f"/desk/tasks/{CASE}-T2?done=asked"))
        assert "已送负责人；批准以前，期限不变" in shown
        assert "请求延长 5 个工作日" in shown
        assert "请求延长办理期限" not in shown
        assert "等负责人答复" in words(await asked.page("officer-xfdd", "/desk"))

    async def test_the_head_finds_it_on_the_list_and_agrees_by_sending_it(self, asked):
        listed = await asked.page("head-scjg", "/desk")
        assert "延期请示，等您答复" in words(listed)
        assert f'href="/approval{HERE}#extension"' in listed.text
        assert "延期请示，等您答复" not in words(await asked.page("head-xfdd", "/desk"))
        page = await asked.page("head-scjg", HERE)
        assert "经办人请求延长 5 个工作日" in words(page)
        assert 'name="extend_days" type="text" value="5"' in page.text
        entries = {"extend_days": "5", "extend_reason": ASK["ask_reason"]}
        sent = await asked.send("head-scjg", page, "extension", **entries)
        assert sent.headers["location"].endswith("?done=extended#limits")
        shown = words(await asked.page("head-scjg", f"{HERE}?done=extended"))
        assert "期限已延长，申请人会收到消息" in shown
        assert "期限延长了 5 个工作日" in shown
        assert "延期请示" not in words(await asked.page("head-scjg", "/desk"))

    async def test_the_head_says_no(self, asked):
        page = await asked.page("head-scjg", HERE)
        empty = await asked.send("head-scjg", page, "extension-refusal", refusal_reason=" ")
        assert (empty.status_code, 'href="#f-refusal_reason">' in empty.text) == (422, True)
        await asked.send("head-scjg", page, "extension-refusal", refusal_reason="请按期办结")
        assert "没有同意：请按期办结" in words(await asked.page("officer-xfdd", f"/desk/tasks/{CASE}-T2"))
        assert "请求延长办理期限" in words(await asked.page("officer-xfdd", f"/desk/tasks/{CASE}-T2"))

    async def test_days_beyond_the_law_are_told_at_the_field(self, asked):
        for days in ("11", "很多", ""):
            entries = {"extend_days": days, "extend_reason": "样例"}
            sent = await asked.send("head-scjg", HERE, "extension", **entries)
            assert sent.status_code == 422
            assert "填写 1 到 10 的整数" in words(sent)

    async def test_an_officer_has_no_form_of_the_head_and_may_not_send_it(self, asked):
        page = await asked.page("officer-scjg", HERE)
        assert "批准延长" not in words(page)
        entries = {"extend_days": "5", "extend_reason": "样例"}
        assert (await asked.send("officer-scjg", HERE, "extension", token_from="/desk", **entries)).status_code == 403

    async def test_what_was_asked_in_time_can_be_answered_after_the_limit(self, desk):
        limit = NOW + timedelta(days=10)
        await desk.hear(accepted(*ONE_BY_ONE), started(statutory_due=limit))
        await desk.send("officer-scjg", HERE, "extension-request", **ASK)
        desk.clock.advance(timedelta(days=10, seconds=1))
        page = await desk.page("head-scjg", HERE)
        assert "期限已经过了 延长要在法定期限届满以前批准" in words(page)
        assert f'action="/approval{HERE}/extension"' not in page.text
        await desk.send("head-scjg", page, "extension-refusal", refusal_reason="已经过了期限")
        assert "没有同意：已经过了期限" in words(await desk.page("officer-scjg", HERE))
        assert "不同意延长" not in words(await desk.page("head-scjg", HERE))

    async def test_the_form_says_that_a_promise_that_has_passed_stays(self, asked):
        assert "已经过了的承诺期限不变" in words(await asked.page("head-scjg", HERE))

    async def test_what_a_law_of_its_own_limits_shows_no_form_and_says_why_when_sent(self, desk):
        await desk.hear(accepted(*ONE_BY_ONE, statutory=3))
        for who in ("officer-scjg", "head-scjg"):
            assert "延长办理期限" not in words(await desk.page(who, HERE))
        more = {"days": 3, "reason": "样例"}
        sent = await desk.post("head-scjg", f"/tasks/{TASK}/extension", **more)
        assert (sent.status_code, sent.json()["code"]) == (409, "special_limit")

    async def test_what_cannot_be_extended_shows_no_form(self, desk):
        await desk.hear(accepted(*ONE_BY_ONE, kind="20"))
        for who in ("officer-scjg", "head-scjg"):
            assert "延长办理期限" not in words(await desk.page(who, HERE))


JOINT = {"days": "15", "approval": "样政批〔2026〕7 号", "reason": "三个部门要重新核查"}


class TestJointLimit:
    PATH = f"/desk/joint/{APP}"

    async def _send(self, desk, **entries):
        asked = await desk.page("supervisor", self.PATH)
        token = re.search(r'name="_token" value="([^"]+)"', asked.text)[1]
        headers = desk._who("supervisor") | {"Accept": "text/html"}
        return await desk.http.post(self.PATH, data={"_token": token, **entries}, headers=headers)

    async def test_a_supervisor_enters_what_the_government_approved(self, desk):
        due = NOW + timedelta(days=60)
        await desk.hear(accepted(*TOGETHER, joint=45), started(due=due, subject=APP, clock="joint"))
        page = words(await desk.page("supervisor", self.PATH))
        assert "行政许可法第四十二条第二款" in page
        assert "5月1日 周五 10:00 到期" in page
        assert (await self._send(desk, **JOINT)).status_code == 303
        shown = words(await desk.page("supervisor", self.PATH))
        for text in ("已经延长 15 个工作日", "批准文号 样政批〔2026〕7 号，样例监管人员 登记", "三个部门要重新核查"):
            assert text in shown
        assert "登记延长" not in shown

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"days": "16"}, "days"),
            ({"approval": " "}, "approval"),
            ({"approval": "13800138000"}, "approval"),
            ({"reason": "打13800138000"}, "reason"),
        ],
    )
    async def test_a_mistake_stands_at_its_field(self, desk, wrong, field):
        await desk.hear(accepted(*TOGETHER, joint=45))
        sent = await self._send(desk, **(JOINT | wrong))
        assert (sent.status_code, f'href="#f-{field}">' in sent.text) == (422, True)
        assert "JointLimitExtended" not in [name for name, _body in desk.said()]

    async def test_it_says_why_nothing_can_be_entered(self, desk):
        await desk.hear(accepted(*TOGETHER))
        page = words(await desk.page("supervisor", self.PATH))
        assert "没有联办期限可以延长" in page
        assert "登记延长" not in page

    async def test_it_is_for_supervisors(self, desk):
        await desk.hear(accepted(*TOGETHER, joint=45))
        assert (await desk.page("head-scjg", self.PATH)).status_code == 403
        assert (await desk.page(None, self.PATH)).status_code == 303
        assert (await desk.page("supervisor", "/desk/joint/9ZQ0M3X5KD2WC")).status_code == 404
