"""The desk over HTTP: a department's tasks, and opinions given by its officers."""

from datetime import timedelta

import pytest

from tests.unit.approval.sample import APP, CASE, TOGETHER, accepted, withdrawal

OTHER = "8ZQ0M3X5KD2WB"


class TestTasks:
    async def test_an_officer_sees_the_departments_own_open_tasks_and_no_others(self, desk):
        await desk.hear(accepted(*TOGETHER))
        page = (await desk.get("officer-xfdd", "/tasks")).json()
        (task,) = page["tasks"]
        assert (task["task"], task["department"], task["state"]) == (f"{CASE}-T1", "xfdd", "open")
        assert (task["item_name"], task["due_days"], task["opinion"]) == ("食品经营许可（样例）", 1, None)
        assert page["more"] is False
        assert (await desk.get("officer-scjg", "/tasks")).json()["tasks"] == []
        everything = (await desk.get("supervisor", "/tasks")).json()["tasks"]
        assert [each["department"] for each in everything] == ["xfdd", "wjj", "cgj"]
        narrowed = (await desk.get("supervisor", "/tasks", department="wjj")).json()["tasks"]
        assert [each["department"] for each in narrowed] == ["wjj"]
        assert (await desk.get("officer-xfdd", "/tasks", department="wjj")).json()["tasks"] == []

    async def test_tasks_come_oldest_first_page_by_page_and_narrowed(self, desk):
        for application in (OTHER, APP):
            await desk.hear(accepted(*TOGETHER, application=application, case=f"{application}-01"))
            desk.clock.advance(timedelta(hours=1))
        first = (await desk.get("officer-wjj", "/tasks", size=1)).json()
        second = (await desk.get("officer-wjj", "/tasks", size=1, page=2)).json()
        assert [page["tasks"][0]["application"] for page in (first, second)] == [OTHER, APP]
        assert (first["more"], second["more"]) == (True, False)
        for narrow in ({"application": APP}, {"case": CASE}):
            found = (await desk.get("officer-wjj", "/tasks", **narrow)).json()["tasks"]
            assert [task["task"] for task in found] == [f"{CASE}-T2"]
        assert (await desk.get("officer-wjj", "/tasks", case=f"{APP}-09")).json()["tasks"] == []

    async def test_other_departments_tasks_take_no_room_on_a_page(self, desk):
        await desk.hear(accepted(application=OTHER, case=f"{OTHER}-01"))
        desk.clock.advance(timedelta(hours=1))
        await desk.hear(accepted(*TOGETHER))
        page = (await desk.get("officer-wjj", "/tasks", size=1)).json()
        assert [task["task"] for task in page["tasks"]] == [f"{CASE}-T2"]
        assert page["more"] is False

    async def test_given_and_ended_tasks_are_listed_by_their_state(self, desk):
        await desk.hear(accepted(*TOGETHER))
        assert (await desk.give("officer-xfdd", f"{CASE}-T1")).status_code == 200
        await desk.hear(withdrawal())
        listed = {
            (who, state): [t["task"] for t in (await desk.get(who, "/tasks", state=state)).json()["tasks"]]
            for who in ("officer-xfdd", "officer-wjj")
            for state in ("open", "given", "ended")
        }
        assert listed["officer-xfdd", "given"] == [f"{CASE}-T1"]
        assert listed["officer-wjj", "ended"] == [f"{CASE}-T2"]
        assert sum(map(len, listed.values())) == 2

    async def test_another_departments_task_cannot_be_told_from_none(self, desk):
        await desk.hear(accepted(*TOGETHER))
        assert (await desk.get("officer-xfdd", f"/tasks/{CASE}-T1")).json()["department"] == "xfdd"
        theirs = await desk.get("officer-xfdd", f"/tasks/{CASE}-T2")
        none = await desk.get("officer-xfdd", f"/tasks/{CASE}-T9")
        assert theirs.status_code == none.status_code == 404
        assert {**theirs.json(), "trace_id": 0} == {**none.json(), "trace_id": 0}

    @pytest.mark.parametrize("who", ["applicant", "clerk", "administrator", "reviewer"])
    async def test_tasks_are_for_departments_and_supervisors(self, desk, who):
        assert (await desk.get(who, "/tasks")).status_code == 403
        assert (await desk.get(None, "/tasks")).status_code == 401

    async def test_a_number_of_the_wrong_form_is_named(self, desk):
        answer = await desk.get("officer-xfdd", "/tasks/nonsense")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "path.task"


