"""`/pages/applications/{number}/audit`: each red day by day, urging and answering in a browser, the proof."""

import csv
import io
import re

import pytest

from tests.unit.supervision.sample import (
    APP,
    CASE,
    SECOND,
    accepted,
    asked_for_more,
    at,
    refused,
    submitted,
    supplemented,
)

PAGE = f"/pages/applications/{APP}/audit"
URGES = f"/pages/applications/{APP}/urges"
ANSWERS = f"/pages/applications/{APP}/answers"
FILED = at("02-12 09:00")


@pytest.fixture
async def late(desk):
    """APP is over its promise by three working days, not over the law's limit."""
    await desk.hear(submitted(FILED), accepted(FILED, days=(5, 20), steps=("xfdd",)))
    await desk.scan_at("03-02 18:30")
    return desk


def words(shown: str, of: str) -> list[str]:
    """The cells of the calendar with this class, in words."""
    cells = re.findall(rf'<li class="[^"]*\b{of}\b[^"]*">.*?<span class="vh">([^<]*)</span>', shown)
    return cells


class TestReasons:
    async def test_each_day_is_told_in_the_calendar_and_in_the_table(self, late):
        shown = (await late.page("supervisor", PAGE)).text
        assert "<h1>为什么是红灯？</h1>" in shown
        assert "2月26日 周四 18:00 到期，到现在还没有作出决定。" in shown
        assert "<span>超</span><b>3</b><span>个工作日</span>" in shown
        assert "法定 20 个工作日，没有超" in shown
        assert words(shown, "start") == ["当天不计（09:00 开始）"]
        assert words(shown, "cnt")[:2] == ["第 1 天", "第 2 天（调休上班）"]
        assert words(shown, "duez") == ["第 5 天（18:00 到期）"]
        assert words(shown, "over") == ["超 1 天", "超 2 天（调休上班）", "超 3 天（今天）"]
        assert words(shown, "off").count("春节") == 9
        table = re.search(r"<tbody>.*?</tbody>", shown, re.S)[0]
        assert "2026年2月14日 周六" in table
        assert table.count("<tr>") == len(re.findall(r'<li class="(?:mon|tue|wed|thu|fri|sat|sun) ', shown))

    async def test_an_ending_stops_the_count(self, late):
        late.clock.move_to(at("03-03 11:05"))
        await late.hear(refused(at("03-03 11:05")))
        shown = (await late.page("supervisor", PAGE)).text
        assert "3月3日 周二 11:05 才作出决定。" in shown
        assert "<span>超</span><b>3</b><span>个工作日</span>" in shown
        assert words(shown, "tue")[-1] == "作出决定（11:05）"
        assert "超期办结" in shown

    async def test_other_clocks_are_a_click_away(self, late):
        shown = (await late.page("supervisor", PAGE)).text
        assert f"?clock={APP}.acceptance" in shown
        other = (await late.page("supervisor", PAGE, clock=f"{APP}.acceptance")).text
        assert "<h1>每一天是怎样算的</h1>" in other
        assert "按时办结" in other
        assert (await late.page("supervisor", PAGE, clock="x")).status_code == 422

    async def test_what_was_never_red_is_explained_too(self, desk):
        await desk.hear(submitted(FILED))
        shown = (await desk.page("clerk", PAGE)).text
        assert "<h1>每一天是怎样算的</h1>" in shown
        assert "现在还在期限内。" in shown

    async def test_pauses_and_whether_they_were_lawful(self, desk):
        await desk.hear(submitted(FILED), asked_for_more(at("02-13 10:00")))
        await desk.scan_at("02-25 09:00")
        shown = (await desk.page("supervisor", PAGE)).text
        assert words(shown, "paz")[0] == "暂停（10:00 暂停）"
        assert "没有超过时限" in shown
        await desk.hear(supplemented(at("02-25 09:00")))
        shown = (await desk.page("supervisor", PAGE)).text
        assert "2026年2月13日 周五 10:00 — 2026年2月25日 周三 09:00" in shown, (
            "a clock that began anew has not forgotten"
        )
        assert "收到补正材料，重新计算" in shown
        await desk.hear(asked_for_more(at("02-25 10:00")))
        shown = (await desk.page("supervisor", PAGE)).text
        assert shown.count("再次告知") == 1, "the law wants everything told at once"

    async def test_a_list_that_was_told_too_late_is_named(self, desk):
        await desk.hear(submitted(FILED))
        await desk.scan_at("02-27 09:00")
        await desk.hear(asked_for_more(at("02-27 09:00")))
        shown = (await desk.page("supervisor", PAGE)).text
        assert "超过时限" in shown
        assert "逾期告知不算数" in shown

    async def test_nothing_was_counted_yet(self, desk):
        await desk.hear(refused(FILED))
        shown = (await desk.page("supervisor", PAGE)).text
        assert "还没有开始计时" in shown


