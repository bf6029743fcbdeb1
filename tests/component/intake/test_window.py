"""The window and the applicant over HTTP: supplement, withdrawal, deemed acceptance, queue, papers, who sees what."""

from datetime import timedelta

from services.intake.number import new_number
from shared.contracts.supervision import DeadlinePassed
from shared.contracts.topics import SUPERVISION
from shared.identity import Person
from shared.local.issuer import sample_id_number
from shared.permissions import Role
from tests.component.intake.conftest import APPLICANT, COMPANY, NOW, PDF
from tests.unit.intake.sample import RESTAURANT

REQUEST = {"materials": [{"material": "articles", "reason": "缺少全体股东签名"}], "desk": "综合窗口3号"}


class TestSupplement:
    async def test_one_list_one_answer_and_then_acceptance(self, window):
        number = await window.submitted()
        asked = await window.post("clerk", f"/applications/{number}/supplement-request", REQUEST)
        assert asked.json()["status"] == "supplement_requested"
        again = await window.post("clerk", f"/applications/{number}/supplement-request", REQUEST)
        assert (again.status_code, again.json()["code"]) == (409, "already_told_once")
        early = await window.post("clerk", f"/applications/{number}/accept")
        assert early.json()["code"] == "supplement_outstanding"

        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert seen["supplements"][0]["materials"][0]["reason"] == "缺少全体股东签名"
        file = (await window.upload("applicant")).json()["id"]
        brought = {"materials": [{"material": "articles", "files": [file]}]}
        answered = await window.post("applicant", f"/applications/{number}/supplement", brought)
        assert answered.json()["status"] == "submitted"
        assert (await window.post("clerk", f"/applications/{number}/accept")).status_code == 200
        names = [name for name, _ in await window.said()]
        assert names[:3] == ["ApplicationSubmitted", "SupplementRequested", "ApplicationSupplemented"]

    async def test_an_incomplete_answer_names_what_is_missing_and_what_was_not_asked(self, window):
        number = await window.submitted()
        await window.post("clerk", f"/applications/{number}/supplement-request", REQUEST)
        brought = {"materials": [{"material": "food_form", "pledge": False}]}
        answer = await window.post("applicant", f"/applications/{number}/supplement", brought)
        assert {error["field"] for error in answer.json()["errors"]} == {"materials.articles", "materials.0.material"}
        nothing = await window.post("applicant", f"/applications/{number}/supplement", {"materials": []})
        assert nothing.status_code == 422

    async def test_a_clerk_hands_in_what_was_brought_to_the_window(self, window):
        number = await window.submitted()
        await window.post("clerk", f"/applications/{number}/supplement-request", REQUEST)
        file = (await window.upload("clerk")).json()["id"]
        brought = {"materials": [{"material": "articles", "files": [file]}]}
        answer = await window.post("clerk", f"/applications/{number}/supplement", brought)
        assert answer.json()["status"] == "submitted"

    async def test_a_list_with_something_unrelated_or_a_telephone_number(self, window):
        number = await window.submitted()
        path = f"/applications/{number}/supplement-request"
        unrelated = await window.post("clerk", path, {"materials": [{"material": "family_tree", "reason": "要"}]})
        assert unrelated.json()["code"] == "not_in_plan"
        private = {"materials": [{"material": "articles", "reason": "请电13900000001"}]}
        answer = await window.post("clerk", path, private)
        assert "电话号码" in answer.json()["errors"][0]["reason"]
        assert "13900000001" not in answer.text


class TestOutcomes:
    async def test_each_case_may_be_received_differently_and_dependants_follow(self, window):
        number = await window.submitted()
        body = {"cases": [
            {"case": f"{number}-01", "outcome": "refer", "competent_body": "省市场监督管理局", "reason": "由省级登记"},
        ]}  # fmt: skip
        answer = await window.post("clerk", f"/applications/{number}/accept", body)
        assert [case["status"] for case in answer.json()["cases"]] == ["referred", "closed", "closed", "closed"]
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert seen["cases"][0]["explanation"] == "由省级登记；请向省市场监督管理局申请"

    async def test_an_outcome_without_its_reason_or_of_a_strange_case(self, window):
        number = await window.submitted()
        path = f"/applications/{number}/accept"
        silent = await window.post("clerk", path, {"cases": [{"case": f"{number}-01", "outcome": "not_required"}]})
        assert "理由" in silent.json()["errors"][0]["reason"]
        vague = {"cases": [{"case": f"{number}-01", "outcome": "refer", "reason": "不归我们管"}]}
        assert "有权机关" in (await window.post("clerk", path, vague)).json()["errors"][0]["reason"]
        for outcome in ("accept", "not_required"):
            strange = {"cases": [{"case": f"{number}-99", "outcome": outcome, "reason": "样例"}]}
            answer = await window.post("clerk", path, strange)
            assert (answer.status_code, answer.json()["code"]) == (422, "no_such_case")
        assert set((await window.status(number)).values()) == {"submitted"}

    async def test_only_a_clerk_accepts(self, window):
        number = await window.submitted()
        for who in ("applicant", "officer-scjg", "supervisor", "administrator"):
            assert (await window.post(who, f"/applications/{number}/accept")).status_code == 403
        assert (await window.post(None, f"/applications/{number}/accept")).status_code == 401

    async def test_silence_is_acceptance_from_the_day_of_receipt(self, window):
        number = await window.submitted()
        window.clock.advance(timedelta(days=8))
        due = NOW + timedelta(days=7, hours=8)
        passed = DeadlinePassed(
            application=number, subject=number, clock="acceptance", generation=1, kind="acceptance", due=due
        )
        await window.hear(SUPERVISION, passed, f"supervision/{number}")
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert seen["cases"][0]["deemed"] is True
        assert seen["cases"][0]["accepted_at"] == "2026-03-02T02:00:00Z"
        assert (await window.post("clerk", f"/applications/{number}/accept")).json()["code"] == "already_received"
        papers = (await window.get("applicant", f"/applications/{number}/receipts")).json()
        accepted = next(paper for paper in papers if paper["kind"] == "accepted")
        assert (accepted["clerk"], accepted["date"]) == (None, "2026-03-02")


