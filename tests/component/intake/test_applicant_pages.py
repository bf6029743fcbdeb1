"""An applicant's journey without scripts: from the notice to the confirmation, for a bundle and for a single item."""

from datetime import timedelta

import pytest

from services.intake.drafts import MOST
from services.intake.sweeping import SWEPT_AFTER
from shared.local.issuer import sample_id_number, sample_uscc
from tests.component.intake.browsing import Browser, begun, filled, new, number_in, submitted
from tests.component.intake.conftest import PDF
from tests.unit.intake.sample import RESTAURANT

SUBSIDY, SIGN = {"matter": "si_subsidy", "answers": {}}, {"matter": "signboard", "answers": {}}
NAMED = {"phone": "13900000001"}


class TestTheWayThrough:
    async def test_a_bundle_goes_from_the_notice_to_the_confirmation(self, window):
        browser, page = await filled(window)
        assert "可以提交了" in page.text
        page = await browser.send(await browser.open(f"{page.path}/check"), "truth", truth="yes")
        assert (page.status, "申请已提交" in page.text) == (200, True)
        assert "整件事承诺 13 个工作日办结" in page.text, "and not the longest of its parts"
        number = number_in(page.path)
        own = await browser.open(f"/intake/pages/applications/{number}")
        assert "整件事承诺 13 个工作日办结" in own.text
        assert f"/intake/pages/applications/{number}/receipts/SJ-{number}" in page.links
        assert f"/supervision/pages/applications/{number}" in page.links
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert [len(seen["cases"]), seen["applicant"]["phone"], seen["channel"]] == [4, "13900000001", "online"]
        assert all(each["files"] for each in seen["materials"] if each["state"] == "handed_in")

    async def test_a_single_item_goes_through_with_an_e_licence_and_a_pledge(self, window):
        browser, page = await begun(window, **SUBSIDY)
        draft = page.path
        await browser.send(await browser.open(f"{draft}/applicant"), "phone", **NAMED)
        for key, given in {"worker_id": {"licence": "JZ-2026-0001"}, "flex_proof": {"pledge": "yes"}}.items():
            way, value = next(iter(given.items()))
            page = await browser.open(f"{draft}/materials/{key}")
            page = await browser.send(page, f"{way}.{key}", press=("act", "next"), **{f"{way}__{key}": value})
        page = await filled(window, browser=browser, draft=draft)
        page = await browser.send(await browser.open(f"{draft}/check"), "truth", truth="yes")
        seen = (await window.get("applicant", f"/applications/{number_in(page.path)}")).json()
        states = {each["key"]: each["state"] for each in seen["materials"]}
        assert (states["worker_id"], states["flex_proof"], states["bank_card"]) == ("licence", "pledged", "handed_in")

    async def test_the_list_says_what_need_not_be_handed_in_and_why_and_how_long_it_is_kept(self, window):
        _browser, page = await begun(window)
        assert "营业执照您不用交：“企业设立登记”办成后会有电子证照" in page.text.replace(" ", "")
        assert "2026年3月3日 周二 09:00" in page.text, "23 hours after it was begun: then the day is over"
        assert "受理后承诺 13 个工作日" in page.text

    async def test_who_has_not_signed_in_does_so_and_comes_back_with_the_answers(self, window):
        answer = await window.http.get(new().removeprefix("/intake"), headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert "back=" in answer.headers["location"]
        assert "matter%3Drestaurant" in answer.headers["location"]

    async def test_answers_that_are_not_complete_lead_back_to_the_questions(self, window):
        answer = await Browser(window, "applicant").raw(new(answers={"has_licence": "no"}))
        assert answer.headers["location"] == "/intake/matters/restaurant/questions?a.has_licence=no"
        assert (await Browser(window, "applicant").open(new(matter="nothing", answers={}))).status == 404


class TestOnce:
    async def test_a_draft_is_submitted_once_however_often_the_button_is_pressed(self, window):
        browser, page = await filled(window)
        check, other_tab = [await browser.open(f"{page.path}/check") for _ in range(2)]
        first = await browser.send(check, "truth", truth="yes")
        second = await browser.again()
        back = await browser.open(f"{page.path}/check")
        third = await browser.send(other_tab, "truth", truth="yes")
        assert first.path == second.path == back.path == third.path
        assert (await window.get("applicant", "/applications")).json()["total"] == 1

    async def test_a_draft_that_outlived_its_submission_leads_to_it_with_the_same_entries_or_others(self, window):
        browser, page = await filled(window)
        tabs = [await browser.open(f"{page.path}/check") for _ in range(3)]
        kept, name = window.hall.backing("intake").files(), page.path.rsplit("/", 1)[1]
        before = kept.held[name]
        first = await browser.send(tabs[0], "truth", truth="yes")
        for tab, phone in zip(tabs[1:], ("13900000001", "13900000009"), strict=True):
            kept.held[name] = before  # a crash between the submission and the end of the draft
            kept.loosely.add(name)
            await browser.send(await browser.open(f"{page.path}/applicant"), "phone", phone=phone)
            assert (await browser.send(tab, "truth", truth="yes")).path == first.path
        assert (await window.get("applicant", "/applications")).json()["total"] == 1

    async def test_what_was_uploaded_is_opened_again_by_its_owner_alone(self, window):
        browser, page = await begun(window)
        draft, files = page.path, [("files.articles", "章程.pdf", PDF)]
        page = await browser.open(f"{draft}/materials/articles")
        page = await browser.send(page, "files.articles", press=("act", "stay"), files=files)
        (link,) = [each for each in page.links if each.startswith("/intake/files/")]
        assert link in (await browser.open(f"{draft}/check")).links
        answer = await browser.raw(link)
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PDF, "application/pdf")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert (await Browser(window, "applicant2").raw(link)).status_code == 404

    async def test_the_same_file_is_there_once_after_a_double_press(self, window):
        browser, page = await begun(window)
        page = await browser.open(f"{page.path}/materials/articles")
        files = [("files.articles", "章程.pdf", PDF), ("files.articles", "附件.pdf", PDF + b"2")]
        await browser.send(page, "files.articles", press=("act", "stay"), files=files)
        page = await browser.again()
        assert [page.html.count("章程.pdf</a>"), len(page.form("files.articles").buttons)] == [1, 5]

    async def test_one_person_begins_so_many_and_no_more(self, window):
        browser, page = await begun(window)
        for _ in range(MOST):
            page = await browser.post("/intake/drafts/new", (await begun(window))[1].forms[-1].fields)
        assert page.status == 409
        assert "暂存太多了" in page.text


