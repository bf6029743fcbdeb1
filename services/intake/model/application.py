"""The documents of intake: one for each application, and one for each published item of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from services.intake.model.case import Accepted, Case, CaseStatus, Extended
from services.intake.model.form import Desk, Form, HandedIn
from shared.contracts.envelope import ApplicationNo, Instant
from shared.contracts.sealed import Sealed
from shared.contracts.terms import MaterialAsked, Party, PublicText
from shared.kernel import Frozen
from shared.timed import Timed

ACCEPTANCE_DAYS = 5
"""Working days to accept or to say once everything that is missing (行政许可法 Art. 32(4), 82)."""

ApplicationStatus = Literal["submitted", "supplement_requested", "accepted", "ended"]


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


class Replacement(Frozen):
    """A material that was handed in anew, before acceptance and without being asked."""

    at: Instant
    by: str
    handed_in: HandedIn


class Correction(Frozen):
    """更正: what a clerk corrected of the people on the form, with the reason, and how it was before, sealed.

    `fields`: `applicant.phone` and so on. A party that was not touched is None.
    """

    at: Instant
    by: str
    desk: Desk
    reason: PublicText
    fields: tuple[str, ...] = Field(min_length=1)
    holder_before: Sealed[Party] | None = None
    agent_before: Sealed[Party] | None = None


class Telling(Frozen):
    """News that one replica is sending now; after `until` another may, as the first must have died."""

    news: tuple[str, ...]
    until: Instant


class Application(Frozen):
    """The document of one application. `received_by`: the subject of the clerk who accepted it.

    `read_upto`: the owner has read the messages up to this instant; `told`: the ids of news that were sent to a phone.
    `joint_extended`: the joint limit was extended (行政许可法 Art. 42(2)).
    `clock`: what supervision said last of the time for acceptance; None: not heard yet, or kept before this field.
    """

    kind: Literal["application"] = "application"
    form: Form
    submitted_at: Instant
    cases: tuple[Case, ...] = Field(min_length=1)
    lists: tuple[SupplementList, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    received_by: str | None = None
    received_desk: Desk | None = None
    replacements: tuple[Replacement, ...] = ()
    corrections: tuple[Correction, ...] = ()
    read_upto: Instant | None = None
    told: tuple[str, ...] = ()
    telling: Telling | None = None
    clock: Timed | None = None
    joint_extended: Extended | None = None

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
    def running(self) -> Timed | None:
        """The clock of acceptance while it runs: the window may decide, and its date is known."""
        if self.clock is None or self.clock.paused or self.clock.light == "paused":
            return None
        return self.clock if self.pending and not self.asked else None

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
        """What is there now: a supplement and a replacement take the place of what was there before."""
        latest = {each.material: each for each in self.form.handed_in}
        later = [(part.at, part.handed_in) for part in self.supplements]
        later += [(part.at, (part.handed_in,)) for part in self.replacements]
        for _, handed_in in sorted(later, key=lambda part: part[0]):
            latest |= {each.material: each for each in handed_in}
        return tuple(latest.values())

    @property
    def ever_handed_in(self) -> Iterator[HandedIn]:
        """Everything that was ever handed in with it, replaced or not."""
        yield from self.form.handed_in
        for supplement in self.supplements:
            yield from supplement.handed_in
        for replacement in self.replacements:
            yield replacement.handed_in

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
