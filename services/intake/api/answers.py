"""Short answers: what a command came to, and what anyone with the receipt in hand may see."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.intake.model import ApplicationStatus, CaseStatus


class ToldCase(BaseModel):
    """办件的当前状态。"""

    case: str
    item: str
    name: str
    department: str
    status: CaseStatus
    waits_for: list[str]


class Told(BaseModel):
    """办成之后的回答：申请编号和各办件的状态。"""

    number: str = Field(examples=["7ZQ0M3X5KD2WA"])
    status: ApplicationStatus
    submitted_at: datetime
    cases: list[ToldCase]


class ProgressCase(BaseModel):
    """公开查询看到的一个办件。"""

    case: str
    name: str
    status: CaseStatus
    status_text: str
    standing_still: str | None = Field(default=None, description="正在特别程序、不计入办理期限的，说明是哪一种")


class Progress(BaseModel):
    """公开查询的回答：不含任何个人信息。"""

    number: str
    matter_name: str
    status: ApplicationStatus
    status_text: str
    submitted_on: date
    cases: list[ProgressCase]
