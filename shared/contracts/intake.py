"""What intake 综合受理 says: applications, acceptance in its five outcomes, supplements, endings without a decision."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import ApplicationEvent, CaseEvent, CaseNo, DepartmentCode, Event, Instant
from shared.contracts.sealed import Sealed
from shared.contracts.terms import (
    CaseOutline,
    Channel,
    Limits,
    MaterialAsked,
    Party,
    PartyKind,
    PublicText,
    ResultTemplate,
    Step,
)


class ApplicationSubmitted(ApplicationEvent):
    """申请已提交: the acceptance clock starts (行政许可法 Art. 32(4)).

    `desk`: the window that received it (empty: online, or said before this field). `whole`: what a bundle promises over
    all its cases, from acceptance (None: one case, or said before this field).
    """

    service: ClassVar[str] = "intake"
    matter: str
    matter_name: str
    bundle: bool
    cases: tuple[CaseOutline, ...] = Field(min_length=1)
    channel: Channel
    desk: str = ""
    submitted_at: Instant
    acceptance_days: int = Field(default=5, ge=1)
    whole: Limits | None = None
    owner: str
    applicant_kind: PartyKind
    applicant_ref: str


class CaseAccepted(CaseEvent):
    """受理, also deemed (行政许可法 Art. 32(4), (5)): everything that the others need to run the case.

    An acceptance given too late is said again, `deemed` and with its legal `accepted_at`; nothing else differs.
    `item_kind` is the two-digit 事项类型 (01 行政许可 … 20 公共服务; empty: said before this field). `basis` is the law
    under which the item is judged, empty where it rests on a local ground only. `partner`: the department is a
    合作单位 such as a water company, so that a 公共服务 of it is no administrative act.
    """

    service: ClassVar[str] = "intake"
    item: str
    item_version: int
    item_name: str
    item_kind: str = ""
    basis: tuple[str, ...] = ()
    department: DepartmentCode
    department_name: str = ""
    partner: bool = False
    steps: tuple[Step, ...] = Field(min_length=1)
    limits: Limits
    joint_days: int | None = Field(default=None, ge=1)
    result: ResultTemplate
    waits_for: tuple[CaseNo, ...] = ()
    channel: Channel
    accepted_at: Instant
    receipt_date: date
    deemed: bool = False
    owner: str
    applicant_kind: PartyKind
    applicant_ref: str
    holder: Sealed[Party]


class CaseNotRequired(CaseEvent):
    """不受理: no licence is needed (行政许可法 Art. 32(1))."""

    service: ClassVar[str] = "intake"
    at: Instant
    reason: PublicText


class CaseReferred(CaseEvent):
    """不予受理: another body is competent, and is named (行政许可法 Art. 32(2))."""

    service: ClassVar[str] = "intake"
    at: Instant
    competent_body: PublicText
    reason: PublicText


class SupplementRequested(ApplicationEvent):
    """补正告知: once, everything, within five days (行政许可法 Art. 32(4))."""

    service: ClassVar[str] = "intake"
    at: Instant
    materials: tuple[MaterialAsked, ...] = Field(min_length=1)


class ApplicationSupplemented(ApplicationEvent):
    """补正材料已交: the acceptance clock starts anew."""

    service: ClassVar[str] = "intake"
    at: Instant


class CaseReady(CaseEvent):
    """The cases that this one waits for have ended well: its decision clock starts and its departments may begin."""

    service: ClassVar[str] = "intake"
    at: Instant


class CaseClosed(CaseEvent):
    """办件终止 without a decision: a predecessor was refused or withdrawn, or the application was withdrawn early."""

    service: ClassVar[str] = "intake"
    at: Instant
    reason: Literal["predecessor_ended", "withdrawn_before_acceptance"]
    predecessor: CaseNo | None = None


class WithdrawalRequested(CaseEvent):
    """撤回申请 after acceptance: a request that approval judges."""

    service: ClassVar[str] = "intake"
    at: Instant


class MaterialReplaced(ApplicationEvent):
    """材料已更换: handed in anew before acceptance, unasked; the acceptance clock runs on."""

    service: ClassVar[str] = "intake"
    material: str
    at: Instant


class EntryCorrected(ApplicationEvent):
    """登记信息已更正: which fields of the people on the form, why, and by whom; never the values.

    `owner` and `applicant_ref` are as they are now: a corrected code changes both of a window's application.
    """

    service: ClassVar[str] = "intake"
    fields: tuple[str, ...] = Field(min_length=1)
    reason: PublicText
    at: Instant
    by: str
    owner: str
    applicant_ref: str


class ItemPublished(Event):
    """事项已发布: one version of an item, on the compacted catalogue topic.

    `item_kind` is the two-digit 事项类型, `handling` the 办件类型, `visits` how often one must come, `online_depth` the
    网办深度. `registers`: the kind of market entity (市场主体) that comes into being with it, empty for none. Empty or
    None for all: said before these fields.
    """

    service: ClassVar[str] = "intake"
    item: str
    item_version: int
    name: str
    department: DepartmentCode
    limits: Limits
    item_kind: str = ""
    handling: Literal["", "即办件", "承诺件"] = ""
    visits: int | None = Field(default=None, ge=0)
    online_depth: str = ""
    registers: str = ""
    published_at: Instant

    def key(self) -> str:
        return self.item


EVENTS: tuple[type[Event], ...] = (
    ApplicationSubmitted,
    CaseAccepted,
    CaseNotRequired,
    CaseReferred,
    SupplementRequested,
    ApplicationSupplemented,
    CaseReady,
    CaseClosed,
    WithdrawalRequested,
    MaterialReplaced,
    EntryCorrected,
)
CATALOGUE_EVENTS: tuple[type[Event], ...] = (ItemPublished,)
