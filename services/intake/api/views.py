"""How an application is shown: to its owner and the window in full, to a department masked, to the public least."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.intake.model import Accepted, Application, ApplicationStatus, Case, CaseStatus, NotRequired, Referred
from services.intake.parties import masked_code, masked_name, masked_phone
from services.intake.receipts import CLOSED
from services.intake.time_messages import still_words
from shared.contracts.terms import Channel, Light, Party
from shared.web.countdown import left_words

MaterialState = Literal["handed_in", "licence", "pledged", "paper", "later", "fetched"]
STATUS_TEXTS: dict[CaseStatus | ApplicationStatus, str] = {
    "submitted": "待受理",
    "supplement_requested": "待补正",
    "accepted": "已受理，办理中",
    "waiting": "已受理，等待前一办件办成",
    "ready": "前一办件已办成，办理中",
    "approved": "已准予，出件中",
    "issued": "已办结",
    "refused": "不予办理",
    "withdrawn": "已撤回",
    "closed": "已终止",
    "not_required": "不受理（依法不需要办理）",
    "referred": "不予受理（请向有权机关申请）",
    "ended": "全部办结",
}


VERIFIED_TEXTS = {True: "已核验", False: "未核验，由窗口人员查验"}


class PartyView(BaseModel):
    """申请人或经办人；`masked` 为 true 时姓名、号码、电话已遮挡。"""

    kind: Literal["person", "organisation"]
    name: str
    code: str
    phone: str
    masked: bool


class HandedInView(BaseModel):
    """一份材料现在怎样。

    handed_in 已交，licence 已出示电子证照，pledged 已承诺，paper 窗口已收纸质原件，later 由在先办件的电子证照代替，
    fetched 系统调取。
    出示的电子证照，`verified` 为 true 是已由证照签发方核验；为 false 是未核验，由窗口人员查验；其余为 null。
    """

    key: str
    name: str
    state: MaterialState
    files: list[str]
    licence: str | None
    verified: bool | None
    verified_text: str | None = Field(examples=["未核验，由窗口人员查验"])
    from_case: str | None = Field(description="由这个办件办出的电子证照代替")


class AskedView(BaseModel):
    """补正清单的一项。"""

    material: str
    name: str
    reason: str


class SupplementView(BaseModel):
    """一次补正：告知和补交。"""

    asked_at: datetime
    desk: str
    materials: list[AskedView]
    answered_at: datetime | None


class CorrectionView(BaseModel):
    """一次更正：改了哪些项、为什么、谁在什么时候；不含改前改后的内容。"""

    at: datetime
    by: str
    desk: str
    reason: str
    fields: list[str] = Field(examples=[["applicant.phone"]])


class ReplacementView(BaseModel):
    """一次更换材料。"""

    at: datetime
    material: str


class ResultView(BaseModel):
    """办出的结果。"""

    kind: Literal["licence", "notice", "refusal"]
    number: str
    name: str
    at: datetime


class CaseView(BaseModel):
    """一个办件。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    item: str
    item_version: int
    name: str
    department: str
    department_name: str
    status: CaseStatus
    status_text: str
    waits_for: list[str]
    promised_days: int
    statutory_days: int | None
    accepted_at: datetime | None
    receipt_date: date | None
    deemed: bool
    ready_at: datetime | None
    withdrawal_requested_at: datetime | None
    standing_still: str | None = Field(default=None, description="正在特别程序、不计入办理期限的，说明是哪一种")
    explanation: str | None = Field(description="不受理、不予受理或终止的理由")
    result: ResultView | None


class ApplicationView(BaseModel):
    """一份申请的全部情况。"""

    number: str = Field(examples=["7ZQ0M3X5KD2WA"])
    matter: str
    matter_name: str
    bundle: bool
    status: ApplicationStatus
    status_text: str
    channel: Channel
    submitted_at: datetime
    applicant: PartyView
    agent: PartyView | None
    answers: dict[str, str]
    joint_days: int | None
    materials: list[HandedInView]
    supplements: list[SupplementView]
    replacements: list[ReplacementView]
    corrections: list[CorrectionView]
    cases: list[CaseView]


class ApplicationRow(BaseModel):
    """列表中的一份申请；申请人已遮挡。"""

    number: str
    matter: str
    matter_name: str
    status: ApplicationStatus
    status_text: str
    channel: Channel
    submitted_at: datetime
    received_at: datetime = Field(description="最近一次收到材料；受理期限从这时起算")
    applicant: PartyView
    cases: int
    due: datetime | None = Field(default=None, description="受理期限；只有待受理的、而且已知期限的才有")
    provisional: bool = Field(default=False, description="期限超出已公布的日历，可能会变")
    light: Light | None = None
    left: str | None = Field(default=None, description="受理期限还剩多少", examples=["还剩 3 个工作日"])


