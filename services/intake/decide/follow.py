"""What follows when a case ends: those that wait for it become ready, or end with it (一件事 in sequence)."""

from __future__ import annotations

from datetime import datetime

from services.intake.decide.accept import close, in_order
from services.intake.model import Application, Decided, Result, State
from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn
from shared.contracts.envelope import Event
from shared.contracts.intake import CaseReady
from shared.contracts.licensing import ResultIssued
from shared.kernel import Decision, Refused

VERDICTS = {CaseApproved: "approved", CaseRefused: "refused", CaseWithdrawn: "withdrawn"}


def note_decision(
    state: Application, event: CaseApproved | CaseRefused | CaseWithdrawn, now: datetime
) -> Decision[State] | Refused:
    """Keep approval's decision; a case that has ended already keeps its first ending."""
    case = state.case(event.case)
    if case is None:
        return Refused("no_such_case", {"cases": [event.case]})
    if case.ended:
        return Decision(state)
    decided = Decided.model_validate({"verdict": VERDICTS[type(event)], "at": event.at})
    return follow(state.with_case(case.with_(decided=decided)), now)


def issued(state: Application, event: ResultIssued, now: datetime) -> Decision[State] | Refused:
    """Keep the result; it may come before the decision that it rests on, and is then kept until that is heard."""
    case = state.case(event.case)
    if case is None:
        return Refused("no_such_case", {"cases": [event.case]})
    if case.result:
        return Decision(state)
    result = Result(kind=event.kind, number=event.number, name=event.name, at=event.at)
    return follow(state.with_case(case.with_(result=result)), now)


def follow(state: Application, now: datetime) -> Decision[State]:
    """Start or end what waited. An ending passes on through all that waits, in one go."""
    said: list[Event] = []
    for number in [case.number for case in in_order(state)]:
        case = state.case(number)
        if case is None or not case.waiting:
            continue
        before = [other for name in case.plan.waits_for if (other := state.case(name))]
        lost = next((other.number for other in before if other.ended_badly), None)
        if lost:
            state, events = close(state, case, lost, now)
            said += events
        elif all(other.ended_well for other in before):
            state = state.with_case(case.with_(ready_at=now))
            said.append(CaseReady(application=state.number, case=number, at=now))
    return Decision(state, tuple(said))