class TestWithdrawal:
    async def test_before_acceptance_it_is_taken_back(self, window):
        number = await window.submitted()
        answer = await window.post("applicant", f"/applications/{number}/withdrawal", key="back-0001")
        assert answer.json()["status"] == "ended"
        again = await window.post("applicant", f"/applications/{number}/withdrawal", key="back-0001")
        assert again.json() == answer.json(), "the same key gets the first answer"

    async def test_afterwards_it_is_a_request(self, window):
        number = await window.accepted()
        one = {"cases": [f"{number}-02"]}
        answer = await window.post("applicant", f"/applications/{number}/withdrawal", one)
        assert answer.json()["status"] == "accepted"
        assert ("WithdrawalRequested", f"{number}-02") in [(n, b.get("case")) for n, b in await window.said()]

    async def test_only_the_owner_withdraws(self, window):
        number = await window.submitted()
        assert (await window.post("applicant2", f"/applications/{number}/withdrawal")).status_code == 404
        assert (await window.post("clerk", f"/applications/{number}/withdrawal")).status_code == 403


class TestWhoSeesWhat:
    async def test_owner_and_window_see_the_holder_a_concerned_department_a_mask_and_others_nothing(self, window):
        number = await window.submitted()
        path = f"/applications/{number}"
        for who in ("applicant", "clerk"):
            assert (await window.get(who, path)).json()["applicant"]["code"] == APPLICANT["code"]
        for who in ("officer-scjg", "head-xfdd", "supervisor"):
            seen = (await window.get(who, path)).json()["applicant"]
            assert (seen["masked"], seen["name"][0], seen["name"][1]) == (True, "样", "*")
            assert APPLICANT["code"] not in str(seen)
            assert APPLICANT["phone"] not in str(seen)
        for who in ("applicant2", "officer-mzj"):
            assert (await window.get(who, path)).status_code == 404
            assert (await window.get(who, f"{path}/receipts")).status_code == 404
        assert (await window.get("administrator", path)).status_code == 403
        assert (await window.get(None, path)).status_code == 401

    async def test_a_number_is_read_as_people_type_it_and_a_wrong_one_is_told_where(self, window):
        number = await window.submitted()
        typed = f"{number[:4].lower()}-{number[4:8]} {number[8:]}"
        assert (await window.get("applicant", f"/applications/{typed}")).json()["number"] == number
        answer = await window.get("applicant", f"/applications/{number[:-1]}")
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_number")
        assert "12位" in answer.json()["errors"][0]["reason"]

    async def test_what_a_clerk_hands_in_is_the_holders_own(self, window):
        number = await window.submitted("clerk")
        mine = (await window.get("applicant", "/applications")).json()
        assert [each["number"] for each in mine["applications"]] == [number]
        assert mine["applications"][0]["channel"] == "window"
        assert (await window.get("applicant2", "/applications")).json()["total"] == 0
        assert (await window.post("applicant", f"/applications/{number}/withdrawal")).status_code == 200

    async def test_an_organisation_sees_what_was_handed_in_for_it(self, window):
        number = await window.submitted("clerk", applicant=COMPANY)
        assert (await window.get("company", f"/applications/{number}")).json()["number"] == number
        assert (await window.get("applicant", f"/applications/{number}")).status_code == 404

    async def test_an_agent_applies_for_others_and_is_shown_as_the_agent(self, window):
        number = await window.submitted("agent", applicant=COMPANY, answers=RESTAURANT | {"agent": "yes"})
        seen = (await window.get("agent", f"/applications/{number}")).json()
        assert seen["applicant"]["name"] == COMPANY["name"]
        assert seen["agent"]["code"] == sample_id_number(4)
        assert (await window.get("company", f"/applications/{number}")).status_code == 404

    async def test_lists_are_masked(self, window):
        await window.submitted()
        row = (await window.get("applicant", "/applications")).json()["applications"][0]
        assert row["applicant"]["masked"] is True


