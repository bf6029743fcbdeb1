"""What approval knows of one application: its cases, their department tasks, who has them in hand, the opinions given,
how each case ended, what stops or lengthens its time, and what supervision said last of that and of what it urges."""

from __future__ import annotations

from datetime import date
from typing import Literal

from services.approval.model.limits import Asked, Extension, Procedure
from shared.contracts.envelope import ApplicationNo, CaseNo, DepartmentCode, Instant
from shared.contracts.sealed import Sealed
from shared.contracts.supervision import Rung
from shared.contracts.terms import Party, ResultTemplate, Unit, Verdict
from shared.kernel import Frozen
from shared.timed import Timed

CaseStatus = Literal["waiting", "open", "approved", "refused", "withdrawn", "closed"]
"""`waiting`: for a case that must end well first. The last four are endings, and nothing follows an ending."""
TaskState = Literal["planned", "open", "given", "ended"]
"""`ended`: its case ended without this opinion."""


class Opinion(Frozen):
    """审查意见. `id`: the `ce_id` of a department's own record; None from the built-in desk. `name`: the officer's, for
    colleagues; it stays here."""

    id: str | None = None
    verdict: Verdict
    reason: str | None = None
    officer: str
    name: str = ""
    at: Instant


class Hold(Frozen):
    """Who has a task in hand. `name` is for colleagues, and stays here: events carry the reference alone."""

    officer: str
    name: str = ""
    since: Instant


class Passed(Frozen):
    """The last time a task was handed back or reassigned: by whom and why. `to` None: back to the whole department."""

    by: str
    name: str = ""
    to: str | None = None
    reason: str | None = None
    at: Instant


class Task(Frozen):
    """One department's part in one step. `days` are the step's target; `opened_at` None: planned; `hold` None: open to
    everyone of the department."""

    id: str
    seq: int
    step: str
    step_name: str
    department: DepartmentCode
    department_name: str = ""
    days: int
    opened_at: Instant | None = None
    hold: Hold | None = None
    passed: Passed | None = None
    opinion: Opinion | None = None


class Clock(Timed):
    """What supervision said last of a case's decision clock; approval reckons no time itself."""

    case: CaseNo


class Urge(Frozen):
    """The `number`-th 提醒, 催办 or 督办 of a case, while one of the urged departments has not answered: those are
    `awaited`. `reply_by`: the day up to which the answer is asked for; a reminder `asks` for none, and stays."""

    case: CaseNo
    number: int
    awaited: tuple[DepartmentCode, ...]
    text: str
    reply_by: date | None = None
    rung: Rung = "urge"
    asks: bool = True
    automatic: bool = False
    at: Instant


class Case(Frozen):
    """One 办件 with its whole plan of tasks, and what licensing will need, sealed as it came. `unit` is that of its
    limits; `statutory_days`, `joint_days` None: the law sets none, or accepted before this was kept."""

    application: ApplicationNo
    case: CaseNo
    item: str
    item_version: int
    item_name: str
    item_kind: str = ""
    basis: tuple[str, ...] = ()
    department: DepartmentCode
    department_name: str = ""
    partner: bool = False
    result: ResultTemplate
    unit: Unit = "working_days"
    statutory_days: int | None = None
    joint_days: int | None = None
    waits_for: tuple[CaseNo, ...] = ()
    owner: str
    applicant_ref: str
    holder: Sealed[Party]
    accepted_at: Instant
    status: CaseStatus
    ended_at: Instant | None = None
    tasks: tuple[Task, ...]
    reasons: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    asked: Asked | None = None
    extension: Extension | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing can follow any more."""
        return self.status not in ("waiting", "open")

    @property
    def departments(self) -> frozenset[str]:
        """Who has a part in it: the item's own department, and each with a task."""
        return frozenset({self.department, *(task.department for task in self.tasks)})

    def state_of(self, task: Task) -> TaskState:
        """Where a task of this case stands."""
        if task.opinion:
            return "given"
        if self.ended:
            return "ended"
        return "open" if task.opened_at else "planned"

    @property
    def standing_still(self) -> tuple[Procedure, ...]:
        """The procedures that run now: while there is one, the time of the case is not counted."""
        return tuple(each for each in self.procedures if each.ended_at is None)

    @property
    def awaits_head(self) -> bool:
        """Whether the head of the deciding body has still to answer what was asked."""
        return self.asked is not None and self.asked.refused_at is None and not self.extension and not self.ended

    def awaited_by(self, task: str) -> tuple[Procedure, ...]:
        """The procedures for which a task waits now."""
        return tuple(each for each in self.standing_still if each.task == task)

    def with_task(self, changed: Task) -> Case:
        """The case with one task replaced by its successor."""
        tasks = tuple(changed if task.id == changed.id else task for task in self.tasks)
        return self.model_copy(update={"tasks": tasks})


class Approval(Frozen):
    """The document of one application. Cases stand in the order in which intake accepted them; clocks and urges by
    their case, for either may be heard of before its case. `joint`: the clock over all of them (联办)."""

    application: ApplicationNo
    cases: tuple[Case, ...] = ()
    clocks: tuple[Clock, ...] = ()
    urges: tuple[Urge, ...] = ()
    joint: Timed | None = None
    joint_extension: Extension | None = None

    def case(self, number: str) -> Case | None:
        """A case by its number."""
        return next((case for case in self.cases if case.case == number), None)

    def task(self, number: str) -> tuple[Case, Task] | None:
        """A task by its number, with its case."""
        return next(((case, task) for case in self.cases for task in case.tasks if task.id == number), None)

    def clock(self, case: str) -> Clock | None:
        """The decision clock of a case, if supervision has spoken of it."""
        return next((clock for clock in self.clocks if clock.case == case), None)

    def urges_of(self, case: str, department: str) -> tuple[Urge, ...]:
        """The urges of a case that wait for a department, the first one first; of a case that has ended none does, as
        at supervision."""
        known = self.case(case)
        if known and known.ended:
            return ()
        return tuple(urge for urge in self.urges if urge.case == case and department in urge.awaited)

    def urge(self, case: str, number: int) -> Urge | None:
        """The `number`-th urge of a case, if an answer to it is still missing."""
        return next((urge for urge in self.urges if (urge.case, urge.number) == (case, number)), None)

    def with_case(self, changed: Case) -> Approval:
        """The document with one case replaced by its successor, or added."""
        if self.case(changed.case) is None:
            return self.model_copy(update={"cases": (*self.cases, changed)})
        cases = tuple(changed if case.case == changed.case else case for case in self.cases)
        return self.model_copy(update={"cases": cases})

    def with_clock(self, changed: Clock) -> Approval:
        """The document with one clock replaced by its successor, or added."""
        others = (clock for clock in self.clocks if clock.case != changed.case)
        return self.model_copy(update={"clocks": tuple(sorted((*others, changed), key=lambda each: each.case))})

    def with_urge(self, changed: Urge) -> Approval:
        """The document with one urge replaced by its successor, or added; gone once nobody is waited for."""
        others = [urge for urge in self.urges if (urge.case, urge.number) != (changed.case, changed.number)]
        kept = sorted([*others, *([changed] if changed.awaited else [])], key=lambda each: (each.case, each.number))
        return self.model_copy(update={"urges": tuple(kept)})
