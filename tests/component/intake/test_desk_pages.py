"""The window's pages: find, examine, decide in five ways, correct, print; every form without scripts."""

import re
from datetime import timedelta

import pytest

from shared.contracts.supervision import ClockResumed, ClockStarted, LightChanged
from shared.contracts.topics import SUPERVISION
from tests.component.intake.conftest import APPLICANT, COMPANY, NOW
from tests.unit.intake.sample import DUE

PAGE = {"Accept": "text/html"}


async def see(window, path: str, who="clerk"):
    return await window.http.get(path, headers=window._who(who) | PAGE)


async def fill(window, path: str, who="clerk", at="", **entered):
    """Open the form at `path`, enter something, and send it (to `at`, or where it was)."""
    page = await see(window, path, who)
    assert page.status_code == 200, page.text
    return await send(window, at or path, page.text, who, **entered)


async def send(window, path: str, page: str, who="clerk", **entered):
    token = re.search(r'name="_token" value="([^"]+)"', page)[1]
    data = {"_token": token, "desk": "综合窗口3号", **entered}
    return await window.http.post(path, data=data, headers=window._who(who) | PAGE)


async def status(window, number: str) -> str:
    return (await window.get("clerk", f"/applications/{number}")).json()["status"]


async def timed(window, number: str, *, kind=ClockStarted, **changed) -> None:
    """Supervision says when the five days end: on Monday, at 18:00."""
    told = {"application": number, "subject": number, "clock": "acceptance", "generation": 1, "due": DUE}
    first = {"started_at": NOW, "calendar": "2026.1"} if kind is ClockStarted else {"at": NOW}
    event = kind(**{**told, **first, "counting": "cccc--c" + "c" * 31, **changed})
    await window.hear(SUPERVISION, event, f"supervision/{number}")


async def first_material(window, number: str) -> str:
    return (await window.get("clerk", f"/applications/{number}")).json()["materials"][0]["key"]


class TestQueue:
    async def test_what_waits_stands_with_its_count_and_the_applicant_masked(self, window):
        number = await window.submitted()
        page = await see(window, "/desk")
        assert number in page.text
        assert "样*****" in page.text
        assert APPLICANT["name"] not in page.text
        assert "5 个工作日内告知" in page.text

    async def test_each_stands_with_its_date_and_light_and_the_first_due_first(self, window):
        first, second = await window.submitted(), await window.submitted(key="key-00002")
        assert "5 个工作日，看到期日" in (await see(window, "/desk")).text, "before supervision has spoken"
        for number in (first, second):
            await timed(window, number)
        yellow = {"application": second, "subject": second, "clock": "acceptance", "generation": 1, "light": "yellow"}
        await window.hear(SUPERVISION, LightChanged(**yellow, at=NOW), f"supervision/{second}")
        page = (await see(window, "/desk")).text
        assert page.index(first) < page.index(second)
        assert page.count("还剩 5 个工作日") == 2
        assert page.count("3月9日 周一 18:00 到期") == 2
        assert page.count("light--amber") == 1
        assert "还剩 5 个工作日" in (await see(window, f"/desk/pages/{first}")).text
        assert "2026-03-09 18:00" in (await see(window, "/desk/applications.csv")).text

    async def test_what_was_supplemented_is_due_later_and_while_it_waits_it_has_no_date(self, window):
        first, second = await window.submitted(), await window.submitted(key="key-00002")
        key = await first_material(window, first)
        for number in (first, second):
            await timed(window, number)
        asked = {"materials": [{"material": key, "reason": "看不清"}]}
        assert (await window.post("clerk", f"/applications/{first}/supplement-request", asked)).status_code == 200
        assert "18:00 到期" not in (await see(window, "/desk?status=supplement_requested")).text
        window.clock.move_to(NOW + timedelta(days=1))
        file = (await window.upload("applicant")).json()["id"]
        brought = {"materials": [{"material": key, "files": [file]}]}
        assert (await window.post("applicant", f"/applications/{first}/supplement", brought)).status_code == 200
        await timed(window, first, kind=ClockResumed, generation=3, due=DUE + timedelta(days=1))
        rows = (await window.get("clerk", "/desk/applications", status="submitted")).json()["applications"]
        assert [row["number"] for row in rows] == [second, first]
        assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)

    async def test_other_clocks_are_not_even_noted(self, window):
        number = await window.submitted()
        await timed(window, number, clock="joint")
        doc = (await window.hall.backings["intake"].documents.load([number]))[number]
        assert doc.state.clock is None
        assert f"supervision/{number}" not in doc.inbox

    async def test_a_search_goes_through_all_statuses_and_keeps_what_was_typed(self, window):
        number = await window.accepted()
        page = await see(window, "/desk?q=0001")
        assert number in page.text
        assert 'value="0001"' in page.text
        assert number in (await see(window, "/desk?q=0001&status=accepted")).text
        assert number not in (await see(window, "/desk?q=0001&status=submitted")).text

    async def test_a_wrong_number_is_told_at_its_field_and_a_hostile_search_is_only_text(self, window):
        number = await window.submitted()
        page = await see(window, f"/desk?q={number[:-1]}")
        assert page.status_code == 422
        assert "现在是12位" in page.text
        assert 'href="#f-q"' in page.text
        page = await see(window, '/desk?q="><script>alert(1)</script>')
        assert "<script>alert" not in page.text
        assert "没有找到" in page.text

    async def test_empty_states_say_what_to_do(self, window):
        assert "代为申请" in (await see(window, "/desk")).text
        assert "换一个状态" in (await see(window, "/desk?status=ended")).text

    async def test_filters_stand_in_the_address_and_in_its_links(self, window):
        for place in range(21):
            await window.submitted(key=f"key-{place:05}")
        page = await see(window, "/desk?channel=online")
        assert "?status=submitted&amp;channel=online&amp;page=2" in page.text
        assert "共 21 份" in page.text
        assert (await see(window, "/desk?channel=online&page=2")).text.count("/desk/pages/") == 1
        assert "这里没有申请" in (await see(window, "/desk?channel=window")).text

    async def test_the_spreadsheet_has_the_same_rows_and_a_mark_for_spreadsheets(self, window):
        number = await window.submitted()
        answer = await see(window, "/desk/applications.csv?channel=online")
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.text.startswith("\ufeff")
        assert number in answer.text
        assert APPLICANT["name"] not in answer.text
        assert number not in (await see(window, "/desk/applications.csv?channel=window")).text

    async def test_only_the_window(self, window):
        for path in ("/desk", "/desk/new", "/desk/applications.csv"):
            assert (await see(window, path, "applicant")).status_code == 403
            assert (await see(window, path, None)).status_code in (303, 401)

    async def test_only_whoever_may_see_it_may_listen_for_its_changes(self, window):
        number = await window.submitted()
        assert (await see(window, "/live/list", "applicant")).status_code == 403
        assert (await see(window, f"/live/applications/{number}", "applicant2")).status_code == 404


