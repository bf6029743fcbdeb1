"""What events do to the clocks: start, stop, and what `acted.py` says of those that run.

Invariants: a clock starts once and ends once. All events that start a clock come from one service, and so do those
that pause, resume and restart it, so their order holds; stops may come from anywhere at any time. An act is judged by
its own instant: whatever came due before it is said first, so what is heard late says the same as what is heard in
time. A limit that passed before an act is never computed anew. Only where the start itself is corrected (an acceptance
said again with its legal date) is everything computed from that date, after the ending too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.supervision.decide.acted import act_of, acted, extended_anew, generation, said_of_change, timing_of
from services.supervision.decide.coming import Told, fired, said_of
from services.supervision.decide.concerned import concerned
from services.supervision.model import Act, Clock, Countdown, Rules, Stop, Supervised
from shared.contracts.envelope import CaseEvent, Event
from shared.contracts.supervision import ClockStarted, ClockStopped, LightChanged


def told(state: Supervised, event: Event, rules: Rules) -> tuple[Supervised, list[Event]]:
    """Every clock after this event, and what they say about it."""
    said: list[Event] = []
    for row in rules.rows(event):
        for before in tuple(concerned(state, row, event)):
            clock, events = _met(state, row, before, event, rules)
            said += events
            ending = _ending(state, row, clock)
            if ending:
                clock, events = _stopped(state, clock, ending, rules)
                said += events
            if clock is not before and (row.leads or clock.started):  # one that only counts down keeps nothing early
                state = state.with_clock(clock)
    return state, said


def _met(state: Supervised, row: Countdown, clock: Clock, event: Event, rules: Rules) -> Told:
    """One clock after one event that its row names."""
    name, at = type(event).__name__, rules.instant_of(event)
    if name in row.starts and clock.started:
        return _corrected(state, clock, at, rules) if row.leads and row.starts_with(event) else (clock, [])
    if clock.ended and name in row.stops and not clock.stops and at <= clock.ended:
        clock = clock.model_copy(update={"ended": None})  # it ran out, and only now is an act heard that was in time
    if clock.ended:
        return clock, []
    if name in row.starts:
        return _started(state, row, clock, event, rules)
    if name in row.stops:
        return clock.model_copy(update={"stops": _with_stop(clock, event, at)}), []
    act = act_of(row, event, at)
    if not clock.started:
        return clock.model_copy(update={"early": (*clock.early, act)}), []
    return acted(state, clock, act, rules)


def _started(state: Supervised, row: Countdown, clock: Clock, event: Event, rules: Rules) -> Told:
    """Start it, or keep the lengths for later where the case still waits. Without any limit there is no clock."""
    if clock.promised_days is None and clock.statutory_days is None:
        promised, statutory = row.lengths(event)
        limits = {"promised_days": promised, "statutory_days": statutory, "unit": row.unit_of(event)}
        clock = clock.model_copy(update={**limits, "near": row.near_of(event)})
    if not row.starts_with(event) or (clock.promised_days is None and clock.statutory_days is None):
        return clock, []
    started, early = rules.instant_of(event), clock.early
    timing = timing_of(clock, started, (), rules)
    clock = generation(clock, timing, started=started, early=(), stops=(*clock.stops, *_ending_of(state, clock, row)))
    said = [] if clock.aside else [_said_of_start(state, clock, rules)]
    for act in sorted(early, key=lambda each: each.at):
        clock, events = acted(state, clock, act, rules)
        said += events
    return clock, said


def _said_of_start(state: Supervised, clock: Clock, rules: Rules) -> Event:
    return said_of(
        state, clock, ClockStarted, started_at=clock.started, due=clock.due, statutory_due=clock.statutory_due,
        provisional=clock.provisional, calendar=rules.calendar, counting=rules.counting(clock),
    )  # fmt: skip


def _ending_of(state: Supervised, clock: Clock, row: Countdown) -> tuple[Stop, ...]:
    """The ending of the case that something of it (a task, a procedure) was heard of too late to be ended by."""
    return state.clock(clock.case, "decision").stops[:1] if row.over in ("task", "procedure") else ()


def _corrected(state: Supervised, clock: Clock, start: datetime, rules: Rules) -> Told:
    """The start is said again with an earlier date, which is the legal one: every limit counts from there.

    No light gets better by it. What has ended stays ended; only its light and punctuality are judged anew.
    """
    if clock.started is None or start >= clock.started:
        return clock, []
    clock = extended_anew(clock, start, rules) if clock.extensions else clock
    moved = generation(clock, timing_of(clock, start, clock.pauses, rules), started=start, announced=())
    running = moved.model_copy(update={"ended": None})
    running, passed = _passed_before_pause(state, running, rules) if running.paused else (running, [])
    if clock.ended:
        judged, said = _stopped(state, running, Stop(case=clock.subject, at=clock.ended), rules)
        return judged, [*passed, *(event for event in said if not isinstance(event, ClockStopped))]
    if running.paused:
        return running, passed  # the other dates are not known; the resumption will say them
    return running, [said_of_change(state, running, Act(kind="restart", at=start), rules)]


def _passed_before_pause(state: Supervised, clock: Clock, rules: Rules) -> Told:
    """What has passed by the corrected start before the pause in which the clock stands. Near is nothing any more."""
    since = next(paused for paused, resumed in clock.pauses if resumed is None)
    ran, said = fired(state, clock.model_copy(update={"paused": False}), since - timedelta.resolution, rules)
    said = [event for event in said if not (isinstance(event, LightChanged) and event.light == "yellow")]
    light = clock.light if ran.light == "yellow" else ran.light
    return ran.model_copy(update={"paused": True, "light": light}), said


def _with_stop(clock: Clock, event: Event, at: datetime) -> tuple[Stop, ...]:
    """The stops, with this one if it is its case's first; one for each case."""
    case = event.case if isinstance(event, CaseEvent) else clock.subject
    if any(stop.case == case for stop in clock.stops):
        return clock.stops
    return (*clock.stops, Stop(case=case, at=at, deemed=not clock.aside and getattr(event, "deemed", False)))


