"""Clocks that only count down: they colour no case, say that their limit has passed, and nothing else."""

from datetime import date

import pytest

from shared.contracts import licensing, ratings
from shared.contracts.supervision import CountdownPassed, LightChanged
from tests.unit.supervision.sample import (
    APP,
    CASE,
    accepted,
    agreed,
    approved,
    asked_for_more,
    assigned,
    at,
    closed,
    issued,
    named,
    procedure_ended,
    procedure_started,
    said,
    story,
    submitted,
    supplemented,
)

FILED = at("02-12 09:00")
BEGUN = (submitted(FILED), accepted(at("02-12 10:00")))
TASK = f"{CASE}-T1"
LATE = at("12-31 00:00")


def passed(*events):
    """What has passed, as (kind, subject, due), of those that only count down."""
    told = said(*events)
    return [(each.kind, each.subject, each.due) for each in told if isinstance(each, CountdownPassed)]


def case_of(told):
    return told.state.case(CASE)


def test_a_step_that_is_overrun_shows_also_where_the_case_is_in_time():
    told = story(*BEGUN, assigned(at("02-13 10:00")), at("02-25 18:00"))
    assert [named(each) for each in told.last.events] == ["step CountdownPassed step", "decision LightChanged yellow"]
    assert told.state.clock(TASK, "step").light == "red"
    assert told.state.light_of(case_of(told)) == "yellow"


def test_an_opinion_in_time_ends_the_step_without_a_word():
    told = story(*BEGUN, assigned(at("02-13 10:00")), agreed(at("02-24 18:00")))
    step = told.state.clock(TASK, "step")
    assert (step.on_time, step.ended, told.last.events) == (True, at("02-24 18:00"), ())
    assert passed(*BEGUN, assigned(at("02-13 10:00")), agreed(at("02-24 18:00")), LATE) == []


def test_a_step_is_the_department_s_alone():
    told = story(*BEGUN, assigned(at("02-13 10:00")))
    assert told.state.concerned(told.state.clock(TASK, "step")) == ("xfdd",)


def test_a_step_ends_with_its_case_also_when_it_is_heard_of_later():
    for events in ((assigned(FILED), closed(at("02-13 10:00"))), (closed(at("02-13 10:00")), assigned(FILED))):
        step = story(*BEGUN, *events).state.clock(TASK, "step")
        assert (step.ended, step.on_time) == (at("02-13 10:00"), True)


def test_a_procedure_pauses_the_steps_of_its_case_or_the_one_that_it_names():
    begun = (*BEGUN, assigned(at("02-12 11:00")))
    whole = story(*begun, procedure_started(at("02-13 10:00")))
    named_one = story(*begun, procedure_started(at("02-13 10:00"), task=TASK))
    another = story(*begun, procedure_started(at("02-13 10:00"), task=f"{CASE}-T2"))
    assert [each.state.clock(TASK, "step").paused for each in (whole, named_one, another)] == [True, True, False]


def test_a_procedure_that_takes_longer_than_was_told_is_said():
    begun = (*BEGUN, procedure_started(at("02-13 10:00"), planned=2))
    assert passed(*begun, LATE) == [("procedure", "P1", at("02-24 18:00"))]
    assert passed(*begun, procedure_ended(at("02-24 18:00")), LATE) == []


def test_an_applicant_who_is_waited_for_is_reminded_and_loses_nothing():
    asked = (submitted(FILED), asked_for_more(at("02-24 10:00")))
    assert passed(*asked, LATE) == [("supplement", APP, at("03-27 00:00"))]
    assert passed(*asked, supplemented(at("03-26 23:59")), at("03-27 00:00")) == []
    assert story(*asked, at("03-27 00:00")).state.clock(APP, "acceptance").light == "paused"


def delivered(when):
    return licensing.ResultDelivered(application=APP, case=CASE, number="样例-1", method="counter", at=when)


def test_a_result_that_nobody_fetched_is_said_after_ten_days():
    done = (*BEGUN, approved(at("02-24 10:00")), issued(at("02-24 11:00")))
    assert passed(*done, LATE) == [("delivery", CASE, at("03-09 18:00"))]
    assert passed(*done, delivered(at("03-09 17:00")), LATE) == []


