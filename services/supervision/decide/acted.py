"""What is done to a running clock: a pause, its end, an extension, a start anew.

An act is judged by its own instant: whatever came due before it is said first, so what is heard late says the same as
what is heard in time. A limit that passed before an act is never computed anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.supervision.decide.coming import Told, fired, said_of
from services.supervision.model import Act, Clock, Countdown, Pause, Rules, Supervised, Timing
from services.supervision.model.clock import Extension, Limit
from shared.contracts.envelope import Event
from shared.contracts.supervision import ClockPaused, ClockResumed, LightChanged


def act_of(row: Countdown, event: Event, at: datetime) -> Act:
    """The act that an event of this row is."""
    name, cause = type(event).__name__, getattr(event, "procedure", "")
    if name in row.extends:
        return Act(kind="extend", at=at, days=getattr(event, "days", 0))
    if name in row.pauses:
        return Act(kind="pause", at=at, cause=cause)
    return Act(kind="resume" if name in row.resumes else "restart", at=at, cause=cause)


def acted(state: Supervised, clock: Clock, act: Act, rules: Rules) -> Told:
    """The clock after the act, and what it says.

    A second cause of a pause only keeps it paused; the end of a pause that never was changes nothing. Nor does a
    restart of what had run out before: an answer to a list that was told too late (行政许可法 Art. 32(4)).
    """
    before = act.at - timedelta.resolution
    if act.kind in ("pause", "resume"):
        holds = _holds(clock, act)
        if bool(holds) == bool(clock.holds):
            return (clock if holds == clock.holds else clock.model_copy(update={"holds": holds})), []
        clock = clock.model_copy(update={"holds": holds})
    if act.kind == "restart" and clock.due is not None and clock.due < act.at:
        return fired(state, clock, before, rules)
    clock, said = fired(state, clock, before, rules)
    if clock.ended:
        return clock, said
    shown = clock.light
    clock = _restarted(clock, act, rules) if act.kind == "restart" else _continued(clock, act, rules)
    clock = clock.model_copy(update={"light": rules.light(clock, act.at)})
    if clock.aside:
        return clock, said
    if act.kind == "pause" or not clock.paused:  # while it stands still its dates are not known
        said.append(said_of_change(state, clock, act, rules))
    if clock.light != shown:
        said.append(said_of(state, clock, LightChanged, light=clock.light, at=act.at))
    return clock, said


def said_of_change(state: Supervised, clock: Clock, act: Act, rules: Rules) -> Event:
    """ClockPaused, or ClockResumed with the dates that now hold."""
    if act.kind == "pause":
        return said_of(state, clock, ClockPaused, at=act.at)
    return said_of(
        state, clock, ClockResumed, at=act.at, due=clock.due, statutory_due=clock.statutory_due,
        provisional=clock.provisional, counting=rules.counting(clock),
    )  # fmt: skip


def timing_of(clock: Clock, started: datetime, pauses: tuple[Pause, ...], rules: Rules) -> Timing:
    """Every instant of a clock that started then and stood still in these pauses."""
    return rules.timing(
        clock.key, started, clock.promised_days, clock.statutory_days, pauses, clock.unit, clock.near
    )  # fmt: skip


def generation(clock: Clock, timing: Timing, **more: object) -> Clock:
    """The next generation of a clock, with these instants."""
    instants = {
        "yellow_at": timing.yellow_at,
        "due": timing.due,
        "statutory_due": timing.statutory_due,
        "provisional": timing.provisional,
        "calendar": timing.calendar,
        "paused": timing.paused,
        "generation": clock.generation + 1,
    }
    return clock.model_copy(update={**instants, **more})


def _holds(clock: Clock, act: Act) -> tuple[str, ...]:
    """What it is paused for after a pause or the end of one."""
    others = tuple(cause for cause in clock.holds if cause != act.cause)
    return (*others, act.cause) if act.kind == "pause" else others


def _restarted(clock: Clock, act: Act, rules: Rules) -> Clock:
    """All days anew from the act: nothing of the old limits counts any more."""
    timing = timing_of(clock, act.at, (), rules)
    return generation(clock, timing, started=act.at, pauses=(), holds=(), announced=())


def _continued(before: Clock, act: Act, rules: Rules) -> Clock:
    """The remaining days after a pause, its end or an extension. A limit that passed before the act stays as it was;
    what was announced of the others no longer holds."""
    longer, pauses = _extended(before, act), _pauses(before, act)
    timing = timing_of(longer, before.started or act.at, pauses, rules)
    clock = generation(longer, timing, pauses=pauses)
    limits = {"due": before.due, "statutory_due": before.statutory_due}
    clock = clock.model_copy(update={name: old for name, old in limits.items() if old and old < act.at})
    row = rules.clock(clock.key)
    standing = {kind for kind, _ in set(row.deadlines(before)) & set(row.deadlines(clock))}
    return clock.model_copy(update={"announced": tuple(kind for kind in before.announced if kind in standing)})


def _extended(clock: Clock, act: Act) -> Clock:
    """Each limit with the days of an extension, for its notice names the new day, which is what is promised from then
    on. One that had passed before stays as long as it was."""
    if act.kind != "extend":
        return clock
    open_ = [(name, days) for name, days, end in _limits(clock) if days is not None and not (end and end < act.at)]
    extension = Extension(at=act.at, days=act.days, limits=tuple(name for name, _ in open_))
    longer: dict[str, object] = {name: days + act.days for name, days in open_}
    return clock.model_copy(update={**longer, "extensions": (*clock.extensions, extension)})


def extended_anew(clock: Clock, started: datetime, rules: Rules) -> Clock:
    """With the days of its extensions as they are when it started then: of a limit that, counted from there, had passed
    before an extension, that extension is none."""
    fresh = clock.model_copy(update={"extensions": ()})
    for name, days, _ in _limits(clock):
        fresh = fresh.model_copy(update={name: None if days is None else days - clock.extended(name)})
    for each in clock.extensions:
        begun = [(since, until) for since, until in clock.pauses if since <= each.at]
        pauses = tuple((since, until if until and until <= each.at else None) for since, until in begun)
        timing = timing_of(fresh, started, pauses, rules)
        fresh = fresh.model_copy(update={"due": timing.due, "statutory_due": timing.statutory_due})
        fresh = _extended(fresh, Act(kind="extend", at=each.at, days=each.days))
    return fresh


def _limits(clock: Clock) -> tuple[tuple[Limit, int | None, datetime | None], ...]:
    return (
        ("promised_days", clock.promised_days, clock.due),
        ("statutory_days", clock.statutory_days, clock.statutory_due),
    )


def _pauses(clock: Clock, act: Act) -> tuple[Pause, ...]:
    if act.kind == "extend":
        return clock.pauses
    if act.kind == "pause":
        return (*clock.pauses, (act.at, None))
    return tuple((paused, resumed or act.at) for paused, resumed in clock.pauses)
