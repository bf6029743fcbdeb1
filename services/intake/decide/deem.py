"""Deemed acceptance 视为受理: silence for five days means accepted from the day of receipt (行政许可法 Art. 32(4)).

Supervision says that the deadline has passed; here it is judged by its due instant, whatever came first.
"""

from __future__ import annotations

from datetime import datetime

from services.intake.decide.accept import admit, day, in_order, said_accepted
from services.intake.decide.submit import told
from services.intake.model import Accepted, Application, Case, State
from shared.contracts.envelope import Event
from shared.contracts.supervision import DeadlinePassed
from shared.kernel import Decision, Refused


def deem(state: Application, event: DeadlinePassed, now: datetime) -> Decision[State] | Refused:
    """Accept every case that nobody accepted by the due instant, as from the receipt that started the period.

    A late explicit acceptance becomes a deemed one, and is said again with its legal date, of an ended case too: the
    ending stands, but it is judged by the limits that run from that date, whichever of the two is heard first.
    Outcomes other than acceptance stand: silence makes no case ours, and none that needs a licence.
    """
    if event.kind != "acceptance" or event.subject != state.number:
        return Decision(state)
    period = period_of(state, event)
    if period is None or _answered(state, period, event.due):
        return Decision(state)
    received = state.receipts[period]
    said: list[Event] = []
    for case in in_order(state):
        if case.pending:
            state, events = admit(state, case, at=received, given_at=None, now=now)
            said += events
        elif isinstance(case.outcome, Accepted) and not case.outcome.deemed:
            state, corrected = _corrected(state, case, case.outcome, received, now)
            said.append(corrected)
    return Decision(state, tuple(said), told(state))


def period_of(state: Application, event: DeadlinePassed) -> int | None:
    """Which receipt started the period that has passed; None for an announcement about an earlier one.

    Each list pauses the clock and each supplement restarts it, so the period after the n-th supplement has at least
    generation 2n + 1 (a recomputed calendar only raises it).
    """
    started = [number for number, at in enumerate(state.receipts) if at < event.due]
    if not started or event.generation < 2 * started[-1] + 1:
        return None
    return started[-1]


def _answered(state: Application, period: int, due: datetime) -> bool:
    """Whether the period was ended in time: by a list, or by receiving the cases."""
    if period < len(state.lists):
        return state.lists[period].at <= due
    given = [at for case in state.cases if (at := _received_at(case)) is not None]
    return bool(given) and min(given) <= due


def _received_at(case: Case) -> datetime | None:
    if case.closed and case.outcome is None:
        return case.closed.at
    if isinstance(case.outcome, Accepted):
        return case.outcome.given_at or case.outcome.at
    return case.outcome.at if case.outcome else None


def _corrected(
    state: Application, case: Case, late: Accepted, received: datetime, now: datetime
) -> tuple[Application, Event]:
    legal = {"at": received, "receipt_date": day(received), "deemed": True, "deemed_at": now}
    accepted = late.model_copy(update=legal)
    return state.with_case(case.with_(outcome=accepted)), said_accepted(state, case, accepted)
