"""Synthetic 样例 cases for the tests of approval: what intake says, what officers and departments' software say."""

from datetime import UTC, date, datetime

from services.approval.decide import decide
from services.approval.model import (
    RULES,
    AskExtension,
    DepartmentSays,
    EndProcedure,
    ExtendJointLimit,
    ExtendLimit,
    GiveOpinion,
    RefuseExtension,
    StartProcedure,
)
from shared.contracts.intake import CaseAccepted, CaseClosed, CaseReady, WithdrawalRequested
from shared.contracts.sealed import Keyring, Sealed
from shared.contracts.supervision import ClockPaused, ClockStarted, CountdownPassed, UrgeAnswered, UrgeIssued
from shared.contracts.terms import Limits, Party, ResultTemplate, Step
from shared.testing.story import Story

APP = "7ZQ0M3X5KD2WA"
CASE = f"{APP}-01"
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_SEALED = Keyring({"k1": b"s" * 32}, "k1").seal(
    Party(kind="organisation", name="样例餐饮有限公司", code="91000000EXAMPLE013"), APP
)
HOLDER = Sealed[Party].model_validate_json(_SEALED.model_dump_json())  # as it arrives: from JSON
ONE_BY_ONE = ((1, ("scjg",)), (2, ("xfdd",)))
TOGETHER = ((1, ("xfdd", "wjj", "cgj")),)


def accepted(
    *plan,
    case=CASE,
    waits_for=(),
    owner="sample:applicant",
    application=APP,
    kind="01",
    partner=False,
    statutory=20,
    unit="working_days",
    joint=None,
):
    """A case with steps (seq, departments); by default one step of one department."""
    steps = [
        Step(
            seq=seq,
            key=f"s{number}",
            name=f"样例环节{number}",
            departments=departments,
            days=number,
            department_names=tuple(f"样例部门{code}" for code in departments),
        )
        for number, (seq, departments) in enumerate(plan or ((1, ("scjg",)),), start=1)
    ]
    return CaseAccepted(
        application=application,
        case=case,
        item="food_operation",
        item_version=3,
        item_name="食品经营许可（样例）",
        item_kind=kind,
        basis=("食品安全法(2021)第33、35条",),
        department="scjg",
        partner=partner,
        steps=tuple(steps),
        limits=Limits(promised_days=7, statutory_days=statutory, unit=unit),
        joint_days=joint,
        result=ResultTemplate(kind="notice", name="样例通知书"),
        waits_for=waits_for,
        channel="online",
        accepted_at=NOW,
        receipt_date=date(2026, 3, 2),
        owner=owner,
        applicant_kind="organisation",
        applicant_ref="ref-1",
        holder=HOLDER,
    )


def ready(case=CASE):
    return CaseReady(application=case[:13], case=case, at=NOW)


def closed(case=CASE):
    return CaseClosed(application=case[:13], case=case, at=NOW, reason="predecessor_ended")


def withdrawal(case=CASE):
    return WithdrawalRequested(application=case[:13], case=case, at=NOW)


def started(case=CASE, due=datetime(2026, 3, 11, 10, tzinfo=UTC), counting="cccc--ccccc--" + "c" * 27, **more):
    """What supervision says of the case's clock: 7 working days from 2 March."""
    told = {"subject": case, "clock": "decision", "generation": 1, "started_at": NOW, "due": due, **more}
    return ClockStarted(application=case[:13], calendar="2026.1", counting=counting, **told)


def paused(case=CASE, at=NOW, clock="decision"):
    return ClockPaused(application=case[:13], subject=case, clock=clock, generation=2, at=at)


def who(number=1, department="scjg", officer="sample:officer", case=CASE):
    """Who acts on which task at the desk; the head's account begins so."""
    return {
        "task": f"{case}-T{number}", "department": department, "officer": officer, "name": "样例经办人",
        "head": officer.startswith("sample:head"),
    }  # fmt: skip


HEAD = "sample:head-scjg"


def starts(number=1, department="scjg", officer="sample:officer", case=CASE, **more):
    """An officer starts an expert review of ten days."""
    told = {
        "kind": "expert_review",
        "planned_days": 10,
        "notice": "样特告〔2026〕1 号",
        "reason": "需要专家评审",
        **more,
    }
    return StartProcedure(**who(number, department, officer, case), **told)


def ends(number=1, department="scjg", officer="sample:officer", case=CASE, procedure=1):
    return EndProcedure(**who(number, department, officer, case), procedure=f"{case}-P{procedure}")


def asks(number=1, department="scjg", officer="sample:officer", days=5, reason="需要核实档案"):
    return AskExtension(**who(number, department, officer), days=days, reason=reason)


def extends(number=1, department="scjg", officer=HEAD, days=5, reason="需要核实档案"):
    return ExtendLimit(**who(number, department, officer), days=days, reason=reason)


def says_no(number=1, department="scjg", officer=HEAD, reason="材料已经齐全"):
    return RefuseExtension(**who(number, department, officer), reason=reason)


def extends_jointly(days=15, approval="样政批〔2026〕7 号", reason="三个部门要重新核查"):
    return ExtendJointLimit(by="sample:supervisor", days=days, approval=approval, reason=reason)


def urged(number, *departments, case=CASE, reply_by=date(2026, 3, 5), at=NOW, **more):
    """Supervision urges these departments for the `number`-th time."""
    return UrgeIssued(
        application=case[:13], case=case, urge=number, departments=departments, text=f"请说明第 {number} 次",
        by="sample:supervisor", reply_by=reply_by, at=at, **more,
    )  # fmt: skip


def unanswered(number, department, due, case=CASE):
    """The day for a department's answer to the `number`-th urge has passed."""
    return CountdownPassed(
        application=case[:13], subject=f"{case}/{number}/{department}", clock="reply", generation=1, kind="reply",
        due=due,
    )  # fmt: skip


def answered(number, department, case=CASE):
    return UrgeAnswered(
        application=case[:13], case=case, urge=number, department=department, text="已安排", by="sample:officer", at=NOW
    )


def agrees(number, department, case=CASE, officer="sample:officer"):
    return GiveOpinion(task=f"{case}-T{number}", department=department, officer=officer, verdict="agree")


def disagrees(number, department, reason, case=CASE):
    return GiveOpinion(
        task=f"{case}-T{number}", department=department, officer="sample:officer", verdict="disagree", reason=reason
    )


def says(number, department, opinion_id="o-1", verdict="agree", reason=None, case=CASE, officer="desk-7"):
    """What a department's own software says."""
    return DepartmentSays(
        task=f"{case}-T{number}",
        department=department,
        officer=officer,
        verdict=verdict,
        reason=reason,
        opinion_id=opinion_id,
    )


def story(*messages):
    return Story(decide, RULES, NOW).given(*messages)
