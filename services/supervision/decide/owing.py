"""What the ladder of 督办 is owed by the clocks of a case as they stand: which rungs, for which departments.

It is read from the state, not from what was just said: so it does not matter in which order, how late or how often
things are heard, and what fell due while a case stood still is owed once it goes on. Of a clock only the light that now
shows counts: nobody is reminded of what is long over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from services.supervision.model import Clock, Rules, RungOf, Supervised, Urge
from shared.contracts.supervision import RUNGS, Rung
from shared.kernel import Refused

LIT = ("yellow", "red", "deep_red")


class Owed(NamedTuple):
    """A rung that a clock has brought about, at the instant of its limit, for these departments."""

    at: datetime
    cause: str
    case: str
    step: RungOf
    text: str
    departments: tuple[str, ...]


def all_owed(state: Supervised, rules: Rules) -> Iterator[Owed]:
    """What the clocks have brought about and no urge stands for yet: proposals to a supervisor too."""
    for clock in state.clocks:
        if clock.light in LIT and clock.running and not clock.paused:
            yield from _of_clock(state, clock, rules)


def behind(state: Supervised, case: str) -> tuple[str, ...]:
    """Who is waited for in a case: the departments with an open task; without any, whose item it is."""
    open_tasks = {
        clock.department for clock in state.clocks if clock.key == "step" and clock.case == case and clock.running
    }
    if open_tasks:
        return tuple(sorted(open_tasks))
    known = state.case(case)
    running = state.clock(case, "decision").running
    return (known.department,) if running and known.department else ()


def _of_clock(state: Supervised, clock: Clock, rules: Rules) -> Iterator[Owed]:
    case = clock.case or clock.subject
    name = f"{clock.subject}/{clock.key}/{clock.light}"
    for step in rules.ladder:
        for cause in step.causes:
            if (cause.clock, cause.light) != (clock.key, clock.light) or cause.after != _replied_to(state, clock):
                continue
            if _stands_for(state, case, step.rung, name) or not_now(state, case):
                continue
            late = behind(state, case)
            departments = tuple(code for code in late if clock.department in ("", code))
            if departments:
                yield Owed(_instant(clock), name, case, step, cause.text, departments)


def _replied_to(state: Supervised, clock: Clock) -> Rung | None:
    """The rung of the urge whose reply a clock counts down."""
    if clock.key != "reply":
        return None
    number = int(clock.subject.split("/")[1])
    return next(urge.rung for urge in state.urges_of(clock.case) if urge.number == number)


def _stands_for(state: Supervised, case: str, rung: Rung, cause: str) -> bool:
    """Whether something was issued for this cause already; by hand, a higher rung than the one proposed will do."""
    return any(cause in urge.causes for urge in state.urges_of(case) if RUNGS.index(urge.rung) >= RUNGS.index(rung))


def not_now(state: Supervised, case: str) -> Refused | None:
    """Why a case cannot be urged now: nobody could do anything for it."""
    running = list(state.running_for(case))
    if not running:
        return Refused("case_ended" if not state.case(case).open else "no_running_clock")
    return Refused("clock_paused") if all(clock.paused for clock in running) else None


def _instant(clock: Clock) -> datetime:
    """When the limit behind the light passed, or the clock went on after it."""
    limits = {"yellow": clock.yellow_at, "red": clock.due, "deep_red": clock.statutory_due}
    resumed = [until for _, until in clock.pauses if until]
    found = [at for at in (limits.get(clock.light), clock.started, *resumed) if at]
    return max(found)


def asking(state: Supervised, case: str, rung: Rung) -> dict[str, Urge]:
    """The departments that owe an answer on this rung or a higher one of a case, each with the latest such urge."""
    upwards = [urge for urge in state.urges_of(case) if RUNGS.index(urge.rung) >= RUNGS.index(rung)]
    return {code: urge for urge in upwards for code in urge.awaited}


def proposed(state: Supervised, case: str, rules: Rules) -> tuple[RungOf, str] | None:
    """The rung that a supervisor is to decide about, and why: the cause of a talk; `talked`, for a referral, where a
    talk was held and the case is still over its limit. None: nothing is proposed."""
    if not_now(state, case):
        return None
    for each in all_owed(state, rules):
        if each.case == case and not each.step.by_itself:
            return each.step, each.cause
    urges = state.urges_of(case)
    talked = any(urge.rung == "talk" and urge.records and not urge.settled for urge in urges)
    over = state.clock(case, "decision").light in ("red", "deep_red")
    if talked and over and not any(urge.rung == "refer" for urge in urges):
        return rules.rung("refer"), "talked"
    return None


def coming(state: Supervised, case: str, rules: Rules) -> tuple[datetime, RungOf] | None:
    """The rung that comes next if nothing is done, and when: the first reply that would be missing, or the next light.
    None: none is to come, or nobody can be urged."""
    if not_now(state, case):
        return None
    return min(_to_come(state, case, rules), key=lambda each: each[0], default=None)


def _to_come(state: Supervised, case: str, rules: Rules) -> Iterator[tuple[datetime, RungOf]]:
    causes = [(step, cause) for step in rules.ladder for cause in step.causes]
    for clock in state.clocks:
        if (clock.case or clock.subject) != case or not clock.running or clock.paused:
            continue
        if clock.key == "decision" and (change := rules.next_change(clock, clock.light)):
            late = set(behind(state, case))
            named = [step for step, cause in causes if (cause.clock, cause.light) == ("decision", change.light)]
            yield from ((change.at, step) for step in named if late - set(asking(state, case, step.rung)))
        elif clock.aside and clock.due and not clock.announced and set(behind(state, case)) & {clock.department}:
            after = _replied_to(state, clock)
            yield from ((clock.due, s) for s, c in causes if (c.clock, c.after) == (clock.key, after))
