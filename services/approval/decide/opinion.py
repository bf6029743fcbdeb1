"""What an opinion does: who may give it, once, with what reason; and the join rule that decides the case."""

from __future__ import annotations

from datetime import datetime

from services.approval.decide.begin import open_next
from services.approval.decide.end import approve, refuse
from services.approval.decide.hand import in_other_hands, not_now
from services.approval.decide.procedure import ended
from services.approval.decide.words import personal, readable
from services.approval.model import MAX_OPINION_ID, Approval, Case, DepartmentSays, GiveOpinion, Opinion, Rules, Task
from shared.contracts.approval import OpinionGiven
from shared.contracts.envelope import Event
from shared.kernel import Decision, Refused

Said = GiveOpinion | DepartmentSays


def give_opinion(
    state: Approval | None, said: Said, now: datetime, rules: Rules
) -> Decision[Approval | None] | Refused:
    """审查意见: once for each task, by the task's own department; at the desk not while a colleague has it, nor while
    the task waits for a procedure (行政许可法 Art. 45), which a department's own software ends with its opinion. Judged
    as hostile input: refuses, never raises.

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
    refused = not_now(case, task) or _kept_from(case, task, said) or _not_so(said)
    if refused:
        return refused
    case, over = ended(case, case.awaited_by(task.id), now)
    opinion = Opinion(
        id=said.opinion_id if isinstance(said, DepartmentSays) else None,
        verdict=said.verdict,
        reason=readable(said.reason),
        officer=said.officer,
        name=said.name if isinstance(said, GiveOpinion) else "",
        at=now,
    )
    case, events = settle(case.with_task(task.model_copy(update={"opinion": opinion})), now, rules)
    answer = {"task": task.id, "case": case.case, "verdict": opinion.verdict, "case_status": case.status}
    return Decision(state.with_case(case), (*over, _given(case, task, opinion), *events), answer)


def _kept_from(case: Case, task: Task, said: Said) -> Refused | None:
    """Why nobody at the desk can give it now: `taken_by_another`, `procedure_open`."""
    if isinstance(said, DepartmentSays):
        return None
    return in_other_hands(task, said) or (Refused("procedure_open") if case.awaited_by(task.id) else None)


def _not_so(said: Said) -> Refused | None:
    """行政许可法 Art. 38(2), 72: who disagrees says why. What is said holds no personal data (PIPL Art. 6)."""
    if isinstance(said, DepartmentSays) and len(said.opinion_id) > MAX_OPINION_ID:
        return Refused("opinion_id_too_long")
    if said.verdict == "disagree" and readable(said.reason) is None:
        return Refused("reason_needed")
    officer = said.officer if isinstance(said, DepartmentSays) else None
    if personal(officer, said.reason):
        return Refused("personal_data")
    return None


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
