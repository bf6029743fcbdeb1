"""What supervision takes and shows of 督办 over HTTP: urges on every rung, their answers, and what came of a talk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.model import Supervised, Urge
from shared.contracts.supervision import Rung, TalkOutcome

Text = Annotated[str, Field(max_length=500)]


class UrgeBody(BaseModel):
    """督办阶梯上的一级。`departments` 不填时发给办件涉及的全部部门；请勿写入身份证号、电话号码。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "请于今日说明超期原因", "reply_by": "2026-03-18"}]},
    )
    text: Text
    departments: Annotated[list[Annotated[str, Field(pattern=r"^[a-z]{2,12}$")]], Field(max_length=50)] = []
    reply_by: date | None = Field(
        default=None, description="提醒、约谈、问责移送不填；催办和督办不填时按阶梯的天数，最多 60 天"
    )
    rung: Rung = Field(default="urge", description="remind 提醒，urge 催办，supervise 督办，talk 约谈，refer 问责移送")


class AnswerBody(BaseModel):
    """催办答复。请勿写入身份证号、电话号码。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "现场核查已完成，明日出具意见"}]}
    )
    text: Text


class OutcomeBody(BaseModel):
    """约谈、问责移送的结果：`heard` 听取说明（移送的，对方接收），`measures` 提出整改要求，`closed` 了结。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"outcome": "heard", "day": "2026-03-26", "text": "负责人已到场说明。"}]},
    )
    outcome: TalkOutcome
    day: date = Field(description="实际进行的日期")
    text: Text


class OutcomeKept(BaseModel):
    """结果已记录。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    urge: int
    outcome: TalkOutcome


class UrgeAnswer(BaseModel):
    """催办已发出。`urge` 是这个办件的第几次催办。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    urge: int
    departments: list[str] = Field(examples=[["scjg", "xfdd"]])


class AnswerGiven(BaseModel):
    """答复已记录。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    urge: int
    department: str = Field(examples=["xfdd"])


class AnswerView(BaseModel):
    """一个部门的答复。"""

    department: str
    department_name: str
    text: str
    at: datetime
    late: bool = Field(description="过了答复期限才答复")


class RecordView(BaseModel):
    """约谈、移送的一项结果。"""

    outcome: TalkOutcome
    day: date
    text: str
    at: datetime


class UrgeView(BaseModel):
    """一次提醒、催办、督办、约谈或者问责移送，及其答复和结果。"""

    case: str
    urge: int
    rung: Rung
    automatic: bool = Field(description="按督办阶梯自动发出")
    asks: bool = Field(description="要不要部门答复")
    departments: list[str]
    text: str
    at: datetime
    reply_by: date | None
    awaited: list[str] = Field(description="还没有答复的部门")
    answers: list[AnswerView]
    records: list[RecordView]


class Urges(BaseModel):
    """一个办件的全部催办，先发的在前。"""

    case: str
    urges: list[UrgeView]


def urge_view(urge: Urge, state: Supervised) -> UrgeView:
    """An urge with its answers; who acted is a reference that stays inside."""
    answers = [
        AnswerView(
            department=each.department,
            department_name=state.name_of(each.department),
            text=each.text,
            at=each.at,
            late=each.late,
        )
        for each in urge.answers
    ]
    return UrgeView(
        case=urge.case,
        urge=urge.number,
        rung=urge.rung,
        automatic=urge.automatic,
        asks=urge.asks,
        departments=list(urge.departments),
        text=urge.text,
        at=urge.at,
        reply_by=urge.reply_by,
        awaited=list(urge.awaited),
        answers=answers,
        records=[RecordView(outcome=r.outcome, day=r.day, text=r.text, at=r.at) for r in urge.records],
    )