class TestExamining:
    async def test_materials_with_their_files_stand_beside_the_decision_and_the_holder_in_full(self, window, capsys):
        number = await window.submitted()
        page = await see(window, f"/desk/pages/{number}")
        for text in (APPLICANT["name"], APPLICANT["code"], "材料.pdf", "作出受理决定", "补正只能告知一次"):
            assert text in page.text
        assert "holder_unmasked" in capsys.readouterr().out

    async def test_without_a_choice_and_with_marks_that_do_not_fit_nothing_is_decided(self, window):
        number = await window.submitted()
        key, path = await first_material(window, number), f"/desk/pages/{number}"
        cases = [
            ({}, "请选一种受理决定"),
            ({"outcome": "destroy"}, "请选一种受理决定"),
            ({"outcome": "accept", f"mark.{key}": "no"}, "不能直接受理"),
            ({"outcome": "supplement"}, "没有标出要补的材料"),
            ({"outcome": "supplement", f"mark.{key}": "no", f"why.{key}": " "}, "怎么补"),
        ]
        for entered, told in cases:
            answer = await fill(window, path, **entered)
            assert (answer.status_code, told in answer.text) == (422, True), told
        assert await status(window, number) == "submitted"

    async def test_a_form_without_a_good_token_does_nothing(self, window):
        number = await window.submitted()
        data = {"_token": "x.1.y", "desk": "综合窗口"}
        path = f"/desk/pages/{number}/accept"
        answer = await window.http.post(path, data=data, headers=window._who("clerk") | PAGE)
        assert answer.status_code == 403
        assert await status(window, number) == "submitted"


