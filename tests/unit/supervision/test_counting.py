"""The letters that travel with a clock's dates: whoever counts them comes to the days that supervision reckons."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision import due as days_of
from services.supervision.counting import counting
from services.supervision.model import Clock
from shared.clock import shanghai
from shared.contracts.supervision import COUNTED_BEYOND, ClockResumed, ClockStarted
from tests.unit.supervision.sample import APP, CASE, RULES, accepted, asked_for_more, at, said, submitted, supplemented

ONE = timedelta(days=1)


def told_until_the_end(letters: str) -> str:
    """Without the days beyond the last limit."""
    return letters[: len(letters) - COUNTED_BEYOND]


def clock(started, promised, statutory, unit="working_days", pauses=()):
    timing = RULES.timing("decision", started, promised, statutory, pauses, unit)
    return Clock(
        subject=CASE, key="decision", promised_days=promised, statutory_days=statutory, unit=unit, started=started,
        pauses=pauses, due=timing.due, statutory_due=timing.statutory_due,
    )  # fmt: skip


def left(letters: str, told: Clock, now) -> int:
    """How a reader without a calendar counts: the days up to the limit whose cut-off has not passed."""
    first = shanghai(told.started).date() + ONE
    last, closing = shanghai(told.due).date(), shanghai(told.due).time()
    local = shanghai(now)
    gone = local.date() if local.time() >= closing else local.date() - ONE
    days = ((first + n * ONE, letter) for n, letter in enumerate(letters))
    return sum(letter == "c" and gone < day <= last for day, letter in days)


def test_a_limit_over_a_holiday_counts_its_working_days_alone():
    told = clock(at("02-12 10:00"), 5, None)  # Thursday before 春节; 14 and 28 February make up for it
    assert told_until_the_end(counting(RULES.office, told)) == "cc" + "-" * 9 + "ccc"
    assert shanghai(told.due).date() == date(2026, 2, 26)


def test_the_letters_reach_to_the_last_limit():
    letters = counting(RULES.office, clock(at("03-02 10:00"), 2, 7))
    assert told_until_the_end(letters) == "cccc--ccc"
    assert letters[9:16] == "cc--ccc", "and beyond, for who is over it"


def test_a_last_calendar_day_that_moves_is_counted_where_it_ends():
    told = clock(at("04-02 10:00"), 3, None, "calendar_days")  # Thursday; Sunday and Monday are 清明
    assert told_until_the_end(counting(RULES.office, told)) == "cc--c"


def test_what_a_pause_swallowed_does_not_count():
    told = clock(at("03-02 10:00"), 3, None, pauses=((at("03-03 09:00"), at("03-05 09:00")),))
    assert told_until_the_end(counting(RULES.office, told)) == "--cc--c"


def test_a_clock_without_a_date_has_no_letters():
    assert counting(RULES.office, clock(at("03-02 10:00"), 3, None, pauses=((at("03-03 09:00"), None),))) == ""
    assert counting(RULES.office, Clock(subject=CASE, key="decision")) == ""


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 300),
    st.integers(0, 23),
    st.integers(1, 30),
    st.integers(0, 50),
    st.sampled_from(["working_days", "calendar_days"]),
)
def test_counting_letters_is_reckoning(day, hour, limit, later, unit):
    started = at("01-05 00:00") + timedelta(days=day, hours=hour)
    told, now = clock(started, limit, None, unit), started + timedelta(days=later, hours=1)
    if now >= told.due:
        return
    reckoned = days_of.remaining(RULES.office, started, limit, unit, (), now)
    assert left(counting(RULES.office, told), told, now) == reckoned


@pytest.mark.parametrize("promised", [1, 5])
def test_a_start_says_its_letters(promised):
    events = said(submitted(at("03-02 10:00")), accepted(at("03-03 10:00"), days=(promised, 20)))
    (started,) = [each for each in events if isinstance(each, ClockStarted) and each.clock == "decision"]
    assert told_until_the_end(started.counting).count("c") == 20


def test_a_start_anew_says_its_own():
    told = (submitted(at("03-02 10:00")), asked_for_more(at("03-03 10:00")), supplemented(at("03-09 10:00")))
    (resumed,) = [each for each in said(*told) if isinstance(each, ClockResumed)]
    assert (resumed.subject, told_until_the_end(resumed.counting)) == (APP, "cccc--c")
