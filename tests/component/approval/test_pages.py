"""The officers' pages: the list by light and due date, and one task with what can be done to it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.contracts.supervision import LightChanged
from tests.unit.approval.sample import (
    APP,
    CASE,
    NOW,
    ONE_BY_ONE,
    TOGETHER,
    accepted,
    answered,
    closed,
    started,
    urged,
    withdrawal,
)

OTHER = "8ZQ0M3X5KD2WB"
TASK = f"{CASE}-T1"
HERE = f"/desk/tasks/{TASK}"


def lit(light, application=APP):
    return LightChanged(
        application=application, subject=f"{application}-01", clock="decision", generation=1, light=light, at=NOW
    )


@pytest.fixture
async def at_work(desk):
    """One open task of 消防, with its clock."""
    await desk.hear(accepted(*TOGETHER), started())
    return desk


def colleague(desk):
    return replace(desk.issuer.persons["officer-xfdd"], subject="sample:second-xfdd", name="样例乙")


def words(page) -> str:
    """What can be read on a page."""
    main = page.text.partition('<main id="main"')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


class TestTheList:
    async def test_it_shows_each_task_with_its_light_and_what_is_left(self, at_work):
        page = await at_work.page("officer-xfdd", "/desk")
        assert page.status_code == 200
        for text in (
            "食品经营许可（样例）",
            "样例环节1",
            TASK,
            "在期限内",
            "还剩 7 个工作日",
            "3月11日 周三 18:00 到期",
        ):
            assert text in words(page)
        assert f'href="/approval/desk/tasks/{TASK}"' in page.text
        assert "还没人接" in words(page)
        assert 'data-live="/approval/live/list"' in page.text

    async def test_a_department_sees_its_own_tasks_alone(self, at_work):
        assert TASK not in (await at_work.page("officer-scjg", "/desk")).text
        assert f"{CASE}-T2" in (await at_work.page("officer-wjj", "/desk")).text

    @pytest.mark.parametrize(("who", "status"), [("applicant", 403), ("clerk", 403), ("supervisor", 403), (None, 303)])
    async def test_it_is_for_officers(self, desk, who, status):
        assert (await desk.page(who, "/desk")).status_code == status

    async def test_the_longest_over_stands_first_and_lights_are_counted(self, at_work):
        late = started(f"{OTHER}-01", NOW - timedelta(days=3))
        await at_work.hear(accepted(*TOGETHER, application=OTHER, case=f"{OTHER}-01"), late, lit("red", OTHER))
        page = await at_work.page("officer-xfdd", "/desk")
        assert page.text.index(f"{OTHER}-01-T1") < page.text.index(TASK)
        assert re.findall(r'<b class="num">(\d+)</b>', page.text) == ["2", "0", "1", "0", "1", "0"]
        red = await at_work.page("officer-xfdd", "/desk?light=red")
        assert OTHER in red.text
        assert TASK not in red.text

    async def test_what_was_handed_back_says_why(self, at_work):
        await at_work.post("officer-xfdd", f"/tasks/{TASK}/take")
        assert "样例经办人（xfdd）" in words(await at_work.page(colleague(at_work), "/desk"))
        assert "您" in words(await at_work.page("officer-xfdd", "/desk?tab=mine"))
        await at_work.post("officer-xfdd", f"/tasks/{TASK}/hand-back", reason="出差<b>一周")
        page = await at_work.page(colleague(at_work), "/desk")
        assert "退回：出差&lt;b&gt;一周" in page.text
        assert "您手上没有任务" in words(await at_work.page("officer-xfdd", "/desk?tab=mine"))

    async def test_what_supervision_urges_is_marked_until_the_department_answers(self, at_work):
        await at_work.hear(urged(1, "xfdd", "wjj"), urged(2, "xfdd", reply_by=None))
        page = await at_work.page("officer-xfdd", "/desk")
        assert '<span class="tag">催办</span>' in page.text
        assert "请在 3月5日 周四前答复" in words(page)
        assert (await at_work.page("officer-xfdd", "/desk/tasks.csv")).text.endswith(",请在 3月5日 周四前答复,\r\n")
        assert '<span class="tag">' not in (await at_work.page("officer-cgj", "/desk")).text, "not asked"
        await at_work.hear(answered(1, "xfdd"), answered(2, "xfdd"))
        assert '<span class="tag">' not in (await at_work.page("officer-xfdd", "/desk")).text
        assert '<span class="tag">' in (await at_work.page("officer-wjj", "/desk")).text

    async def test_answered_and_ended_tasks_have_lists_of_their_own(self, at_work):
        await at_work.give("officer-xfdd", TASK)
        await at_work.hear(withdrawal())
        given = words(await at_work.page("officer-xfdd", "/desk?tab=given"))
        assert "同意" in given
        assert "申请人已撤回" in given
        ended = await at_work.page("officer-wjj", "/desk?tab=ended")
        assert f"{CASE}-T2" in ended.text
        assert "没有待办的任务" in words(await at_work.page("officer-xfdd", "/desk"))

    @pytest.mark.parametrize(
        ("query", "text"),
        [
            ("", "没有待办的任务"),
            ("?light=red", "没有这样的任务"),
            ("?item=nothing", "没有这样的任务"),
            ("?tab=mine", "您手上没有任务"),
            ("?tab=given", "还没有出过意见"),
            ("?tab=ended", "没有终止的任务"),
            ("?page=7", "这一页没有任务"),
        ],
    )
    async def test_an_empty_list_says_what_to_do(self, desk, query, text):
        assert text in words(await desk.page("officer-xfdd", f"/desk{query}"))

    @pytest.mark.parametrize("query", ["light=blue", "tab=all", "page=0", "item=" + "x" * 65])
    async def test_an_address_that_asks_for_nothing_we_know_is_a_page_that_says_so(self, desk, query):
        page = await desk.page("officer-xfdd", f"/desk?{query}")
        assert page.status_code == 422
        assert "<main" in page.text

    async def test_it_is_narrowed_to_items_that_are_there_and_to_what_nobody_has(self, at_work):
        page = await at_work.page("officer-xfdd", "/desk")
        assert '<option value="food_operation">食品经营许可（样例）</option>' in page.text
        await at_work.post("officer-xfdd", f"/tasks/{TASK}/take")
        free = await at_work.page("officer-xfdd", "/desk?free=1&item=food_operation")
        assert "没有这样的任务" in words(free)

    async def test_twenty_applications_stand_on_a_page(self, desk):
        for number in range(21):
            application = f"7ZQ0M3X5KD{number:03d}"
            await desk.hear(accepted(*TOGETHER, application=application, case=f"{application}-01"))
        first = await desk.page("officer-xfdd", "/desk")
        assert first.text.count('<th scope="row">') == 20
        assert "共 21 份申请，第 1 页" in words(first)
        assert 'href="?page=2"' in first.text
        assert (await desk.page("officer-xfdd", "/desk?page=2")).text.count('<th scope="row">') == 1

    async def test_a_spreadsheet_has_what_the_list_has(self, at_work):
        table = await at_work.page("officer-xfdd", "/desk/tasks.csv?light=green")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        head, row = table.text.lstrip("\ufeff").splitlines()
        assert head.startswith("事项,环节,任务编号,灯")
        assert row.startswith(f"食品经营许可（样例）,样例环节1,{TASK},在期限内,还剩 7 个工作日,2026-03-11 18:00")
        assert len((await at_work.page("officer-xfdd", "/desk/tasks.csv?light=red")).text.splitlines()) == 1


class TestATask:
    async def test_materials_stand_beside_the_decision(self, at_work):
        page = await at_work.page("officer-xfdd", HERE)
        assert page.status_code == 200
        assert f'hx-get="/intake/pages/applications/{APP}/materials"' in page.text
        assert f'<a class="tap" href="/intake/pages/applications/{APP}/materials">' in page.text
        assert "正在取材料…" in words(page)
        assert f'href="/supervision/pages/applications/{APP}"' in page.text
        assert 'href="#decision"' in page.text
        for text in ("还剩 7 个工作日", "我来办", "提交意见", "样例部门wjj", "审查中"):
            assert text in words(page)
        assert "承诺 7 个工作日，已计 0 个工作日，还剩 7 个工作日" in page.text

    async def test_an_urge_says_what_is_asked_and_leads_to_where_it_is_answered(self, at_work):
        answer = f'href="/supervision/pages/applications/{APP}/audit#urges"'
        assert answer not in (await at_work.page("officer-xfdd", HERE)).text
        await at_work.hear(urged(1, "xfdd"))
        page = await at_work.page("officer-xfdd", HERE)
        for text in ("第 1 次催办", "请说明第 1 次", "请在 3月5日 周四前答复", "去答复"):
            assert text in words(page)
        assert answer in page.text
        assert "去答复" not in words(await at_work.page("supervisor", HERE)), "only the urged department answers"
        assert "催办" not in words(await at_work.page("officer-wjj", f"/desk/tasks/{CASE}-T2"))

    async def test_another_departments_task_cannot_be_told_from_none(self, at_work):
        theirs = await at_work.page("officer-xfdd", f"/desk/tasks/{CASE}-T2")
        none = await at_work.page("officer-xfdd", f"/desk/tasks/{CASE}-T9")
        assert theirs.status_code == none.status_code == 404
        assert words(theirs) == words(none)
        assert (await at_work.send("officer-xfdd", f"/desk/tasks/{CASE}-T2", "opinion", HERE)).status_code == 404

    async def test_a_supervisor_reads_and_decides_nothing(self, at_work):
        page = await at_work.page("supervisor", HERE)
        assert page.status_code == 200
        assert "<form" not in page.text.partition('<main id="main"')[2]
        assert (await at_work.send("supervisor", HERE, "opinion", "/desk")).status_code == 403

    async def test_an_agreement_leads_to_what_comes_next(self, at_work):
        sent = await at_work.send("officer-xfdd", HERE, "opinion", verdict="agree", reason="")
        assert (sent.status_code, sent.headers["location"]) == (303, f"/approval{HERE}/given")
        page = await at_work.page("officer-xfdd", f"{HERE}/given")
        for text in ("意见：同意", TASK, "接下来等这些部门", "样例部门wjj", "样例部门cgj"):
            assert text in words(page)

    async def test_the_last_opinion_says_what_became_of_the_case(self, desk):
        await desk.hear(accepted((1, ("xfdd",))), accepted((1, ("xfdd",)), application=OTHER, case=f"{OTHER}-01"))
        await desk.send("officer-xfdd", HERE, "opinion", verdict="agree")
        page = await desk.page("officer-xfdd", f"{HERE}/given")
        assert "这是最后一个意见，办件准予" in words(page)
        assert "办下一项：食品经营许可（样例）" in words(page)
        other = f"/desk/tasks/{OTHER}-01-T1"
        await desk.send("officer-xfdd", other, "opinion", verdict="disagree", reason="通道太窄")
        page = await desk.page("officer-xfdd", f"{other}/given")
        assert "不予办理" in words(page)
        assert "办下一项" not in words(page)
        assert "通道太窄" in words(await desk.page("officer-xfdd", other))

    async def test_the_next_task_is_the_most_urgent_and_ones_own_only_among_equals(self, at_work):
        soon, done = NOW + timedelta(days=1), "9ZQ0M3X5KD2WC"
        for number, due in (("8ZQ0M3X5KD2WB", soon), (done, soon)):
            await at_work.hear(accepted(*TOGETHER, application=number, case=f"{number}-01"))
            await at_work.hear(started(f"{number}-01", due))
        await at_work.post("officer-xfdd", f"/tasks/{TASK}/take")
        given = f"/desk/tasks/{done}-01-T1"
        await at_work.send("officer-xfdd", given, "opinion", verdict="agree")
        following = re.compile(r'btn--main" href="/approval/desk/tasks/([^"]+)"')
        assert following.search((await at_work.page("officer-xfdd", f"{given}/given")).text)[1] == f"{OTHER}-01-T1"
        await at_work.hear(started(due=soon))
        assert following.search((await at_work.page("officer-xfdd", f"{given}/given")).text)[1] == TASK
        await at_work.post(colleague(at_work), f"/tasks/{OTHER}-01-T1/take")
        await at_work.hear(started(due=NOW + timedelta(days=9)))
        assert following.search((await at_work.page("officer-xfdd", f"{given}/given")).text)[1] == TASK, "not free"

    @pytest.mark.parametrize(
        ("sent", "field", "text"),
        [
            ({}, "verdict", "选择同意或不同意"),
            ({"verdict": "perhaps", "reason": "样例"}, "verdict", "选择同意或不同意"),
            ({"verdict": "disagree", "reason": " "}, "reason", "不同意要写明理由，申请人会看到"),
            ({"verdict": "disagree", "reason": "打13800138000"}, "reason", "删去身份证号或电话号码"),
            ({"verdict": "disagree", "reason": "长" * 501}, "reason", "内容太长"),
        ],
    )
    async def test_a_bad_opinion_comes_back_with_everything_entered(self, at_work, sent, field, text):
        page = await at_work.send("officer-xfdd", HERE, "opinion", **sent)
        assert page.status_code == 422
        assert f'<a href="#f-{field}">' in page.text
        assert text in words(page)
        if sent.get("verdict") == "disagree":
            assert 'value="disagree" checked' in page.text
            assert sent["reason"] in page.text
        again = await at_work.send("officer-xfdd", page, "opinion", verdict="agree")
        assert again.status_code == 303, "the same form may be sent again once it is mended"

    async def test_what_is_entered_is_shown_and_never_run(self, at_work):
        hostile = "<script>alert(1)</script>𠮷😀 打13800138000"
        page = await at_work.send("officer-xfdd", HERE, "opinion", verdict="disagree", reason=hostile)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;𠮷😀" in page.text
        assert "<script>alert" not in page.text

    async def test_a_double_press_does_nothing_twice(self, at_work):
        asked = await at_work.page("officer-xfdd", HERE)
        first = await at_work.send("officer-xfdd", asked, "opinion", verdict="agree")
        again = await at_work.send("officer-xfdd", asked, "opinion", verdict="agree")
        assert first.headers["location"] == again.headers["location"]
        await at_work.hall.pump()
        assert [name for name, _ in at_work.said()].count("OpinionGiven") == 1

    async def test_a_form_that_was_answered_says_so_when_it_comes_with_something_else(self, at_work):
        asked = await at_work.page("officer-xfdd", HERE)
        await at_work.send("officer-xfdd", asked, "opinion", verdict="agree")
        page = await at_work.send("officer-xfdd", asked, "opinion", verdict="disagree", reason="改主意了")
        assert page.status_code == 409
        assert "这一页已经提交过一次" in words(page)
        assert "每项任务只出一次意见" in words(page)

    async def test_a_colleague_who_was_first_is_said_and_shown(self, at_work):
        asked = await at_work.page("officer-xfdd", HERE)
        await at_work.give(colleague(at_work), TASK, "disagree", "通道太窄")
        page = await at_work.send("officer-xfdd", asked, "opinion", verdict="agree")
        assert page.status_code == 409
        assert "没有办成" in words(page)
        assert "每项任务只能出具一次意见" in words(page)
        assert "通道太窄" in words(page)

    async def test_a_form_without_its_token_does_nothing(self, at_work):
        page = await at_work.send("officer-xfdd", HERE, "opinion", verdict="agree", token="nonsense")
        assert page.status_code == 403
        await at_work.hall.pump()
        assert "OpinionGiven" not in [name for name, _ in at_work.said()]

    async def test_an_officer_takes_a_task_and_hands_it_back(self, at_work):
        taken = await at_work.send("officer-xfdd", HERE, "take")
        assert taken.headers["location"] == f"/approval{HERE}?done=taken"
        assert "由您办理" in words(await at_work.page("officer-xfdd", f"{HERE}?done=taken"))
        theirs = await at_work.page(colleague(at_work), HERE)
        assert "样例经办人（xfdd）正在办" in words(theirs)
        assert "提交意见" not in words(theirs)
        empty = await at_work.send("officer-xfdd", HERE, "hand-back", back_reason=" ")
        assert empty.status_code == 422
        assert "写明退回的原因" in words(empty)
        assert '<details class="more" id="hand-back" open>' in empty.text
        assert "退回给本部门，由同事接办" in words(empty)
        back = await at_work.send("officer-xfdd", empty, "hand-back", back_reason="出差一周")
        assert back.headers["location"] == f"/approval{HERE}?done=handed-back"
        shown = words(await at_work.page(colleague(at_work), HERE))
        assert "退回的原因" in shown
        assert "出差一周" in shown
        assert "我来办" in shown

    async def test_a_task_that_a_colleague_took_meanwhile_is_not_decided(self, at_work):
        asked = await at_work.page("officer-xfdd", HERE)
        await at_work.post(colleague(at_work), f"/tasks/{TASK}/take")
        page = await at_work.send("officer-xfdd", asked, "opinion", verdict="agree")
        assert page.status_code == 409
        assert "这项任务已由同事接手" in words(page)
        assert "样例乙正在办" in words(page)

    async def test_the_head_chooses_a_colleague_or_names_one(self, at_work):
        await at_work.hear(accepted(*TOGETHER, application=OTHER, case=f"{OTHER}-01"))
        await at_work.give(colleague(at_work), f"{OTHER}-01-T1")
        page = await at_work.page("head-xfdd", HERE)
        assert '<option value="sample:second-xfdd">样例乙</option>' in page.text
        assert "转交" not in words(await at_work.page("officer-xfdd", HERE))
        nobody = await at_work.send("head-xfdd", page, "reassign", to="", account="")
        assert (nobody.status_code, "选一位同事，或填写对方的登录账号" in words(nobody)) == (422, True)
        await at_work.send("head-xfdd", nobody, "reassign", to="sample:second-xfdd", account="", reassign_reason="培训")
        shown = words(await at_work.page(colleague(at_work), HERE))
        assert "由您办理" in shown
        assert "培训" in shown
        named = await at_work.send("head-xfdd", HERE, "reassign", to="", account=" sample:third ")
        assert named.headers["location"] == f"/approval{HERE}?done=reassigned"
        assert (await at_work.get("head-xfdd", f"/tasks/{TASK}")).json()["held_by"] == "sample:third"
        assert (await at_work.send("officer-xfdd", HERE, "reassign", "/desk", to="x")).status_code == 403

    async def test_a_task_whose_turn_has_not_come_or_whose_case_ended_says_so(self, desk):
        await desk.hear(accepted(*ONE_BY_ONE))
        planned = await desk.page("officer-xfdd", f"/desk/tasks/{CASE}-T2")
        assert "还没有轮到这个环节" in words(planned)
        await desk.hear(closed())
        ended = await desk.page("officer-xfdd", f"/desk/tasks/{CASE}-T2")
        assert "办件已经结束（已终止）" in words(ended)
        assert "<form" not in ended.text.partition('<main id="main"')[2]

    async def test_the_confirmation_of_what_was_never_given_leads_back(self, at_work):
        page = await at_work.page("officer-xfdd", f"{HERE}/given")
        assert (page.status_code, page.headers["location"]) == (303, f"/approval{HERE}")

    @pytest.mark.parametrize("act", ["opinion", "take", "hand-back", "reassign"])
    async def test_the_address_of_a_form_leads_back_to_the_task(self, at_work, act):
        page = await at_work.page("officer-xfdd", f"{HERE}/{act}")
        assert (page.status_code, page.headers["location"]) == (303, f"/approval{HERE}")

    async def test_a_limit_that_is_not_known_yet_is_not_made_up(self, desk):
        await desk.hear(accepted(*TOGETHER))
        assert "时限待定" in words(await desk.page("officer-xfdd", HERE))

    async def test_lights_over_a_pause_and_a_limit_that_has_passed(self, at_work):
        await at_work.hear(lit("paused"))
        assert "恢复计时后再定到期日" in words(await at_work.page("officer-xfdd", HERE))
        at_work.clock.advance(timedelta(days=9, hours=9))
        await at_work.hear(lit("red"))
        shown = words(await at_work.page("officer-xfdd", HERE))
        assert "已超承诺" in shown
        assert "刚过期限" in shown


async def test_an_item_in_an_address_is_a_key_and_no_part_of_a_query(desk):
    for item in ("$where", "a.b", "x%00", "a%20b", "x" * 65):
        for path in (f"/desk?item={item}", f"/desk/tasks.csv?item={item}", f"/tasks?item={item}"):
            assert (await desk.page("officer-scjg", path)).status_code == 422, path
