"""What a clock says when its instants come: lights and deadlines, each once, at the instant that the rule names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from services.supervision.model import Clock, Rules, Supervised
from shared.contracts.envelope import Event
from shared.contracts.supervision import ClockEvent, CountdownPassed, DeadlinePassed, LightChanged

Told = tuple[Clock, list[Event]]
E = TypeVar("E", bound=ClockEvent)


def said_of(state: Supervised, clock: Clock, event: type[E], /, **fields: Any) -> E:
    """An event about this clock as it now is."""
    return event(
        application=state.application,
        subject=clock.subject,
        clock=clock.key,
        generation=clock.generation,
        **fields,
    )


def fired(state: Supervised, clock: Clock, upto: datetime, rules: Rules) -> Told:
    """Every light and limit up to and including `upto` that was not said yet, in order of time.

    A paused clock has nothing to say: what came before the pause was said, and the pause withholds the rest.
    """
    if not clock.running or clock.paused:
        return clock, []
    if clock.aside:
        return _counted_down(state, clock, upto, rules)
    said: list[tuple[datetime, Event]] = []
    change = rules.next_change(clock, clock.light)
    while change and change.at <= upto:
        clock = clock.model_copy(update={"light": change.light})
        said.append((change.at, said_of(state, clock, LightChanged, light=change.light, at=change.at)))
        change = rules.next_change(clock, clock.light)
    for kind, due in rules.clock(clock.key).deadlines(clock):
        if due <= upto and kind not in clock.announced:
            clock = clock.model_copy(update={"announced": (*clock.announced, kind)})
            said.append((due, said_of(state, clock, DeadlinePassed, kind=kind, due=due)))
    return clock, [event for _, event in sorted(said, key=lambda pair: pair[0])]


def _counted_down(state: Supervised, clock: Clock, upto: datetime, rules: Rules) -> Told:
    """The limits of a clock that shows no light over its case; after the last of them it may end by itself."""
    row, said = rules.clock(clock.key), list[Event]()
    for kind, due in row.deadlines(clock):
        if due <= upto and kind not in clock.announced:
            passed = {"light": rules.light(clock, due), "announced": (*clock.announced, kind)}
            clock = clock.model_copy(update=passed)
            said.append(said_of(state, clock, CountdownPassed, kind=kind, due=due))
            if row.ends_at_limit:
                clock = clock.model_copy(update={"ended": due, "on_time": False})
    return clock, said


def came_due(event: Event) -> datetime:
    """The instant by law of something that `fired` says."""
    at = getattr(event, "due", None) or getattr(event, "at", None)
    assert isinstance(at, datetime)  # noqa: S101  lights and limits have one of the two
    return at


def indexed(state: Supervised, rules: Rules) -> Supervised:
    """The state with the earliest instant at which `fired` will have something to say."""
    coming = min((at for clock in state.clocks for at in _coming(clock, rules)), default=None)
    return state.model_copy(update={"next_change": coming})


def _coming(clock: Clock, rules: Rules) -> Iterator[datetime]:
    if not clock.running or clock.paused:
        return
    change = None if clock.aside else rules.next_change(clock, clock.light)
    if change:
        yield change.at
    yield from (at for kind, at in rules.clock(clock.key).deadlines(clock) if kind not in clock.announced)
