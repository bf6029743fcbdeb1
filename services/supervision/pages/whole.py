"""When the whole of a bundle is decided: on the day that it promises over all its cases. Where nobody said that promise
(applications from before it was said), the day is derived from the parts, and whoever shows it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.supervision.model import LIGHTS, Case, Clock
from services.supervision.pages.look import Look
from shared.clock import shanghai

LATE = ("red", "deep_red")
Basis = Literal["promised", "latest", "reckoned"]
"""Where the day of the whole comes from. `latest`: the last day of the parts. `reckoned`: a part has not begun, so its
days are counted from the last day of what it waits for; the time in which a result is made comes on top."""


@dataclass(frozen=True, slots=True)
class Whole:
    """`clock`: the whole as one clock from the first acceptance on; nobody started it, and its light is the worst of
    its own and its parts'. `near`, `late`: how many parts come due soon, and how many are over their limit."""

    clock: Clock
    basis: Basis
    near: int
    late: int


def whole_of(look: Look) -> Whole | None:
    """None where there is nothing to tell: a single item, nothing left to decide, a part that is not accepted, or no
    promise and a part that is late or has no limit."""
    undecided = [case for case in look.state.cases if case.outcome is None]
    if len(look.state.cases) < 2 or not undecided or not all(case.accepted_at for case in undecided):
        return None
    basis: Basis = "promised"
    clock = _promised(look)
    if clock is None:
        basis = "reckoned" if any(case.waiting for case in undecided) else "latest"
        clock = _derived(look, undecided)
    if clock is None:
        return None
    lights = [look.state.light_of(case) for case in undecided]
    joint = look.state.clock(look.state.application, "joint")
    worst = max(clock.light, *lights, joint.light if joint.running else "green", key=LIGHTS.index)
    late = sum(light in LATE for light in lights)
    return Whole(clock.model_copy(update={"light": worst}), basis, lights.count("yellow"), late)


def finished_whole(look: Look) -> Clock | None:
    """The whole of a bundle that is over as one clock, from the first acceptance to the last decision. In time: by its
    own promise, or where nobody said one, where each part was. None: a single item, not over, nothing decided."""
    ended = [clock for clock in look.state.clocks if clock.key == "decision" and clock.started and clock.ended]
    if look.open or len(look.state.cases) < 2 or not ended:
        return None
    last = max(clock.ended for clock in ended if clock.ended)
    light = max((clock.light for clock in ended), key=LIGHTS.index)
    clock = _promised(look)
    if clock is None:
        in_time = all(each.on_time for each in ended)
        return _clock_to(look, last).model_copy(update={"ended": last, "light": light, "on_time": in_time})
    judged = look.rules.judged(clock, last)
    light = max(light, judged.light, key=LIGHTS.index)
    return clock.model_copy(update={"ended": last, "light": light, "on_time": judged.on_time})


def _promised(look: Look) -> Clock | None:
    """The bundle's own promise as a clock, from the first acceptance on; None: nobody said one."""
    promise = look.state.whole
    if promise is None:
        return None
    timing = look.rules.timing("joint", _accepted(look), promise.promised_days, None, (), promise.unit)
    clock = Clock(
        subject=look.state.application,
        key="joint",
        promised_days=promise.promised_days,
        unit=promise.unit,
        started=_accepted(look),
        yellow_at=timing.yellow_at,
        due=timing.due,
        provisional=timing.provisional,
    )
    return clock.model_copy(update={"light": look.rules.light(clock, look.now)})


def _derived(look: Look, undecided: Sequence[Case]) -> Clock | None:
    """A clock that ends with the last of the parts; None: something is over its limit, or the end of a part is not
    known."""
    if any(look.over(clock) or clock.light in LATE for clock in look.state.leading if clock.running):
        return None
    ends = _ends(look, undecided)
    if ends is None:
        return None
    due, provisional = max(ends.values())
    return _clock_to(look, due).model_copy(update={"due": due, "provisional": provisional})


def _clock_to(look: Look, end: datetime) -> Clock:
    """A clock from the first acceptance whose limit ends with the day of `end`, in working days."""
    number, started = look.rules.office.number, _accepted(look)
    first, last = (number(shanghai(at).date(), "working_days") for at in (started, end))
    return Clock(subject=look.state.application, key="joint", statutory_days=last - first, started=started)


def _accepted(look: Look) -> datetime:
    """When the first case was accepted."""
    return min(case.accepted_at for case in look.state.cases if case.accepted_at)


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
    days = clock.days
    if not case.waits_for or days is None or any(other.case in case.waits_for for other in left):
        return None
    before = [ends[number] for number in case.waits_for if number in ends]
    end = look.rules.due(max([look.now, *(at for at, _ in before)]), days, clock.unit)
    return end.at, end.provisional or any(provisional for _, provisional in before)
