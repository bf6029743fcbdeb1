"""Procedures and extensions over HTTP: who may do what, and what is said (行政许可法 Art. 42, 45)."""

from datetime import timedelta

import pytest

from tests.unit.approval.sample import APP, CASE, NOW, ONE_BY_ONE, TOGETHER, accepted, started, withdrawal

TASK = f"{CASE}-T1"
REVIEW = {"kind": "expert_review", "planned_days": 15, "notice": "样特告〔2026〕1 号", "reason": "方案需要专家评审"}
MORE = {"days": 5, "reason": "需要核实原登记档案"}
JOINT = {"days": 15, "approval": "样政批〔2026〕7 号", "reason": "三个部门要重新核查"}


def names(desk):
    return [name for name, _body in desk.said()]


class TestProcedures:
    async def test_from_its_start_to_its_end(self, desk):
        await desk.hear(accepted(*TOGETHER))
        begun = await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures", **REVIEW)
        assert begun.json() == {"task": TASK, "procedure": f"{CASE}-P1", "ended_at": None}
        assert (await desk.give("officer-xfdd", TASK)).json()["code"] == "procedure_open"
        desk.clock.advance(timedelta(days=3))
        over = await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures/{CASE}-P1/end")
        assert over.json()["ended_at"] == "2026-03-05T02:00:00Z"
        said = [(name, body) for name, body in desk.said() if name.startswith("Procedure")]
        assert [name for name, _body in said] == ["ProcedureStarted", "ProcedureEnded"]
        assert {key: said[0][1][key] for key in REVIEW} == REVIEW
        assert said[0][1]["by"] == "sample:officer-xfdd"
        assert (await desk.give("officer-xfdd", TASK)).status_code == 200

    async def test_whose_it_is_sees_it_and_not_who_began_it(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures", **REVIEW)
        (own,) = (await desk.get("applicant", f"/cases/{CASE}")).json()["procedures"]
        (theirs,) = (await desk.get("officer-wjj", f"/cases/{CASE}")).json()["procedures"]
        assert (own["by"], theirs["by"]) == (None, "sample:officer-xfdd")
        assert {key: own[key] for key in REVIEW} == REVIEW
        assert (own["started_at"], own["ended_at"]) == ("2026-03-02T02:00:00Z", None)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (REVIEW | {"kind": "visit"}, "body.kind"),
            (REVIEW | {"planned_days": 0}, "body.planned_days"),
            (REVIEW | {"planned_days": 121}, "body.planned_days"),
            (REVIEW | {"planned_days": "soon"}, "body.planned_days"),
            (REVIEW | {"notice": ""}, "body.notice"),
            (REVIEW | {"notice": "号" * 65}, "body.notice"),
            (REVIEW | {"reason": "长" * 501}, "body.reason"),
            ({key: REVIEW[key] for key in ("kind", "notice", "reason")}, "body.planned_days"),
            (REVIEW | {"until": "2026-04-01"}, "body.until"),
        ],
    )
    async def test_bad_input_names_its_field(self, desk, body, field):
        await desk.hear(accepted(*TOGETHER))
        answer = await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures", **body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
        assert "ProcedureStarted" not in names(desk)

    @pytest.mark.parametrize(
        ("wrong", "status", "code"),
        [
            ({"notice": " "}, 422, "notice_needed"),
            ({"reason": "\t"}, 422, "procedure_reason_needed"),
            ({"reason": "打13800138000"}, 422, "personal_data"),
        ],
    )
    async def test_what_the_law_asks_for_is_named(self, desk, wrong, status, code):
        await desk.hear(accepted(*TOGETHER))
        answer = await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures", **(REVIEW | wrong))
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    async def test_it_is_for_the_department_of_the_task(self, desk):
        await desk.hear(accepted(*TOGETHER))
        assert (await desk.post("officer-wjj", f"/tasks/{TASK}/procedures", **REVIEW)).status_code == 404
        for who in ("applicant", "clerk", "supervisor"):
            assert (await desk.post(who, f"/tasks/{TASK}/procedures", **REVIEW)).status_code == 403
        assert (await desk.post(None, f"/tasks/{TASK}/procedures", **REVIEW)).status_code == 401
        await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures", **REVIEW)
        end = f"/tasks/{CASE}-T2/procedures/{CASE}-P1/end"
        assert (await desk.post("officer-wjj", end)).json()["code"] == "no_such_procedure"

    async def test_a_repeat_gets_the_first_answer_and_another_body_none(self, desk):
        await desk.hear(accepted(*TOGETHER))
        path = f"/tasks/{TASK}/procedures"
        for _ in range(2):
            answer = await desk.post("officer-xfdd", path, key="review-01", **REVIEW)
            assert answer.json()["procedure"] == f"{CASE}-P1"
        assert names(desk).count("ProcedureStarted") == 1
        other = await desk.post("officer-xfdd", path, key="review-01", **(REVIEW | {"kind": "hearing"}))
        assert (other.status_code, other.json()["code"]) == (409, "key_reused")
        again = await desk.post("officer-xfdd", path, **REVIEW)
        assert (again.status_code, again.json()["code"]) == (409, "procedure_running")

    async def test_a_departments_own_software_ends_it_with_its_opinion(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures", **REVIEW)
        await desk.says("xfdd", TASK, "op-1")
        assert names(desk)[-2:] == ["ProcedureEnded", "OpinionGiven"]

    async def test_a_withdrawal_ends_it(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.post("officer-xfdd", f"/tasks/{TASK}/procedures", **REVIEW)
        await desk.hear(withdrawal())
        assert names(desk)[-2:] == ["ProcedureEnded", "CaseWithdrawn"]


class TestExtensions:
    async def test_asked_by_another_department_and_granted_by_the_head_of_the_deciding_one(self, desk):
        await desk.hear(accepted(*ONE_BY_ONE))
        await desk.give("officer-scjg", TASK)
        asked = await desk.post("officer-xfdd", f"/tasks/{CASE}-T2/extension-request", **MORE)
        assert asked.json() == {"case": CASE, "extension": "asked"}
        shown = (await desk.get("officer-scjg", f"/cases/{CASE}")).json()["extension_asked"]
        assert (shown["days"], shown["by"], shown["refused"]) == (5, "sample:officer-xfdd", None)
        assert (await desk.get("applicant", f"/cases/{CASE}")).json()["extension_asked"] is None
        for who, path in (("officer-scjg", TASK), ("head-xfdd", f"{CASE}-T2")):
            assert (await desk.post(who, f"/tasks/{path}/extension", **MORE)).status_code == 403
        granted = await desk.post("head-scjg", f"/tasks/{TASK}/extension", **(MORE | {"days": 10}))
        assert granted.json() == {"case": CASE, "extension": "extended"}
        (said,) = [body for name, body in desk.said() if name == "LimitExtended"]
        assert (said["days"], said["reason"], said["by"]) == (10, MORE["reason"], "sample:head-scjg")
        assert (await desk.get("applicant", f"/cases/{CASE}")).json()["extension"]["days"] == 10
        again = await desk.post("head-scjg", f"/tasks/{TASK}/extension", **MORE)
        assert (again.status_code, again.json()["code"]) == (409, "already_extended")

    async def test_refused_with_a_reason_for_the_officer(self, desk):
        await desk.hear(accepted(*ONE_BY_ONE))
        await desk.post("officer-scjg", f"/tasks/{TASK}/extension-request", **MORE)
        no = await desk.post("head-scjg", f"/tasks/{TASK}/extension-refusal", reason="请按期办结")
        assert no.json() == {"case": CASE, "extension": "refused"}
        asked = (await desk.get("officer-scjg", f"/cases/{CASE}")).json()["extension_asked"]
        assert asked["refused"] == "请按期办结"
        assert "LimitExtended" not in names(desk)

    @pytest.mark.parametrize("body", [MORE | {"days": 11}, MORE | {"days": 0}, MORE | {"reason": ""}, {"days": 5}])
    async def test_more_than_the_law_allows_is_named(self, desk, body):
        await desk.hear(accepted(*ONE_BY_ONE))
        for who, path in (("head-scjg", "extension"), ("officer-scjg", "extension-request")):
            assert (await desk.post(who, f"/tasks/{TASK}/{path}", **body)).status_code == 422
        assert "LimitExtended" not in names(desk)

    async def test_not_after_the_limit(self, desk):
        limit = NOW + timedelta(days=10)
        await desk.hear(accepted(*ONE_BY_ONE), started(statutory_due=limit))
        desk.clock.advance(timedelta(days=10, seconds=1))
        late = await desk.post("head-scjg", f"/tasks/{TASK}/extension", **MORE)
        assert (late.status_code, late.json()["code"]) == (409, "limit_passed")

    async def test_the_joint_limit_by_a_supervisor_with_the_paper_of_the_government(self, desk):
        await desk.hear(accepted(*TOGETHER, joint=45))
        path = f"/applications/{APP}/joint-extension"
        for who in ("officer-scjg", "head-scjg", "clerk", "administrator"):
            assert (await desk.post(who, path, **JOINT)).status_code == 403
        assert (await desk.post("supervisor", path, **(JOINT | {"days": 16}))).status_code == 422
        assert (await desk.post("supervisor", path, **(JOINT | {"approval": " "}))).json()["code"] == "approval_needed"
        for _ in range(2):
            answer = await desk.post("supervisor", path, key="joint-001", **JOINT)
            assert answer.json() == {"application": APP, "extension": "extended"}
        (said,) = [body for name, body in desk.said() if name == "JointLimitExtended"]
        assert {key: said[key] for key in JOINT} == JOINT
        assert (await desk.post("supervisor", path, **JOINT)).json()["code"] == "already_extended"
        assert (
            await desk.post("supervisor", "/applications/9ZQ0M3X5KD2WC/joint-extension", **JOINT)
        ).status_code == 404

    async def test_what_is_not_joint_has_no_joint_limit(self, desk):
        await desk.hear(accepted(*TOGETHER))
        answer = await desk.post("supervisor", f"/applications/{APP}/joint-extension", **JOINT)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_joint_limit")
