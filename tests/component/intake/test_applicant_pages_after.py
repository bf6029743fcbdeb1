"""After the submission: lists, messages, papers, masked people, the supplement, a replacement, a withdrawal."""

from datetime import timedelta

import pytest

from services.intake.pages.applicant import application_pages
from shared.local.issuer import sample_id_number
from tests.component.intake.browsing import Browser, begun, submitted
from tests.component.intake.conftest import PDF

SUBSIDY = {"matter": "si_subsidy", "answers": {}}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


async def asked(window, **materials):
    """A submitted application of which these materials are asked again, by key and reason."""
    browser, number = await submitted(window, **SUBSIDY)
    window.clock.advance(timedelta(hours=1))
    body = {"materials": [{"material": key, "reason": reason} for key, reason in materials.items()]}
    answer = await window.post("clerk", f"/applications/{number}/supplement-request", body)
    assert answer.status_code == 200, answer.text
    return browser, number, f"/intake/pages/applications/{number}"


async def materials(window, number):
    """Material key → names of its files now."""
    seen = (await window.get("clerk", f"/applications/{number}")).json()
    kept = window.hall.backing("intake").files().held
    return {each["key"]: [kept[name].noted["name"] for name in each["files"]] for each in seen["materials"]}


class TestLists:
    async def test_an_empty_list_says_where_to_begin(self, window):
        browser = Browser(window, "applicant")
        for path in ("/intake/mine", "/intake/messages", "/intake/drafts"):
            page = await browser.open(path)
            assert (page.status, "/intake/" in page.links) == (200, True)

    async def test_what_waits_for_me_comes_first_then_what_i_have_begun_and_handed_in(self, window):
        browser, number, _path = await asked(window, bank_card="看不清卡号")
        _browser, draft = await begun(window)
        page = await browser.open("/intake/mine")
        assert "等您补正1件" in page.text.replace(" ", "")
        assert f"/intake/pages/applications/{number}/supplement" in page.links
        assert draft.path in page.links
        assert page.text.index("没提交的") < page.text.index("提交过的")
        assert f"/intake/live/applications/{number}" in page.html

    async def test_the_list_is_filtered_and_paged_by_its_address(self, window):
        await submitted(window, **SUBSIDY)
        for n in range(11):
            await window.submitted(key=f"key-000{n:02d}", matter="si_subsidy", answers={})
        browser = Browser(window, "applicant")
        first = await browser.open("/intake/mine")
        second = await browser.open("/intake/mine?page=2")
        assert [page.html.count('<tr id="a-') for page in (first, second)] == [10, 2]
        assert "?page=2" in first.links
        assert "第 11 到 12 份，共 12 份" in second.text
        ended = await browser.open("/intake/mine?status=ended")
        assert "没有这样的申请" in ended.text
        assert (await browser.open("/intake/mine?status=nothing")).status == 422

    async def test_the_top_of_the_list_stays_short(self, window):
        browser = Browser(window, "applicant")
        asked_of = {"matter": "si_subsidy", "answers": {}}
        for n in range(6):
            number = await window.submitted(key=f"key-000{n:02d}", **asked_of)
            body = {"materials": [{"material": "bank_card", "reason": "看不清"}]}
            await window.post("clerk", f"/applications/{number}/supplement-request", body)
            await begun(window) if n == 0 else await browser.post(
                "/intake/drafts/new", (await begun(window))[1].forms[-1].fields
            )
        page = await browser.open("/intake/mine")
        assert "等您补正6件" in page.text.replace(" ", "")
        assert page.html.count("补正 1 份材料：") == 5
        assert {"?status=supplement_requested", "/intake/drafts"} <= set(page.links)

    async def test_messages_are_new_until_they_have_been_shown(self, window):
        browser, number, _path = await asked(window, bank_card="看不清卡号")
        assert "1 份申请有新消息" in (await browser.open("/intake/mine")).text
        first = await browser.open("/intake/messages")
        assert ("请补正 1 份材料" in first.text, first.html.count('class="tag"')) == (True, 1)
        assert f"/intake/pages/applications/{number}/supplement" in first.links
        again = await browser.open("/intake/messages")
        assert again.html.count('class="tag"') == 0
        assert "消息都看过了" in (await browser.open("/intake/mine")).text


