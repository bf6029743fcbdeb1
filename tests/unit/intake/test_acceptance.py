"""How cases are received, one by one and in bundles (行政许可法 Art. 32)."""

import pytest

from services.intake.decide import decide
from services.intake.model.commands import NotRequire, Refer
from shared.contracts.intake import ApplicationSubmitted, CaseAccepted, CaseClosed, CaseNotRequired, CaseReferred
from shared.testing.story import Story
from tests.unit.intake.sample import ACCEPT, NO, START, asks, brings, case, day, passed, statuses, story, submit

NOT_REQUIRED = NotRequire(reason="依法不需要取得许可")
ELSEWHERE = Refer(competent_body="省级主管部门", reason="由省级实施")


def accept(not_required=(), referred=()):
    return ACCEPT.model_copy(
        update={
            "not_required": {f"{NO}-{place:02d}": NOT_REQUIRED for place in not_required},
            "referred": {f"{NO}-{place:02d}": ELSEWHERE for place in referred},
        }
    )


def test_a_submission_starts_the_acceptance_period_of_five_days():
    (said,) = Story(decide, None, START).when(submit(case(1), case(2, 1))).then(ApplicationSubmitted)
    assert (said.submitted_at, said.acceptance_days, said.bundle) == (START, 5, True)
    assert said.cases[1].waits_for == (f"{NO}-01",)


def test_a_number_is_used_once():
    story().when(submit()).refused("already_submitted")


def test_an_accepted_case_carries_the_version_it_was_submitted_under_and_the_day_of_receipt():
    (said,) = story().at(day(3)).when(ACCEPT).then(CaseAccepted)
    assert (said.item_version, said.accepted_at, str(said.receipt_date)) == (3, day(3), "2026-03-02")
    assert (said.deemed, said.waits_for, said.joint_days) == (False, (), None)


def test_the_day_of_receipt_is_the_day_in_the_hall_not_in_utc():
    told = Story(decide, None, day(2, 17)).given(submit())
    (said,) = told.at(day(4)).when(ACCEPT).then(CaseAccepted)
    assert str(said.receipt_date) == "2026-03-03"


def test_cases_are_received_once():
    story().given(ACCEPT).when(ACCEPT).refused("already_received")


def test_each_case_may_have_its_own_outcome():
    told = story(case(1), case(2), case(3)).when(accept(not_required=[1], referred=[2]))
    not_required, referred, _ = told.then(CaseNotRequired, CaseReferred, CaseAccepted)
    assert not_required.reason == NOT_REQUIRED.reason
    assert referred.competent_body == ELSEWHERE.competent_body
    assert statuses(told) == ["not_required", "referred", "accepted"]


def test_a_case_of_another_application_is_refused():
    named = {"7ZQ0M3X5KD2WB-01": NOT_REQUIRED}
    answer = story().when(ACCEPT.model_copy(update={"not_required": named})).refused("no_such_case")
    assert answer.detail == {"cases": ["7ZQ0M3X5KD2WB-01"]}
    story().when(ACCEPT.model_copy(update={"accepted": ("7ZQ0M3X5KD2WB-01",)})).refused("no_such_case")


def test_what_waits_for_a_case_that_needs_no_licence_does_not_wait():
    told = story(case(1), case(2, 1)).when(accept(not_required=[1]))
    _, said = told.then(CaseNotRequired, CaseAccepted)
    assert said.waits_for == ()
    assert statuses(told) == ["not_required", "accepted"]


def test_what_waits_for_a_referred_case_ends_with_it_through_the_whole_chain():
    told = story(case(1, 2), case(2, 3), case(3), case(4)).when(accept(referred=[3]))
    events = told.then(CaseReferred, CaseAccepted, CaseClosed, CaseClosed)
    assert {(event.case, event.predecessor) for event in events[2:]} == {
        (f"{NO}-02", f"{NO}-03"),
        (f"{NO}-01", f"{NO}-02"),
    }
    assert statuses(told) == ["closed", "closed", "referred", "accepted"]


def test_a_referred_dependant_of_a_referred_case_keeps_its_own_outcome():
    told = story(case(1), case(2, 1)).when(accept(referred=[1, 2]))
    told.then(CaseReferred, CaseReferred)


def test_while_the_applicant_is_waited_for_nothing_is_accepted():
    story().given(asks("a")).when(ACCEPT).refused("supplement_outstanding")


def test_after_a_supplement_the_day_of_receipt_is_that_of_the_supplement():
    (said,) = story().given(asks("a")).at(day(5)).given(brings("a")).at(day(6)).when(ACCEPT).then(CaseAccepted)
    assert (said.accepted_at, str(said.receipt_date)) == (day(6), "2026-03-05")


@pytest.mark.parametrize("message", [ACCEPT, asks("a"), brings("a"), passed(day(9))])
def test_nothing_happens_to_an_application_that_nobody_submitted(message):
    Story(decide, None, START).when(message).refused("no_such_application")
