"""What the events of the other services do to the clocks: start, pause, resume, restart, stop.

Invariants: a clock starts once and ends once. All events that start a clock come from one service, and so do those
that pause, resume and restart it, so their order holds; stops may come from anywhere at any time. An act is judged by
its own instant: whatever came due before it is said first, so what is heard late says the same as what is heard in
time. A limit that passed before an act is never computed anew. Only where the start itself is corrected (an acceptance
said again with its legal date) is everything computed from that date, after the ending too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from services.supervision.decide.coming import Told, fired, said_of
from services.supervision.model import Act, Clock, Countdown, Pause, Rules, Stop, Supervised, Timing
from shared.contracts.envelope import CaseEvent, Event
from shared.contracts.supervision import ClockPaused, ClockResumed, ClockStarted, ClockStopped, LightChanged


def told(state: Supervised, event: Event, rules: Rules) -> tuple[Supervised, list[Event]]:
    """Every clock after this event, and what they say about it."""
    said: list[Event] = []
    for row in rules.clocks:
        subject = _subject(row, event)
        if subject is None:
            continue
        before = state.clock(subject, row.key)
        clock, events = _met(state, row, before, event, rules)
        said += events
        ending = _ending(state, row, clock)
        if ending:
            clock, events = _stopped(state, clock, ending, rules)
            said += events
        if clock is not before:
            state = state.with_clock(clock)
    return state, said


def _subject(row: Countdown, event: Event) -> str | None:
    """Which clock of this row the event concerns, if any."""
    if type(event).__name__ not in row.hears:
        return None
    return event.case if row.over == "case" and isinstance(event, CaseEvent) else event.key()


def _met(state: Supervised, row: Countdown, clock: Clock, event: Event, rules: Rules) -> Told:
    """One clock after one event that its row names."""
    name, at = type(event).__name__, rules.instant_of(event)
    if name in row.starts and clock.started:
        return _corrected(state, clock, at, rules) if row.starts_with(event) else (clock, [])
    if clock.ended:
        return clock, []
    if name in row.starts:
        return _started(state, row, clock, event, rules)
    if name in row.stops:
        return clock.model_copy(update={"stops": _with_stop(clock, event, at)}), []
    act = Act(kind=_kind(row, name), at=at)
    if not clock.started:
        return clock.model_copy(update={"early": (*clock.early, act)}), []
    return _changed(state, clock, act, rules)


def _kind(row: Countdown, name: str) -> Literal["pause", "resume", "restart"]:
    if name in row.pauses:
        return "pause"
    return "resume" if name in row.resumes else "restart"


def _started(state: Supervised, row: Countdown, clock: Clock, event: Event, rules: Rules) -> Told:
    """Start it, or keep the lengths for later where the case still waits. Without any limit there is no clock."""
    if clock.promised_days is None and clock.statutory_days is None:
        promised, statutory = row.lengths((event,))
        limits = {"promised_days": promised, "statutory_days": statutory, "unit": row.unit_of((event,))}
        clock = clock.model_copy(update=limits)
    if not row.starts_with(event) or (clock.promised_days is None and clock.statutory_days is None):
        return clock, []
    started, early = rules.instant_of(event), clock.early
    timing = _timing(clock, started, (), rules)
    clock = _generation(clock, timing, started=started, early=())
    said: list[Event] = [
        said_of(
            state, clock, ClockStarted, started_at=started, due=timing.due, statutory_due=timing.statutory_due,
            provisional=timing.provisional, calendar=rules.calendar, counting=rules.counting(clock),
        )
    ]  # fmt: skip
    for act in sorted(early, key=lambda each: each.at):
        clock, events = _changed(state, clock, act, rules)
        said += events
    return clock, said


def _corrected(state: Supervised, clock: Clock, start: datetime, rules: Rules) -> Told:
    """The start is said again with an earlier date, which is the legal one: every limit counts from there.

    No light gets better by it. What has ended stays ended; only its light and punctuality are judged anew.
    """
    if clock.started is None or start >= clock.started:
        return clock, []
    moved = _generation(clock, _timing(clock, start, clock.pauses, rules), started=start, announced=())
    if clock.ended:
        ending = Stop(case=clock.subject, at=clock.ended)
        judged, said = _stopped(state, moved.model_copy(update={"ended": None}), ending, rules)
        return judged, [event for event in said if not isinstance(event, ClockStopped)]
    if moved.paused:
        return moved, []  # the dates are not known; the resumption will say them
    return moved, [_said_of_change(state, moved, Act(kind="restart", at=start), rules)]


def _timing(clock: Clock, started: datetime, pauses: tuple[Pause, ...], rules: Rules) -> Timing:
    return rules.timing(clock.key, started, clock.promised_days, clock.statutory_days, pauses, clock.unit)


def _generation(clock: Clock, timing: Timing, **more: object) -> Clock:
    """The next generation of a clock, with these instants."""
    instants = {
        "yellow_at": timing.yellow_at,
        "due": timing.due,
        "statutory_due": timing.statutory_due,
        "provisional": timing.provisional,
        "paused": timing.paused,
        "generation": clock.generation + 1,
    }
    return clock.model_copy(update={**instants, **more})


def _changed(state: Supervised, clock: Clock, act: Act, rules: Rules) -> Told:
    """A pause, resumption or restart. A pause in a pause, and a resumption of what runs, change nothing; nor does a
    restart of what had run out before: an answer to a list that was told too late (行政许可法 Art. 32(4))."""
    if (act.kind == "pause" and clock.paused) or (act.kind == "resume" and not clock.paused):
        return clock, []
    if act.kind == "restart" and clock.due is not None and clock.due < act.at:
        return fired(state, clock, act.at - timedelta.resolution, rules)
    clock, said = fired(state, clock, act.at - timedelta.resolution, rules)
    shown = clock.light
    clock = _restarted(clock, act, rules) if act.kind == "restart" else _continued(clock, act, rules)
    clock = clock.model_copy(update={"light": rules.light(clock, act.at)})
    said.append(_said_of_change(state, clock, act, rules))
    if clock.light != shown:
        said.append(said_of(state, clock, LightChanged, light=clock.light, at=act.at))
    return clock, said


def _restarted(clock: Clock, act: Act, rules: Rules) -> Clock:
    """All days anew from the act: nothing of the old limits counts any more."""
    timing = _timing(clock, act.at, (), rules)
    return _generation(clock, timing, started=act.at, pauses=(), announced=())


def _continued(before: Clock, act: Act, rules: Rules) -> Clock:
    """The remaining days after a pause or resumption. A limit that passed before the act stays as it was; what was
    announced of the others no longer holds."""
    pauses = _pauses(before, act)
    timing = _timing(before, before.started or act.at, pauses, rules)
    clock = _generation(before, timing, pauses=pauses)
    limits = {"due": before.due, "statutory_due": before.statutory_due}
    clock = clock.model_copy(update={name: old for name, old in limits.items() if old and old < act.at})
    row = rules.clock(clock.key)
    standing = {kind for kind, _ in set(row.deadlines(before)) & set(row.deadlines(clock))}
    return clock.model_copy(update={"announced": tuple(kind for kind in before.announced if kind in standing)})


def _pauses(clock: Clock, act: Act) -> tuple[Pause, ...]:
    if act.kind == "pause":
        return (*clock.pauses, (act.at, None))
    return tuple((paused, resumed or act.at) for paused, resumed in clock.pauses)


def _said_of_change(state: Supervised, clock: Clock, act: Act, rules: Rules) -> Event:
    if act.kind == "pause":
        return said_of(state, clock, ClockPaused, at=act.at)
    return said_of(
        state, clock, ClockResumed, at=act.at, due=clock.due, statutory_due=clock.statutory_due,
        provisional=clock.provisional, counting=rules.counting(clock),
    )  # fmt: skip


def _with_stop(clock: Clock, event: Event, at: datetime) -> tuple[Stop, ...]:
    """The stops, with this one if it is its case's first; one for each case."""
    case = event.case if isinstance(event, CaseEvent) else clock.subject
    if any(stop.case == case for stop in clock.stops):
        return clock.stops
    return (*clock.stops, Stop(case=case, at=at, deemed=getattr(event, "deemed", False)))


