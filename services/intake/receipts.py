"""The papers that intake owes an applicant, as data: each numbered and dated (行政许可法 Art. 32, last paragraph).

收件凭证 at submission, 补正告知书, 受理通知书, 不受理 and 不予受理通知书, and 终止告知书.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.intake.model import DESK, Accepted, Application, Case, HandedIn, NotRequired, Referred
from shared.clock import shanghai

Kind = Literal["received", "supplement", "accepted", "not_required", "referred", "closed"]
CLOSED = {"predecessor_ended": "它所等待的办件没有办成", "withdrawn_before_acceptance": "申请人在受理前撤回"}


class Receipt(BaseModel):
    """一份告知书或凭证。"""

    kind: Kind
    title: str = Field(examples=["受理通知书"])
    number: str = Field(examples=["SL-7ZQ0M3X5KD2WA-01"])
    date: date
    desk: str = Field(examples=["综合窗口3号"])
    clerk: str | None = Field(description="经办窗口人员的编号；视为受理和网上收件时没有")
    application: str
    case: str | None
    matter_name: str
    lines: list[str]
    basis: str


def receipts_of(application: Application) -> list[Receipt]:
    """Every paper issued so far, in the order in which they came to be."""
    papers = [_received(application), *_lists(application)]
    for case in application.cases:
        papers += _case_papers(application, case)
    return papers


def _received(application: Application) -> Receipt:
    form = application.form
    lines = [f"办件：{case.plan.item_name}（{case.number}）" for case in application.cases]
    lines += [_came(application, each) for each in form.handed_in]
    return Receipt(
        kind="received",
        title="收件凭证",
        number=f"SJ-{application.number}",
        date=_day(application.submitted_at),
        desk=form.desk or "网上受理",
        clerk=form.by if form.channel == "window" else None,
        application=application.number,
        case=None,
        matter_name=form.matter_name,
        lines=[*lines, "5个工作日内告知是否受理或者一次告知需要补正的全部内容，逾期不告知的，自收件之日起即为受理。"],
        basis="行政许可法第三十二条",
    )


def _lists(application: Application) -> Iterator[Receipt]:
    for place, asked in enumerate(application.lists, start=1):
        yield Receipt(
            kind="supplement",
            title="补正告知书",
            number=f"BZ-{application.number}-{place}",
            date=_day(asked.at),
            desk=asked.desk,
            clerk=asked.by,
            application=application.number,
            case=None,
            matter_name=application.form.matter_name,
            lines=[f"{each.name}：{each.reason}" for each in asked.materials],
            basis="行政许可法第三十二条第一款第四项",
        )


def _case_papers(application: Application, case: Case) -> Iterator[Receipt]:
    outcome = case.outcome
    if isinstance(outcome, Accepted):
        how = "逾期未告知，自收到材料之日起即为受理" if outcome.deemed else "材料齐全、符合法定形式，予以受理"
        waits = f"先办成{'、'.join(outcome.waits_for)}后开始计算办理期限" if outcome.waits_for else ""
        lines = [line for line in (how, *_limits(case), waits) if line]
        yield _case_paper(application, case, "accepted", "受理通知书", "SL", outcome.at, lines, "第五项")
    elif isinstance(outcome, NotRequired):
        lines = ["依法不需要取得行政许可，不受理", f"理由：{outcome.reason}"]
        yield _case_paper(application, case, "not_required", "不受理通知书", "BS", outcome.at, lines, "第一项")
    elif isinstance(outcome, Referred):
        lines = ["不属于本行政机关职权范围，不予受理", f"请向{outcome.competent_body}申请", f"理由：{outcome.reason}"]
        yield _case_paper(application, case, "referred", "不予受理通知书", "BY", outcome.at, lines, "第二项")
    if case.closed:
        waited = f"（{case.closed.predecessor}）" if case.closed.predecessor else ""
        lines = [f"办理终止：{CLOSED[case.closed.reason]}{waited}"]
        yield _case_paper(application, case, "closed", "终止告知书", "ZZ", case.closed.at, lines, "")


def _limits(case: Case) -> Iterator[str]:
    """The limits in their own unit: working days, or days where a special law says so."""
    limits = case.plan.limits
    unit = "个工作日" if limits.unit == "working_days" else "日"
    yield f"承诺办结时限：{limits.promised_days}{unit}"
    if limits.statutory_days is not None:
        yield f"法定办结时限：{limits.statutory_days}{unit}"


def _case_paper(
    application: Application,
    case: Case,
    kind: Kind,
    title: str,
    prefix: str,
    at: datetime,
    lines: list[str],
    point: str,
) -> Receipt:
    deemed = isinstance(case.outcome, Accepted) and case.outcome.deemed
    return Receipt(
        kind=kind,
        title=title,
        number=f"{prefix}-{case.number}",
        date=_day(at),
        desk=application.received_desk or DESK,
        clerk=None if deemed else application.received_by,
        application=application.number,
        case=case.number,
        matter_name=case.plan.item_name,
        lines=lines,
        basis=f"行政许可法第三十二条第一款{point}" if point else "行政许可法第三十二条",
    )


def _came(application: Application, each: HandedIn) -> str:
    """What is on paper is said so: the window answers for it."""
    return f"已收材料：{_name(application, each.material)}" + ("（纸质原件）" if each.paper else "")


def _name(application: Application, key: str) -> str:
    material = application.form.material(key)
    return material.name if material else key


def _day(at: datetime) -> date:
    return shanghai(at).date()
