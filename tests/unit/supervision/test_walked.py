"""What the decisions arrive at, event by event, is what an independent day-by-day count of the whole life says."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.supervision.calendar.working_days import Calendar, announced
from services.supervision.clocks import CLOCKS
from services.supervision.decide import decide
from services.supervision.decide.acted import timing_of
from services.supervision.due import Office
from services.supervision.model import Clock, Recount, Scan
from services.supervision.rules import Rules
from shared.clock import SHANGHAI, shanghai
from shared.contracts.envelope import Event
from shared.testing.story import Story
from tests.unit.supervision.sample import (
    APP,
    CASE,
    Ear,
    accepted,
    asked_for_more,
    at,
    extended,
    procedure_ended,
    procedure_started,
    submitted,
    supplemented,
    tell,
)
from tests.unit.supervision.walked import TICK, Deed, Life, acceptances, decisions, walked

EXAMPLES = settings(max_examples=200, deadline=None)
LATE = datetime(2031, 1, 1, tzinfo=SHANGHAI)


def rules_of(life: Life) -> Rules:
    return Rules(Office(life.calendar, life.closing), CLOCKS)


def told(life: Life) -> list[Event]:
    """The life as other services say it, in its order."""
    if life.promised is None:
        filed = submitted(life.started).model_copy(update={"acceptance_days": life.statutory})
        said = {"pause": asked_for_more, "restart": supplemented}
        return [filed, *(said[deed.kind](deed.at) for deed in life.deeds)]
    begun = accepted(life.started, days=(life.promised, life.statutory), unit=life.unit)
    begun = begun.model_copy(update={"limits": begun.limits.model_copy(update={"near": life.near})})  # type: ignore[attr-defined]
    return [submitted(life.started), begun, *(_event(deed) for deed in life.deeds)]


def _event(deed: Deed) -> Event:
    if deed.kind == "extend":
        return extended(deed.at, deed.days)
    return (procedure_started if deed.kind == "pause" else procedure_ended)(deed.at, deed.cause)


def clock_of(life: Life, *events: Event | datetime) -> Clock:
    """Its clock, when all this has been heard, and looked at once more at `life.now`."""
    state = tell(Story(decide, rules_of(life), life.now), *(events or told(life)), life.now).state
    return state.clock(APP, "acceptance") if life.promised is None else state.clock(CASE, "decision")  # type: ignore[no-any-return]


def compare(life: Life, clock: Clock) -> None:
    """Everything about a clock, with the walk."""
    walk, rules = walked(life), rules_of(life)
    assert clock.due == walk.promise.end
    assert clock.statutory_due == (walk.law.end if walk.law else None)
    assert clock.paused == bool(walk.holds)
    assert clock.light == rules.light(clock, life.now) == walk.light
    days = clock.statutory_days if clock.promised_days is None else clock.promised_days
    assert days == walk.promise.days
    assert rules.remaining(clock, life.now) == walk.left
    last = [shanghai(run.end - TICK).date() for run in walk.runs if run.end]
    assert clock.provisional == any(day > life.certain_until for day in last)
    kinds = ("acceptance",) if life.promised is None else ("promised", "statutory")
    assert set(clock.announced) == {kind for place, kind in enumerate(kinds) if place in walk.passed}


@st.composite
def publications(draw: st.DrawFn, life: Life) -> list[tuple[datetime, Calendar]]:
    """Every version of the life's calendar: a day that turns is announced before it comes, and before the life ends."""
    days, began = announced()[0], life.started - timedelta(days=60)
    known = {began: Calendar.of(days, life.certain_until)}
    notices: dict[datetime, list[date]] = {}
    for day in life.turned:
        latest = min(life.now, datetime.combine(day, time(0), SHANGHAI))
        notices.setdefault(latest - timedelta(minutes=draw(st.integers(0, 50_000))), []).append(day)
    for since in sorted(notices):
        days = days | {day: life.works(day) for day in notices[since]}
        known[max(since, began + TICK)] = Calendar.of(days, life.certain_until)
    return sorted(known.items(), key=lambda pair: pair[0])


@st.composite
def heard(draw: st.DrawFn, life: Life) -> list[tuple[datetime, Event | Scan | Recount]]:
    """What a hall is told and when: each event by itself as late as it may be, with looks and sweeps between them."""
    happened = [life.started] * (1 if life.promised is None else 2) + [deed.at for deed in life.deeds]
    late, found = life.started, list[tuple[datetime, Event | Scan | Recount]]()
    for when, event in zip(happened, told(life), strict=True):
        late = max(late, when + timedelta(minutes=draw(st.sampled_from([0, 0, 0, 1]) | st.integers(0, 40_000))))
        found.append((late, event))
    for _ in range(draw(st.integers(0, 5))):
        when = life.started + timedelta(minutes=draw(st.integers(0, 90_000)))
        found.append((when, draw(st.sampled_from([Scan(instant=min(when, life.now)), Recount()]))))
    return sorted(found, key=lambda pair: pair[0])


def life(*deeds: Deed, promised: int | None = 5, statutory: int | None = 20, **more: Any) -> Life:
    begun = {"started": at("02-12 10:00"), "unit": "working_days", "now": at("02-27 10:00")}
    return Life(promised=promised, statutory=statutory, deeds=deeds, **{**begun, **more})


