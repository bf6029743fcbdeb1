"""特别程序: the eight procedures whose time is not counted (行政许可法 Art. 45). Each begins with the written notice to
the applicant, for one task, whose opinion waits for its end.
"""

from __future__ import annotations

from datetime import datetime

from services.approval.decide.hand import in_other_hands, own_task
from services.approval.decide.words import personal, readable
from services.approval.model import (
    MOST_PLANNED,
    MOST_PROCEDURES,
    Approval,
    Case,
    EndProcedure,
    Procedure,
    StartProcedure,
    Task,
)
from shared.contracts.approval import ProcedureEnded, ProcedureStarted
from shared.contracts.envelope import Event
from shared.kernel import Decision, Refused

Answer = Decision[Approval | None] | Refused


def start(state: Approval | None, command: StartProcedure, now: datetime) -> Answer:
    """The countdown stands still from now on. Refused: what `own_task` says, `taken_by_another`, `procedure_running`,
    `too_many_procedures`, `notice_needed`, `planned_days_absurd`, `procedure_reason_needed`, `personal_data`."""
    found = own_task(state, command)
    if isinstance(found, Refused):
        return found
    state, case, task = found
    refused = in_other_hands(task, command) or _cannot_begin(case, task, command)
    if refused:
        return refused
    begun = Procedure(
        id=f"{case.case}-P{len(case.procedures) + 1}",
        kind=command.kind,
        task=task.id,
        planned_days=command.planned_days,
        notice=readable(command.notice) or "",
        reason=readable(command.reason) or "",
        by=command.officer,
        name=command.name,
        started_at=now,
    )
    said = ProcedureStarted(
        application=case.application, case=case.case, procedure=begun.id, kind=begun.kind, task=task.id,
        planned_days=begun.planned_days, notice=begun.notice, reason=begun.reason, by=begun.by, at=now,
    )  # fmt: skip
    case = case.model_copy(update={"procedures": (*case.procedures, begun)})
    return Decision(state.with_case(case), (said,), _answer(begun))


def _cannot_begin(case: Case, task: Task, command: StartProcedure) -> Refused | None:
    if any(each.kind == command.kind for each in case.awaited_by(task.id)):
        return Refused("procedure_running")
    if len(case.procedures) >= MOST_PROCEDURES:
        return Refused("too_many_procedures")
    if not 1 <= command.planned_days <= MOST_PLANNED:
        return Refused("planned_days_absurd")
    if readable(command.notice) is None:
        return Refused("notice_needed")
    if readable(command.reason) is None:
        return Refused("procedure_reason_needed")
    return Refused("personal_data") if personal(command.notice, command.reason) else None


def end(state: Approval | None, command: EndProcedure, now: datetime) -> Answer:
    """The countdown goes on. By the department whose task waits for it. Refused: what `own_task` says,
    `taken_by_another`, `no_such_procedure`, `procedure_over`."""
    found = own_task(state, command)
    if isinstance(found, Refused):
        return found
    state, case, task = found
    known = next((each for each in case.procedures if (each.id, each.task) == (command.procedure, task.id)), None)
    if known is None:
        return Refused("no_such_procedure")
    refused = Refused("procedure_over") if known.ended_at else in_other_hands(task, command)
    if refused:
        return refused
    case, said = ended(case, (known,), now)
    return Decision(state.with_case(case), said, _answer(known, now))


def ended(case: Case, procedures: tuple[Procedure, ...], now: datetime) -> tuple[Case, tuple[Event, ...]]:
    """The case without these running, and what is said of each."""
    over = {each.id for each in procedures}
    known = tuple(
        each.model_copy(update={"ended_at": now}) if each.id in over else each for each in case.procedures
    )  # fmt: skip
    said = tuple(
        ProcedureEnded(application=case.application, case=case.case, procedure=each.id, at=now) for each in procedures
    )
    return (case.model_copy(update={"procedures": known}) if over else case), said


def _answer(procedure: Procedure, until: datetime | None = None) -> dict[str, str | None]:
    return {"task": procedure.task, "procedure": procedure.id, "ended_at": until.isoformat() if until else None}
