"""What approval shows of its cases and tasks over HTTP. Nothing of the applicant is in it: the holder stays sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.approval.limit_views import (
    AskedView,
    ExtensionView,
    ProcedureView,
    asked_view,
    extension_view,
    procedure_view,
)
from services.approval.model import MAX_OFFICER, Approval, Case, CaseStatus, Clock, Opinion, Task, TaskState
from shared.contracts.terms import Light, Verdict

Text = Annotated[str, Field(max_length=500)]


class OpinionBody(BaseModel):
    """审查意见。不同意时 `reason` 必填；理由会告知申请人，请勿写入身份证号、电话号码。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"verdict": "disagree", "reason": "疏散通道宽度不符合消防技术标准"}]},
    )
    verdict: Verdict
    reason: Text | None = None


class OpinionAnswer(BaseModel):
    """意见已记录。`case_status` 是此意见之后办件的状态。"""

    task: str = Field(examples=["7ZQ0M3X5KD2WA-01-T1"])
    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    verdict: Verdict
    case_status: CaseStatus


class HandBackBody(BaseModel):
    """退回全部门的原因，同事会看到；请勿写入身份证号、电话号码。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "出差一周，请同事接手"}]})
    reason: Text


class ReassignBody(BaseModel):
    """转交给本部门的一位经办人。`to` 是对方的登录账号（与令牌中的 sub 相同）。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"to": "sample:officer-xfdd"}]})
    to: Annotated[str, Field(min_length=1, max_length=MAX_OFFICER)]
    reason: Text | None = None


class DeputyBody(BaseModel):
    """B 角：`officer` 没有按时答复催办时，任务转给 `deputy`。`officer` 为空：全部门；`deputy` 为空：取消。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"officer": "sample:officer-xfdd", "deputy": "sample:b"}]}
    )
    officer: Annotated[str, Field(max_length=MAX_OFFICER)] = ""
    deputy: Annotated[str, Field(max_length=MAX_OFFICER)] = ""


class DeputyAnswer(BaseModel):
    """现在由谁代替。"""

    officer: str
    deputy: str | None


class DeputyView(BaseModel):
    """一位 A 角和他的 B 角；`officer` 为空：全部门。"""

    officer: str
    deputy: str
    at: datetime


class HandsAnswer(BaseModel):
    """任务现在由谁办。`officer` 为空：对全部门开放。"""

    task: str = Field(examples=["7ZQ0M3X5KD2WA-01-T1"])
    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    officer: str | None


class OpinionView(BaseModel):
    """一条意见。`officer` 只给工作人员看，是引用而不是姓名。"""

    verdict: Verdict
    reason: str | None
    officer: str | None
    at: datetime


class TaskView(BaseModel):
    """一项审查任务。`due_days` 为该环节的工作日目标；未轮到的环节 `state` 为 planned。

    `light` 和 `due` 是办件的灯和承诺期限，由监管服务计时，刚受理时可能还没有。`held_by` 是正在办的经办人，
    `handed_back` 是最近一次退回的原因；两者只给工作人员看。
    """

    task: str = Field(examples=["7ZQ0M3X5KD2WA-01-T1"])
    application: str = Field(examples=["7ZQ0M3X5KD2WA"])
    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    item: str = Field(examples=["fire_check"])
    item_name: str = Field(examples=["公众聚集场所投入使用、营业前消防安全检查"])
    seq: int
    step: str = Field(examples=["inspect"])
    step_name: str = Field(examples=["现场核查"])
    department: str = Field(examples=["xfdd"])
    department_name: str = Field(examples=["消防救援大队"])
    due_days: int
    state: TaskState
    opened_at: datetime | None
    opinion: OpinionView | None
    light: Light | None = None
    due: datetime | None = None
    held_by: str | None = None
    handed_back: str | None = None


class TaskPage(BaseModel):
    """一页任务。`more` 表示还有下一页。"""

    tasks: list[TaskView]
    page: int
    more: bool


class CaseView(BaseModel):
    """一个办件在审批中的全貌。`remedies` 为不予办理时的救济途径；有特别程序没有结束（`ended_at` 为空）的，停止计时。"""

    case: str
    application: str
    item: str
    item_version: int
    item_name: str
    department: str
    result: Literal["licence", "notice"]
    status: CaseStatus
    waits_for: list[str]
    accepted_at: datetime
    ended_at: datetime | None
    reasons: list[str]
    remedies: list[str]
    procedures: list[ProcedureView]
    extension: ExtensionView | None
    extension_asked: AskedView | None
    tasks: list[TaskView]


def task_view(case: Case, task: Task, clock: Clock | None, *, staff: bool) -> TaskView:
    """A task as staff or the applicant sees it."""
    back = task.passed if task.passed and task.passed.to is None else None
    return TaskView(
        task=task.id,
        application=case.application,
        case=case.case,
        item=case.item,
        item_name=case.item_name,
        seq=task.seq,
        step=task.step,
        step_name=task.step_name,
        department=task.department,
        department_name=task.department_name,
        due_days=task.days,
        state=case.state_of(task),
        opened_at=task.opened_at,
        opinion=_opinion_view(task.opinion, staff) if task.opinion else None,
        light=clock.light if clock else None,
        due=clock.due if clock else None,
        held_by=task.hold.officer if staff and task.hold else None,
        handed_back=back.reason if staff and back else None,
    )


def _opinion_view(opinion: Opinion, staff: bool) -> OpinionView:
    officer = opinion.officer if staff else None
    return OpinionView(verdict=opinion.verdict, reason=opinion.reason, officer=officer, at=opinion.at)


def case_view(state: Approval, case: Case, *, staff: bool) -> CaseView:
    """A case with all its tasks, in the order of the plan."""
    clock = state.clock(case.case)
    return CaseView(
        case=case.case,
        application=case.application,
        item=case.item,
        item_version=case.item_version,
        item_name=case.item_name,
        department=case.department,
        result=case.result.kind,
        status=case.status,
        waits_for=list(case.waits_for),
        accepted_at=case.accepted_at,
        ended_at=case.ended_at,
        reasons=list(case.reasons),
        remedies=list(case.remedies),
        procedures=[procedure_view(each, staff=staff) for each in case.procedures],
        extension=extension_view(case.extension),
        extension_asked=asked_view(case.asked) if staff else None,
        tasks=[task_view(case, task, clock, staff=staff) for task in case.tasks],
    )