@EXAMPLES
@given(decisions())
@example(life(Deed("extend", at("02-27 10:00"), days=10)))  # of a promise that was broken before
@example(life(Deed("extend", at("02-26 18:00"), days=10)))  # at its very end, which is in time
@example(life(Deed("pause", at("02-26 18:00"), "P1"), now=at("02-26 18:00")))
@example(life(Deed("pause", at("02-12 18:00"), "P1"), Deed("extend", at("02-13 10:00"), days=3), promised=0))
@example(life(Deed("extend", at("02-15 10:00"), days=1), promised=0, unit="calendar_days", started=at("02-15 09:00")))
@example(
    life(
        Deed("pause", at("04-05 10:00"), "P1"),
        Deed("resume", at("04-09 10:00"), "P1"),
        promised=1,
        statutory=None,
        unit="calendar_days",
        started=at("04-03 09:00"),
        now=at("04-20 10:00"),
    )
)  # all days are counted on a rest day, and the pause begins before the working day with which it ends
def test_a_decision_clock_ends_where_a_day_by_day_walk_ends(drawn: Life) -> None:
    compare(drawn, clock_of(drawn))


@EXAMPLES
@given(acceptances())
def test_an_acceptance_clock_that_counts_anew_ends_where_a_walk_ends(drawn: Life) -> None:
    compare(drawn, clock_of(drawn))


@EXAMPLES
@given(decisions() | acceptances(), st.data())
def test_looking_at_any_time_even_before_what_happened_is_heard_changes_nothing(
    drawn: Life, data: st.DataObject
) -> None:
    """Heard weeks late too: a look may come long after the instant of an act that nobody has said yet."""
    events: list[Event | datetime] = list(told(drawn))
    instants = [drawn.started, drawn.now, *(deed.at for deed in drawn.deeds)]
    looks = st.sampled_from(instants) | st.datetimes(
        min(instants).replace(tzinfo=None), drawn.now.replace(tzinfo=None)
    ).map(lambda naive: naive.replace(tzinfo=drawn.now.tzinfo))
    for look in data.draw(st.lists(looks, max_size=5)):
        events.insert(data.draw(st.integers(0, len(events))), look)
    clock = clock_of(drawn, *events)
    compare(drawn, clock)
    same = clock_of(drawn).model_dump()
    assert clock.model_dump() == same


@EXAMPLES
@given(decisions() | acceptances(), st.data())
def test_with_calendars_that_are_published_meanwhile_it_ends_where_a_walk_by_the_last_one_ends(
    drawn: Life, data: st.DataObject
) -> None:
    """Whatever is heard weeks late, and wherever sweeps and looks fall; nothing is excused as having passed before."""
    versions, ear = data.draw(publications(drawn)), Ear()
    story = Story(decide, rules_of(drawn), drawn.now)
    for now, message in [*data.draw(heard(drawn)), (LATE, Recount()), (LATE, Scan(instant=drawn.now))]:
        known = tuple(version for version in versions if version[0] <= now)
        story = Story(decide, Rules(Office(known[-1][1], drawn.closing), in_force=known), now, story.state)
        story = story.given(ear(message)) if isinstance(message, Event) else story.when(message)
    key, subject = ("acceptance", APP) if drawn.promised is None else ("decision", CASE)
    compare(drawn, story.state.clock(subject, key))
    assert story.state.clock(subject, key).calendar in (len(versions), -1) or story.state.clock(subject, key).paused


@EXAMPLES
@given(decisions() | acceptances())
def test_what_stands_in_a_clock_is_what_a_recount_from_its_start_gives(drawn: Life) -> None:
    clock = clock_of(drawn)
    assert clock.started is not None
    fresh = timing_of(clock, clock.started, clock.pauses, rules_of(drawn))
    kept = {name: getattr(clock, name) for name in ("yellow_at", "due", "statutory_due", "provisional", "paused")}
    assert kept == {name: getattr(fresh, name) for name in kept}


@EXAMPLES
@given(decisions())
def test_a_pause_takes_no_day_and_gives_none(drawn: Life) -> None:
    """What remains just before a pause remains until just before its end, and so it does where both are one."""
    clock, rules = clock_of(drawn), rules_of(drawn)
    for since, until in clock.pauses:
        ends = until or drawn.now
        before = [pause for pause in clock.pauses if pause[0] < since]
        extended_in_it = any(deed.kind == "extend" and since - TICK <= deed.at <= ends for deed in drawn.deeds)
        if until is None or extended_in_it or clock.started is None or since <= clock.started or until == since:
            continue
        assert clock.promised_days is not None
        left = [
            rules.remaining(clock.model_copy(update={"pauses": tuple(pauses)}), now)
            for pauses, now in ((before, since - TICK), ([*before, (since, None)], ends), (clock.pauses, ends - TICK))
        ]
        assert left[0] == left[1] == left[2]


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_how_many_working_days_an_announced_year_has(year: int, days: int) -> None:
    calendar = life().calendar
    first, last = (date(year, *day).toordinal() for day in ((1, 1), (12, 31)))
    assert calendar.working_days_until(last) - calendar.working_days_until(first - 1) == days
