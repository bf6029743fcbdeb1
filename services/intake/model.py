"""What intake knows of one application: what was asked for and handed in, how each case was received, how it ended.

The documents: one for each application, and one for each item of the catalogue (what was last published of it).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.envelope import ApplicationNo, CaseNo, DepartmentCode, Instant
from shared.contracts.sealed import Sealed
from shared.contracts.terms import (
    Channel,
    Limits,
    MaterialAsked,
    Party,
    PartyKind,
    PublicText,
    ResultKind,
    ResultTemplate,
    Step,
)
from shared.kernel import Frozen

ACCEPTANCE_DAYS = 5
"""Working days to accept or to say once everything that is missing (行政许可法 Art. 32(4), 82)."""

CaseStatus = Literal[
    "submitted", "supplement_requested", "accepted", "waiting", "ready", "approved", "issued",
    "refused", "withdrawn", "closed", "not_required", "referred",
]  # fmt: skip
ApplicationStatus = Literal["submitted", "supplement_requested", "accepted", "ended"]
DESK = "综合窗口"
Desk = Annotated[str, Field(min_length=1, max_length=20)]


class PlannedCase(Frozen):
    """One case as the catalogue had it on the day of submission: all that accepting it needs."""

    case: CaseNo
    item: str
    item_version: int
    item_name: str
    department: DepartmentCode
    department_name: str
    steps: tuple[Step, ...] = Field(min_length=1)
    limits: Limits
    result: ResultTemplate
    waits_for: tuple[CaseNo, ...] = ()
    materials: tuple[str, ...] = ()


class PlannedMaterial(Frozen):
    """A material of the one list. `from_case`: that case's licence will serve. `fetched`: the hall gets it itself."""

    key: str
    name: str
    licence_type: str | None = None
    pledgeable: bool = False
    from_case: CaseNo | None = None
    fetched: bool = False

    @property
    def to_hand_in(self) -> bool:
        """Whether the applicant has to bring it."""
        return not self.fetched and self.from_case is None


class HandedIn(Frozen):
    """One material as it came: file ids, the number of an e-licence shown, or a written pledge (告知承诺)."""

    material: str
    files: tuple[str, ...] = ()
    licence: str | None = None
    pledged: bool = False


class Form(Frozen):
    """An application as submitted. `by`: the token subject of who submitted; parties are sealed for `number`."""

    number: ApplicationNo
    matter: str
    matter_name: str
    bundle: bool
    joint_days: int | None = None
    channel: Channel
    owner: str
    by: str
    desk: Desk | None = None
    applicant_kind: PartyKind
    applicant_ref: str
    holder: Sealed[Party]
    agent: Sealed[Party] | None = None
    answers: dict[str, str]
    materials: tuple[PlannedMaterial, ...]
    handed_in: tuple[HandedIn, ...]

    def material(self, key: str) -> PlannedMaterial | None:
        """A material of the plan."""
        return next((material for material in self.materials if material.key == key), None)


class Accepted(Frozen):
    """受理. `at` counts for the limits; `given_at` is when a clerk said so (None: nobody did, it was deemed).

    `receipt_date`: the day on which the material was received, in Asia/Shanghai.
    """

    outcome: Literal["accepted"] = "accepted"
    at: Instant
    given_at: Instant | None
    receipt_date: date
    deemed: bool = False
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


class Case(Frozen):
    """One 办件. Each fact is written once, by whoever may say it; the status follows from the facts."""

    plan: PlannedCase
    outcome: Annotated[Accepted | NotRequired | Referred, Field(discriminator="outcome")] | None = None
    ready_at: Instant | None = None
    closed: Closed | None = None
    decided: Decided | None = None
    result: Result | None = None
    withdrawal_at: Instant | None = None

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

    def with_(self, **facts: object) -> Case:
        """The case with more facts."""
        return self.model_copy(update=facts)


class SupplementList(Frozen):
    """补正告知: one list, with who told it."""

    at: Instant
    by: str
    desk: Desk
    materials: tuple[MaterialAsked, ...] = Field(min_length=1)


class Supplement(Frozen):
    """What was handed in on a list."""

    at: Instant
    by: str
    handed_in: tuple[HandedIn, ...]


class Application(Frozen):
    """The document of one application. `received_by`: the subject of the clerk who accepted it."""

    kind: Literal["application"] = "application"
    form: Form
    submitted_at: Instant
    cases: tuple[Case, ...] = Field(min_length=1)
    lists: tuple[SupplementList, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    received_by: str | None = None
    received_desk: Desk | None = None

    @property
    def number(self) -> ApplicationNo:
        """The application's number."""
        return self.form.number

    @property
    def pending(self) -> bool:
        """Not yet accepted or refused at the door; all cases are received together."""
        return any(case.pending for case in self.cases)

    @property
    def asked(self) -> SupplementList | None:
        """The list that the applicant has still to answer."""
        return self.lists[-1] if self.pending and len(self.lists) > len(self.supplements) else None

    @property
    def status(self) -> ApplicationStatus:
        """Where the application stands as a whole."""
        if self.pending:
            return "supplement_requested" if self.asked else "submitted"
        open_still = any(not case.ended or self.status_of(case) == "approved" for case in self.cases)
        return "accepted" if open_still else "ended"

    def status_of(self, case: Case) -> CaseStatus:
        """Where one case stands."""
        if case.closed:
            return "closed"
        if case.decided:
            return "issued" if case.decided.verdict == "approved" and case.result else case.decided.verdict
        if case.outcome is None:
            return "supplement_requested" if self.asked else "submitted"
        if not isinstance(case.outcome, Accepted):
            return case.outcome.outcome
        if case.waiting:
            return "waiting"
        return "ready" if case.ready_at else "accepted"

    @property
    def receipts(self) -> tuple[Instant, ...]:
        """When material was received: at submission, and with each supplement. Each starts a period of acceptance."""
        return (self.submitted_at, *(supplement.at for supplement in self.supplements))

    @property
    def handed_in(self) -> tuple[HandedIn, ...]:
        """What is there now: a supplement replaces what was there before."""
        latest = {each.material: each for each in self.form.handed_in}
        for supplement in self.supplements:
            latest |= {each.material: each for each in supplement.handed_in}
        return tuple(latest.values())

    @property
    def departments(self) -> frozenset[str]:
        """Every department with a part in it."""
        steps = {code for case in self.cases for step in case.plan.steps for code in step.departments}
        return frozenset(steps | {case.plan.department for case in self.cases})

    def case(self, number: str) -> Case | None:
        """A case by its number."""
        return next((case for case in self.cases if case.number == number), None)

    def with_case(self, changed: Case) -> Application:
        """The application with one case replaced by its successor."""
        cases = tuple(changed if case.number == changed.number else case for case in self.cases)
        return self.model_copy(update={"cases": cases})


class PublishedItem(Frozen):
    """The document of one item: which version was last said, and the digest of its content."""

    kind: Literal["item"] = "item"
    item: str
    item_version: int
    digest: str


State = Application | PublishedItem
