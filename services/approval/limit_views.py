"""What is sent and shown of procedures and extensions over HTTP (行政许可法 Art. 42, 45)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.approval.model import MAX_PAPER, MOST_DAYS, MOST_JOINT_DAYS, MOST_PLANNED, Asked, Extension, Procedure
from shared.contracts.approval import ExcludedProcedure

Reason = Annotated[str, Field(min_length=1, max_length=500)]
Paper = Annotated[str, Field(min_length=1, max_length=MAX_PAPER)]


class ProcedureBody(BaseModel):
    """启动特别程序：从现在起停止计时。`notice` 是书面告知申请人的文号，`planned_days` 是告知的工作日数。

    `reason` 会告知申请人，请勿写入身份证号、电话号码。
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "expert_review",
                    "planned_days": 15,
                    "notice": "消特告〔2026〕12 号",
                    "reason": "疏散方案超出规范的一般做法，需要专家评审",
                }
            ]
        },
    )
    kind: ExcludedProcedure
    planned_days: Annotated[int, Field(ge=1, le=MOST_PLANNED)]
    notice: Paper
    reason: Reason


class ProcedureAnswer(BaseModel):
    """特别程序的编号；`ended_at` 为空：正在进行，停止计时。"""

    task: str = Field(examples=["7ZQ0M3X5KD2WA-01-T1"])
    procedure: str = Field(examples=["7ZQ0M3X5KD2WA-01-P1"])
    ended_at: datetime | None


class ExtensionBody(BaseModel):
    """延长办理期限（或者请求延长）。`days` 的单位与办件的期限相同；`reason` 会告知申请人。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"days": 5, "reason": "需要向上级部门核实原登记档案"}]},
    )
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    reason: Reason


class ExtensionRefusalBody(BaseModel):
    """不同意延长的理由，经办人会看到。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "材料已经齐全，请按期办结"}]})
    reason: Reason


class JointExtensionBody(BaseModel):
    """延长联办期限。`approval` 是本级人民政府负责人批准的文号；`reason` 会告知申请人。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"days": 15, "approval": "县政批〔2026〕7 号", "reason": "涉及三个部门的现场核查，需要重新安排"}
            ]
        },
    )
    days: Annotated[int, Field(ge=1, le=MOST_JOINT_DAYS)]
    approval: Paper
    reason: Reason


class ExtensionAnswer(BaseModel):
    """asked 已请示，extended 已延长，refused 没有同意。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    extension: Literal["asked", "extended", "refused"]


class JointExtensionAnswer(BaseModel):
    """联办期限已延长。"""

    application: str = Field(examples=["7ZQ0M3X5KD2WA"])
    extension: Literal["extended"]


class ProcedureView(BaseModel):
    """一个特别程序。`by` 只给工作人员看，是引用而不是姓名。"""

    procedure: str = Field(examples=["7ZQ0M3X5KD2WA-01-P1"])
    kind: ExcludedProcedure
    task: str = Field(examples=["7ZQ0M3X5KD2WA-01-T1"])
    planned_days: int
    notice: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    by: str | None


class ExtensionView(BaseModel):
    """一次延长：天数、告知申请人的理由、何时批准。"""

    days: int
    reason: str
    at: datetime


class AskedView(BaseModel):
    """延期请示，只给工作人员看。`refused` 是负责人不同意的理由；为空：等答复，或者已经延长。"""

    task: str
    days: int
    reason: str
    by: str
    at: datetime
    refused: str | None


def procedure_view(procedure: Procedure, *, staff: bool) -> ProcedureView:
    """A procedure as staff or the applicant sees it."""
    told = procedure.model_dump(exclude={"id", "by", "name"})
    return ProcedureView(procedure=procedure.id, by=procedure.by if staff else None, **told)


def extension_view(extension: Extension | None) -> ExtensionView | None:
    """An extension, if there was one."""
    return ExtensionView(days=extension.days, reason=extension.reason, at=extension.at) if extension else None


def asked_view(asked: Asked | None) -> AskedView | None:
    """What was asked of the head, if anything."""
    if asked is None:
        return None
    return AskedView(
        task=asked.task, days=asked.days, reason=asked.reason, by=asked.by, at=asked.at,
        refused=asked.refused_reason or None,
    )  # fmt: skip