class ApplicationPage(BaseModel):
    """一页申请。"""

    total: int
    page: int
    size: int
    applications: list[ApplicationRow]


def party_view(party: Party, *, masked: bool) -> PartyView:
    """A party, in full or masked (PIPL Art. 6)."""
    return PartyView(
        kind=party.kind,
        name=masked_name(party.name) if masked and party.kind == "person" else party.name,
        code=masked_code(party) if masked else party.code,
        phone=masked_phone(party.phone) if masked else party.phone,
        masked=masked,
    )


def application_view(application: Application, holder: PartyView, agent: PartyView | None) -> ApplicationView:
    """Everything about one application; whom it shows the parties to was decided before."""
    form, status = application.form, application.status
    return ApplicationView(
        number=application.number,
        matter=form.matter,
        matter_name=form.matter_name,
        bundle=form.bundle,
        status=status,
        status_text=STATUS_TEXTS[status],
        channel=form.channel,
        submitted_at=application.submitted_at,
        applicant=holder,
        agent=agent,
        answers=form.answers,
        joint_days=form.joint_days,
        materials=_materials(application),
        supplements=_supplements(application),
        replacements=[
            ReplacementView(at=each.at, material=each.handed_in.material) for each in application.replacements
        ],
        corrections=[
            CorrectionView(at=each.at, by=each.by, desk=each.desk, reason=each.reason, fields=list(each.fields))
            for each in application.corrections
        ],
        cases=[_case(application, case) for case in application.cases],
    )


def row_view(application: Application, holder: PartyView, now: datetime) -> ApplicationRow:
    """One line of a list, with what is left of the time for acceptance."""
    status, clock = application.status, application.running
    return ApplicationRow(
        number=application.number,
        matter=application.form.matter,
        matter_name=application.form.matter_name,
        status=status,
        status_text=STATUS_TEXTS[status],
        channel=application.form.channel,
        submitted_at=application.submitted_at,
        received_at=application.receipts[-1],
        applicant=holder,
        cases=len(application.cases),
        due=clock.due if clock else None,
        provisional=bool(clock and clock.provisional),
        light=clock.light if clock else None,
        left=left_words(clock, "working_days", now) if clock else None,
    )


def _materials(application: Application) -> list[HandedInView]:
    given = {each.material: each for each in application.handed_in}
    views = []
    for material in application.form.materials:
        each = given.get(material.key)
        state: MaterialState = "handed_in"
        if each is None:
            state = "later" if material.from_case else "fetched"
        elif each.licence or each.pledged or each.paper:
            state = "licence" if each.licence else "pledged" if each.pledged else "paper"
        verified = bool(each.verified) if each and each.licence else None
        views.append(
            HandedInView(
                key=material.key,
                name=material.name,
                state=state,
                files=list(each.files) if each else [],
                licence=each.licence if each else None,
                verified=verified,
                verified_text=None if verified is None else VERIFIED_TEXTS[verified],
                from_case=material.from_case,
            )
        )
    return views


def _supplements(application: Application) -> list[SupplementView]:
    answered = [supplement.at for supplement in application.supplements]
    return [
        SupplementView(
            asked_at=asked.at,
            desk=asked.desk,
            materials=[AskedView(material=m.material, name=m.name, reason=m.reason) for m in asked.materials],
            answered_at=answered[place] if place < len(answered) else None,
        )
        for place, asked in enumerate(application.lists)
    ]


def _case(application: Application, case: Case) -> CaseView:
    plan, status = case.plan, application.status_of(case)
    accepted = case.outcome if isinstance(case.outcome, Accepted) else None
    return CaseView(
        case=case.number,
        item=plan.item,
        item_version=plan.item_version,
        name=plan.item_name,
        department=plan.department,
        department_name=plan.department_name,
        status=status,
        status_text=STATUS_TEXTS[status],
        waits_for=list(accepted.waits_for if accepted else plan.waits_for),
        promised_days=plan.limits.promised_days,
        statutory_days=plan.limits.statutory_days,
        accepted_at=accepted.at if accepted else None,
        receipt_date=accepted.receipt_date if accepted else None,
        deemed=bool(accepted and accepted.deemed),
        ready_at=case.ready_at,
        withdrawal_requested_at=case.withdrawal_at,
        standing_still=still_words(case),
        explanation=_explanation(case),
        result=ResultView.model_validate(case.result.model_dump()) if case.result else None,
    )


def _explanation(case: Case) -> str | None:
    if case.closed:
        return CLOSED[case.closed.reason] + (f"：{case.closed.predecessor}" if case.closed.predecessor else "")
    match case.outcome:
        case NotRequired(reason=reason):
            return reason
        case Referred(competent_body=body, reason=reason):
            return f"{reason}；请向{body}申请"
    return None