class TestApplication:
    async def test_its_owner_sees_all_of_it_and_nobody_else_any(self, window):
        browser, number = await submitted(window, **SUBSIDY)
        page = await browser.open(f"/intake/pages/applications/{number}")
        for said in (sample_id_number(1), "13900000001", "bank_card.pdf", "待受理", "收件凭证"):
            assert said in page.text
        assert f"/intake/pages/applications/{number}/materials/bank_card" in page.links
        for who, status in (("applicant2", 404), ("reviewer", 403), ("administrator", 403)):
            assert (await Browser(window, who).open(page.path)).status == status

    async def test_a_number_is_read_as_people_type_it(self, window):
        browser, number = await submitted(window, **SUBSIDY)
        assert (await browser.open(f"/intake/pages/applications/{number.lower()}")).status == 200
        assert (await browser.open("/intake/pages/applications/x")).status == 422

    async def test_a_department_sees_the_materials_and_masked_people_until_it_says_why(self, window, monkeypatch):
        said = []

        class Log:
            def info(self, event, **values):
                said.append((event, values))

        monkeypatch.setattr(__import__("sys").modules[application_pages.__module__], "logger", lambda _name: Log())
        _browser, number = await submitted(window, **SUBSIDY)
        department = (await window.get("clerk", f"/applications/{number}")).json()["cases"][0]["department"]
        officer = Browser(window, f"officer-{department}")
        page = await officer.open(f"/intake/pages/applications/{number}")
        assert sample_id_number(1) not in page.html
        assert "13900000001" not in page.html
        assert "bank_card.pdf" in page.text
        silent = await officer.send(page, "reason", reason=" ")
        assert (silent.status, silent.mistakes, said) == (422, ["#f-reason"], [])
        shown = await officer.send(page, "reason", reason="电话通知现场核查时间")
        assert sample_id_number(1) in shown.text
        expected = {"application": number, "by": officer.who.replace("officer", "sample:officer")}
        assert said == [("holder_unmasked", expected | {"reason": "电话通知现场核查时间"})]
        assert sample_id_number(1) not in (await officer.open(f"/intake/pages/applications/{number}")).text
        assert (await Browser(window, "officer-xfdd").open(page.path)).status == 404

    async def test_a_reason_that_names_a_telephone_is_refused(self, window):
        _browser, number = await submitted(window, **SUBSIDY)
        department = (await window.get("clerk", f"/applications/{number}")).json()["cases"][0]["department"]
        officer = Browser(window, f"officer-{department}")
        page = await officer.open(f"/intake/pages/applications/{number}")
        assert (await officer.send(page, "reason", reason="打 13900000001")).status == 422

    @pytest.mark.parametrize("who", ["applicant", "clerk", "supervisor"])
    async def test_nobody_else_unmasks(self, window, who):
        _browser, number = await submitted(window, **SUBSIDY)
        page = await Browser(window, who).open(f"/intake/pages/applications/{number}")
        assert [form for form in page.forms if "reason" in form.names] == []

    async def test_the_materials_stand_alone_for_a_task_page(self, window):
        _browser, number = await submitted(window, **SUBSIDY)
        department = (await window.get("clerk", f"/applications/{number}")).json()["cases"][0]["department"]
        page = await Browser(window, f"officer-{department}").open(f"/intake/pages/applications/{number}/materials")
        assert "materials" in page.ids
        assert "bank_card.pdf" in page.text
        assert "换一份" not in page.text

    async def test_every_paper_is_listed_with_its_way_to_print(self, window):
        browser, number, path = await asked(window, bank_card="看不清卡号")
        page = await browser.open(f"{path}/receipts")
        assert "papers" in page.ids
        assert [f"{path}/receipts/SJ-{number}" in page.links, f"{path}/receipts/BZ-{number}-1" in page.links] == [
            True
        ] * 2


class TestSupplement:
    async def test_the_list_is_answered_as_a_whole_and_nothing_has_to_be_chosen_twice(self, window):
        browser, number, path = await asked(window, bank_card="看不清卡号", worker_id="照片过期")
        page = await browser.open(f"{path}/supplement")
        assert ["看不清卡号" in page.text, "照片过期" in page.text, "上次交的：bank_card.pdf" in page.text] == [
            True
        ] * 3
        page = await browser.send(
            page, "files.bank_card", press=("act", "submit"), files=[("files.bank_card", "新卡.pdf", PDF + b"new")]
        )
        assert (page.status, page.mistakes) == (422, ["#f-files.worker_id"])
        assert "新卡.pdf" in (await browser.open(f"{path}/supplement")).text
        page = await browser.send(
            page, "files.bank_card", press=("act", "submit"), files=[("files.worker_id", "证.png", PNG)]
        )
        assert page.path == f"{path}?done=supplemented"
        again = await browser.open(path)
        assert "从下一个工作日起重新计算" in page.text
        assert "从下一个工作日起重新计算" in again.text, "also when it is opened again"
        assert (await browser.again()).path == page.path, "a second press"
        now = await materials(window, number)
        assert (now["bank_card"], now["worker_id"]) == (["新卡.pdf"], ["证.png"])
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert [each["answered_at"] is None for each in seen["supplements"]] == [False]
        assert (await browser.open(f"{path}/supplement")).path == path

    async def test_what_is_put_together_waits_for_the_rest(self, window):
        browser, number, path = await asked(window, bank_card="看不清卡号", worker_id="照片过期")
        page = await browser.open(f"{path}/supplement")
        page = await browser.send(
            page, "files.bank_card", press=("act", "keep"), files=[("files.bank_card", "新卡.pdf", PDF + b"new")],
            licence__worker_id="JZ-2026-0001",
        )  # fmt: skip
        assert page.status == 200
        assert ("licence.worker_id", "JZ-2026-0001") in page.form("files.bank_card").fields
        assert (await materials(window, number))["bank_card"] == ["bank_card.pdf"], "nothing is handed in yet"
        remove = next(button for button in page.form("files.bank_card").buttons if button[0] == "remove")
        page = await browser.send(page, "files.bank_card", press=remove)
        assert "新卡.pdf" not in page.text

    async def test_the_window_hands_in_what_was_brought(self, window):
        _browser, number, path = await asked(window, bank_card="看不清卡号")
        clerk = Browser(window, "clerk")
        page = await clerk.open(f"{path}/supplement")
        page = await clerk.send(
            page, "files.bank_card", press=("act", "submit"), files=[("files.bank_card", "送来的.pdf", PDF + b"w")]
        )
        assert page.path == f"/intake/desk/pages/{number}"
        assert (await materials(window, number))["bank_card"] == ["送来的.pdf"]

    async def test_it_is_nobody_elses(self, window):
        _browser, _number, path = await asked(window, bank_card="看不清卡号")
        assert (await Browser(window, "applicant2").open(f"{path}/supplement")).status == 404


