"""What people and departments' own software ask of approval, and everything that its rules are told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.contracts.approval import ExcludedProcedure
from shared.contracts.intake import CaseAccepted, CaseClosed, CaseReady, WithdrawalRequested
from shared.contracts.supervision import CountdownPassed, UrgeAnswered, UrgeIssued
from shared.contracts.terms import Verdict
from shared.kernel import Frozen
from shared.timed import TimeTold

MAX_OPINION_ID = 128
MAX_OFFICER = 128
MAX_PAPER = 64
"""Characters of the number of a paper 文号."""
Reason = Annotated[str, Field(max_length=500)]


class AtTheDesk(Frozen):
    """A command from the built-in desk. All but `task` come from the token, never from a form.

    `officer` is the subject's reference, `name` what colleagues call them; `head`: the department's head, whom nobody's
    hold on a task binds.
    """

    task: str
    department: str
    officer: str
    name: str = ""
    head: bool = False


class TakeTask(AtTheDesk):
    """我来办: from now on this officer has the task, and colleagues see it."""


class HandBackTask(AtTheDesk):
    """退回: whoever has the task gives it back to the whole department, and says why."""

    reason: Reason


class ReassignTask(AtTheDesk):
    """转交 (AB角): the head gives the task to `to`, the reference of an officer of the department."""

    to: str = Field(max_length=MAX_OFFICER)
    to_name: str = ""
    reason: Reason | None = None


class GiveOpinion(AtTheDesk):
    """An officer's opinion on the built-in desk."""

    verdict: Verdict
    reason: Reason | None = None


class StartProcedure(AtTheDesk):
    """特别程序开始 (行政许可法 Art. 45). `notice`: the number of the written notice that told the applicant how many
    working days it takes, which are `planned_days`."""

    kind: ExcludedProcedure
    planned_days: int
    notice: str = Field(max_length=MAX_PAPER)
    reason: Reason


class EndProcedure(AtTheDesk):
    """特别程序结束: the remaining days go on."""

    procedure: str = Field(max_length=40)


class AskExtension(AtTheDesk):
    """延期请示: an officer asks the head of the deciding body for more days, with what the applicant would read."""

    days: int
    reason: Reason


class ExtendLimit(AtTheDesk):
    """延长办理期限 (行政许可法 Art. 42(1)), asked for or not. `reason` is told to the applicant."""

    days: int
    reason: Reason


class RefuseExtension(AtTheDesk):
    """The head says no, and why: to colleagues alone."""

    reason: Reason


class ExtendJointLimit(Frozen):
    """延长联办期限 (行政许可法 Art. 42(2)): what the head of the government approved on the paper `approval`; a
    supervisor enters it."""

    by: str
    name: str = ""
    days: int
    approval: str = Field(max_length=MAX_PAPER)
    reason: Reason


class NameDeputy(Frozen):
    """AB角: the head names who stands in for an officer, or for everybody (`officer` empty); `deputy` empty: nobody any
    more. All references; the names are what colleagues call them."""

    department: str
    officer: str = Field(max_length=MAX_OFFICER)
    officer_name: str = ""
    deputy: str = Field(max_length=MAX_OFFICER)
    deputy_name: str = ""
    by: str


class DepartmentSays(Frozen):
    """An opinion from a department's own software. `department` comes from its topic, `opinion_id` is its `ce_id`."""

    task: str
    department: str
    officer: str
    verdict: Verdict
    reason: Reason | None = None
    opinion_id: str


Wish = (
    TakeTask
    | HandBackTask
    | ReassignTask
    | GiveOpinion
    | DepartmentSays
    | StartProcedure
    | EndProcedure
    | AskExtension
    | ExtendLimit
    | RefuseExtension
    | ExtendJointLimit
)
"""What people, and departments' own software, ask of an application."""
Heard = (
    CaseAccepted | CaseReady | CaseClosed | WithdrawalRequested | TimeTold | UrgeIssued | UrgeAnswered | CountdownPassed
)
Message = Heard | Wish | NameDeputy
