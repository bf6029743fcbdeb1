"""Whose hands a task is in: an officer takes it, hands it back with a reason, or the head reassigns it (AB角).

A department with software of its own knows nothing of this: its opinion counts whoever has the task at the desk.
"""

from __future__ import annotations

from datetime import datetime

from services.approval.decide.words import personal, readable
from services.approval.model import Approval, AtTheDesk, Case, HandBackTask, Hold, Passed, ReassignTask, TakeTask, Task
from shared.contracts.approval import TaskReassigned
from shared.kernel import Decision, Refused

Answer = Decision[Approval | None] | Refused


def own_task(state: Approval | None, command: AtTheDesk) -> tuple[Approval, Case, Task] | Refused:
    """The open task that a command from the desk is about, with its case and document.

    Refused: `no_such_task`, `not_your_task`, and what `not_now` says.
    """
    found = state.task(command.task) if state else None
    if state is None or found is None:
        return Refused("no_such_task")
    case, task = found
    if task.department != command.department:
        return Refused("not_your_task")
    return not_now(case, task) or (state, case, task)


def not_now(case: Case, task: Task) -> Refused | None:
    """Why nothing can be done to a task, unless it is open: `already_given`, `case_ended`, `not_open_yet`."""
    match case.state_of(task):
        case "given":
            return Refused("already_given")
        case "ended":
            return Refused("case_ended")
        case "planned":
            return Refused("not_open_yet")
        case "open":
            return None


def in_other_hands(task: Task, command: AtTheDesk) -> Refused | None:
    """`taken_by_another`: a colleague has the task. It binds everyone but the head."""
    bound = task.hold is not None and task.hold.officer != command.officer and not command.head
    return Refused("taken_by_another") if bound else None


def take(state: Approval | None, command: TakeTask, now: datetime) -> Answer:
    """我来办. Who has it already takes nothing anew; what a colleague has, the head reassigns instead."""
    found = own_task(state, command)
    if isinstance(found, Refused):
        return found
    state, case, task = found
    if task.hold is not None:
        mine = task.hold.officer == command.officer
        return Decision(state, answer=_answer(case, task)) if mine else Refused("taken_by_another")
    held = task.model_copy(update={"hold": Hold(officer=command.officer, name=command.name, since=now)})
    return _passed_on(state, case, task, held, command, now)


def hand_back(state: Approval | None, command: HandBackTask, now: datetime) -> Answer:
    """退回: open to the whole department again, with the reason for all to see. By who has it, or by the head."""
    found = own_task(state, command)
    if isinstance(found, Refused):
        return found
    state, case, task = found
    reason = readable(command.reason)
    refused = Refused("not_taken") if task.hold is None else in_other_hands(task, command)
    refused = refused or _unfit(reason) or (Refused("hand_back_reason_needed") if reason is None else None)
    if refused:
        return refused
    passed = Passed(by=command.officer, name=command.name, reason=reason, at=now)
    free = task.model_copy(update={"hold": None, "passed": passed})
    return _passed_on(state, case, task, free, command, now, reason)


def reassign(state: Approval | None, command: ReassignTask, now: datetime) -> Answer:
    """转交: the head puts the task into an officer's hands. Who has it already keeps it."""
    found = own_task(state, command)
    if isinstance(found, Refused):
        return found
    state, case, task = found
    reason, to = readable(command.reason), readable(command.to)
    refused = Refused("head_only") if not command.head else Refused("nobody_named") if to is None else None
    refused = refused or _unfit(reason, to)
    if refused:
        return refused
    if task.hold is not None and task.hold.officer == to:
        return Decision(state, answer=_answer(case, task))
    passed = Passed(by=command.officer, name=command.name, to=to, reason=reason, at=now)
    hold = Hold(officer=to or "", name=command.to_name, since=now)
    given = task.model_copy(update={"hold": hold, "passed": passed})
    return _passed_on(state, case, task, given, command, now, reason)


def _unfit(*texts: str | None) -> Refused | None:
    """What travels in events holds no personal data (PIPL Art. 6)."""
    return Refused("personal_data") if personal(*texts) else None


def _passed_on(
    state: Approval,
    case: Case,
    before: Task,
    after: Task,
    command: AtTheDesk,
    now: datetime,
    reason: str | None = None,
) -> Decision[Approval | None]:
    said = TaskReassigned(
        application=case.application,
        case=case.case,
        task=after.id,
        step=after.step,
        department=after.department,
        from_officer=before.hold.officer if before.hold else None,
        to_officer=after.hold.officer if after.hold else None,
        by=command.officer,
        reason=reason,
        at=now,
    )
    return Decision(state.with_case(case.with_task(after)), (said,), _answer(case, after))


def _answer(case: Case, task: Task) -> dict[str, str | None]:
    return {"task": task.id, "case": case.case, "officer": task.hold.officer if task.hold else None}
