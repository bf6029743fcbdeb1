"""What stops and lengthens the time of a case, as approval said it: kept for what the applicant is told of it.

Time itself is supervision's. Everything here follows an acceptance in the same document, so that its case is known.
"""

from __future__ import annotations

from services.intake.model import Application, Case, Extended, Procedure, State
from services.intake.model.commands import TimeChanged
from shared.contracts.approval import JointLimitExtended, LimitExtended, ProcedureEnded, ProcedureStarted
from shared.kernel import Decision, Refused


def change_time(state: Application, event: TimeChanged) -> Decision[State] | Refused:
    """Keep it; what is kept already stays as it is."""
    if isinstance(event, JointLimitExtended):
        extended = state.joint_extended or Extended(days=event.days, reason=event.reason, at=event.at)
        return Decision(state.model_copy(update={"joint_extended": extended}))
    case = state.case(event.case)
    if case is None:
        return Refused("no_such_case", {"cases": [event.case]})
    return Decision(state.with_case(_changed(case, event)))


def _changed(case: Case, event: ProcedureStarted | ProcedureEnded | LimitExtended) -> Case:
    match event:
        case LimitExtended():
            return case.with_(extended=case.extended or Extended(days=event.days, reason=event.reason, at=event.at))
        case ProcedureStarted():
            begun = Procedure(
                id=event.procedure, kind=event.kind, planned_days=event.planned_days, notice=event.notice,
                reason=event.reason, started_at=event.at,
            )  # fmt: skip
            known = any(each.id == begun.id for each in case.procedures)
            return case if known else case.with_(procedures=(*case.procedures, begun))
        case ProcedureEnded():
            over = {"ended_at": event.at}
            return case.with_(
                procedures=tuple(
                    each.model_copy(update=over) if each.id == event.procedure and not each.ended_at else each
                    for each in case.procedures
                )
            )