class TestQueue:
    async def test_the_oldest_first_by_status_and_page(self, window):
        numbers = []
        for place in range(3):
            numbers.append(await window.submitted(key=f"key-0000{place}"))
            window.clock.advance(timedelta(hours=1))
        page = (await window.get("clerk", "/desk/applications", size=2)).json()
        assert (page["total"], [each["number"] for each in page["applications"]]) == (3, numbers[:2])
        page = (await window.get("clerk", "/desk/applications", size=2, page=2)).json()
        assert [each["number"] for each in page["applications"]] == numbers[2:]
        await window.post("clerk", f"/applications/{numbers[0]}/accept")
        assert (await window.get("clerk", "/desk/applications")).json()["total"] == 2
        accepted = (await window.get("clerk", "/desk/applications", status="accepted")).json()
        assert [each["number"] for each in accepted["applications"]] == [numbers[0]]
        counts = (await window.get("supervisor", "/desk/counts")).json()
        assert counts == {"submitted": 2, "supplement_requested": 0, "accepted": 1, "ended": 0}

    async def test_only_the_window_sees_the_queue_and_a_wrong_filter_is_told(self, window):
        assert (await window.get("applicant", "/desk/applications")).status_code == 403
        assert (await window.get("clerk", "/desk/applications", status="lost")).status_code == 422


class TestPublic:
    async def test_progress_by_number_and_phone_and_one_answer_for_everything_wrong(self, window):
        number = await window.submitted()
        right = await window.post(None, "/progress", {"number": number, "phone_tail": "0001"})
        assert (right.status_code, right.json()["status_text"]) == (200, "待受理")
        assert APPLICANT["name"] not in right.text
        wrong = await window.post(None, "/progress", {"number": number, "phone_tail": "0002"})
        stranger = new_number(b"k" * 32, "nobody", "key-00009")
        unknown = await window.post(None, "/progress", {"number": stranger, "phone_tail": "0001"})
        assert wrong.status_code == unknown.status_code == 404
        without_trace = [{k: v for k, v in each.json().items() if k != "trace_id"} for each in (wrong, unknown)]
        assert without_trace[0] == without_trace[1]

    async def test_the_catalogue_is_open_to_all(self, window):
        trees = (await window.get(None, "/catalogue/trees")).json()
        assert {tree["key"] for tree in trees} == {"life", "enterprise"}
        found = (await window.get(None, "/catalogue/search", text="餐饮")).json()
        assert {"kind": "bundle", "key": "restaurant", "name": "开办餐饮店一件事"} in found
        assert len((await window.get(None, "/catalogue/items")).json()) == 76
        fire = (await window.get(None, "/catalogue/items", department="xfdd")).json()
        assert {row["department"] for row in fire} == {"xfdd"}
        assert len((await window.get(None, "/catalogue/bundles")).json()) == 14
        assert len((await window.get(None, "/catalogue/departments")).json()) == 21
        assert (await window.get(None, "/guides/food_operation")).json()["limits"][0]["promised"] == "7个工作日"
        assert (await window.get(None, "/guides/moon_landing")).json()["code"] == "no_such_matter"
        unanswered = await window.post(None, "/guides/restaurant/notice", {"answers": {}})
        assert (unanswered.status_code, unanswered.json()["code"]) == (422, "answers_needed")


class TestPapers:
    async def test_each_paper_is_numbered_and_dated_and_names_the_desk(self, window):
        number = await window.submitted("clerk", desk="综合窗口1号")
        await window.post("clerk", f"/applications/{number}/accept", {"desk": "综合窗口3号"})
        papers = (await window.get("applicant", f"/applications/{number}/receipts")).json()
        first, second = papers[:2]
        assert (first["number"], first["desk"], first["clerk"]) == (f"SJ-{number}", "综合窗口1号", "sample:clerk")
        assert (second["number"], second["desk"], second["date"]) == (f"SL-{number}-01", "综合窗口3号", "2026-03-02")
        assert len({paper["number"] for paper in papers}) == len(papers)


class TestDownloads:
    async def test_who_may_download_and_how_it_is_sent(self, window):
        file = (await window.upload("applicant", PDF, "公司章程.pdf")).json()
        form = await window.form()
        form["materials"][0]["files"] = [file["id"]]
        path = f"/files/{file['id']}"
        assert (await window.get("clerk", path)).status_code == 404, "a draft is nobody else's"
        await window.post("applicant", "/applications", form, key="key-00001")
        for who in ("applicant", "clerk", "officer-scjg"):
            answer = await window.get(who, path)
            assert (answer.status_code, answer.content) == (200, PDF)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-security-policy"].startswith("sandbox")
        for who in ("applicant2", "officer-mzj"):
            assert (await window.get(who, path)).status_code == 404

    async def test_an_owner_in_whose_name_it_was_uploaded_may_download(self, window):
        number = await window.submitted("clerk")
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        assert (await window.get("applicant", f"/files/{seen['materials'][0]['files'][0]}")).status_code == 200

    async def test_a_department_head_without_a_department_sees_nothing(self, window):
        nobody = Person("sample:lost", "样例", frozenset({Role.OFFICER}))
        number = await window.submitted()
        assert (await window.get(nobody, f"/applications/{number}")).status_code == 403
