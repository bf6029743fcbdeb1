"""What nobody sends in its order, twice, of nothing that is known, or weeks late: each has one defined answer.

Every one of these is entered in the audit chain. Duplicates of a record never reach the rules: the delivery core knows
them by source and number (tests/component/supervision); what is said twice under two numbers is told here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from services.supervision.decide import decide
from services.supervision.model import AnswerUrge, Clock, Scan, Supervised
from shared.contracts.envelope import Event
from shared.contracts.intake import ItemPublished
from shared.contracts.supervision import CountdownPassed
from shared.contracts.terms import Limits
from shared.testing.story import Story
from tests.unit.supervision.sample import (
    APP,
    CASE,
    RULES,
    SECOND,
    Ear,
    accepted,
    agreed,
    approved,
    assigned,
    at,
    closed,
    delivered,
    extended,
    invited,
    issued,
    joint_extended,
    licensed,
    procedure_ended,
    procedure_started,
    rated,
    rectified,
    said,
    story,
    submitted,
    supplemented,
)

FILED = at("02-12 09:00")
BEGUN = (submitted(FILED), accepted(at("02-12 10:00")))
LATE = at("12-31 00:00")


def clocks(*events: Event | datetime) -> tuple[Clock, ...]:
    return started(story(*events).state)


def started(state: Supervised) -> tuple[Clock, ...]:
    """A clock that never started only keeps what came for it."""
    return tuple(clock for clock in state.clocks if clock.started)


@pytest.mark.parametrize(
    "stray",
    [
        procedure_ended(at("02-13 10:00"), "P9"),
        agreed(at("02-13 10:00")),
        delivered(at("02-13 10:00")),
        rated(at("02-13 10:00")),
        rectified(at("02-13 10:00")),
        joint_extended(at("02-13 10:00")),
    ],
    ids=lambda event: type(event).__name__,
)
def test_the_end_of_what_never_began_moves_no_clock_and_says_nothing(stray: Event) -> None:
    told = story(*BEGUN, stray)
    assert started(told.state) == clocks(*BEGUN)
    assert (told.last.events, told.state.entries) == ((), 3)


@pytest.mark.parametrize(
    "late",
    [
        extended(at("02-25 10:00")),
        procedure_started(at("02-25 10:00")),
        assigned(at("02-25 10:00")),
        agreed(at("02-25 10:00")),
        accepted(at("02-12 11:00")),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_comes_after_the_end_of_a_case_leaves_its_clocks_as_they_ended(late: Event) -> None:
    done = (*BEGUN, approved(at("02-24 10:00")))
    assert tuple(clock for clock in clocks(*done, late) if not clock.aside) == clocks(*done)
    assert all(clock.ended == at("02-24 10:00") for clock in clocks(*done, late) if clock.aside)


def test_an_act_is_judged_by_its_instant_when_it_is_heard_weeks_late() -> None:
    told = story(*BEGUN, at("04-30 00:00"), approved(at("02-24 10:00")))
    clock = told.state.clock(CASE, "decision")
    assert (clock.ended, clock.light, clock.on_time) == (at("02-24 10:00"), "green", True)


def test_a_pause_that_is_heard_weeks_late_counts_from_its_own_instant() -> None:
    pause = (procedure_started(at("02-13 10:00")), procedure_ended(at("04-20 10:00")))
    assert clocks(*BEGUN, at("04-30 00:00"), *pause, LATE) == clocks(*BEGUN, *pause, LATE)


@pytest.mark.parametrize(
    "twice",
    [
        procedure_started(at("02-13 10:00")),
        assigned(at("02-13 10:00")),
        accepted(at("02-12 10:00")),
        approved(at("02-13 10:00")),
        closed(at("02-13 10:00")),
        invited(at("02-13 10:00")),
        issued(at("02-13 10:00")),
        licensed(at("02-13 10:00"), date(2026, 12, 1)),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_is_said_twice_counts_once(twice: Event) -> None:
    once, again = story(*BEGUN, twice), story(*BEGUN, twice, twice)
    assert started(again.state) == started(once.state)
    assert (again.last.events, again.state.entries) == ((), once.state.entries + 1)


def test_a_case_that_no_application_named_is_timed_all_the_same() -> None:
    (clock,) = clocks(accepted(at("02-12 10:00"), SECOND))
    assert (clock.subject, clock.key, clock.due) == (SECOND, "decision", at("02-26 18:00"))


def test_an_answer_without_an_application_waits_for_it() -> None:
    told = story(supplemented(at("02-24 10:00")), submitted(FILED))
    assert told.state.clock(APP, "acceptance").due == at("03-02 18:00")


def test_a_result_that_was_handed_out_before_it_was_issued_is_counted_from_its_issue() -> None:
    """Licensing says both of a result, in their order; where it does not, somebody is asked to look after ten days."""
    done = (*BEGUN, approved(at("02-24 10:00")), delivered(at("02-24 10:30")), issued(at("02-24 11:00")))
    assert [each.due for each in passed(said(*done, LATE), "delivery")] == [at("03-09 18:00")]


def test_a_licence_whose_last_day_had_passed_when_it_was_issued_expires_with_that_day() -> None:
    told = said(*BEGUN, licensed(at("02-24 11:00"), date(2026, 1, 31)), LATE)
    assert [each.due for each in passed(told, "expiry")] == [at("02-25 00:00")]


def test_a_reply_to_an_urge_that_nobody_issued_is_refused() -> None:
    answer = AnswerUrge(case=CASE, number=7, department="scjg", text="样例", by="sample:officer")
    story(*BEGUN).when(answer).refused("no_such_urge")
    Story(decide, RULES, LATE).when(answer).refused("no_such_urge")


def test_a_look_at_an_application_of_which_nothing_is_known_finds_nothing() -> None:
    Story(decide, RULES, LATE).when(Scan(instant=LATE)).refused("nothing_due")


def test_a_case_keeps_the_limits_that_it_was_accepted_under() -> None:
    """The catalogue may say another number of days meanwhile: that is heard for the statistics, and by no case."""
    published = ItemPublished(
        item="i1", item_version=2, name="样例事项", department="scjg", limits=Limits(promised_days=1),
        published_at=at("02-13 10:00"),
    )  # fmt: skip
    heard = Ear()(published)
    assert heard.key == "i1"
    assert heard.key != APP
    told = story(*BEGUN)
    assert told.state.clock(CASE, "decision").promised_days == 5
    again = accepted(at("02-12 10:00"), days=(1, 2))
    assert story(*BEGUN, again).state.clocks == told.state.clocks, "not even where intake says other days later"


def passed(events: Sequence[Event], kind: str) -> list[CountdownPassed]:
    return [each for each in events if isinstance(each, CountdownPassed) and each.kind == kind]
