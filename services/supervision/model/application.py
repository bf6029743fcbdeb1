"""What supervision keeps of one application: its cases, all its clocks, its urges, and the head of its audit chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from services.supervision.model.clock import Clock, Pause
from services.supervision.model.signal import Signal
from services.supervision.model.urge import Urge
from shared.contracts.envelope import Instant
from shared.contracts.terms import Channel, Light, Limits
from shared.kernel import Frozen

Outcome = Literal["CaseNotRequired", "CaseReferred", "CaseClosed", "CaseApproved", "CaseRefused", "CaseWithdrawn"]
LIGHTS: tuple[Light, ...] = ("green", "paused", "yellow", "red", "deep_red")
"""From the best to the worst."""
NOTHING_HEARD = "0" * 64
"""What the first entry of every audit chain follows."""


class Case(Frozen):
    """One case as far as its timeline needs it. `department`: whose item it is; `departments`: everyone concerned with
    it, in order of code. `waits_for`: the cases that come first."""

    case: str
    item: str = ""
    name: str = ""
    department: str = ""
    departments: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    waiting: bool = False
    accepted_at: Instant | None = None
    deemed: bool = False
    outcome: Outcome | None = None
    ended_at: Instant | None = None
    issued: bool = False

    @property
    def open(self) -> bool:
        """Whether anything is still to be done: no outcome yet, or approved and its result not issued."""
        return self.outcome is None or (self.outcome == "CaseApproved" and not self.issued)


class Supervised(Frozen):
    """The state: one application. It exists from the first event heard, whatever that is.

    `submitted_at` None: the list of cases is not complete yet, and the owner is unknown. `whole`: what a bundle
    promises over all its cases, where that was said. `entries` and `head`: the length of the audit chain and the hash
    of its last entry; `heard_on`: the day (Asia/Shanghai) on which that was heard. `next_change`: when the next light
    or limit is due. `department_names`: what the departments are called, as far as it was said. `channel`, `desk`: how
    it came, and the window that received it. `waits`: from each list of what is missing to its answer, in which the
    applicant was waited for. `procedures`: which of the eight of 行政许可法 Art. 45 each of them is.
    """

    application: str
    matter: str = ""
    matter_name: str = ""
    bundle: bool = False
    whole: Limits | None = None
    owner: str = ""
    channel: Channel | Literal[""] = ""
    desk: str = ""
    waits: tuple[Pause, ...] = ()
    procedures: Mapping[str, str] = Field(default_factory=dict)
    submitted_at: Instant | None = None
    cases: tuple[Case, ...] = ()
    clocks: tuple[Clock, ...] = ()
    urges: tuple[Urge, ...] = ()
    signals: tuple[Signal, ...] = ()
    department_names: Mapping[str, str] = Field(default_factory=dict)
    next_change: Instant | None = None
    entries: int = 0
    head: str = NOTHING_HEARD
    heard_on: date | None = None

    def case(self, number: str) -> Case:
        """The case with this number; a new one when nothing was heard of it."""
        return next((case for case in self.cases if case.case == number), None) or Case(case=number)

    def case_of(self, subject: str) -> Case:
        """The case that a clock's subject is, or belongs to; a new one for the application itself."""
        clock = next((clock for clock in self.clocks if clock.subject == subject), None)
        return self.case(clock.case if clock and clock.case else subject)

    def with_case(self, case: Case) -> Supervised:
        """With this case in the place of the one with its number."""
        others = (other for other in self.cases if other.case != case.case)
        return self.model_copy(update={"cases": tuple(sorted((*others, case), key=lambda each: each.case))})

    def clock(self, subject: str, key: str) -> Clock:
        """The clock of a subject; a new one when nothing was heard for it."""
        found = (clock for clock in self.clocks if clock.subject == subject and clock.key == key)
        return next(found, None) or Clock(subject=subject, key=key)

    def with_clock(self, clock: Clock) -> Supervised:
        """With this clock in the place of the one of its subject and key."""
        place = (clock.subject, clock.key)
        others = (other for other in self.clocks if (other.subject, other.key) != place)
        ordered = tuple(sorted((*others, clock), key=lambda each: (each.subject, each.key)))
        return self.model_copy(update={"clocks": ordered})

    @property
    def departments(self) -> tuple[str, ...]:
        """Everyone concerned with any of the cases."""
        return tuple(sorted({code for case in self.cases for code in case.departments}))

    def name_of(self, department: str) -> str:
        """What a department is called; its code where nobody has said."""
        return self.department_names.get(department) or department

    def urges_of(self, case: str) -> tuple[Urge, ...]:
        """The urges of one case, the first one first."""
        return tuple(urge for urge in self.urges if urge.case == case)

    @property
    def leading(self) -> tuple[Clock, ...]:
        """The clocks whose light is that of a case or of the application."""
        return tuple(clock for clock in self.clocks if not clock.aside)

    def concerned(self, clock: Clock) -> tuple[str, ...]:
        """The departments that a clock concerns: its own, its case's, or everyone's where it times the application."""
        if clock.department:
            return (clock.department,)
        return (
            self.departments
            if clock.subject == self.application
            else self.case(clock.case or clock.subject).departments
        )

    def light_of(self, case: Case) -> Light:
        """The worst light of what runs for one case: its own clocks, and acceptance until it is decided."""
        running = self.running_for(case.case)
        own = (clock.light for clock in running if clock.subject == case.case or clock.key == "acceptance")
        return max(own, key=LIGHTS.index, default="green")

    def running_for(self, case: str) -> Iterator[Clock]:
        """What leads and runs for one case: its own clocks, and the application's until the case has stopped them."""
        for clock in self.leading:
            awaited = clock.subject == self.application and not any(stop.case == case for stop in clock.stops)
            if clock.running and (clock.subject == case or awaited):
                yield clock
