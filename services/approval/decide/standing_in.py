"""AB角: who stands in for whom, and what silence does. Where an officer has a task in hand and the day for answering an
urge passes without a word, the task goes to the deputy, or is opened to the whole department.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.approval.decide.words import personal, readable
from services.approval.model import Approval, Case, Deputies, Deputy, Hold, NameDeputy, Passed, Rules, Task
from shared.contracts.approval import TaskReassigned
from shared.contracts.envelope import Event
from shared.contracts.supervision import CountdownPassed
from shared.kernel import Decision, Refused

SYSTEM = "system:approval"
"""By whom a task is handed over where nobody did."""
TO_DEPUTY = "催办到期没有答复，任务自动转交 B 角。"
TO_ALL = "催办到期没有答复，任务对全部门开放。"
AT_ONCE = timedelta(days=1)
"""Who took the task within this time after an urge is the one that it asked; who took it later has just begun."""
MOST_NAMED = 2_000


def silent(state: Approval | None, event: CountdownPassed, now: datetime, rules: Rules) -> Decision[Approval | None]:
    """The day for a department's answer has passed. Its open tasks leave the hands that they were in since the urge;
    what was answered, taken by another meanwhile or has its opinion stays as it is."""
    number, department = event.subject.split("/")[1:3]
    urge = state.urge(event.subject.split("/")[0], int(number)) if state else None
    case = state.case(urge.case) if state and urge else None
    if state is None or urge is None or case is None or department not in urge.awaited:
        return Decision(state)
    said: list[Event] = []
    for task in case.tasks:
        held = task.department == department and case.state_of(task) == "open" and task.hold
        if held and held.since <= urge.at + AT_ONCE and held.since < event.due:
            case, handed = _handed_over(case, task, held, now, rules)
            said.append(handed)
    return Decision(state.with_case(case) if said else state, tuple(said))


def _handed_over(case: Case, task: Task, held: Hold, now: datetime, rules: Rules) -> tuple[Case, Event]:
    """To the deputy; to everybody, where none is named or the task went to a deputy before."""
    before = task.passed is not None and task.passed.by == SYSTEM
    deputy = None if before else rules.deputies.standing_in(task.department, held.officer)
    to, reason = (deputy.deputy, TO_DEPUTY) if deputy else (None, TO_ALL)
    hold = Hold(officer=deputy.deputy, name=deputy.deputy_name, since=now) if deputy else None
    passed = Passed(by=SYSTEM, to=to, reason=reason, at=now)
    said = TaskReassigned(
        application=case.application, case=case.case, task=task.id, step=task.step, department=task.department,
        from_officer=held.officer, to_officer=to, by=SYSTEM, reason=reason, at=now,
    )  # fmt: skip
    return case.with_task(task.model_copy(update={"hold": hold, "passed": passed})), said


def name_deputy(state: Deputies | None, command: NameDeputy, now: datetime) -> Decision[Deputies] | Refused:
    """Name the deputy, in place of an earlier one; or nobody any more. Refused: `own_deputy`, `personal_data`,
    `too_many_deputies`."""
    state = state or Deputies(named=())
    officer, to = readable(command.officer) or "", readable(command.deputy)
    if to == officer:
        return Refused("own_deputy")
    if personal(officer, to):
        return Refused("personal_data")
    others = [each for each in state.named if (each.department, each.officer) != (command.department, officer)]
    if to is not None:
        if len(others) >= MOST_NAMED:
            return Refused("too_many_deputies")
        others.append(Deputy(
            department=command.department, officer=officer, officer_name=command.officer_name, deputy=to,
            deputy_name=command.deputy_name, by=command.by, at=now,
        ))  # fmt: skip
    named = tuple(sorted(others, key=lambda each: (each.department, each.officer)))
    return Decision(Deputies(named=named), answer={"officer": officer, "deputy": to})
