"""What supervision says of a case's decision clock is kept as it was said last, whenever it comes."""

from datetime import UTC, datetime, timedelta

from shared.contracts.supervision import ClockMoved, ClockPaused, ClockResumed, ClockStarted, LightChanged
from tests.unit.approval.sample import APP, CASE, NOW, TOGETHER, accepted, agrees, started, story

LATER = NOW + timedelta(days=20)
ABOUT = {"application": APP, "subject": CASE, "clock": "decision"}


def lit(light, case=CASE):
    return LightChanged(**(ABOUT | {"subject": case}), generation=1, light=light, at=NOW)


def resumed(due, counting="cc"):
    return ClockResumed(
        **ABOUT, generation=2, at=NOW, due=due, statutory_due=LATER, provisional=True, counting=counting
    )


def the_clock(told, case=CASE):
    return told.state.clock(case)


def test_a_clock_starts_green_with_its_dates():
    told = story(accepted(*TOGETHER)).when(started())
    told.then()
    clock = the_clock(told)
    assert (clock.light, clock.due, clock.provisional) == ("green", datetime(2026, 3, 11, 10, tzinfo=UTC), False)
    assert clock.counting.startswith("cccc--ccc")


def test_lights_pauses_and_new_dates_are_kept_as_they_are_said():
    told = story(accepted(*TOGETHER), started(), lit("yellow"), ClockPaused(**ABOUT, generation=2, at=NOW))
    assert (the_clock(told).light, the_clock(told).paused) == ("yellow", True)
    told = told.given(lit("paused"), resumed(LATER), lit("green"))
    clock = the_clock(told)
    assert (clock.light, clock.paused, clock.due, clock.counting) == ("green", False, LATER, "cc")
    assert (clock.statutory_due, clock.provisional) == (LATER, True)


def test_a_new_calendar_moves_the_dates_and_nothing_else():
    told = story(accepted(*TOGETHER), started(), lit("yellow"))
    before = the_clock(told)
    moved = ClockMoved(
        **ABOUT, generation=2, at=NOW, due=LATER, statutory_due=LATER, due_before=before.due, provisional=True,
        calendar="2026.2", number=2, counting="ccc",
    )  # fmt: skip
    clock = the_clock(told.given(moved))
    assert (clock.due, clock.statutory_due, clock.provisional, clock.counting) == (LATER, LATER, True, "ccc")
    assert (clock.light, clock.paused) == ("yellow", False)


def test_a_clock_that_is_heard_of_before_its_case_waits_for_it():
    early = story(started(), lit("red"), accepted(*TOGETHER))
    late = story(accepted(*TOGETHER), started(), lit("red"))
    assert early.state == late.state
    assert the_clock(early).light == "red"


def test_each_case_has_its_own_clock():
    second = f"{APP}-02"
    told = story(accepted(*TOGETHER), accepted(case=second), started(second), started(), lit("yellow", second))
    assert (the_clock(told).light, the_clock(told, second).light) == ("green", "yellow")


def test_a_light_without_a_start_changes_nothing():
    told = story(accepted(*TOGETHER))
    assert told.when(lit("red")).state == told.state


def test_time_decides_nothing():
    told = story(accepted(), started(), lit("deep_red"))
    told.then()
    assert [type(event).__name__ for event in told.when(agrees(1, "scjg")).last.events] == [
        "OpinionGiven",
        "CaseApproved",
    ]
    after = told.given(agrees(1, "scjg"), lit("red"))
    assert (after.state.case(CASE).status, the_clock(after).light) == ("approved", "red")


def test_the_names_of_departments_and_the_unit_of_the_limits_are_kept():
    told = story(accepted(*TOGETHER))
    names = [task.department_name for task in told.state.case(CASE).tasks]
    assert names == ["样例部门xfdd", "样例部门wjj", "样例部门cgj"]
    assert told.state.case(CASE).unit == "working_days"


def test_an_acceptance_that_was_said_before_departments_had_names_leaves_them_empty():
    event = accepted(*TOGETHER)
    steps = tuple(step.model_copy(update={"department_names": ()}) for step in event.steps)
    told = story(event.model_copy(update={"steps": steps}))
    assert {task.department_name for task in told.state.case(CASE).tasks} == {""}


def test_a_clock_started_before_it_said_its_days_has_none():
    old = ClockStarted(**ABOUT, generation=1, started_at=NOW, due=LATER, calendar="2026.1")
    assert the_clock(story(old)).counting == ""