class TestDrafts:
    async def test_nobody_else_sees_a_draft(self, window):
        _browser, page = await begun(window)
        for who in ("applicant2", "clerk", "agent"):
            assert (await Browser(window, who).open(page.path)).status == 404

    async def test_a_draft_goes_a_day_after_its_last_change_and_says_what_to_do(self, window):
        browser, page = await begun(window)
        window.clock.advance(timedelta(hours=22))
        await browser.send(await browser.open(f"{page.path}/applicant"), "phone", **NAMED)
        window.clock.advance(timedelta(hours=22))
        assert (await browser.open(page.path)).status == 200
        window.clock.advance(SWEPT_AFTER)
        gone = await browser.open(page.path)
        assert (gone.status, "从“我的”或者办事指南重新开始" in gone.text) == (404, True)

    async def test_files_stay_as_long_as_the_draft_that_names_them(self, window):
        browser, page = await filled(window)
        window.clock.advance(timedelta(hours=22))
        await browser.send(await browser.open(f"{page.path}/applicant"), "phone", phone="13900000002")
        window.clock.advance(timedelta(hours=22))
        page = await browser.send(await browser.open(f"{page.path}/check"), "truth", truth="yes")
        assert "申请已提交" in page.text

    async def test_a_draft_is_discarded_after_asking(self, window):
        browser, page = await begun(window)
        asked = await browser.open(f"{page.path}/discard")
        assert "找不回来" in asked.text
        after = await browser.send(asked)
        assert after.path == "/intake/mine"
        assert (await browser.again()).path == "/intake/mine"
        assert (await browser.open(page.path)).status == 404

    async def test_another_visit_goes_on_with_the_same_draft_or_begins_another(self, window):
        browser, page = await begun(window)
        asked = await browser.open(new())
        assert page.path in asked.links
        other = await browser.post("/intake/drafts/new", asked.forms[-1].fields)
        assert other.path != page.path
        listed = await browser.open("/intake/drafts")
        assert {page.path, other.path} <= set(listed.links)

    async def test_changed_answers_keep_what_was_handed_in(self, window):
        browser, page = await filled(window)
        asked = await browser.open(new(answers=RESTAURANT | {"agent": "yes"}))
        assert page.path not in asked.links, "its answers are others"
        form = asked.forms[-2]
        after = await browser.post(form.action, [*form.fields, ("draft", page.path.rsplit("/", 1)[1])])
        assert after.path == page.path
        assert "还差 3 项" in after.text, "the agent, the letter of attorney and the agent's identity card"

    async def test_every_answer_can_be_taken_back_from_the_check(self, window):
        browser, page = await filled(window)
        check = await browser.open(f"{page.path}/check")
        again = next(link for link in check.links if "/questions?" in link and "a.sign=" not in link)
        assert "a.area=50to300" in again


