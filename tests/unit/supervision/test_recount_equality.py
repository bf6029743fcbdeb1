"""However events, calendars, sweeps and replicas that are behind come together: what runs ends with the dates that the
last calendar gives it from the beginning, and what had passed stands."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.decide import decide
from services.supervision.due import Office
from services.supervision.model import Recount, Scan
from services.supervision.rules import Rules
from shared.clock import SHANGHAI
from shared.testing.story import Story
from tests.unit.supervision.counter import counted_cut_offs, end_among, works
from tests.unit.supervision.notices import calendar_of, whole_year, written
from tests.unit.supervision.sample import (
    Ear,
    accepted,
    asked_for_more,
    extended,
    procedure_ended,
    procedure_started,
    submitted,
    supplemented,
)

LATER = timedelta(days=500)
PASSED = {"due": {"promised", "acceptance"}, "statutory_due": {"statutory", "acceptance"}}
"""The limits that end at each of the two instants."""
WHOLE = whole_year(2027)


@st.composite
def cases(draw):
    """One application from 2004 to 2026, in the order in which it happens: a supplement, procedures, an extension."""
    start = datetime(2004, 2, 1, tzinfo=SHANGHAI) + timedelta(hours=draw(st.integers(0, 8_360 * 24)))
    when = start

    def later():
        nonlocal when
        when += timedelta(hours=draw(st.integers(1, 24 * 8)))
        return when

    events = [submitted(start)]
    if draw(st.booleans()):
        events += [asked_for_more(later()), supplemented(later())]
    if draw(st.booleans()):
        return events
    promised = draw(st.integers(0, 30))
    unit = draw(st.sampled_from(["working_days", "calendar_days"]))
    events += [accepted(later(), days=(promised, promised + draw(st.integers(0, 30))), unit=unit)]
    for number in range(draw(st.integers(0, 2))):
        events += [procedure_started(later(), f"P{number}"), procedure_ended(later(), f"P{number}")]
    return [*events, extended(later())] if draw(st.booleans()) else events


@st.composite
def versions(draw, start):
    """What each calendar says that the others do not, and since when: local days around the case, and once a year."""
    found, since = [({}, start - timedelta(days=3))], start
    for _ in range(draw(st.integers(1, 3))):
        since += timedelta(hours=draw(st.integers(1, 24 * 40)))
        days = {start.date() + timedelta(days=n) for n in draw(st.sets(st.integers(-5, 120), max_size=8))}
        turned = {day: not works(day) for day in days if day.year < 2027}
        whole = WHOLE if start.year == 2026 and draw(st.booleans()) else {}
        found.append(({**turned, **whole}, since))
    return found


def calendars(found):
    texts = []
    for days, since in found:
        own = {day: kind for day, kind in days.items() if day not in WHOLE}
        notices = [written(own)] if own else []
        if any(day in WHOLE for day in days):
            notices.append(written(WHOLE, announces=2027))
        texts.append((since, calendar_of(*notices)))
    return texts


def rules_of(known):
    return Rules(Office(known[-1][1]), in_force=tuple(known))


def counted_by(found):
    """Whether a day is a working day by what is found, asked of nobody but chinesecalendar and the notices."""
    days = found[-1][0]
    return lambda day: days.get(day, works(day))


def scratch(clock, works_on):
    """The instant at which each limit ends, walked day by day from the start."""
    ends = {}
    office = Office(calendar_of())
    for name, days in (("due", clock.promised_days), ("statutory_due", clock.statutory_days)):
        days = clock.statutory_days if name == "due" and days is None else days
        if days is None:
            continue
        case = (office, clock.started, days, clock.unit, list(clock.pauses))
        cut_offs = counted_cut_offs(case, clock.started + LATER, works_on)
        ends[name] = cut_offs[end_among(cut_offs, days) - 1][0]
    return ends


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_any_interleaving_ends_with_the_dates_of_the_last_calendar(data):
    events = data.draw(cases())
    start = events[0].submitted_at
    found = data.draw(versions(start))
    known = calendars(found)
    told, ear, scanned = Story(decide, rules_of(known[:1]), start), Ear(), start
    queue = _interleaved(data, events, list(range(2, len(known) + 1)))
    newest = 1
    for each in queue:
        if isinstance(each, int):
            newest = each
            continue
        seen = data.draw(st.integers(1, newest), label="which calendar the replica knows")
        told = Story(decide, rules_of(known[:seen]), start, told.state)
        if each == "sweep":
            told = told.when(Recount())
        elif each == "scan":
            scanned += timedelta(hours=data.draw(st.integers(0, 24 * 20)))
            told = told.when(Scan(instant=scanned))
        else:
            told = told.given(ear(each))
    told = Story(decide, rules_of(known), start, told.state).when(Recount())
    for clock in told.state.clocks:
        if not clock.running or clock.paused or clock.aside:
            continue
        assert clock.calendar == len(known)
        for name, end in scratch(clock, counted_by(found)).items():
            now = getattr(clock, name)
            stands = not PASSED[name].isdisjoint(clock.announced) or now < known[-1][0]
            assert now == end or stands, (clock, name, end)


def _interleaved(data, events, numbers):
    """Events in their order, publications in theirs, sweeps and scans anywhere."""
    lanes = [list(events), numbers, ["sweep"] * data.draw(st.integers(0, 3)), ["scan"] * data.draw(st.integers(0, 3))]
    mixed = []
    while any(lanes):
        lane = data.draw(st.sampled_from([n for n, lane in enumerate(lanes) if lane]))
        mixed.append(lanes[lane].pop(0))
    return mixed
