"""What supervision says of the clock of acceptance: kept as it was said last, for lists; no rule asks for it.

Whether a deadline has passed is judged in `deem.py`, by its due instant and never by this.
"""

from __future__ import annotations

from services.intake.model import Application, State
from shared.contracts.supervision import ClockStarted
from shared.kernel import Decision
from shared.timed import Timed, TimeTold, changed, dates


def keep_time(state: Application, event: TimeTold) -> Decision[State]:
    """The clock as it stands after this event. Once the application was received nothing is left to count."""
    if not state.pending or event.clock != "acceptance":
        return Decision(state)
    if isinstance(event, ClockStarted):
        return Decision(state.model_copy(update={"clock": Timed(**dates(event))}))
    return Decision(state.model_copy(update={"clock": changed(state.clock, event)}) if state.clock else state)