class TestWhoApplies:
    async def test_an_applicant_is_who_signed_in_whatever_the_form_says(self, window):
        browser, page = await begun(window)
        form = (await browser.open(f"{page.path}/applicant")).form("phone")
        forged = [*form.fields, ("name", "别人"), ("code", sample_id_number(9)), ("phone", "13900000001")]
        await browser.post(f"{page.path}/applicant", [pair for pair in forged if pair != ("phone", "")])
        check = await browser.open(f"{page.path}/check")
        assert sample_id_number(1) in check.text
        assert "别人" not in check.text

    async def test_who_acts_for_an_organisation_chooses(self, window):
        browser, page = await begun(window, "company", **SIGN)
        shown = await browser.open(f"{page.path}/applicant")
        assert sample_id_number(3) in shown.text
        assert sample_uscc(1) in shown.text
        nothing = await browser.send(shown, "phone", **NAMED)
        assert (nothing.status, nothing.mistakes) == (422, ["#f-kind"])
        await browser.send(shown, "phone", kind="organisation", **NAMED)
        assert "样例餐饮有限公司" in (await browser.open(f"{page.path}/check")).text

    async def test_who_may_not_apply_hears_so_before_the_first_task(self, window):
        _browser, page = await begun(window, matter="seal_cancel", answers={})
        assert "请用单位身份登录" in page.text
        shown = await _browser.open(f"{page.path}/applicant")
        assert [form for form in shown.forms if form.method == "post" and "phone" in form.names] == []

    async def test_an_agent_applies_for_another_and_is_the_agent(self, window):
        browser, page = await begun(window, "agent", answers=RESTAURANT | {"agent": "yes"})
        form = {"kind": "person", "name": "样例𠮷䶮", "code": sample_id_number(8), "phone": "13900000008"}
        page = await browser.send(await browser.open(f"{page.path}/applicant"), "name", "code", **form)
        assert page.path.endswith("/agent")
        assert "name" not in page.form("phone").names
        await browser.send(page, "phone", phone="13900000004")
        page = await filled(window, browser=browser, draft=page.path.removesuffix("/agent"))
        page = await browser.send(await browser.open(f"{page.path}/check"), "truth", truth="yes")
        seen = (await window.get("clerk", f"/applications/{number_in(page.path)}")).json()
        assert (seen["applicant"]["name"], seen["agent"]["name"]) == ("样例𠮷䶮", "样例代办员丁")

    async def test_a_clerk_fills_in_for_a_walk_in_who_owns_it_then(self, window):
        browser, page = await begun(window, "clerk", **SIGN)
        form = {"kind": "person", "name": "样例申请人甲", "code": sample_id_number(1), "phone": "13900000001"}
        await browser.send(await browser.open(f"{page.path}/applicant"), "name", "code", **form)
        page = await filled(window, browser=browser, draft=page.path)
        check = await browser.open(f"{page.path}/check")
        page = await browser.send(check, "truth", truth="yes", desk="综合窗口3号")
        number = number_in(page.path)
        assert "再办一件" in page.text
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert seen["channel"] == "window"
        papers = (await window.get("applicant", f"/applications/{number}/receipts")).json()
        assert papers[0]["desk"] == "综合窗口3号"

    @pytest.mark.parametrize("who", ["officer-scjg", "supervisor", "administrator"])
    async def test_nobody_else_applies(self, window, who):
        assert (await Browser(window, who).open(new())).status == 403


async def test_what_was_handed_in_is_in_my_list_and_its_owner_alone_has_it(window):
    _browser, number = await submitted(window)
    mine = await Browser(window, "applicant").open("/intake/mine")
    assert f"/supervision/pages/applications/{number}" in mine.links
    assert number not in (await Browser(window, "applicant2").open("/intake/mine")).text
