"""Silence is acceptance from the day of receipt; what counts is the due instant, not which message came first."""

import pytest

from services.intake.model.commands import NotRequire, Withdraw
from shared.contracts.intake import CaseAccepted, CaseClosed
from tests.unit.intake.sample import ACCEPT, DUE, NO, START, approved, asks, brings, case, day, passed, statuses, story


def test_silence_accepts_every_case_from_the_day_of_receipt():
    told = story(case(1), case(2, 1)).at(day(10)).when(passed(DUE))
    first, second = told.then(CaseAccepted, CaseAccepted)
    assert (first.deemed, first.accepted_at, str(first.receipt_date)) == (True, START, "2026-03-02")
    assert second.waits_for == (f"{NO}-01",)
    assert statuses(told) == ["accepted", "waiting"]


def test_an_announcement_repeated_by_a_recomputed_clock_accepts_once():
    told = story().given(passed(DUE)).when(passed(DUE, generation=2))
    assert told.then() == ()


def test_an_acceptance_given_in_time_stands():
    told = story().at(day(9)).given(ACCEPT).at(day(10)).when(passed(DUE))
    told.then()
    assert told.state.cases[0].outcome.at == day(9)


def test_an_acceptance_at_the_due_instant_is_in_time():
    story().at(DUE).given(ACCEPT).when(passed(DUE)).then()


def test_a_late_acceptance_gets_its_legal_date_whichever_is_heard_first():
    late = story().at(day(10)).given(ACCEPT).at(day(11)).when(passed(DUE))
    (said,) = late.then(CaseAccepted)
    assert (said.deemed, said.accepted_at) == (True, START)
    told = story().at(day(10)).given(passed(DUE)).when(ACCEPT)
    told.refused("already_received")
    assert late.state.cases[0].outcome.at == told.state.cases[0].outcome.at == START
    late.when(passed(DUE, generation=2)).then()


def test_a_late_acceptance_is_said_again_of_an_ended_case_too_and_the_ending_stands():
    told = story().at(day(10)).given(ACCEPT, approved(1)).at(day(11)).when(passed(DUE))
    (said,) = told.then(CaseAccepted)
    assert (said.deemed, said.accepted_at) == (True, START)
    assert statuses(told) == ["approved"]


def test_a_list_told_too_late_and_answered_does_not_count_either():
    told = story().at(day(10)).given(asks("a")).at(day(11)).given(brings("a")).at(day(12)).when(passed(DUE))
    (said,) = told.then(CaseAccepted)
    assert (said.deemed, said.accepted_at) == (True, START)


def test_a_list_told_in_time_stops_the_period():
    told = story().at(day(4)).given(asks("a")).at(day(10)).when(passed(DUE))
    told.then()
    assert told.state.status == "supplement_requested"


def test_a_list_told_too_late_does_not_count():
    told = story().at(day(10)).given(asks("a")).at(day(11)).when(passed(DUE))
    (said,) = told.then(CaseAccepted)
    assert said.accepted_at == START
    assert told.state.status == "accepted"
    told.when(brings("a")).refused("nothing_asked")


def test_after_a_supplement_the_period_starts_anew_and_ends_in_acceptance_from_the_supplement():
    told = story().at(day(4)).given(asks("a")).at(day(6)).given(brings("a"))
    (said,) = told.at(day(14)).when(passed(day(13), generation=3)).then(CaseAccepted)
    assert (said.accepted_at, str(said.receipt_date)) == (day(6), "2026-03-06")


def test_an_announcement_about_the_period_before_the_supplement_does_nothing():
    told = story().at(day(4)).given(asks("a")).at(day(6)).given(brings("a"))
    told.at(day(10)).when(passed(DUE, generation=1)).then()
    told.when(passed(DUE, generation=2)).then()


@pytest.mark.parametrize(
    "other", [{"kind": "statutory", "clock": "decision"}, {"subject": f"{NO}-01"}, {"kind": "joint", "clock": "joint"}]
)
def test_other_deadlines_are_none_of_intakes_business(other):
    story().when(passed(DUE, **other)).then()


def test_an_application_withdrawn_before_stays_withdrawn():
    told = story().at(day(4)).given(Withdraw(by="sample:applicant")).when(passed(DUE))
    told.then()
    assert statuses(told) == ["closed"]


def test_a_late_answer_that_no_licence_is_needed_stands():
    named = ACCEPT.model_copy(update={"not_required": {f"{NO}-01": NotRequire(reason="不需要")}})
    told = story(case(1), case(2)).at(day(10)).given(named).when(passed(DUE))
    (said,) = told.then(CaseAccepted)
    assert said.case == f"{NO}-02"
    assert statuses(told) == ["not_required", "accepted"]


def test_a_deemed_case_that_waits_for_nothing_possible_is_not_a_thing_but_withdrawal_after_it_is_a_request():
    told = story().given(passed(DUE)).when(Withdraw(by="sample:applicant"))
    assert CaseClosed not in {type(event) for event in told.last.events}
    assert statuses(told) == ["accepted"]
