"""What people and the start of the service ask of intake: commands, imperative."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from services.intake.model.form import DESK, Desk, Form, HandedIn, PlannedCase
from shared.contracts.approval import (
    CaseApproved,
    CaseRefused,
    CaseWithdrawn,
    JointLimitExtended,
    LimitExtended,
    ProcedureEnded,
    ProcedureStarted,
)
from shared.contracts.envelope import CaseNo, DepartmentCode, Instant
from shared.contracts.licensing import ResultIssued
from shared.contracts.sealed import Sealed
from shared.contracts.supervision import DeadlinePassed
from shared.contracts.terms import Limits, Party, PublicText
from shared.kernel import Frozen
from shared.timed import TimeTold


class Submit(Frozen):
    """Hand in a checked application."""

    form: Form
    cases: tuple[PlannedCase, ...]


class NotRequire(Frozen):
    """This case needs no licence (行政许可法 Art. 32(1))."""

    reason: PublicText


class Refer(Frozen):
    """Another body is competent for this case (行政许可法 Art. 32(2))."""

    competent_body: PublicText
    reason: PublicText


class Accept(Frozen):
    """Receive all cases: those not named are accepted (行政许可法 Art. 32(5))."""

    by: str
    desk: Desk = DESK
    not_required: Mapping[CaseNo, NotRequire] = Field(default={})
    referred: Mapping[CaseNo, Refer] = Field(default={})
    accepted: tuple[CaseNo, ...] = ()

    @property
    def named(self) -> set[CaseNo]:
        """The cases that were named."""
        return {*self.not_required, *self.referred, *self.accepted}


class RequestSupplement(Frozen):
    """Tell once, everything, by material key and reason (行政许可法 Art. 32(4))."""

    by: str
    desk: Desk = DESK
    reasons: dict[str, PublicText]


class HandInSupplement(Frozen):
    """Answer the list."""

    by: str
    handed_in: tuple[HandedIn, ...]


class Withdraw(Frozen):
    """Take the application back; `cases` empty: all of them."""

    by: str
    cases: tuple[CaseNo, ...] = ()


class ReplaceMaterial(Frozen):
    """Hand in one material anew before acceptance, unasked."""

    by: str
    handed_in: HandedIn


class CorrectEntry(Frozen):
    """Correct who is named on the form. `fields` say what differs; a party that is not touched is None.

    `seen`: how many corrections its writer knew of, so that two clerks do not undo each other's. `found_by` replaces
    the form's, and `applicant_ref` is that of the applicant's code as it is now.
    """

    by: str
    desk: Desk = DESK
    reason: PublicText
    fields: tuple[str, ...]
    seen: int
    holder: Sealed[Party] | None = None
    agent: Sealed[Party] | None = None
    applicant_ref: str
    found_by: tuple[str, ...]


class MarkRead(Frozen):
    """The owner has read the messages up to this instant."""

    upto: Instant


class ClaimTelling(Frozen):
    """Before sending: take on these news until then."""

    news: tuple[str, ...]
    until: Instant


class NoteTold(Frozen):
    """After sending: these news are told; what else was claimed may be tried again when the claim has run out."""

    news: tuple[str, ...]


class PublishItem(Frozen):
    """Say that this version of an item is on offer. `digest`: SHA-256 of the item as loaded."""

    item: str
    item_version: int
    digest: str
    name: str
    department: DepartmentCode
    limits: Limits
    item_kind: str = ""
    handling: Literal["", "即办件", "承诺件"] = ""
    visits: int | None = None
    online_depth: str = ""
    registers: str = ""


Command = (
    Submit
    | Accept
    | RequestSupplement
    | HandInSupplement
    | Withdraw
    | ReplaceMaterial
    | CorrectEntry
    | MarkRead
    | ClaimTelling
    | NoteTold
    | PublishItem
)
TimeChanged = ProcedureStarted | ProcedureEnded | LimitExtended | JointLimitExtended
"""What stops and lengthens the time of a case: the applicant is told (行政许可法 Art. 42, 45)."""
Heard = CaseApproved | CaseRefused | CaseWithdrawn | TimeChanged | ResultIssued | DeadlinePassed | TimeTold
Message = Command | Heard
