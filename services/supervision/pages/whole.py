"""When the whole of a bundle is decided. No event says what a bundle promises as a whole, so the day is derived from
its parts, and whoever shows it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.supervision.model import LIGHTS, Case, Clock
from services.supervision.pages.look import Look
from shared.clock import shanghai


@dataclass(frozen=True, slots=True)
class Whole:
    """`clock`: the whole as one clock in working days, from the first acceptance to the day on which the last part is
    due; nobody started it, and its light is the worst of its parts. `reckoned`: a part has not begun, so its days are
    counted from the last day of what it waits for; the time in which a result is made comes on top. `near`: how many
    parts come due soon."""

    clock: Clock
    reckoned: bool
    near: int


def whole_of(look: Look) -> Whole | None:
    """None where there is nothing to tell: a single item, nothing left to decide, something over its limit already, or
    a part that is not accepted or has no limit."""
    undecided = [case for case in look.state.cases if case.outcome is None]
    late = any(look.over(clock) or clock.light in ("red", "deep_red") for clock in look.state.clocks if clock.running)
    if len(look.state.cases) < 2 or not undecided or late:
        return None
    ends = _ends(look, undecided)
    if ends is None:
        return None
    due, provisional = max(ends.values())
    lights = [look.state.light_of(case) for case in undecided]
    clock = _clock_to(look, due).model_copy(
        update={"due": due, "light": max(lights, key=LIGHTS.index), "provisional": provisional}
    )
    return Whole(clock, any(case.waiting for case in undecided), lights.count("yellow"))


def finished_whole(look: Look) -> Clock | None:
    """The whole of a bundle that is over as one clock, from the first acceptance to the last decision, in time where
    each part was, under the worst light of its parts. None: a single item, not over yet, or nothing was decided."""
    ended = [clock for clock in look.state.clocks if clock.key == "decision" and clock.started and clock.ended]
    if look.open or len(look.state.cases) < 2 or not ended:
        return None
    last = max(clock.ended for clock in ended if clock.ended)
    light = max((clock.light for clock in ended), key=LIGHTS.index)
    in_time = all(clock.on_time for clock in ended)
    return _clock_to(look, last).model_copy(update={"ended": last, "light": light, "on_time": in_time})


def _clock_to(look: Look, end: datetime) -> Clock:
    """A clock from the first acceptance whose limit ends with the day of `end`, in working days."""
    started = min(case.accepted_at for case in look.state.cases if case.accepted_at)
    number = look.rules.office.number
    first, last = (number(shanghai(at).date(), "working_days") for at in (started, end))
    return Clock(subject=look.state.application, key="joint", statutory_days=last - first, started=started)


_Ends = dict[str, tuple[datetime, bool]]
"""Case -> (when its promised or only limit ends, whether that is provisional)."""


def _ends(look: Look, undecided: Sequence[Case]) -> _Ends | None:
    """The end of each part, of one that waits after those that it waits for; None: one of them is not known."""
    ends: _Ends = {}
    left = list(undecided)
    while left:
        known = {case.case: end for case in left if (end := _end_of(look, case, ends, left))}
        if not known:
            return None
        ends |= known
        left = [case for case in left if case.case not in ends]
    return ends


def _end_of(look: Look, case: Case, ends: _Ends, left: Sequence[Case]) -> tuple[datetime, bool] | None:
    clock = look.state.clock(case.case, "decision")
    if not case.waiting:
        return (clock.due, look.rules.provisional(clock, clock.due)) if clock.running and clock.due else None
    days = clock.statutory_days if clock.promised_days is None else clock.promised_days
    if not case.waits_for or days is None or any(other.case in case.waits_for for other in left):
        return None
    before = [ends[number] for number in case.waits_for if number in ends]
    end = look.rules.due(max([look.now, *(at for at, _ in before)]), days, clock.unit)
    return end.at, end.provisional or any(provisional for _, provisional in before)
