"""Who is waited for, as programs read it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from services.supervision.model import Case, Supervised
from services.supervision.rules import Rules
from services.supervision.waiting import Party, Reason, spans_of


class WaitingSpan(BaseModel):
    """一段时间在等谁。`whom`：部门代码（task、decision）、特别程序种类（procedure）或者前序办件（predecessor）。"""

    party: Party = Field(description="applicant 申请人，department 部门，third_party 第三方（特别程序），case 前序办件")
    reason: Reason = Field(examples=["task"])
    whom: list[str] = Field(examples=[["xfdd"]])
    since: datetime
    until: datetime
    open: bool = Field(description="现在还在等")
    working_days: int = Field(description="这段时间里部门下班过的工作日")
    seconds: float = Field(description="这段时间的长度，各段之和就是全程")


class Waiting(BaseModel):
    """一个办件从申请到送达的每一刻在等谁；各段首尾相接，加起来就是全程。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    spans: list[WaitingSpan]
    working_days: int
    seconds: float


def waiting_view(state: Supervised, case: Case, now: datetime, rules: Rules) -> Waiting:
    """The life of a case, parted by who is waited for."""
    spans = [
        WaitingSpan(
            party=each.waited.party,
            reason=each.waited.reason,
            whom=list(each.waited.whom),
            since=each.since,
            until=each.until,
            open=each.open,
            working_days=each.days,
            seconds=each.length.total_seconds(),
        )
        for each in spans_of(state, case, now, rules)
    ]
    whole = (spans[-1].until - spans[0].since).total_seconds() if spans else 0.0
    return Waiting(case=case.case, spans=spans, working_days=sum(each.working_days for each in spans), seconds=whole)
