"""A new calendar: every clock that runs is counted again by it, once, and only ever by a newer one.

It is an act at the instant since which the calendar is in force: what came due before is said first, and stands. So
does a limit that was said to have passed, for a clock that has fired is never recomputed. What is paused is counted
when it goes on. A clock says by which version it was counted, so whoever touches it later finds what a replica that was
behind has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.supervision.decide.acted import generation, timing_of
from services.supervision.decide.audit import instant
from services.supervision.decide.coming import Told, fired, indexed, said_of
from services.supervision.model import Clock, Rules, Supervised
from shared.contracts.envelope import Event
from shared.contracts.supervision import ClockMoved, LightChanged
from shared.kernel import Decision, Fact, Refused

MOVED = "moved"
"""The collection that has a row for each clock whose dates a calendar has moved."""


class Move(NamedTuple):
    """A clock before and after."""

    application: str
    number: int
    before: Clock
    after: Clock
    departments: tuple[str, ...]


def recount(state: Supervised | None, rules: Rules) -> Decision[Supervised] | Refused:
    """A command of the sweep. Refused: `nothing_older`, when a replica or an event was first."""
    if state is None or not behind(state, rules):
        return Refused("nothing_older")
    after, said, moves = recounted(state, rules)
    return Decision(indexed(after, rules), tuple(said), {"moved": len(moves)}, facts_of(moves))


def behind(state: Supervised, rules: Rules) -> bool:
    """Whether something runs that was counted by an older calendar."""
    return any(_older(clock, rules) for clock in state.clocks)


def recounted(state: Supervised, rules: Rules) -> tuple[Supervised, list[Event], list[Move]]:
    """The application with every clock counted by the calendar in force, what is said of it, and what moved.

    Version by version: what had passed while one was in force stands, also where nobody looked before the next."""
    said, moves = list[Event](), list[Move]()
    oldest = min((clock.calendar for clock in state.clocks if _older(clock, rules)), default=rules.number)
    for number in range(oldest + 1, rules.number + 1):
        by = rules if number == rules.number else rules.earlier(number)
        for clock in state.clocks:
            if _older(clock, by):
                after, events = _recounted(state, clock, by)
                state = state.with_clock(after)
                said += events
                if _dates(after) != _dates(clock) and not after.ended:
                    moves.append(Move(state.application, number, clock, after, state.concerned(after)))
    return state, said, moves


def facts_of(moves: Sequence[Move]) -> tuple[Fact, ...]:
    """A row for each clock that moved."""
    return tuple(
        Fact(MOVED, f"{each.after.subject}/{each.after.key}/{each.after.generation}", _row(each)) for each in moves
    )


def _row(move: Move) -> dict[str, object]:
    before, after = move.before, move.after
    return {
        "number": move.number,
        "application": move.application,
        "subject": after.subject,
        "clock": after.key,
        "departments": list(move.departments),
        "due_before": _text(before.due),
        "due": _text(after.due),
        "statutory_due_before": _text(before.statutory_due),
        "statutory_due": _text(after.statutory_due),
        "provisional": after.provisional,
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _older(clock: Clock, rules: Rules) -> bool:
    return clock.running and not clock.paused and 0 <= clock.calendar < rules.number


def _recounted(state: Supervised, clock: Clock, rules: Rules) -> Told:
    """One clock. Without a change it only notes by which calendar it is counted."""
    since, old = rules.missed(clock.calendar), rules.earlier(clock.calendar)
    before, said = fired(state, clock, since - timedelta.resolution, rules)
    if not before.running or before.started is None:
        return before, said  # one that ended with its limit
    after = _standing(before, generation(before, timing_of(before, before.started, before.pauses, rules)), since, rules)
    if (before.yellow_at, *_dates(before)) == (after.yellow_at, *_dates(after)):
        after = before.model_copy(update={"calendar": after.calendar})
    if after.aside:
        return after, said
    if after.generation != before.generation or old.counting(before) != rules.counting(after):
        said.append(_said_of_move(state, before, after, since, rules))
    if after.light != before.light:
        said.append(said_of(state, after, LightChanged, light=after.light, at=since))
    return after, said


def _standing(before: Clock, after: Clock, since: datetime, rules: Rules) -> Clock:
    """With the limits that had passed as they were, and the light that follows."""
    row = rules.clock(before.key)
    announced = {at for kind, at in row.deadlines(before) if kind in before.announced}
    limits = {"due": before.due, "statutory_due": before.statutory_due}
    after = after.model_copy(
        update={name: old for name, old in limits.items() if old and (old < since or old in announced)}
    )
    still = {kind for kind, at in row.deadlines(after) if at in announced}
    kept = tuple(kind for kind in before.announced if kind in still)
    light = before.light if before.aside else rules.light(after, max([since, *announced]))
    return after.model_copy(update={"announced": kept, "light": light})


def _dates(clock: Clock) -> tuple[object, ...]:
    return clock.due, clock.statutory_due, clock.provisional


def _said_of_move(state: Supervised, before: Clock, after: Clock, since: datetime, rules: Rules) -> Event:
    return said_of(
        state, after, ClockMoved, at=since, due=after.due, statutory_due=after.statutory_due, due_before=before.due,
        statutory_due_before=before.statutory_due, provisional=after.provisional, calendar=rules.calendar,
        number=rules.number, counting=rules.counting(after),
    )  # fmt: skip
