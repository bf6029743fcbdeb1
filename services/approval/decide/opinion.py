"""What an opinion does: who may give it, once, with what reason; and the join rule that decides the case."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from services.approval.decide.begin import open_next
from services.approval.decide.end import approve, refuse
from services.approval.model import MAX_OPINION_ID, Approval, Case, DepartmentSays, GiveOpinion, Opinion, Rules, Task
from shared.contracts.approval import OpinionGiven
from shared.contracts.envelope import Event
from shared.contracts.terms import PERSONAL
from shared.kernel import Decision, Refused

Said = GiveOpinion | DepartmentSays


def give_opinion(
    state: Approval | None, said: Said, now: datetime, rules: Rules
) -> Decision[Approval | None] | Refused:
    """审查意见: once for each task, by the task's own department. Judged as hostile input: refuses, never raises.

    A repeat of a department's own record changes nothing and is no refusal.
    """
    found = state.task(said.task) if state else None
    if state is None or found is None:
        return Refused("no_such_task")
    case, task = found
    if task.department != said.department:
        return Refused("not_your_task")
    if task.opinion and isinstance(said, DepartmentSays) and said.opinion_id == task.opinion.id:
        return Decision(state)
    refused = _not_now(case, task) or _not_so(said)
    if refused:
        return refused
    opinion = Opinion(
        id=said.opinion_id if isinstance(said, DepartmentSays) else None,
        verdict=said.verdict,
        reason=_reason(said),
        officer=said.officer,
        at=now,
    )
    case, events = settle(case.with_task(task.model_copy(update={"opinion": opinion})), now, rules)
    answer = {"task": task.id, "case": case.case, "verdict": opinion.verdict, "case_status": case.status}
    return Decision(state.with_case(case), (_given(case, task, opinion), *events), answer)


def _not_now(case: Case, task: Task) -> Refused | None:
    match case.state_of(task):
        case "given":
            return Refused("already_given")
        case "ended":
            return Refused("case_ended")
        case "planned":
            return Refused("not_open_yet")
        case "open":
            return None


def _not_so(said: Said) -> Refused | None:
    """行政许可法 Art. 38(2), 72: who disagrees says why. What is said holds no personal data (PIPL Art. 6)."""
    if isinstance(said, DepartmentSays) and len(said.opinion_id) > MAX_OPINION_ID:
        return Refused("opinion_id_too_long")
    if said.verdict == "disagree" and _reason(said) is None:
        return Refused("reason_needed")
    officer = said.officer if isinstance(said, DepartmentSays) else ""
    if PERSONAL.search(f"{_visible(officer)}\n{_reason(said) or ''}"):
        return Refused("personal_data")
    return None


_SPACES = str.maketrans("\r\n\t\u2028\u2029", "     ")


def _reason(said: Said) -> str | None:
    """What the applicant will read in the decision; None when that is nothing."""
    return " ".join(_visible(said.reason or "").split()) or None


def _visible(text: str) -> str:
    """The text without control, direction and zero-width characters, which cannot be read and cannot be printed."""
    return "".join(char for char in text.translate(_SPACES) if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})


def _given(case: Case, task: Task, opinion: Opinion) -> OpinionGiven:
    return OpinionGiven(
        application=case.application,
        case=case.case,
        task=task.id,
        step=task.step,
        department=task.department,
        verdict=opinion.verdict,
        reason=opinion.reason,
        officer=opinion.officer,
        at=opinion.at,
    )


def settle(case: Case, now: datetime, rules: Rules) -> tuple[Case, tuple[Event, ...]]:
    """The join rule: nothing before every open task is answered; then refuse, go on to the next step, or approve.

    A disagreement waits for its parallel tasks, so that the applicant hears all reasons at once.
    """
    if any(case.state_of(task) == "open" for task in case.tasks):
        return case, ()
    opinions = [task.opinion for task in case.tasks if task.opinion]
    if any(opinion.verdict == "disagree" for opinion in opinions):
        reasons = [opinion.reason for opinion in opinions if opinion.verdict == "disagree" and opinion.reason]
        return refuse(case, reasons, now, rules)
    if any(task.opened_at is None for task in case.tasks):
        return open_next(case, now)
    return approve(case, now)