class TestWho:
    @pytest.mark.parametrize(
        ("who", "status", "urges", "proof"),
        [
            ("supervisor", 200, True, True), ("clerk", 200, False, False), ("officer-xfdd", 200, False, False),
            ("officer-cgj", 404, False, False), ("applicant", 403, False, False), (None, 303, False, False),
        ],
    )  # fmt: skip
    async def test_those_on_duty_see_it_and_only_supervisors_urge_and_verify(self, late, who, status, urges, proof):
        answer = await late.page(who, PAGE)
        assert answer.status_code == status
        assert ("发出催办" in answer.text, "审计链完整" in answer.text) == (urges, proof)


@pytest.mark.usefixtures("by_hand")
class TestUrging:
    async def test_a_supervisor_urges_and_the_department_answers(self, late):
        sent = await late.send("supervisor", PAGE, URGES, case=CASE, text="请说明原因。", reply_by="2026-03-04")
        assert (sent.status_code, sent.headers["location"]) == (303, f"/supervision{PAGE}?sent={CASE}.1")
        shown = (await late.page("supervisor", PAGE)).text
        assert "第 1 次催办：scjg、xfdd" in shown
        assert "请说明原因。（请在 3月4日 周三前答复）" in shown
        asked = (await late.page("officer-xfdd", PAGE)).text
        assert "答复第 1 次催办" in asked
        sent = await late.send("officer-xfdd", PAGE, ANSWERS, case=CASE, urge="1", text="明日办结。")
        assert sent.status_code == 303
        shown = (await late.page("officer-xfdd", PAGE)).text
        assert "xfdd答复" in shown
        assert "明日办结。" in shown
        assert "答复第 1 次催办" not in shown

    async def test_the_top_of_the_page_confirms_the_urge_and_says_what_comes_next(self, late):
        sent = await late.send("supervisor", PAGE, URGES, case=CASE, text="请办。", reply_by="2026-03-04")
        urge = sent.headers["location"].partition("?sent=")[2]
        shown = (await late.page("supervisor", PAGE, sent=urge)).text
        top = shown[: shown.index("一天一天看")]
        for words in (
            "已经催办：scjg、xfdd",
            "部门最晚 2026年3月4日 周三答复。",
            "部门在自己的任务上看到这次催办",
        ):
            assert words in top
        assert "已经催办" not in (await late.page("supervisor", PAGE)).text
        assert "已经催办" not in (await late.page("officer-xfdd", PAGE, sent=urge)).text
        await late.send("supervisor", PAGE, URGES, case=CASE, text="再请办。")
        assert "部门最晚 2026年3月" in (await late.page("supervisor", PAGE, sent=f"{CASE}.2")).text, "by the ladder"

    async def test_the_top_of_the_page_confirms_the_answer(self, late):
        await late.send("supervisor", PAGE, URGES, case=CASE, text="请办。")
        sent = await late.send("officer-xfdd", PAGE, ANSWERS, case=CASE, urge="1", text="明日办结。")
        urge = sent.headers["location"].partition("?sent=")[2]
        assert "答复已经发出" in (await late.page("officer-xfdd", PAGE, sent=urge)).text
        assert "答复已经发出" not in (await late.page("officer-scjg", PAGE, sent=urge)).text, (
            "another department has not answered"
        )

    @pytest.mark.parametrize(("sent", "status"), [(f"{CASE}.9", 200), (f"{SECOND}.1", 200), ("x", 422), ("1.1", 422)])
    async def test_an_urge_in_the_address_that_is_none_confirms_nothing(self, late, sent, status):
        answer = await late.page("supervisor", PAGE, sent=sent)
        assert (answer.status_code, "已经催办" in answer.text) == (status, False)

    async def test_only_some_departments_can_be_urged(self, late):
        await late.send("supervisor", PAGE, URGES, case=CASE, text="请办。", departments=["xfdd"])
        assert late.said("UrgeIssued")[0]["departments"] == ["xfdd"]

    async def test_of_several_open_cases_one_is_chosen(self, desk):
        await desk.hear(submitted(FILED, "scjg", "wjj"), accepted(FILED), accepted(FILED, SECOND))
        shown = (await desk.page("supervisor", PAGE)).text
        assert [f'value="{case}"' in shown for case in (CASE, SECOND)] == [True, True]
        await desk.send("supervisor", PAGE, URGES, case=SECOND, text="请办。")
        assert desk.said("UrgeIssued")[0]["case"] == SECOND

    async def test_the_same_form_twice_is_one_urge(self, late):
        asked = (await late.page("supervisor", PAGE)).text
        token = re.search(r'name="_token" value="([^"]+)"', asked)[1]
        for _ in range(2):
            answer = await late.http.post(
                URGES, data={"_token": token, "case": CASE, "text": "请办。"},
                headers={**late._of("supervisor"), "Accept": "text/html"},
            )  # fmt: skip
            assert answer.status_code == 303
        await late.hall.pump()
        assert len(late.said("UrgeIssued")) == 1

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"text": "  "}, "还没有写内容"),
            ({"text": "请回电 13812345678"}, "内容中有身份证号或电话号码"),
            ({"text": "催" * 501}, "内容太长"),
            ({"text": "请办。", "reply_by": "2026-03-01"}, "答复期限已经过去"),
            ({"text": "请办。", "reply_by": "明天"}, "日期不对"),
            ({"text": "请办。", "case": f"{APP}-09"}, "没有这个办件"),
            ({"text": "请办。", "case": "9ZQ0M3X5KD2WA-01"}, "没有这个办件"),
        ],
    )
    async def test_a_mistake_is_named_and_the_entries_are_kept(self, late, fields, words):
        answer = await late.send("supervisor", PAGE, URGES, **{"case": CASE, **fields})
        assert 400 <= answer.status_code < 500
        assert words in answer.text
        assert fields["text"] in answer.text
        assert "为什么是红灯？" in answer.text
        assert late.said("UrgeIssued") == []

    async def test_hostile_text_is_shown_as_text(self, late):
        text = '<script>alert(1)</script>𠮷䶮 🙂"'
        await late.send("supervisor", PAGE, URGES, case=CASE, text=text)
        shown = (await late.page("supervisor", PAGE)).text
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;𠮷䶮 🙂" in shown

    async def test_a_form_of_nobody_knows_whom_does_nothing(self, late):
        headers = {**late._of("supervisor"), "Accept": "text/html"}
        answer = await late.http.post(URGES, data={"_token": "x", "case": CASE, "text": "请办。"}, headers=headers)
        assert (answer.status_code, late.said("UrgeIssued")) == (403, [])

    async def test_others_may_not(self, late):
        for who, path in (("clerk", URGES), ("supervisor", ANSWERS), ("applicant", URGES)):
            answer = await late.http.post(path, data={}, headers={**late._of(who), "Accept": "text/html"})
            assert answer.status_code == 403

    async def test_who_was_not_urged_cannot_answer(self, late):
        await late.send("supervisor", PAGE, URGES, case=CASE, text="请办。", departments=["xfdd"])
        answer = await late.send("officer-scjg", PAGE, ANSWERS, case=CASE, urge="1", text="办。")
        assert answer.status_code in (403, 404)
        assert late.said("UrgeAnswered") == []

    async def test_the_address_of_a_refused_form_leads_back(self, late):
        assert (await late.page("supervisor", URGES)).headers["location"] == f"/supervision{PAGE}"


