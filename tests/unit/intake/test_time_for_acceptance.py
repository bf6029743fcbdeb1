"""What supervision says of the time for acceptance is kept as it was said last, and decides nothing."""

import pytest

from shared.contracts.supervision import ClockMoved, ClockPaused, ClockResumed, ClockStarted, LightChanged
from tests.unit.intake.sample import ACCEPT, DUE, NO, START, asks, brings, day, story

ABOUT = {"application": NO, "subject": NO, "clock": "acceptance"}
STARTED = ClockStarted(**ABOUT, generation=1, started_at=START, due=DUE, calendar="2026.1", counting="cccc--c")
PAUSED = ClockPaused(**ABOUT, generation=2, at=day(3))
RESUMED = ClockResumed(**ABOUT, generation=3, at=day(4), due=day(11, 10), provisional=True, counting="cc--ccc")
MOVED = ClockMoved(
    **ABOUT, generation=2, at=day(3), due=day(11, 10), due_before=DUE, calendar="2026.2", number=2, counting="ccc-"
)


def lit(light):
    return LightChanged(**ABOUT, generation=1, light=light, at=day(6))


def test_a_clock_runs_with_its_dates_and_its_light():
    clock = story().given(STARTED, lit("yellow")).state.running
    assert (clock.due, clock.light, clock.counting) == (DUE, "yellow", "cccc--c")


def test_nothing_runs_before_supervision_has_spoken_or_while_a_list_is_out():
    told = story()
    assert told.state.running is None
    told = told.given(STARTED)
    assert told.given(asks("a")).state.running is None, "whatever supervision has said of it so far"
    assert told.given(PAUSED).state.running is None
    assert told.given(lit("paused")).state.running is None


def test_after_a_supplement_it_runs_to_its_new_date_once_that_is_known():
    told = story().given(STARTED, asks("a"), PAUSED, lit("paused"), brings("a"))
    assert told.state.running is None
    clock = told.given(RESUMED, lit("green")).state.running
    assert (clock.due, clock.provisional, clock.counting) == (day(11, 10), True, "cc--ccc")


def test_a_new_calendar_moves_its_date_and_leaves_its_light():
    clock = story().given(STARTED, lit("yellow"), MOVED).state.running
    assert (clock.due, clock.counting, clock.light, clock.provisional) == (day(11, 10), "ccc-", "yellow", False)


@pytest.mark.parametrize("event", [STARTED, PAUSED, RESUMED, MOVED, lit("yellow")])
def test_time_says_nothing_and_is_not_kept_after_acceptance(event):
    told = story().given(ACCEPT)
    after = told.when(event)
    after.then()
    assert after.state == told.state


def test_a_light_without_a_start_and_another_clock_change_nothing():
    told = story()
    assert told.when(lit("yellow")).state == told.state
    joint = STARTED.model_copy(update={"clock": "joint"})
    assert told.when(joint).state == told.state
