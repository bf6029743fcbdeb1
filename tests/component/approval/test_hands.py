"""Taking, handing back and reassigning over HTTP, and the lists by light, item, due date and whose hands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.supervision import ClockStarted, LightChanged
from tests.unit.approval.sample import APP, CASE, NOW, TOGETHER, accepted, started, withdrawal

OTHER, THIRD = "8ZQ0M3X5KD2WB", "9ZQ0M3X5KD2WC"
TASK = f"{CASE}-T1"
DUE = datetime(2026, 3, 11, 10, tzinfo=UTC)


def lit(light, application=APP):
    return LightChanged(
        application=application, subject=f"{application}-01", clock="decision", generation=1, light=light, at=NOW
    )


def of(desk, key: str, subject: str):
    """A second officer of a department."""
    return replace(desk.issuer.persons[key], subject=subject, name="样例乙")


class TestHands:
    async def test_a_colleague_sees_whose_it_is_and_is_told_so(self, desk):
        await desk.hear(accepted(*TOGETHER))
        taken = await desk.post("officer-xfdd", f"/tasks/{TASK}/take")
        assert taken.json() == {"task": TASK, "case": CASE, "officer": "sample:officer-xfdd"}
        colleague = of(desk, "officer-xfdd", "sample:second-xfdd")
        assert (await desk.get(colleague, f"/tasks/{TASK}")).json()["held_by"] == "sample:officer-xfdd"
        for path, body in (("take", {}), ("hand-back", {"reason": "样例"}), ("opinion", {"verdict": "agree"})):
            refused = await desk.post(colleague, f"/tasks/{TASK}/{path}", **body)
            assert (refused.status_code, refused.json()["code"]) == (409, "taken_by_another")

    async def test_handed_back_it_is_open_to_all_with_its_reason(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.post("officer-xfdd", f"/tasks/{TASK}/take")
        back = await desk.post("officer-xfdd", f"/tasks/{TASK}/hand-back", reason="出差一周")
        assert back.json()["officer"] is None
        shown = (await desk.get("officer-xfdd", f"/tasks/{TASK}")).json()
        assert (shown["held_by"], shown["handed_back"]) == (None, "出差一周")
        case = (await desk.get("applicant", f"/cases/{CASE}")).json()["tasks"][0]
        assert (case["held_by"], case["handed_back"]) == (None, None), "staff's own matters are none of the applicant's"
        said = [body for name, body in desk.said() if name == "TaskReassigned"]
        assert [(each["from_officer"], each["to_officer"]) for each in said] == [
            (None, "sample:officer-xfdd"),
            ("sample:officer-xfdd", None),
        ]

    async def test_the_head_reassigns_and_an_officer_may_not(self, desk):
        await desk.hear(accepted(*TOGETHER))
        path = f"/tasks/{TASK}/reassign"
        assert (await desk.post("officer-xfdd", path, to="sample:x")).status_code == 403
        given = await desk.post("head-xfdd", path, to="sample:second-xfdd", reason="去培训")
        assert given.json()["officer"] == "sample:second-xfdd"
        assert (await desk.give("officer-xfdd", TASK)).json()["code"] == "taken_by_another"
        assert (await desk.give(of(desk, "officer-xfdd", "sample:second-xfdd"), TASK)).status_code == 200

    async def test_the_head_finds_colleagues_by_what_they_did(self, desk):
        await desk.hear(accepted(*TOGETHER), accepted(*TOGETHER, application=OTHER, case=f"{OTHER}-01"))
        await desk.give(of(desk, "officer-xfdd", "sample:second-xfdd"), TASK)
        await desk.post("head-xfdd", f"/tasks/{OTHER}-01-T1/reassign", to="sample:second-xfdd")
        doc = (await desk.hall.backings["approval"].documents.load([OTHER]))[OTHER]
        assert doc.state.task(f"{OTHER}-01-T1")[1].hold.name == "样例乙"

    @pytest.mark.parametrize(
        ("path", "body", "status", "code"),
        [
            ("hand-back", {"reason": " "}, 422, "hand_back_reason_needed"),
            ("hand-back", {"reason": "打13800138000"}, 422, "personal_data"),
            ("hand-back", {"reason": "长" * 501}, 422, "invalid_input"),
            ("hand-back", {}, 422, "invalid_input"),
            ("reassign", {"to": ""}, 422, "invalid_input"),
            ("reassign", {"to": " "}, 422, "nobody_named"),
        ],
    )
    async def test_bad_input_is_told_what_to_mend(self, desk, path, body, status, code):
        await desk.hear(accepted(*TOGETHER))
        await desk.post("head-xfdd", f"/tasks/{TASK}/take")
        answer = await desk.post("head-xfdd", f"/tasks/{TASK}/{path}", **body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    @pytest.mark.parametrize("path", ["take", "hand-back", "reassign"])
    async def test_another_departments_task_cannot_be_told_from_none(self, desk, path):
        await desk.hear(accepted(*TOGETHER))
        body = {"hand-back": {"reason": "样例"}, "reassign": {"to": "sample:x"}}.get(path, {})
        theirs = await desk.post("head-xfdd", f"/tasks/{CASE}-T2/{path}", **body)
        none = await desk.post("head-xfdd", f"/tasks/{CASE}-T9/{path}", **body)
        assert theirs.status_code == none.status_code == 404
        assert {**theirs.json(), "trace_id": 0} == {**none.json(), "trace_id": 0}

    async def test_a_repeated_hand_back_gets_the_first_answer(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.post("officer-xfdd", f"/tasks/{TASK}/take", key="take-0001")
        for _ in range(2):
            back = await desk.post("officer-xfdd", f"/tasks/{TASK}/hand-back", key="back-0001", reason="出差一周")
            assert (back.status_code, back.json()["officer"]) == (200, None)
        again = await desk.post("officer-xfdd", f"/tasks/{TASK}/take", key="take-0001")
        assert again.json()["officer"] == "sample:officer-xfdd", "the first answer, whatever happened since"
        assert (await desk.get("officer-xfdd", f"/tasks/{TASK}")).json()["held_by"] is None


class TestLists:
    @pytest.fixture
    async def three(self, desk):
        """Three applications: the youngest is due first, and one has no clock yet."""
        for application, due in ((APP, DUE + timedelta(days=3)), (OTHER, None), (THIRD, DUE)):
            case = f"{application}-01"
            await desk.hear(accepted(*TOGETHER, application=application, case=case))
            if due:
                await desk.hear(started(case, due))
            desk.clock.advance(timedelta(hours=1))
        await desk.hear(lit("yellow", THIRD))
        return desk

    async def _listed(self, desk, who="officer-xfdd", **query):
        answer = await desk.get(who, "/tasks", **query)
        assert answer.status_code == 200, answer.text
        return [task["application"] for task in answer.json()["tasks"]]

    async def test_the_earliest_limit_stands_first_and_none_at_the_end(self, three):
        assert await self._listed(three) == [THIRD, APP, OTHER]
        assert await self._listed(three, size=1, page=2) == [APP]
        task = (await three.get("officer-xfdd", "/tasks")).json()["tasks"][0]
        assert (task["light"], task["due"]) == ("yellow", "2026-03-11T10:00:00Z")
        assert await self._listed(three, "supervisor", department="xfdd") == [THIRD, APP, OTHER]

    async def test_the_list_is_narrowed_by_light_and_item(self, three):
        assert await self._listed(three, light="yellow") == [THIRD]
        assert await self._listed(three, light="green") == [APP]
        assert await self._listed(three, light="red") == []
        assert await self._listed(three, item="food_operation") == [THIRD, APP, OTHER]
        assert await self._listed(three, item="other") == []
        assert await self._listed(three, light="yellow", item="food_operation") == [THIRD]

    async def test_the_list_is_narrowed_by_whose_hands_a_task_is_in(self, three):
        await three.post("officer-xfdd", f"/tasks/{APP}-01-T1/take")
        await three.post("head-xfdd", f"/tasks/{OTHER}-01-T1/take")
        assert await self._listed(three, hands="mine") == [APP]
        assert await self._listed(three, hands="mine", light="green") == [APP]
        assert await self._listed(three, hands="mine", light="yellow") == []
        assert await self._listed(three, hands="free") == [THIRD]
        assert await self._listed(three, "officer-wjj", hands="mine") == []
        assert await self._listed(three, "officer-wjj", hands="free") == [THIRD, APP, OTHER]

    async def test_a_pause_goes_to_the_end(self, three):
        await three.hear(lit("paused", THIRD))
        assert (await self._listed(three))[0] == APP
        assert await self._listed(three, light="paused") == [THIRD]

    async def test_what_is_answered_or_ended_leaves_the_open_list(self, three):
        await three.give("officer-xfdd", f"{THIRD}-01-T1")
        await three.hear(withdrawal(CASE))
        assert await self._listed(three) == [OTHER]
        assert await self._listed(three, state="given") == [THIRD]
        assert await self._listed(three, state="ended") == [APP]
        assert await self._listed(three, light="yellow") == []

    @pytest.mark.parametrize("query", [{"light": "blue"}, {"hands": "all"}, {"state": "planned"}])
    async def test_a_filter_that_is_none_is_named(self, three, query):
        answer = await three.get("officer-xfdd", "/tasks", **query)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == f"query.{next(iter(query))}"

    async def test_a_list_of_all_departments_is_not_narrowed_further(self, three):
        answer = await three.get("supervisor", "/tasks", light="yellow")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.department")

    async def test_clocks_of_other_kinds_are_none_of_approvals_business(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.hear(
            ClockStarted(
                application=APP,
                subject=CASE,
                clock="issuance",
                generation=1,
                started_at=NOW,
                due=DUE,
                calendar="2026.1",
            )
        )
        doc = (await desk.hall.backings["approval"].documents.load([APP]))[APP]
        assert doc.state.clocks == ()
        assert f"supervision/{APP}" not in doc.inbox
