"""One case 办件 as intake knows it: how it was received, how it ended, and what others wait for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.intake.model.form import PlannedCase
from shared.contracts.approval import ExcludedProcedure
from shared.contracts.envelope import CaseNo, Instant
from shared.contracts.terms import PublicText, ResultKind
from shared.kernel import Frozen

CaseStatus = Literal[
    "submitted", "supplement_requested", "accepted", "waiting", "ready", "approved", "issued",
    "refused", "withdrawn", "closed", "not_required", "referred",
]  # fmt: skip


class Accepted(Frozen):
    """受理. `at` counts for the limits; `given_at` is when a clerk said so (None: nobody did, it was deemed).

    `receipt_date`: the day on which the material was received, in Asia/Shanghai. `deemed_at`: when it was noted that
    nobody had answered in time (None: not deemed, or kept before this field).
    """

    outcome: Literal["accepted"] = "accepted"
    at: Instant
    given_at: Instant | None
    receipt_date: date
    deemed: bool = False
    deemed_at: Instant | None = None
    waits_for: tuple[CaseNo, ...] = ()


class NotRequired(Frozen):
    """不受理 (行政许可法 Art. 32(1))."""

    outcome: Literal["not_required"] = "not_required"
    at: Instant
    reason: PublicText


class Referred(Frozen):
    """不予受理, with the competent body (行政许可法 Art. 32(2))."""

    outcome: Literal["referred"] = "referred"
    at: Instant
    competent_body: PublicText
    reason: PublicText


class Closed(Frozen):
    """终止 without a decision."""

    at: Instant
    reason: Literal["predecessor_ended", "withdrawn_before_acceptance"]
    predecessor: CaseNo | None = None


class Decided(Frozen):
    """What approval said at the end of the case."""

    verdict: Literal["approved", "refused", "withdrawn"]
    at: Instant


class Result(Frozen):
    """What licensing issued; it may be heard before the decision is."""

    kind: ResultKind
    number: str
    name: str
    at: Instant


class Procedure(Frozen):
    """特别程序, as approval said it (行政许可法 Art. 45); while it runs, the time of the case is not counted."""

    id: str
    kind: ExcludedProcedure
    planned_days: int
    notice: str
    reason: PublicText
    started_at: Instant
    ended_at: Instant | None = None


class Extended(Frozen):
    """延长期限, as approval said it (行政许可法 Art. 42)."""

    days: int
    reason: PublicText
    at: Instant


class Case(Frozen):
    """One 办件. Each fact is written once, by whoever may say it; the status follows from the facts."""

    plan: PlannedCase
    outcome: Annotated[Accepted | NotRequired | Referred, Field(discriminator="outcome")] | None = None
    ready_at: Instant | None = None
    closed: Closed | None = None
    decided: Decided | None = None
    result: Result | None = None
    withdrawal_at: Instant | None = None
    procedures: tuple[Procedure, ...] = ()
    extended: Extended | None = None

    @property
    def number(self) -> CaseNo:
        """`<application>-01` and so on."""
        return self.plan.case

    @property
    def pending(self) -> bool:
        """Nobody has said yet whether it is accepted."""
        return self.outcome is None and self.closed is None

    @property
    def ended(self) -> bool:
        """Nothing more will be decided about it."""
        return self.ended_badly or isinstance(self.outcome, NotRequired) or self.decided is not None

    @property
    def ended_well(self) -> bool:
        """Those that wait for it may begin: its result exists, or the law asks for none."""
        approved = self.decided is not None and self.decided.verdict == "approved"
        return isinstance(self.outcome, NotRequired) or (approved and self.result is not None)

    @property
    def ended_badly(self) -> bool:
        """Those that wait for it wait in vain."""
        unhappy = self.decided is not None and self.decided.verdict != "approved"
        return self.closed is not None or isinstance(self.outcome, Referred) or unhappy

    @property
    def waiting(self) -> bool:
        """Accepted, and waiting for others to end well."""
        accepted = isinstance(self.outcome, Accepted) and bool(self.outcome.waits_for)
        return accepted and self.ready_at is None and not self.ended

    @property
    def standing_still(self) -> tuple[Procedure, ...]:
        """The procedures for which its time is not counted now."""
        return () if self.ended else tuple(each for each in self.procedures if each.ended_at is None)

    def with_(self, **facts: object) -> Case:
        """The case with more facts."""
        return self.model_copy(update=facts)