class TestOpinionsOnTheDesk:
    async def test_each_department_with_its_own_officer_carries_the_case_to_its_approval(self, desk):
        await desk.hear(accepted(*TOGETHER))
        for number, department in enumerate(("xfdd", "wjj", "cgj"), start=1):
            answer = await desk.give(f"officer-{department}", f"{CASE}-T{number}")
            assert answer.status_code == 200
        assert answer.json() == {
            "task": f"{CASE}-T3",
            "case": CASE,
            "verdict": "agree",
            "case_status": "approved",
        }
        await desk.hall.pump()
        assert [name for name, _ in desk.said()] == ["TaskAssigned"] * 3 + ["OpinionGiven"] * 3 + ["CaseApproved"]
        assert desk.said()[-2][1]["officer"] == "sample:officer-cgj"

    async def test_the_wrong_departments_officer_gets_404_and_nothing_is_said(self, desk):
        await desk.hear(accepted(*TOGETHER))
        answer = await desk.give("officer-scjg", f"{CASE}-T1")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_task")
        assert (await desk.give("officer-wjj", f"{CASE}-T1")).status_code == 404
        assert (await desk.give("clerk", f"{CASE}-T1")).status_code == 403
        await desk.hall.pump()
        assert [name for name, _ in desk.said()] == ["TaskAssigned"] * 3

    async def test_a_second_opinion_is_told_so(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.give("officer-xfdd", f"{CASE}-T1")
        answer = await desk.give("head-xfdd", f"{CASE}-T1", "disagree", "复核不同意")
        assert (answer.status_code, answer.json()["code"]) == (409, "already_given")
        assert answer.json()["title"] == "这项任务已经出具意见"

    async def test_the_same_key_gets_the_first_answer_and_another_body_is_refused(self, desk):
        await desk.hear(accepted(*TOGETHER))
        first = await desk.give("officer-xfdd", f"{CASE}-T1", key="form-0001")
        again = await desk.give("officer-xfdd", f"{CASE}-T1", key="form-0001")
        assert first.status_code == again.status_code == 200
        assert first.json() == again.json()
        other = await desk.give("officer-xfdd", f"{CASE}-T1", "disagree", "改主意", key="form-0001")
        assert (other.status_code, other.json()["code"]) == (409, "key_reused")
        await desk.hall.pump()
        assert [name for name, _ in desk.said()].count("OpinionGiven") == 1

    @pytest.mark.parametrize(
        ("verdict", "reason", "code"),
        [
            ("disagree", None, "reason_needed"),
            ("disagree", "   ", "reason_needed"),
            ("disagree", "请联系13800138000", "personal_data"),
            ("disagree", "长" * 501, "invalid_input"),
            ("perhaps", "样例", "invalid_input"),
        ],
    )
    async def test_a_bad_opinion_is_told_what_to_mend(self, desk, verdict, reason, code):
        await desk.hear(accepted(*TOGETHER))
        answer = await desk.give("officer-xfdd", f"{CASE}-T1", verdict, reason)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert (await desk.give("officer-xfdd", f"{CASE}-T1")).status_code == 200

    async def test_after_a_withdrawal_the_desk_is_told_that_the_case_ended(self, desk):
        await desk.hear(accepted(*TOGETHER), withdrawal())
        answer = await desk.give("officer-xfdd", f"{CASE}-T1")
        assert (answer.status_code, answer.json()["code"]) == (409, "case_ended")
        assert [name for name, _ in desk.said()][-1] == "CaseWithdrawn"

    async def test_a_step_that_has_not_begun_takes_no_opinion(self, desk):
        await desk.hear(accepted((1, ("scjg",)), (2, ("xfdd",))))
        answer = await desk.give("officer-xfdd", f"{CASE}-T2")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_open_yet")
