"""What supervision says of decision clocks and of the joint one: kept as it was said last, and never reckoned anew.

A clock may be heard of before its case: nothing orders intake and supervision. So clocks stand beside the cases, and
wait for them there.
"""

from __future__ import annotations

from services.approval.model import Approval, Clock
from shared.contracts.supervision import ClockStarted
from shared.kernel import Decision
from shared.timed import Timed, TimeTold, changed, dates

JOINT = "joint"


def keep_time(state: Approval | None, event: TimeTold) -> Decision[Approval | None]:
    """The clock as it stands after this event. All of them come from one document of supervision, and in order; what
    follows a start that was never heard changes nothing."""
    state = state or Approval(application=event.application)
    if event.clock == JOINT:
        joint = _joint(state.joint, event)
        return Decision(state if joint == state.joint else state.model_copy(update={"joint": joint}))
    if isinstance(event, ClockStarted):
        return Decision(state.with_clock(Clock(case=event.subject, **dates(event))))
    clock = state.clock(event.subject)
    return Decision(state.with_clock(changed(clock, event)) if clock else state)


def _joint(known: Timed | None, event: TimeTold) -> Timed | None:
    if isinstance(event, ClockStarted):
        return Timed(**dates(event))
    return changed(known, event) if known else None
