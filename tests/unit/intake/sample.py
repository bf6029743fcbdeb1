"""Synthetic applications for the tests of intake's rules."""

from datetime import UTC, datetime

from stdnum.iso7064 import mod_37_36

from services.intake.catalogue import Catalogue
from services.intake.decide import decide
from services.intake.model import Form, HandedIn, PlannedCase, PlannedMaterial
from services.intake.model.commands import Accept, HandInSupplement, RequestSupplement, Submit
from shared.contracts.approval import (
    CaseApproved,
    CaseRefused,
    CaseWithdrawn,
    JointLimitExtended,
    LimitExtended,
    ProcedureEnded,
    ProcedureStarted,
)
from shared.contracts.licensing import ResultIssued
from shared.contracts.sealed import Sealed
from shared.contracts.supervision import DeadlinePassed
from shared.contracts.terms import Limits, Party, ResultTemplate, Step
from shared.testing.story import Story

NO = "7ZQ0M3X5KD2WA"
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
HOLDER = Sealed[Party].model_construct(kid="k", nonce=b"n", box=b"b")
NOTICE = ResultTemplate(kind="notice", name="样例通知")

RESTAURANT = {
    "has_licence": "no",
    "subject_type": "company",
    "cold_dishes": "no",
    "area": "50to300",
    "fire_mode": "promise",
    "sign": "shop_sign",
    "tobacco": "no",
    "drain": "no",
    "premises": "leased",
    "agent": "no",
    "special_food": "no",
}
NEWBORN = {
    "born_in": "hospital",
    "parents": "married",
    "same_nation": "yes",
    "mother_insured": "employee",
    "mreg": "no",
    "childcare": "yes",
}


def identifier(catalogue: Catalogue, kind: str, serial: str = "2026030100000001", issuer: str = "") -> str:
    """A right identifier of an e-licence of type `kind`, as its issuer in this county would give it."""
    found = catalogue.licence_types[kind]
    parts = [found.code, issuer or catalogue.departments[found.issuer].uscc, serial, "001"]
    return ".".join(["1.2.156.3005.2", *parts, mod_37_36.calc_check_digit("".join(parts))])


def day(number: int, hour: int = 2) -> datetime:
    """An instant on a day of March 2026."""
    return datetime(2026, 3, number, hour, 0, tzinfo=UTC)


def case(place: int, *waits_for: int, department: str = "scjg", item_kind: str = "") -> PlannedCase:
    """The plan of case `place`."""
    return PlannedCase(
        case=f"{NO}-{place:02d}",
        item=f"item{place}",
        item_version=3,
        item_name=f"样例事项{place}",
        item_kind=item_kind,
        department=department,
        department_name="样例部门",
        steps=(Step(seq=2, key="decide", name="决定", departments=(department,), days=1),),
        limits=Limits(promised_days=2, statutory_days=20),
        result=NOTICE,
        waits_for=tuple(f"{NO}-{other:02d}" for other in waits_for),
    )


def material(key: str, **changed) -> PlannedMaterial:
    return PlannedMaterial(key=key, name=f"样例材料{key}", **changed)


def submit(*cases: PlannedCase) -> Submit:
    """An application with these cases (one, when none is given) and the materials a, b and c."""
    cases = cases or (case(1),)
    form = Form(
        number=NO,
        matter="sample",
        matter_name="样例",
        bundle=len(cases) > 1,
        joint_days=45 if len(cases) > 1 else None,
        channel="online",
        owner="sample:applicant",
        by="sample:applicant",
        applicant_kind="person",
        applicant_ref="ref",
        holder=HOLDER,
        answers={},
        materials=(material("a"), material("b"), material("c")),
        handed_in=tuple(HandedIn(material=key, files=("f",)) for key in "abc"),
    )
    return Submit(form=form, cases=cases)


def story(*cases: PlannedCase) -> Story:
    """An application submitted at START."""
    return Story(decide, None, START).given(submit(*cases))


ACCEPT = Accept(by="sample:clerk", desk="综合窗口3号")


def asks(*keys: str) -> RequestSupplement:
    return RequestSupplement(by="sample:clerk", reasons=dict.fromkeys(keys, "不清楚"))


def brings(*keys: str) -> HandInSupplement:
    return HandInSupplement(
        by="sample:applicant", handed_in=tuple(HandedIn(material=key, files=("new",)) for key in keys)
    )


def passed(due: datetime, generation: int = 1, **changed) -> DeadlinePassed:
    told = {"application": NO, "subject": NO, "clock": "acceptance", "kind": "acceptance"} | changed
    return DeadlinePassed(**told, generation=generation, due=due)


def approved(place: int) -> CaseApproved:
    return CaseApproved(**_decision(place), result=NOTICE)


def refused(place: int) -> CaseRefused:
    return CaseRefused(**_decision(place), reasons=("样例理由",), remedies=("复议", "诉讼"))


def withdrawn(place: int) -> CaseWithdrawn:
    return CaseWithdrawn(application=NO, case=f"{NO}-{place:02d}", at=START)


def procedure_started(place: int, when: datetime, number: int = 1, kind: str = "hearing") -> ProcedureStarted:
    case = f"{NO}-{place:02d}"
    return ProcedureStarted(
        application=NO, case=case, procedure=f"{case}-P{number}", kind=kind, task=f"{case}-T1", planned_days=20,
        notice="样特告〔2026〕1 号", reason="直接关系他人重大利益", by="sample:officer", at=when,
    )  # fmt: skip


def procedure_ended(place: int, when: datetime, number: int = 1) -> ProcedureEnded:
    case = f"{NO}-{place:02d}"
    return ProcedureEnded(application=NO, case=case, procedure=f"{case}-P{number}", at=when)


def extended(place: int, when: datetime, days: int = 5) -> LimitExtended:
    return LimitExtended(
        application=NO, case=f"{NO}-{place:02d}", days=days, reason="需要核实档案。", by="sample:head", at=when
    )


def jointly_extended(when: datetime) -> JointLimitExtended:
    return JointLimitExtended(
        application=NO,
        days=15,
        reason="三个部门要重新核查",
        by="sample:supervisor",
        approval="样政批〔2026〕7 号",
        at=when,
    )


def issued(place: int, kind: str = "licence") -> ResultIssued:
    return ResultIssued(application=NO, case=f"{NO}-{place:02d}", kind=kind, number="样例-1", name="样例", at=START)


def statuses(told: Story) -> list[str]:
    """The status of each case, in order."""
    return [told.state.status_of(each) for each in told.state.cases]


def _decision(place: int) -> dict[str, object]:
    return {
        "application": NO,
        "case": f"{NO}-{place:02d}",
        "item": f"item{place}",
        "item_version": 3,
        "item_name": "样例",
        "department": "scjg",
        "owner": "sample:applicant",
        "applicant_ref": "ref",
        "holder": HOLDER,
        "at": START,
    }
