"""Told once and completely, handed in completely; and taking it back before and after acceptance."""

from services.intake.model.commands import Withdraw
from shared.contracts.intake import ApplicationSupplemented, CaseClosed, SupplementRequested, WithdrawalRequested
from tests.unit.intake.sample import ACCEPT, NO, approved, asks, brings, case, day, issued, statuses, story, withdrawn

BACK = Withdraw(by="sample:applicant")


class TestSupplement:
    def test_the_list_names_each_material_and_its_reason(self):
        told = story().when(asks("c", "a"))
        (said,) = told.then(SupplementRequested)
        assert [(each.material, each.name, each.reason) for each in said.materials] == [
            ("a", "样例材料a", "不清楚"),
            ("c", "样例材料c", "不清楚"),
        ]
        assert told.state.status == "supplement_requested"

    def test_a_second_list_is_refused(self):
        story().given(asks("a")).when(asks("b")).refused("already_told_once")

    def test_after_a_supplement_only_what_the_first_list_named_may_be_asked_again(self):
        told = story().given(asks("a", "b"), brings("a", "b"))
        assert told.when(asks("a", "c")).refused("already_told_once").detail == {"materials": ["c"]}
        told = told.given(asks("a"), brings("a"))
        assert told.when(asks("c")).refused("already_told_once").detail == {"materials": ["c"]}
        told.when(asks("b")).then(SupplementRequested)

    def test_nothing_outside_the_plan_may_be_asked(self):
        assert story().when(asks("a", "z")).refused("not_in_plan").detail == {"materials": ["z"]}
        story().when(asks()).refused("empty_list")

    def test_after_acceptance_nothing_is_asked(self):
        story().given(ACCEPT).when(asks("a")).refused("already_received")

    def test_a_complete_answer_starts_the_period_anew_and_replaces_what_was_there(self):
        told = story().given(asks("a", "b")).at(day(5)).when(brings("b", "a"))
        (said,) = told.then(ApplicationSupplemented)
        assert said.at == day(5)
        assert told.state.status == "submitted"
        assert {each.material: each.files for each in told.state.handed_in} == {
            "a": ("new",),
            "b": ("new",),
            "c": ("f",),
        }

    def test_an_answer_with_gaps_or_extras_is_refused_by_name(self):
        told = story().given(asks("a", "b"))
        assert told.when(brings("a")).refused("still_missing").detail == {"materials": ["b"]}
        assert told.when(brings("a", "b", "c")).refused("not_asked").detail == {"materials": ["c"]}

    def test_unasked_material_is_refused(self):
        story().when(brings("a")).refused("nothing_asked")


class TestWithdrawal:
    def test_before_acceptance_every_case_is_closed_at_once(self):
        told = story(case(1), case(2, 1)).when(BACK)
        events = told.then(CaseClosed, CaseClosed)
        assert {event.reason for event in events} == {"withdrawn_before_acceptance"}
        assert told.state.status == "ended"
        told.when(ACCEPT).refused("already_received")
        told.when(BACK).refused("nothing_to_withdraw")

    def test_while_a_supplement_is_outstanding_it_may_be_taken_back(self):
        told = story().given(asks("a")).when(BACK)
        told.then(CaseClosed)
        told.when(brings("a")).refused("nothing_asked")

    def test_before_acceptance_no_single_case_is_taken_back(self):
        one = BACK.model_copy(update={"cases": (f"{NO}-01",)})
        story(case(1), case(2)).when(one).refused("withdraw_as_a_whole")
        story(case(1)).when(one).then(CaseClosed)

    def test_after_acceptance_it_is_a_request_for_what_has_not_ended(self):
        told = story(case(1), case(2), case(3)).given(ACCEPT, approved(1)).when(BACK)
        first, _ = told.then(WithdrawalRequested, WithdrawalRequested)
        assert first.case == f"{NO}-02"
        assert statuses(told) == ["approved", "accepted", "accepted"], "approval judges"
        told.when(BACK).refused("nothing_to_withdraw")

    def test_a_single_case_may_be_asked_for_and_its_dependants_end_when_approval_lets_it_go(self):
        one = BACK.model_copy(update={"cases": (f"{NO}-01",)})
        told = story(case(1), case(2, 1), case(3)).given(ACCEPT).when(one)
        told.then(WithdrawalRequested)
        told = told.when(withdrawn(1))
        (closed,) = told.then(CaseClosed)
        assert (closed.case, closed.predecessor) == (f"{NO}-02", f"{NO}-01")
        assert statuses(told) == ["withdrawn", "closed", "accepted"]

    def test_a_case_of_another_application_is_refused(self):
        story().when(BACK.model_copy(update={"cases": ("x",)})).refused("no_such_case")

    def test_an_application_ends_when_every_result_is_out(self):
        told = story().given(ACCEPT, approved(1))
        assert told.state.status == "accepted"
        assert told.given(issued(1)).state.status == "ended"
