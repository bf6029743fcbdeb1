"""What approval knows of one application: its cases, their department tasks, the opinions given, and how each ended."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.envelope import ApplicationNo, CaseNo, DepartmentCode, Instant
from shared.contracts.intake import CaseAccepted, CaseClosed, CaseReady, WithdrawalRequested
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Party, ResultTemplate, Verdict
from shared.kernel import Frozen

CaseStatus = Literal["waiting", "open", "approved", "refused", "withdrawn", "closed"]
"""`waiting`: for a case that must end well first. The last four are endings, and nothing follows an ending."""
TaskState = Literal["planned", "open", "given", "ended"]
"""`ended`: its case ended without this opinion."""

MAX_OPINION_ID = 128
Reason = Annotated[str, Field(max_length=500)]


class Opinion(Frozen):
    """审查意见. `id`: the `ce_id` of a department's own record; None from the built-in desk."""

    id: str | None = None
    verdict: Verdict
    reason: str | None = None
    officer: str
    at: Instant


class Task(Frozen):
    """One department's part in one step. `days` working days are the step's target; `opened_at` None: planned."""

    id: str
    seq: int
    step: str
    step_name: str
    department: DepartmentCode
    days: int
    opened_at: Instant | None = None
    opinion: Opinion | None = None


class Case(Frozen):
    """One 办件 with its whole plan of tasks, and what licensing will need, sealed as it came."""

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

    def with_task(self, changed: Task) -> Case:
        """The case with one task replaced by its successor."""
        tasks = tuple(changed if task.id == changed.id else task for task in self.tasks)
        return self.model_copy(update={"tasks": tasks})


class Approval(Frozen):
    """The document of one application. Cases stand in the order in which intake accepted them."""

    application: ApplicationNo
    cases: tuple[Case, ...] = ()

    def case(self, number: str) -> Case | None:
        """A case by its number."""
        return next((case for case in self.cases if case.case == number), None)

    def task(self, number: str) -> tuple[Case, Task] | None:
        """A task by its number, with its case."""
        return next(((case, task) for case in self.cases for task in case.tasks if task.id == number), None)

    def with_case(self, changed: Case) -> Approval:
        """The document with one case replaced by its successor, or added."""
        if self.case(changed.case) is None:
            return self.model_copy(update={"cases": (*self.cases, changed)})
        cases = tuple(changed if case.case == changed.case else case for case in self.cases)
        return self.model_copy(update={"cases": cases})


class GiveOpinion(Frozen):
    """An officer's opinion on the built-in desk. `department` and `officer` come from the token, never from a form."""

    task: str
    department: str
    officer: str
    verdict: Verdict
    reason: Reason | None = None


class DepartmentSays(Frozen):
    """An opinion from a department's own software. `department` comes from its topic, `opinion_id` is its `ce_id`."""

    task: str
    department: str
    officer: str
    verdict: Verdict
    reason: Reason | None = None
    opinion_id: str


Message = CaseAccepted | CaseReady | CaseClosed | WithdrawalRequested | GiveOpinion | DepartmentSays


class Remedy(Frozen):
    """A way to challenge a refusal, and the law that opens it."""

    text: str
    basis: str

    @property
    def sentence(self) -> str:
        """What the applicant reads."""
        return f"{self.text}（{self.basis}）。"


class Challenges(Frozen):
    """The ways to challenge a refusal, where an administrative organ decided and where a partner did (合作单位)."""

    organ: tuple[Remedy, ...]
    partner: tuple[Remedy, ...]


class Rules(Frozen):
    """What decisions need besides state and message: the ways to challenge a refusal, by the item's kind."""

    challenges: dict[str, Challenges]
    otherwise: Challenges

    def remedies(self, kind: str, *, partner: bool) -> tuple[Remedy, ...]:
        """The ways that are open against a refusal; at least two."""
        row = self.challenges.get(kind, self.otherwise)
        return row.partner if partner else row.organ


REVIEW = Remedy(text="如不服本决定，可以自知道本决定之日起60日内，依法申请行政复议", basis="《行政复议法》第二十条")
LAWSUIT = Remedy(
    text="如不服本决定，可以自知道本决定之日起6个月内，依法向人民法院提起行政诉讼", basis="《行政诉讼法》第四十六条"
)
REVIEW_FIRST = Remedy(
    text="属于未履行法定职责情形的，应当先申请行政复议，对复议决定不服的，再依法提起行政诉讼",
    basis="《行政复议法》第二十三条",
)
COMPLAINT = Remedy(
    text="如对办理结果有异议，可以依法向有关主管部门投诉",
    basis="个人依据《消费者权益保护法》第三十九条，市场主体依据《优化营商环境条例》第四十九条",
)
CIVIL_SUIT = Remedy(
    text="如对办理结果有异议，可以依法向人民法院提起民事诉讼，诉讼时效一般为3年",
    basis="《民事诉讼法》第三条、《民法典》第一百八十八条",
)
ACT = Challenges(organ=(REVIEW, LAWSUIT), partner=(REVIEW, LAWSUIT))
"""An administrative act, also where the law gives the power to a body that is no organ (行政复议法 Art. 2, 行政诉讼法
Art. 2), so that a partner with such a power (the customs office) is challenged in the same way."""
BENEFIT = Challenges(organ=(*ACT.organ, REVIEW_FIRST), partner=(*ACT.partner, REVIEW_FIRST))
"""A benefit that was not granted may be a duty not done (行政复议法 Art. 11(12)): then review comes first, and the
applicant is told so (Art. 23)."""
SERVICE = Challenges(organ=ACT.organ, partner=(COMPLAINT, CIVIL_SUIT))
"""A public service: of an organ still an act (行政复议法 Art. 11(15)); of a water, power or gas company or a bank a
matter of contract between equals (民事诉讼法 Art. 3), whom no review and no administrative court reaches."""

RULES = Rules(
    challenges={"01": ACT, "05": BENEFIT, "07": ACT, "08": ACT, "09": ACT, "10": ACT, "20": SERVICE},
    otherwise=ACT,
)