def licensed(until):
    return licensing.LicenceIssued(
        application=APP, case=CASE, licence="样例-L1", licence_type="样例证", type_code="91000000EXAMPLE013001",
        holder_ref="ref-1", valid_from=date(2026, 2, 24), valid_until=until, at=at("02-24 11:00"),
    )  # fmt: skip


def cancelled(when):
    return licensing.LicenceCancelled(application=APP, case=CASE, licence="样例-L1", reason="样例", at=when)


def test_a_licence_is_timed_to_its_renewal_and_to_the_end_of_its_last_day():
    issue = licensed(date(2026, 12, 1))
    assert passed(*BEGUN, issue, LATE) == [
        ("renewal_opens", "样例-L1", at("09-03 00:00")),
        ("renewal", "样例-L1", at("11-02 00:00")),
        ("expiry", "样例-L1", at("12-02 00:00")),
    ]
    told = story(*BEGUN, issue, LATE)
    assert all(told.state.clock("样例-L1", key).ended for key in ("renewal_opens", "renewal", "expiry"))


def test_a_licence_without_end_or_that_was_cancelled_does_not_expire():
    assert passed(*BEGUN, licensed(None), LATE) == []
    assert passed(*BEGUN, licensed(date(9999, 12, 31)), LATE) == [], "as registers write 长期"
    assert passed(*BEGUN, licensed(date(2026, 12, 1)), cancelled(at("03-02 10:00")), LATE) == []


def test_a_rating_is_waited_for_seven_natural_days():
    invited = ratings.RatingInvited(application=APP, case=CASE, department="scjg", at=at("02-24 11:00"))
    given = ratings.RatingGiven(application=APP, case=CASE, department="scjg", level=5, at=at("03-03 23:00"))
    assert passed(*BEGUN, invited, LATE) == [("rating", CASE, at("03-04 00:00"))]
    assert passed(*BEGUN, invited, given, LATE) == []


def test_what_was_given_at_the_very_end_is_in_time_also_when_it_is_heard_afterwards():
    """ "以内" includes the limit (民法典 Art. 1259)."""
    invited = ratings.RatingInvited(application=APP, case=CASE, department="scjg", at=at("02-24 11:00"))
    given = ratings.RatingGiven(application=APP, case=CASE, department="scjg", level=5, at=at("03-04 00:00"))
    clock = story(*BEGUN, invited, LATE, given).state.clock(CASE, "rating")
    assert (clock.ended, clock.on_time) == (at("03-04 00:00"), True)
    late = given.model_copy(update={"at": at("03-04 00:01")})
    assert story(*BEGUN, invited, LATE, late).state.clock(CASE, "rating").on_time is False


@pytest.mark.parametrize("closing", [None, "02-27 10:00"])
def test_a_rectification_is_timed(closing):
    opened = ratings.RectificationOpened(application=APP, case=CASE, department="scjg", level=1, at=at("02-24 11:00"))
    events = [*BEGUN, opened]
    if closing:
        events.append(
            ratings.RectificationClosed(
                application=APP, case=CASE, department="scjg", outcome="corrected", at=at(closing)
            )
        )
    assert passed(*events, LATE) == ([] if closing else [("rectification", CASE, at("03-02 18:00"))])


def test_nothing_else_is_said_of_them_and_no_case_takes_their_colour():
    events = (*BEGUN, assigned(at("02-13 10:00")), approved(at("02-24 10:00")), issued(at("02-24 11:00")), LATE)
    told = [each for each in said(*events) if each.clock not in ("acceptance", "decision", "joint", "issuance")]
    assert {type(each) for each in told} == {CountdownPassed}
    ended = story(*events)
    assert not case_of(ended).open
    assert list(ended.state.running_for(CASE)) == []


def test_what_comes_due_is_said_in_the_order_of_the_law_whatever_clock_it_is_of():
    told = story(*BEGUN, assigned(at("02-13 10:00")), LATE).last.events
    at_of = [each.at if isinstance(each, LightChanged) else each.due for each in told]
    assert at_of == sorted(at_of)
    assert {each.clock for each in told} == {"decision", "step"}
