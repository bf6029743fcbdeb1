"""What approval 分类审批 says, and the opinion that a department with software of its own sends to it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from shared.contracts.envelope import ApplicationEvent, CaseEvent, DepartmentCode, Event, Instant
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Party, PublicText, ResultTemplate, Unit, Verdict


class TaskAssigned(CaseEvent):
    """任务已分派 to one department; `due_days` are the step's target, in `unit`, that of the item's limits."""

    service: ClassVar[str] = "approval"
    task: str
    step: str
    step_name: str
    department: DepartmentCode
    item: str
    item_name: str
    due_days: int = Field(ge=0)
    unit: Unit = "working_days"
    at: Instant


class TaskReassigned(CaseEvent):
    """任务转交 (AB角): whose hands a task is in has changed. `from_officer` None: it was open to the whole department;
    `to_officer` None: it is again. `by`: who did it. All three are references, never names. `reason` stands with every
    hand-back."""

    service: ClassVar[str] = "approval"
    task: str
    step: str
    department: DepartmentCode
    from_officer: str | None = None
    to_officer: str | None = None
    by: str
    reason: PublicText | None = None
    at: Instant


class OpinionGiven(CaseEvent):
    """审查意见: a department's opinion on its task. `officer` is a reference, never a name."""

    service: ClassVar[str] = "approval"
    task: str
    step: str
    department: DepartmentCode
    verdict: Verdict
    reason: PublicText | None = None
    officer: str
    at: Instant


ExcludedProcedure = Literal[
    "hearing",
    "bidding",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
]
"""听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审: the eight of 行政许可法 Art. 45, and no other."""


class ProcedureStarted(CaseEvent):
    """特别程序开始 (行政许可法 Art. 45): its time is not counted, from here to ProcedureEnded.

    `notice` is the number of the written notice that told the applicant how long it takes: without one there is no
    pause. `planned_days` are working days. `task`: the one task that waits for it (empty: the whole case does).
    `by`: a reference, never a name.
    """

    service: ClassVar[str] = "approval"
    procedure: str = Field(min_length=1, max_length=40)
    kind: ExcludedProcedure
    task: str = ""
    planned_days: int = Field(ge=1)
    notice: str = Field(min_length=1, max_length=64)
    reason: PublicText
    by: str = Field(min_length=1, max_length=128)
    at: Instant


class ProcedureEnded(CaseEvent):
    """特别程序结束: the remaining days go on."""

    service: ClassVar[str] = "approval"
    procedure: str = Field(min_length=1, max_length=40)
    at: Instant


class LimitExtended(CaseEvent):
    """延长办理期限 (行政许可法 Art. 42(1)): once, by the head of the deciding body, with its reasons told.

    `days`: in the unit of the item's limits, at most 10.
    """

    service: ClassVar[str] = "approval"
    days: int = Field(ge=1, le=10)
    reason: PublicText
    by: str = Field(min_length=1, max_length=128)
    at: Instant


class JointLimitExtended(ApplicationEvent):
    """延长联办期限 (行政许可法 Art. 42(2)): once, by the head of the same-level government, its reasons told.

    `days`: working days, at most 15. `approval`: the number of the paper on which that head approved it; `by`: who
    entered it. Empty: said before this field.
    """

    service: ClassVar[str] = "approval"
    days: int = Field(ge=1, le=15)
    reason: PublicText
    by: str = Field(min_length=1, max_length=128)
    approval: str = Field(default="", max_length=64)
    at: Instant


class CaseApproved(CaseEvent):
    """准予: repeats the item's version, kind and legal basis, the template and the sealed holder for licensing."""

    service: ClassVar[str] = "approval"
    item: str
    item_version: int
    item_name: str
    item_kind: str = ""
    basis: tuple[str, ...] = ()
    department: DepartmentCode
    department_name: str = ""
    result: ResultTemplate
    owner: str
    applicant_ref: str
    holder: Sealed[Party]
    at: Instant


class CaseRefused(CaseEvent):
    """不予许可, 不予给付, 不予确认 or 不予办理, by the item's kind: with reasons and the ways to challenge it.

    For a 行政许可 (kind 01) these are owed by 行政许可法 Art. 38(2). `basis`: the law under which the item was judged.
    """

    service: ClassVar[str] = "approval"
    item: str
    item_version: int
    item_name: str
    item_kind: str = ""
    basis: tuple[str, ...] = ()
    department: DepartmentCode
    department_name: str = ""
    reasons: tuple[PublicText, ...] = Field(min_length=1)
    remedies: tuple[str, ...] = Field(min_length=2)
    owner: str
    applicant_ref: str
    holder: Sealed[Party]
    at: Instant


class CaseWithdrawn(CaseEvent):
    """准予撤回: the withdrawal came before the decision."""

    service: ClassVar[str] = "approval"
    at: Instant


class DepartmentOpinion(ApplicationEvent):
    """An opinion from a department's own software, on `onedoor.opinion.<department>.v1`: hostile input.

    It has no running number; it is deduplicated by task and `ce_id`, and its department is that of its topic.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    service: ClassVar[str] = "opinion"
    task: str = Field(max_length=40)
    verdict: Verdict
    reason: PublicText | None = None
    officer: str = Field(min_length=1, max_length=64)

    def about(self) -> str:
        return self.task


EVENTS: tuple[type[Event], ...] = (
    TaskAssigned,
    TaskReassigned,
    OpinionGiven,
    ProcedureStarted,
    ProcedureEnded,
    LimitExtended,
    JointLimitExtended,
    CaseApproved,
    CaseRefused,
    CaseWithdrawn,
)
OPINIONS: tuple[type[Event], ...] = (DepartmentOpinion,)
