"""What supervision urges 催办: kept while a department has not answered, for its officers to see beside the task.

An urge moves nothing here, and is answered at supervision. Like a clock it may be heard of before its case. Talks and
referrals are the affair of heads and supervisors, and stand on supervision's pages alone.
"""

from __future__ import annotations

from services.approval.model import Approval, Urge
from shared.contracts.supervision import UrgeAnswered, UrgeIssued
from shared.kernel import Decision

FOR_OFFICERS = ("remind", "urge", "supervise")
"""The rungs of the ladder that are an officer's affair."""


def keep_urge(state: Approval | None, event: UrgeIssued) -> Decision[Approval | None]:
    """The urge, waiting for every department that it names."""
    if event.rung not in FOR_OFFICERS:
        return Decision(state)
    state = state or Approval(application=event.application)
    urge = Urge(
        case=event.case,
        number=event.urge,
        awaited=event.departments,
        text=event.text,
        reply_by=event.reply_by,
        rung=event.rung,
        asks=event.asks,
        automatic=event.automatic,
        at=event.at,
    )
    return Decision(state.with_urge(urge))


def keep_answer(state: Approval | None, event: UrgeAnswered) -> Decision[Approval | None]:
    """The urge without the department that answered. Both come from one document of supervision, and in order; an
    answer to what was never heard changes nothing."""
    urge = state.urge(event.case, event.urge) if state else None
    if state is None or urge is None:
        return Decision(state)
    awaited = tuple(code for code in urge.awaited if code != event.department)
    return Decision(state.with_urge(urge.model_copy(update={"awaited": awaited})))