def _ending(state: Supervised, row: Countdown, clock: Clock) -> Stop | None:
    """The act that ends a running clock: its case's, or the last one when every case of the application had one."""
    if not clock.running or not clock.stops:
        return None
    if row.over == "application":
        stopped = {stop.case for stop in clock.stops}
        if state.submitted_at is None or not all(case.case in stopped for case in state.cases):
            return None
    deemed = any(stop.deemed for stop in clock.stops)
    return max(clock.stops, key=lambda stop: stop.at).model_copy(update={"deemed": deemed})


def _stopped(state: Supervised, clock: Clock, ending: Stop, rules: Rules) -> Told:
    """End it. An act is judged by its own instant; where nobody acted, the clock ran out at its limit."""
    at = (clock.due or ending.at) if ending.deemed else ending.at
    clock, said = fired(state, clock, at if ending.deemed else at - timedelta.resolution, rules)
    judged = rules.judged(clock, at)
    light = rules.light(clock, at) if ending.deemed else judged.light
    on_time = judged.on_time and not ending.deemed
    ended = {"ended": at, "light": light, "on_time": on_time, "generation": clock.generation + 1}
    clock = clock.model_copy(update=ended)
    return clock, [*said, said_of(state, clock, ClockStopped, at=at, light=light, on_time=on_time)]
