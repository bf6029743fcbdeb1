"""`/pages/applications/{number}`: what its owner reads, what those on duty read, and who reads nothing."""

import re

import pytest

from shared.contracts import licensing, ratings
from tests.unit.supervision.sample import (
    APP,
    CASE,
    SECOND,
    accepted,
    approved,
    asked_for_more,
    assigned,
    at,
    closed,
    extended,
    issued,
    joint_extended,
    ready,
    refused,
    submitted,
    supplemented,
)

PAGE = f"/pages/applications/{APP}"
FILED = at("02-12 09:00")


def named(event, *names: str, matter: str = "开办餐饮店"):
    """The same submission, with names for its departments."""
    cases = [case.model_copy(update={"department_name": name}) for case, name in zip(event.cases, names, strict=True)]
    return event.model_copy(update={"cases": tuple(cases), "matter_name": matter})


BUNDLE = (
    named(submitted(FILED, "scjg", "wjj"), "市场监督管理局", "卫生健康局"),
    accepted(at("02-12 10:00"), joint=45),
    accepted(at("02-12 10:00"), SECOND, joint=45, waits_for=(CASE,)),
)


async def text(desk, who="applicant", **params) -> str:
    answer = await desk.page(who, PAGE, **params)
    assert answer.status_code == 200, answer.text
    return answer.text


class TestOwner:
    async def test_it_says_in_one_sentence_and_one_number_how_it_stands(self, desk):
        await desk.hear(*BUNDLE, assigned(at("02-12 11:00"), "scjg"))
        shown = await text(desk)
        for words in ("<h1>开办餐饮店</h1>", "一切正常：1 项在办，1 项等前面的事项。", "<b>5</b><span>个工作日</span>"):
            assert words in shown
        assert "2026年2月26日 周四" in shown
        assert "市场监督管理局" in shown
        assert ">scjg<" not in shown
        assert "期限 5 个工作日，今天不计，从下一个工作日算起" in shown

    async def test_a_limit_ends_when_the_department_closes_and_the_page_says_that_counters_close_earlier(self, desk):
        await desk.hear(*BUNDLE)
        shown = await text(desk)
        assert "最晚 2026年2月26日 周四下班前" in shown
        assert "最晚 2月26日 周四下班前，您不用做什么。" in shown
        assert "期限算到部门下班（18:00）为止，和窗口的收件时间不同" in shown
        await desk.hear(refused(at("02-12 11:00")), closed(at("02-12 11:00"), SECOND))
        assert "期限算到部门下班" not in await text(desk)

    @pytest.mark.parametrize(("unit", "words"), [("working_days", "5 个工作日"), ("calendar_days", "5 天")])
    async def test_an_extension_is_told_in_the_unit_of_its_limit(self, desk, unit, words):
        long = at("03-02 10:00")
        await desk.hear(submitted(FILED), accepted(at("02-12 10:00"), days=(60, 90), unit=unit, joint=45))
        await desk.hear(extended(long, 5), joint_extended(long))
        shown = await text(desk)
        assert f"办理期限经批准延长 {words}，理由已告知" in shown
        assert "联办期限经批准延长 15 个工作日，理由已告知" in shown

    async def test_places_of_the_log_and_the_way_to_the_audit_are_not_for_them(self, desk):
        await desk.hear(*BUNDLE)
        shown = await text(desk)
        assert "onedoor.intake.v1" not in shown
        assert "/audit" not in shown
        assert "第三十二条第一款第五项" not in shown
        assert f'href="/intake/pages/applications/{APP}/withdrawal"' in shown

    async def test_a_supplement_is_the_one_thing_to_do(self, desk):
        await desk.hear(submitted(FILED), asked_for_more(at("02-12 09:30")))
        shown = await text(desk)
        assert "请您补正材料，补齐以后重新计时。" in shown
        assert f'<a class="btn btn--main" href="/intake/pages/applications/{APP}/supplement">补正材料</a>' in shown
        assert shown.count("btn--main") == 1
        assert "等您补正" in shown
        await desk.hear(supplemented(at("02-12 09:40")))
        shown = await text(desk)
        assert "/supplement" not in shown
        assert "您交来了补正材料，重新计时" in shown

    async def test_a_result_is_to_be_fetched_and_the_case_to_be_rated(self, desk):
        desk.clock.move_to(at("02-24 10:00"))
        now = at("02-24 10:00")
        invited = ratings.RatingInvited(application=APP, case=CASE, department="scjg", at=now)
        await desk.hear(submitted(FILED), accepted(FILED), approved(now), issued(now), invited)
        shown = await text(desk)
        assert "已经办结，结果可以领取。" in shown
        assert "<span>用了</span><b>3</b><span>个工作日</span>" in shown
        assert "比承诺的 5 个工作日快了 2 个工作日" in shown
        assert f'href="/licensing/pages/results/{CASE}"' in shown
        assert f'href="/ratings/rate/{CASE}"' in shown
        assert "/withdrawal" not in shown
        fetched = licensing.ResultDelivered(application=APP, case=CASE, number="样例-1", method="download", at=now)
        rated = ratings.RatingGiven(application=APP, case=CASE, department="scjg", level=5, at=now)
        await desk.hear(fetched, rated)
        shown = await text(desk)
        assert "/rate/" not in shown
        assert "结果可以领取了" not in shown

    async def test_what_is_over_says_so_and_by_how_much(self, desk):
        await desk.hear(submitted(FILED), accepted(FILED, days=(5, 20)))
        await desk.scan_at("03-02 18:30")
        shown = await text(desk)
        assert "超过了我们承诺的期限，还在法律规定的期限内。" in shown
        assert "<span>超</span><b>3</b><span>个工作日</span>" in shown
        assert "承诺的期限已过" in shown
        await desk.scan_at("03-20 09:00")
        assert "超过了法律规定的期限" in await text(desk)

    async def test_the_same_of_several_items_in_one_minute_is_one_entry(self, desk):
        await desk.hear(
            named(submitted(FILED, "scjg", "wjj"), "市场监督管理局", "卫生健康局"),
            accepted(at("02-12 10:00")),
            accepted(at("02-12 10:00"), SECOND),
        )
        assert (await text(desk)).count("<h3>已受理，开始计时</h3><p>样例事项1、样例事项2</p>") == 1
        assert (await text(desk, "clerk")).count("已受理，开始计时</h3>") == 2

    @pytest.mark.parametrize(
        ("ending", "words"),
        [
            (refused(at("02-24 10:00")), "已经办完：不予办理。"),
            (closed(at("02-12 09:30"), reason="withdrawn_before_acceptance"), "已经办完：已终止。"),
        ],
    )
    async def test_an_ending_is_called_what_it_is(self, desk, ending, words):
        desk.clock.move_to(at("02-24 10:00"))
        start = (accepted(FILED),) if type(ending).__name__ == "CaseRefused" else ()
        await desk.hear(submitted(FILED), *start, ending)
        shown = await text(desk)
        assert words in shown
        assert "/withdrawal" not in shown

    async def test_a_case_that_waits_names_what_it_waits_for(self, desk):
        outlines = named(submitted(FILED, "scjg", "wjj"), "市场监督管理局", "卫生健康局")
        cases = (outlines.cases[0], outlines.cases[1].model_copy(update={"waits_for": (CASE,)}))
        await desk.hear(outlines.model_copy(update={"cases": cases}), *BUNDLE[1:])
        assert "等“样例事项1”办好以后自动开始。" in await text(desk)
        await desk.hear(ready(at("02-12 11:00"), SECOND))
        assert "卫生健康局作出决定：样例事项2" in await text(desk)

    async def test_it_is_in_english_for_who_reads_english(self, desk):
        await desk.hear(*BUNDLE)
        desk.http.cookies.set("onedoor_lang", "en")
        answer = await desk.page("applicant", PAGE)
        assert '<html lang="en"' in answer.text


