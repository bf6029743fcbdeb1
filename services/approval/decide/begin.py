"""How a case begins: its plan of tasks, and which of them open when (并联审批)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.approval.model import Approval, Case, Task
from shared.contracts.approval import TaskAssigned
from shared.contracts.envelope import Event
from shared.contracts.intake import CaseAccepted, CaseReady
from shared.contracts.terms import Step
from shared.kernel import Decision, Refused


def accept(state: Approval | None, event: CaseAccepted, now: datetime) -> Decision[Approval | None] | Refused:
    """Plan every task of the case; open the first step's, unless the case waits for others (并联审批)."""
    state = state or Approval(application=event.application)
    if state.case(event.case):
        return Decision(state)
    case = Case(
        application=event.application,
        case=event.case,
        item=event.item,
        item_version=event.item_version,
        item_name=event.item_name,
        item_kind=event.item_kind,
        basis=event.basis,
        department=event.department,
        department_name=event.department_name,
        partner=event.partner,
        result=event.result,
        unit=event.limits.unit,
        statutory_days=event.limits.statutory_days,
        joint_days=event.joint_days,
        waits_for=event.waits_for,
        owner=event.owner,
        applicant_ref=event.applicant_ref,
        holder=event.holder,
        accepted_at=event.accepted_at,
        status="waiting" if event.waits_for else "open",
        tasks=tuple(_plan(event)),
    )
    if case.status == "open":
        case, opened = open_next(case, now)
        return Decision(state.with_case(case), opened)
    return Decision(state.with_case(case))


def _plan(event: CaseAccepted) -> Iterator[Task]:
    """One task for each department of each step, numbered in the order of the plan, so that numbers never depend
    on who answers first."""
    steps = sorted(event.steps, key=lambda step: step.seq)
    parts = [(step, code) for step in steps for code in dict.fromkeys(step.departments)]
    for number, (step, department) in enumerate(parts, start=1):
        yield Task(
            id=f"{event.case}-T{number}",
            seq=step.seq,
            step=step.key,
            step_name=step.name,
            department=department,
            department_name=_name(step, department),
            days=step.days,
        )


def _name(step: Step, department: str) -> str:
    """What the department is called; empty where the acceptance was said before names stood in it."""
    return dict(zip(step.departments, step.department_names, strict=False)).get(department, "")


def open_next(case: Case, now: datetime) -> tuple[Case, tuple[Event, ...]]:
    """Open the tasks of the first step that is still planned: all that share its `seq`, at once."""
    seq = min(task.seq for task in case.tasks if task.opened_at is None)
    said: list[Event] = []
    for task in case.tasks:
        if task.seq == seq:
            case = case.with_task(task.model_copy(update={"opened_at": now}))
            said.append(_assigned(case, task, now))
    return case.model_copy(update={"status": "open"}), tuple(said)


def _assigned(case: Case, task: Task, now: datetime) -> TaskAssigned:
    return TaskAssigned(
        application=case.application,
        case=case.case,
        task=task.id,
        step=task.step,
        step_name=task.step_name,
        department=task.department,
        item=case.item,
        item_name=case.item_name,
        due_days=task.days,
        unit=case.unit,
        at=now,
    )


def make_ready(state: Approval | None, event: CaseReady, now: datetime) -> Decision[Approval | None] | Refused:
    """What the case waited for has ended well: its departments may begin."""
    case = state.case(event.case) if state else None
    if state is None or case is None:
        return Refused("no_such_case")
    if case.status != "waiting":
        return Decision(state)
    case, opened = open_next(case, now)
    return Decision(state.with_case(case), opened)
