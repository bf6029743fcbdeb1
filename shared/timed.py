"""A clock of supervision as another service keeps it: as it was said last, and never reckoned anew.

Pure, for states and rules; what is left of it on the day on which somebody looks is read in `shared.web.countdown`.
"""

from __future__ import annotations

from typing import Any, TypeVar, assert_never

from shared.contracts.envelope import Instant
from shared.contracts.supervision import ClockMoved, ClockPaused, ClockResumed, ClockStarted, LightChanged
from shared.contracts.terms import Light
from shared.kernel import Frozen

TimeTold = ClockStarted | ClockPaused | ClockResumed | ClockMoved | LightChanged
"""What supervision says of a clock while it runs."""


class Timed(Frozen):
    """What supervision said last of one clock.

    `due` is the promised (or only) limit. `counting`: one letter for each calendar day after that of the start, up to
    some days after the last limit (`COUNTED_BEYOND`); c counts, - does not. Empty: not said.
    """

    light: Light = "green"
    due: Instant
    statutory_due: Instant | None = None
    provisional: bool = False
    paused: bool = False
    counting: str = ""


T = TypeVar("T", bound=Timed)


def dates(event: ClockStarted | ClockResumed | ClockMoved) -> dict[str, Any]:
    """The fields of a clock that an event gives anew."""
    names = ("due", "statutory_due", "provisional", "counting")
    return {name: getattr(event, name) for name in names}


def changed(clock: T, event: ClockPaused | ClockResumed | ClockMoved | LightChanged) -> T:
    """The clock after this event; those of one clock come in order, from one document of supervision."""
    match event:
        case LightChanged():
            return clock.model_copy(update={"light": event.light})
        case ClockPaused():
            return clock.model_copy(update={"paused": True})
        case ClockResumed():
            return clock.model_copy(update={**dates(event), "paused": False})
        case ClockMoved():
            return clock.model_copy(update=dates(event))
        case _:
            assert_never(event)