class TestProof:
    async def test_the_chain_is_proven_and_a_break_is_named(self, late):
        assert "审计链完整：" in (await late.page("supervisor", PAGE)).text
        rows = late.store.facts["audit"]
        name = next(name for name, row in rows.items() if row["n"] <= 2 < row["n"] + len(row["lines"]))
        lines = list(rows[name]["lines"])
        at_line = 2 - rows[name]["n"]
        lines[at_line] = lines[at_line].replace("2026", "2025", 1)
        rows[name] = {**rows[name], "lines": lines}
        shown = (await late.page("supervisor", PAGE)).text
        assert "审计链从第 2 条起对不上" in shown
        assert "被改过" in shown

    async def test_the_entries_are_a_table_to_take_away(self, late):
        answer = await late.page("supervisor", f"/pages/applications/{APP}/entries.csv")
        head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert head[0] == "序号"
        assert [row[0] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
        assert rows[0][2:4] == ["onedoor.intake.ApplicationSubmitted.v1", APP]
        assert rows[1][9] == rows[0][8], "each names the one before"
        assert (await late.page("clerk", f"/pages/applications/{APP}/entries.csv")).status_code == 403


async def test_the_way_to_an_extension_of_the_joint_limit_is_a_supervisors(desk):
    await desk.hear(submitted(FILED), accepted(FILED, joint=45))
    link = f'href="/approval/desk/joint/{APP}"'
    assert link in (await desk.page("supervisor", f"/pages/applications/{APP}/audit")).text
    assert link not in (await desk.page("clerk", f"/pages/applications/{APP}/audit")).text


async def test_what_is_not_decided_jointly_has_no_such_way(desk):
    await desk.hear(submitted(FILED), accepted(FILED))
    assert "/desk/joint/" not in (await desk.page("supervisor", f"/pages/applications/{APP}/audit")).text