class TestReplacement:
    async def test_a_better_copy_takes_the_place_once(self, window):
        browser, number = await submitted(window, **SUBSIDY)
        path = f"/intake/pages/applications/{number}"
        page = await browser.open(f"{path}/materials/bank_card")
        assert "bank_card.pdf" in page.text
        nothing = await browser.send(page, "files.bank_card", press=("act", "replace"))
        assert nothing.mistakes == ["#f-files.bank_card"]
        new = [("files.bank_card", "新卡.pdf", PDF + b"new")]
        page = await browser.send(page, "files.bank_card", press=("act", "replace"), files=new)
        assert page.path == f"{path}?done=replaced"
        assert (await browser.again()).path == page.path
        assert (await materials(window, number))["bank_card"] == ["新卡.pdf"]
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert len(seen["replacements"]) == 1

    async def test_after_acceptance_nothing_is_replaced(self, window):
        browser, number = await submitted(window, **SUBSIDY)
        path = f"/intake/pages/applications/{number}"
        page = await browser.open(f"{path}/materials/bank_card")
        await window.post("clerk", f"/applications/{number}/accept")
        late = await browser.send(
            page, "files.bank_card", press=("act", "replace"), files=[("files.bank_card", "晚.pdf", PDF + b"l")]
        )
        assert (late.status, "已经作出受理决定" in late.text) == (409, True)
        assert (await browser.open(f"{path}/materials/bank_card")).path == path
        assert "换一份" not in (await browser.open(path)).text

    async def test_what_was_never_handed_in_has_no_page(self, window):
        browser, number = await submitted(window, **SUBSIDY)
        assert (await browser.open(f"/intake/pages/applications/{number}/materials/hardship_resul")).status == 404


class TestWithdrawal:
    async def test_before_acceptance_it_goes_as_a_whole_and_at_once(self, window):
        browser, number = await submitted(window)
        path = f"/intake/pages/applications/{number}"
        page = await browser.open(f"{path}/withdrawal")
        assert "撤回马上生效" in page.text
        assert "cases" not in page.form().names
        done = await browser.send(page)
        assert done.path == f"{path}?done=withdrawn"
        assert (await browser.again()).path == done.path
        assert set((await window.status(number)).values()) == {"closed"}
        assert "已办结" not in done.text
        assert "已终止" in done.text
        assert "没有可以撤回的事项" in (await browser.open(f"{path}/withdrawal")).text

    async def test_after_acceptance_it_is_asked_for_case_by_case(self, window):
        browser, number = await submitted(window)
        path = f"/intake/pages/applications/{number}"
        before = await browser.open(f"{path}/withdrawal")
        await window.post("clerk", f"/applications/{number}/accept")
        late = await browser.send(before)
        assert (late.status, late.mistakes) == (422, ["#f-cases"]), "it was accepted meanwhile: nothing goes unasked"
        page = await browser.open(f"{path}/withdrawal")
        done = await browser.send(page, "cases", cases=[f"{number}-02"])
        assert done.path == f"{path}?done=asked"
        assert "申请撤回" in done.text
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert [bool(case["withdrawal_requested_at"]) for case in seen["cases"]] == [False, True, False, False]
        strange = await browser.send(page, "cases", cases=["nothing"])
        assert strange.status == 422

    async def test_only_the_owner_withdraws(self, window):
        _browser, number = await submitted(window, **SUBSIDY)
        for who, status in (("applicant2", 404), ("clerk", 403)):
            assert (await Browser(window, who).open(f"/intake/pages/applications/{number}/withdrawal")).status == status
