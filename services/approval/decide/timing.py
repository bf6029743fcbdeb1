"""What supervision says of a case's decision clock: kept as it was said last, and never reckoned anew.

A clock may be heard of before its case: nothing orders intake and supervision. So clocks stand beside the cases, and
wait for them there.
"""

from __future__ import annotations

from typing import assert_never

from services.approval.model import Approval, Clock, TimeTold
from shared.contracts.supervision import ClockPaused, ClockResumed, ClockStarted, LightChanged
from shared.kernel import Decision


def keep_time(state: Approval | None, event: TimeTold) -> Decision[Approval | None]:
    """The clock as it stands after this event. All of them come from one document of supervision, and in order; what
    follows a start that was never heard changes nothing."""
    state = state or Approval(application=event.application)
    if isinstance(event, ClockStarted):
        return Decision(state.with_clock(_started(event)))
    clock = state.clock(event.subject)
    return Decision(state.with_clock(_changed(clock, event)) if clock else state)


def _started(event: ClockStarted) -> Clock:
    return Clock(
        case=event.subject,
        due=event.due,
        statutory_due=event.statutory_due,
        provisional=event.provisional,
        counting=event.counting,
    )


def _changed(clock: Clock, event: ClockPaused | ClockResumed | LightChanged) -> Clock:
    match event:
        case LightChanged():
            return clock.model_copy(update={"light": event.light})
        case ClockPaused():
            return clock.model_copy(update={"paused": True})
        case ClockResumed():
            dates = {"due": event.due, "statutory_due": event.statutory_due, "provisional": event.provisional}
            return clock.model_copy(update={**dates, "counting": event.counting, "paused": False})
        case _:
            assert_never(event)
