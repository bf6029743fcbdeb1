"""Whatever order the sources arrive in, and whenever the scan runs, every clock ends alike."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.model import Supervised
from shared.contracts.supervision import ClockEvent, ClockStopped, CountdownPassed, DeadlinePassed
from tests.unit.supervision.sample import (
    CASE,
    SECOND,
    THIRD,
    accepted,
    agreed,
    approved,
    asked_for_more,
    assigned,
    at,
    cancelled,
    closed,
    defaulted,
    delivered,
    extended,
    invited,
    issued,
    joint_extended,
    licensed,
    not_required,
    procedure_ended,
    procedure_started,
    rated,
    ready,
    rectification_opened,
    rectified,
    refused,
    said,
    source_of,
    story,
    submitted,
    supplemented,
)

END = at("12-01 00:00")
FILED = at("02-12 09:00")


@st.composite
def applications(draw, said_again=True):
    """Three cases, one of them waiting, with any pace: everything in the order in which it really happens.

    `said_again`: an acceptance may be said again later, with the date of receipt.
    """
    when = FILED

    def later():
        nonlocal when
        when += timedelta(hours=draw(st.integers(1, 24 * 12)))
        return when

    events = [submitted(FILED, "scjg", "wjj", "cgj")]
    if draw(st.booleans()):
        events += [asked_for_more(later()), supplemented(later())]
    joint, receipt, again = draw(st.sampled_from([None, 45])), when, []
    if draw(st.booleans()):
        # nobody answered: all are deemed accepted, from the day of receipt
        events += [accepted(receipt, CASE, joint=joint, deemed=True)]
        events += [accepted(receipt, SECOND, joint=joint, deemed=True, waits_for=(CASE,))]
        events += [accepted(receipt, THIRD, joint=joint, deemed=True)]
        later()
    else:
        events += [accepted(later(), CASE, joint=joint)]
        events += [accepted(later(), SECOND, joint=joint, waits_for=(CASE,)), not_required(later(), THIRD)]
        if said_again and draw(st.booleans()):
            again = [accepted(receipt, CASE, joint=joint, deemed=True)]
            again += [accepted(receipt, SECOND, joint=joint, deemed=True, waits_for=(CASE,))]
    first = len(events)
    events += [assigned(later()), *draw(meanwhile(later, joint))]
    if draw(st.booleans()):
        events += [approved(later()), issued(later()), *draw(afterwards(later)), ready(later(), SECOND)]
        events += [approved(later(), SECOND), issued(later(), SECOND)]
    else:
        events += [refused(later()), issued(later()), *draw(afterwards(later)), closed(later(), SECOND)]
    if not any(event.about() == THIRD and hasattr(event, "reason") for event in events):
        events += [approved(later(), THIRD)]
    place = draw(st.integers(first, len(events)))
    return [*events[:place], *again, *events[place:]]


@st.composite
def meanwhile(draw, later, joint):
    """What departments do before they decide: procedures that may overlap, be for one task, or never end; opinions;
    extensions."""
    events = []
    if draw(st.booleans()):
        events += [procedure_started(later(), "P1", task=draw(st.sampled_from(["", f"{CASE}-T1", f"{CASE}-T9"])))]
        if draw(st.booleans()):
            events += [procedure_started(later(), "P2"), procedure_ended(later(), "P1")]
        events += [procedure_ended(later(), draw(st.sampled_from(["P1", "P2", "P9"])))]
    if draw(st.booleans()):
        events += [extended(later(), draw(st.integers(1, 10)))]
    if joint and draw(st.booleans()):
        events += [joint_extended(later())]
    return [*events, agreed(later())] if draw(st.booleans()) else events


@st.composite
def afterwards(draw, later):
    """What follows a result: a licence and its life, delivery, a rating and its rectification."""
    events = []
    if draw(st.booleans()):
        events += [licensed(later(), draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 6, 30))))]
        if draw(st.booleans()):
            events += [cancelled(later())]
    if draw(st.booleans()):
        events += [delivered(later())]
    if draw(st.booleans()):
        events += [invited(later()), draw(st.sampled_from([rated, defaulted]))(later())]
        if draw(st.booleans()):
            events += [rectification_opened(later()), *([rectified(later())] if draw(st.booleans()) else [])]
    return events


@st.composite
def interleaved(draw, events):
    """The same events, each source's in its own order."""
    sources = {}
    for event in events:
        sources.setdefault(source_of(event), []).append(event)
    mixed = []
    while sources:
        source = draw(st.sampled_from(sorted(sources)))
        mixed.append(sources[source].pop(0))
        if not sources[source]:
            del sources[source]
    return mixed


def endings(state: Supervised):
    return {(each.subject, each.key): (each.started, each.ended, each.light, each.on_time) for each in state.clocks}


def announced(events):
    passed = [each for each in events if isinstance(each, DeadlinePassed | CountdownPassed)]
    return Counter((e.subject, e.clock, e.generation, e.kind) for e in passed)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_order_of_the_sources_ends_alike(data):
    events = data.draw(applications())
    mixed = data.draw(interleaved(events))
    straight, shuffled = story(*events, END).state, story(*mixed, END).state
    assert endings(shuffled) == endings(straight)
    assert {(c.subject, c.key, c.announced) for c in shuffled.clocks} == {
        (c.subject, c.key, c.announced) for c in straight.clocks
    }
    assert shuffled.cases == straight.cases
    assert shuffled.entries == straight.entries == len(events)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_scans_at_any_time_change_no_ending_and_announce_nothing_twice(data):
    events = data.draw(applications())
    mixed = data.draw(interleaved(events))
    for _ in range(data.draw(st.integers(0, 6))):
        scan = FILED + timedelta(hours=data.draw(st.integers(0, 24 * 200)))
        mixed.insert(data.draw(st.integers(0, len(mixed))), scan)
    assert endings(story(*mixed, END).state) == endings(story(*events, END).state)
    told = said(*mixed, END)
    assert set(announced(told).values()) <= {1}
    stops = Counter((e.subject, e.clock) for e in told if isinstance(e, ClockStopped))
    assert set(stops.values()) <= {1}
    generations = {}
    for event in told:
        assert isinstance(event, ClockEvent)
        place = (event.subject, event.clock)
        assert event.generation >= generations.get(place, 1)
        generations[place] = event.generation


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_is_announced_in_an_undisturbed_run_does_not_depend_on_when_it_is_scanned(data):
    events = data.draw(applications(said_again=False))
    told = announced(said(*events, END))
    scanned = []
    for event in events:
        happened = getattr(event, "submitted_at", None) or getattr(event, "accepted_at", None) or event.at
        scanned += [happened - timedelta.resolution, event]  # heard up to just before it
    assert announced(said(*scanned, END)) == told
