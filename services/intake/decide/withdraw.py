"""撤回: before acceptance the applicant simply takes it back; afterwards approval judges, as it may have decided."""

from __future__ import annotations

from datetime import datetime

from services.intake.decide.submit import told
from services.intake.model import Application, Case, Closed, State
from services.intake.model.commands import Withdraw
from shared.contracts.envelope import Event
from shared.contracts.intake import CaseClosed, WithdrawalRequested
from shared.kernel import Decision, Refused


def withdraw(state: Application, command: Withdraw, now: datetime) -> Decision[State] | Refused:
    """Close every case that is not accepted yet, or ask approval to let go of those named (all, when none is).

    Refuses `no_such_case`, `withdraw_as_a_whole` (before acceptance an application is one), and
    `nothing_to_withdraw` when all that is named has ended or is asked for already.
    """
    strangers = sorted(number for number in command.cases if state.case(number) is None)
    if strangers:
        return Refused("no_such_case", {"cases": strangers})
    if state.pending:
        if command.cases and set(command.cases) != {case.number for case in state.cases}:
            return Refused("withdraw_as_a_whole")
        return _take_back(state, now)
    wanted = [case for case in state.cases if not command.cases or case.number in command.cases]
    return _ask(state, [case for case in wanted if not case.ended and case.withdrawal_at is None], now)


def _take_back(state: Application, now: datetime) -> Decision[State]:
    said: list[Event] = []
    for case in state.cases:
        if case.pending:
            closed = Closed(at=now, reason="withdrawn_before_acceptance")
            state = state.with_case(case.with_(closed=closed))
            said.append(CaseClosed(application=state.number, case=case.number, at=now, reason=closed.reason))
    return Decision(state, tuple(said), told(state))


def _ask(state: Application, wanted: list[Case], now: datetime) -> Decision[State] | Refused:
    if not wanted:
        return Refused("nothing_to_withdraw")
    said: list[Event] = []
    for case in wanted:
        state = state.with_case(case.with_(withdrawal_at=now))
        said.append(WithdrawalRequested(application=state.number, case=case.number, at=now))
    return Decision(state, tuple(said), told(state))
