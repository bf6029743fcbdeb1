"""Pauses by the procedures of 行政许可法 Art. 45: kept while early, and never moving what has passed."""

from dataclasses import replace
from datetime import date

from services.supervision.calendar.working_days import Calendar
from services.supervision.decide import decide
from services.supervision.due import Office
from services.supervision.rules import Rules
from shared.contracts.supervision import ClockPaused, ClockResumed, DeadlinePassed, LightChanged
from shared.testing.story import Story
from tests.unit.supervision.sample import (
    APP,
    CASE,
    RULES,
    SECOND,
    Ear,
    accepted,
    approved,
    asked_for_more,
    at,
    named,
    procedure_ended,
    procedure_started,
    story,
    submitted,
    tell,
)

BEGUN = (submitted(at("02-12 09:00")), accepted(at("02-12 10:00")))


def paused(text, procedure="P1"):
    return procedure_started(at(text), procedure)


def resumed(text, procedure="P1"):
    return procedure_ended(at(text), procedure)


def decision(told):
    return told.state.clock(CASE, "decision")


def test_a_resumption_gives_the_remaining_days_back():
    told = story(*BEGUN, paused("02-13 10:00"))
    pause, dark = told.then(ClockPaused, LightChanged)
    assert (pause.generation, dark.light, decision(told).due) == (2, "paused", None)
    resume, green = tell(told, resumed("02-25 10:00")).then(ClockResumed, LightChanged)
    assert (resume.generation, green.light, green.at) == (3, "green", at("02-25 10:00"))
    assert (resume.due, resume.statutory_due) == (at("03-02 18:00"), at("03-23 18:00"))


def test_pauses_that_are_heard_before_the_start_are_told_after_it():
    early = story(paused("02-13 10:00"), resumed("02-25 10:00"), *BEGUN)
    late = story(*BEGUN, paused("02-13 10:00"), resumed("02-25 10:00"))
    assert decision(early) == decision(late)
    kinds = [named(event) for event in early.last.events if event.clock == "decision"]
    assert kinds == [
        "decision ClockStarted",
        "decision ClockPaused",
        "decision LightChanged paused",
        "decision ClockResumed",
        "decision LightChanged green",
    ]


def test_a_second_pause_in_a_pause_and_a_resumption_of_what_runs_change_nothing():
    told = story(*BEGUN, resumed("02-13 09:00"))
    assert decision(told).generation == 1
    told = tell(told, paused("02-13 10:00"), paused("02-13 11:00"))
    assert (decision(told).generation, len(decision(told).pauses)) == (2, 1)


def test_it_goes_on_when_the_last_of_its_procedures_has_ended():
    told = story(*BEGUN, paused("02-13 10:00", "P1"), paused("02-24 10:00", "P2"), resumed("02-25 10:00", "P1"))
    assert (decision(told).paused, decision(told).holds, told.last.events) == (True, ("P2",), ())
    told = tell(told, resumed("02-26 10:00", "P2"))
    assert decision(told).pauses == ((at("02-13 10:00"), at("02-26 10:00")),)


def test_a_procedure_of_one_case_stops_the_joint_clock_too():
    begun = (submitted(at("02-12 09:00"), "scjg", "wjj"), accepted(at("02-12 10:00"), joint=45))
    told = story(*begun, accepted(at("02-12 10:00"), SECOND, joint=45), paused("02-13 10:00"))
    standing = {(clock.subject, clock.key) for clock in told.state.clocks if clock.paused}
    assert standing == {(CASE, "decision"), (APP, "joint")}


def test_what_came_due_before_a_pause_is_said_before_it():
    told = story(*BEGUN, paused("02-27 10:00"))
    assert [named(event) for event in told.last.events] == [
        "decision LightChanged yellow",
        "decision LightChanged red",
        "decision DeadlinePassed promised",
        "decision ClockPaused",
    ]
    assert (decision(told).light, decision(told).statutory_due) == ("red", None), "an overrun stays visible"


def test_a_paused_clock_says_nothing_however_late_it_is():
    told = story(submitted(at("02-12 09:00")), asked_for_more(at("02-26 10:00")))
    assert next(named(event) for event in told.last.events) == "acceptance LightChanged yellow"
    told = tell(told, at("06-30 00:00"))
    assert {event.clock for event in told.last.events} == {"supplement"}


def test_a_limit_that_passed_before_the_pause_stays_and_is_not_announced_again():
    told = story(*BEGUN, at("02-26 18:00"), paused("02-27 10:00"), resumed("03-02 10:00"))
    assert (decision(told).due, decision(told).announced) == (at("02-26 18:00"), ("promised",))
    told = tell(told, at("12-01 00:00"))
    assert [
        event.kind for event in told.last.events if isinstance(event, DeadlinePassed) and event.clock == "decision"
    ] == ["statutory"]


def test_a_limit_that_passed_is_not_computed_anew_when_another_calendar_has_come():
    another = Calendar.of({date(2026, 2, day): True for day in range(12, 27)}, date(2026, 12, 31))
    told = story(*BEGUN, at("02-26 18:00"))
    told = replace(told, rules=replace(RULES, office=Office(another)))
    told = told.given(Ear()(paused("02-27 10:00")))
    assert decision(told).due == at("02-26 18:00")
    fresh = Story(decide, Rules(Office(another)), at("12-31 00:00"))
    assert decision(tell(fresh, *BEGUN)).due == at("02-17 18:00"), "that calendar would have said otherwise"


def test_a_case_that_is_decided_in_a_pause_is_judged_without_the_withheld_limits():
    told = story(*BEGUN, paused("02-13 10:00"), approved(at("06-30 10:00")))
    ended = decision(told)
    assert (ended.ended, ended.light, ended.on_time) == (at("06-30 10:00"), "green", True)
