"""Extensions by 行政许可法 Art. 42: both limits move by their days, and what has passed stays passed."""

from shared.contracts.supervision import ClockResumed, DeadlinePassed, LightChanged
from tests.unit.supervision.sample import (
    APP,
    CASE,
    accepted,
    approved,
    at,
    extended,
    joint_extended,
    procedure_ended,
    procedure_started,
    story,
    submitted,
    tell,
)

FILED = at("02-12 09:00")
BEGUN = (submitted(FILED), accepted(at("02-12 10:00")))


def decision(told):
    return told.state.clock(CASE, "decision")


def test_an_extension_moves_both_limits_and_says_the_new_dates():
    told = story(*BEGUN, extended(at("02-25 10:00")))
    (said,) = told.then(ClockResumed)
    assert (said.due, said.statutory_due, said.generation) == (at("03-11 18:00"), at("04-01 18:00"), 2)
    clock = decision(told)
    assert (clock.promised_days, clock.statutory_days, len(clock.extensions)) == (15, 30, 1)


def test_a_light_that_was_yellow_is_green_again_by_the_longer_limit():
    told = story(*BEGUN, at("02-25 18:00"), extended(at("02-26 10:00")))
    resumed, green = told.then(ClockResumed, LightChanged)
    assert (resumed.at, green.light, green.at) == (at("02-26 10:00"), "green", at("02-26 10:00"))


def test_what_is_extended_after_its_promise_was_broken_stays_red():
    told = story(*BEGUN, extended(at("02-27 10:00")))
    assert (decision(told).light, decision(told).due) == ("red", at("02-26 18:00"))
    assert decision(told).statutory_due == at("04-01 18:00")
    kinds = [event.kind for event in tell(told, at("12-01 00:00")).last.events if isinstance(event, DeadlinePassed)]
    assert kinds == ["statutory"], "the promise was announced before, and is not again"


def test_an_extension_in_a_pause_shows_when_it_ends():
    told = story(*BEGUN, procedure_started(at("02-13 10:00")), extended(at("02-13 11:00"), days=1))
    assert (told.last.events, decision(told).due) == ((), None)
    (resumed, _green) = tell(told, procedure_ended(at("02-25 10:00"))).then(ClockResumed, LightChanged)
    assert resumed.due == at("03-03 18:00")


def test_an_extension_that_is_heard_before_the_acceptance_counts():
    early = story(submitted(FILED), extended(at("02-25 10:00")), accepted(at("02-12 10:00")))
    assert decision(early) == decision(story(*BEGUN, extended(at("02-25 10:00"))))


def test_the_joint_limit_has_an_extension_of_its_own():
    told = story(submitted(FILED, "scjg", "wjj"), accepted(at("02-12 10:00"), joint=45))
    before = told.state.clock(APP, "joint").due
    (said,) = tell(told, joint_extended(at("03-02 10:00"))).then(ClockResumed)
    assert (said.clock, said.statutory_due > before, decision(told).extensions) == ("joint", True, ())


def test_an_extension_of_what_has_ended_changes_nothing():
    done = story(*BEGUN, approved(at("02-24 10:00")))
    assert decision(tell(done, extended(at("02-25 10:00")))) == decision(done)


def test_a_start_said_again_counts_alike_before_and_after_an_extension():
    again, longer = accepted(at("02-02 10:00"), deemed=True), extended(at("02-13 10:00"))
    before, after = story(*BEGUN, again, longer), story(*BEGUN, longer, again)
    for told in (before, after):
        assert decision(told).due == at("02-09 18:00"), "the promise had passed when it was extended"
        assert decision(told).statutory_due == at("03-20 18:00")