def _ending(state: Supervised, row: Countdown, clock: Clock) -> Stop | None:
    """The act that ends a running clock: its case's, or the last one when every case of the application had one."""
    if not clock.running or not clock.stops:
        return None
    if row.over == "application" and not _all_stopped(state, clock):
        return None
    deemed = any(stop.deemed for stop in clock.stops)
    return max(clock.stops, key=lambda stop: stop.at).model_copy(update={"deemed": deemed})


def _all_stopped(state: Supervised, clock: Clock) -> bool:
    """Whether every case of the application has stopped a clock over it, or something about the application has."""
    stopped = {stop.case for stop in clock.stops}
    every = state.submitted_at is not None and all(case.case in stopped for case in state.cases)
    return clock.subject in stopped or every


def _stopped(state: Supervised, clock: Clock, ending: Stop, rules: Rules) -> Told:
    """End it. An act is judged by its own instant; where nobody acted, the clock ran out at its limit."""
    at = (clock.due or ending.at) if ending.deemed else ending.at
    clock, said = fired(state, clock, at if ending.deemed else at - timedelta.resolution, rules)
    if clock.ended:
        return clock, said  # it had ended at its limit by itself
    judged = rules.judged(clock, at)
    light = rules.light(clock, at) if ending.deemed else judged.light
    on_time = judged.on_time and not ending.deemed
    ended = {"ended": at, "light": light, "on_time": on_time, "generation": clock.generation + 1}
    clock = clock.model_copy(update=ended)
    return clock, said if clock.aside else [
        *said,
        said_of(state, clock, ClockStopped, at=at, light=light, on_time=on_time),
    ]