class TestDuty:
    async def test_they_see_everything_with_its_ground_and_its_place(self, desk):
        await desk.hear(*BUNDLE, assigned(at("02-12 11:00"), "scjg"))
        shown = await text(desk, "clerk")
        for words in ("onedoor.intake.v1", "办理时限开始计时", "行政许可法第三十二条第一款第五项", f"{PAGE}/audit"):
            assert words in shown
        assert "撤回申请" not in shown

    async def test_where_an_entry_stands_in_the_log_is_folded_away_and_every_part_of_it_is_named(self, desk):
        await desk.hear(*BUNDLE)
        shown = await text(desk, "clerk")
        record = re.search(r'<details class="more" id="log">.*?</details>', shown, re.S)[0]
        for words in ("技术记录", "事件日志里的位置", 'data-th="主题"', 'data-th="分区"', 'data-th="位移"'):
            assert words in record
        assert "onedoor.intake.v1" not in shown.replace(record, "")
        told = re.search(r'<ol class="tl">.*?</ol>', shown, re.S)[0]
        assert record.count('<th scope="row">') == told.count("<li") > 3
        assert 'id="log"' not in await text(desk)

    async def test_an_urge_stands_there_with_its_text_for_them_and_without_for_the_owner(self, desk):
        await desk.hear(*BUNDLE)
        await desk.post("supervisor", f"/cases/{CASE}/urges", {"text": "请说明原因。"})
        assert "<p>请说明原因。</p>" in await text(desk, "officer-scjg")
        owners = await text(desk)
        assert "监管人员催办了" in owners
        assert "请说明原因" not in owners


class TestOthers:
    @pytest.mark.parametrize("who", ["applicant2", "officer-cgj"])
    async def test_a_stranger_gets_the_page_for_what_is_not_there(self, desk, who):
        await desk.hear(*BUNDLE)
        answer = await desk.page(who, PAGE)
        assert (answer.status_code, "没有找到这份申请" in answer.text) == (404, True)
        assert "开办餐饮店" not in answer.text
        none = await desk.page(who, "/pages/applications/9ZQ0M3X5KD2WA")
        assert none.status_code == 404

    async def test_who_has_not_signed_in_is_sent_to_do_so(self, desk):
        answer = await desk.page(None, PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?back={PAGE}")

    async def test_reviewers_and_administrators_may_not(self, desk):
        await desk.hear(*BUNDLE)
        for who in ("reviewer", "administrator"):
            assert (await desk.page(who, PAGE)).status_code == 403

    async def test_a_number_that_is_none_is_told(self, desk):
        assert (await desk.page("clerk", "/pages/applications/abc")).status_code == 422

    async def test_a_parked_application_says_that_nothing_is_lost(self, desk):
        await desk.poison(APP)
        answer = await desk.page("clerk", PAGE)
        assert answer.status_code in (404, 423)


async def test_what_came_before_the_submission_is_shown_as_far_as_it_goes(desk):
    await desk.hear(refused(at("02-12 09:30")))
    answer = await desk.page("clerk", PAGE)
    assert (answer.status_code, "一份新申请" in answer.text) == (200, True)


async def test_no_style_and_no_script_stands_in_the_page(desk):
    await desk.hear(*BUNDLE)
    for who in ("applicant", "clerk"):
        shown = await text(desk, who)
        assert " style=" not in shown
        assert "<script>" not in shown