class TestAccepting:
    async def test_checked_then_accepted_once_with_the_receipts_to_print(self, window):
        number = await window.submitted()
        answer = await fill(window, f"/desk/pages/{number}", outcome="accept")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/intake/desk/pages/{number}/accept")
        page = await see(window, f"/desk/pages/{number}/accept")
        assert "受理后开始计算办理期限" in page.text
        first = await send(window, f"/desk/pages/{number}/accept", page.text)
        again = await send(window, f"/desk/pages/{number}/accept", page.text)
        assert first.headers["location"] == again.headers["location"] == f"/intake/desk/pages/{number}?done=accepted"
        done = await see(window, f"/desk/pages/{number}?done=accepted")
        assert "已受理" in done.text
        assert f"/pages/applications/{number}/receipts/SL-{number}-01" in done.text
        assert "作出受理决定" not in done.text

    async def test_another_clerk_was_first(self, window):
        number = await window.submitted()
        page = await see(window, f"/desk/pages/{number}/accept")
        await window.post("clerk", f"/applications/{number}/accept")
        answer = await send(window, f"/desk/pages/{number}/accept", page.text)
        assert (answer.status_code, "已经作出受理决定" in answer.text) == (409, True)
        assert (await see(window, f"/desk/pages/{number}/accept")).status_code == 303

    async def test_the_window_need_not_type_its_name_again(self, window):
        number = await window.submitted()
        answer = await fill(window, f"/desk/pages/{number}/accept", desk="综合窗口7号")
        window.http.cookies.update(answer.cookies)
        other = await window.submitted(key="key-00002")
        assert 'value="综合窗口7号"' in (await see(window, f"/desk/pages/{other}/accept")).text

    async def test_a_bad_name_of_the_window_is_told_and_kept(self, window):
        number = await window.submitted()
        answer = await fill(window, f"/desk/pages/{number}/accept", desk="窗\u202e口")
        assert answer.status_code == 422
        assert 'id="f-desk-err"' in answer.text
        assert await status(window, number) == "submitted"


class TestSupplement:
    async def test_what_was_marked_is_shown_once_more_and_told_once(self, window):
        number = await window.submitted()
        key, path = await first_material(window, number), f"/desk/pages/{number}"
        marks = {f"mark.{key}": "no", f"why.{key}": "缺少签名"}
        page = await fill(window, path, outcome="supplement", **marks)
        assert (page.status_code, "只能告知一次" in page.text, "缺少签名" in page.text) == (200, True, True)
        assert await status(window, number) == "submitted"
        answer = await send(window, f"{path}/supplement", page.text, **marks)
        assert answer.headers["location"].endswith("?done=asked")
        assert await status(window, number) == "supplement_requested"
        assert "代为补交" in (await see(window, path)).text

    async def test_a_reason_that_names_a_number_is_told_at_its_field(self, window):
        number = await window.submitted()
        key, path = await first_material(window, number), f"/desk/pages/{number}"
        marks = {f"mark.{key}": "no", f"why.{key}": "请打 13900000001"}
        page = await fill(window, path, outcome="supplement", **marks)
        answer = await send(window, f"{path}/supplement", page.text, **marks)
        assert answer.status_code == 422
        assert f'id="f-why.{key}-err"' in answer.text
        assert "请打 13900000001" in answer.text

    async def test_afterwards_only_what_the_first_list_named_can_be_marked(self, window):
        number = await window.submitted()
        view = (await window.get("clerk", f"/applications/{number}")).json()
        first, second = [each["key"] for each in view["materials"] if each["state"] == "handed_in"][:2]
        asked = {"materials": [{"material": first, "reason": "不清楚"}]}
        await window.post("clerk", f"/applications/{number}/supplement-request", asked)
        file = (await window.upload("applicant")).json()["id"]
        await window.post(
            "applicant", f"/applications/{number}/supplement", {"materials": [{"material": first, "files": [file]}]}
        )
        page = (await see(window, f"/desk/pages/{number}")).text
        assert f'name="mark.{first}"' in page
        assert f'name="mark.{second}"' not in page
        assert "第 2 次交" in page

    async def test_reloading_the_check_leads_back(self, window):
        number = await window.submitted()
        answer = await see(window, f"/desk/pages/{number}/supplement")
        assert answer.headers["location"] == f"/intake/desk/pages/{number}"


class TestOutcomes:
    async def test_one_case_is_referred_with_its_reason_and_body(self, window):
        number = await window.submitted()
        path = f"/desk/pages/{number}/outcomes"
        assert (await fill(window, f"/desk/pages/{number}", outcome="refer")).headers["location"].endswith("as=refer")
        cases = [each["case"] for each in (await window.get("clerk", f"/applications/{number}")).json()["cases"]]
        accept = {f"outcome.{case}": "accept" for case in cases}
        nothing = await fill(window, path, **accept)
        assert (nothing.status_code, "每一件都选了受理" in nothing.text) == (422, True)
        last = cases[-1]
        refer = accept | {f"outcome.{last}": "refer"}
        missing = await fill(window, path, **refer)
        for field in ("reason", "body"):
            assert f'href="#f-{field}.{last}"' in missing.text
        words = {f"reason.{last}": "不归本县管", f"body.{last}": "样例市市场监督管理局"}
        answer = await fill(window, path, **refer, **words)
        assert answer.headers["location"].endswith("?done=decided"), answer.text
        page = (await see(window, f"/desk/pages/{number}?done=decided")).text
        assert "样例市市场监督管理局" in page
        assert f"BY-{last}" in page

    async def test_a_case_without_a_choice_is_told(self, window):
        number = await window.submitted()
        answer = await fill(window, f"/desk/pages/{number}/outcomes")
        assert answer.status_code == 422
        assert await status(window, number) == "submitted"


class TestCorrecting:
    async def test_a_phone_is_put_right_and_its_record_shows_what_it_was(self, window):
        number = await window.submitted("clerk", applicant=APPLICANT | {"phone": "13900000002"})
        path = f"/desk/pages/{number}/correct"
        values = {"applicant.name": APPLICANT["name"], "applicant.code": APPLICANT["code"]}
        answer = await fill(window, path, reason="录错一位", **values, **{"applicant.phone": "13900000001"})
        assert answer.headers["location"].endswith("?done=corrected"), answer.text
        page = (await see(window, path)).text
        for text in ("录错一位", "原来是 13900000002", 'value="13900000001"'):
            assert text in page
        record = (await window.get("clerk", f"/applications/{number}")).json()["corrections"]
        assert [each["fields"] for each in record] == [["applicant.phone"]]

    async def test_mistakes_are_told_at_their_fields_with_everything_kept(self, window):
        number = await window.submitted("clerk", applicant=COMPANY)
        wrong = {"applicant.phone": "12", "applicant.name": "", "reason": ""}
        answer = await fill(window, f"/desk/pages/{number}/correct", **wrong)
        assert answer.status_code == 422
        assert 'href="#f-reason"' in answer.text
        answer = await fill(window, f"/desk/pages/{number}/correct", **wrong | {"reason": "核对了证件"})
        for field in ("applicant.phone", "applicant.name"):
            assert f'href="#f-{field}"' in answer.text
        assert "核对了证件" in answer.text

    @pytest.mark.parametrize("who", ["applicant", "clerk"])
    async def test_what_may_not_be_corrected_is_fixed_and_says_why(self, window, who):
        number = await (window.submitted if who == "applicant" else window.accepted)(who=who)
        page = (await see(window, f"/desk/pages/{number}/correct")).text
        assert ("来自实名登录" in page, "已经受理" in page) == (who == "applicant", who == "clerk")
        name = {"applicant.name": "样例别人", "applicant.phone": "13900000009"}
        answer = await fill(window, f"/desk/pages/{number}/correct", reason="核对了证件", **name)
        assert answer.status_code == 303
        seen = (await window.get("clerk", f"/applications/{number}")).json()["applicant"]
        assert (seen["name"], seen["phone"]) == (APPLICANT["name"], "13900000009")


class TestPapers:
    async def test_owner_and_window_print_and_others_find_nothing(self, window):
        number = await window.accepted()
        path = f"/pages/applications/{number}/receipts/SL-{number}-01"
        for who in ("applicant", "clerk"):
            page = await see(window, path, who)
            assert page.status_code == 200
            for text in ("受理通知书", f"SL-{number}-01", APPLICANT["name"], "行政许可法第三十二条"):
                assert text in page.text, text
        masked = await see(window, path, "officer-scjg")
        assert (masked.status_code, APPLICANT["name"] in masked.text) == (200, False)
        assert (await see(window, path, "applicant2")).status_code == 404
        assert (await see(window, f"/pages/applications/{number}/receipts/SL-{number}-99")).status_code == 404
        assert (await see(window, f"/pages/applications/{number}/receipts/nonsense")).status_code == 422

    async def test_every_kind_of_paper_can_be_printed(self, window):
        number = await window.submitted()
        key = await first_material(window, number)
        asked = {"materials": [{"material": key, "reason": "不清楚"}]}
        await window.post("clerk", f"/applications/{number}/supplement-request", asked)
        await window.post("applicant", f"/applications/{number}/withdrawal")
        papers = (await window.get("clerk", f"/applications/{number}/receipts")).json()
        assert {each["kind"] for each in papers} == {"received", "supplement", "closed"}
        for each in papers:
            page = await see(window, f"/pages/applications/{number}/receipts/{each['number']}")
            assert (page.status_code, each["title"] in page.text) == (200, True)

    async def test_what_was_just_done_is_printed_together_a_sheet_each(self, window):
        number = await window.accepted()
        page = (await see(window, f"/pages/applications/{number}/receipts/all?of=accepted")).text
        assert page.count('<article class="paper"') == page.count("受理通知书</h1>") == 4
        assert "收件凭证" not in page
        assert "承诺办结时限：7个工作日" in page
        everything = (await see(window, f"/pages/applications/{number}/receipts/all", "applicant")).text
        assert everything.count('<article class="paper"') == 5
        assert (await see(window, f"/pages/applications/{number}/receipts/all", "applicant2")).status_code == 404


class TestWalkIn:
    async def test_a_clerk_finds_the_matter_and_goes_the_applicants_way(self, window):
        page = (await see(window, "/desk/new?q=饭店")).text
        assert "/intake/matters/restaurant/questions" in page
        assert "没有找到" in (await see(window, "/desk/new?q=登月")).text
