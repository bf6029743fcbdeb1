"""A better copy before acceptance, and what was mistyped of people: each with its record, nothing started anew."""

import pytest

from services.intake.blind import found_by, tail_token
from services.intake.decide import decide
from services.intake.decide.correct import MOST as MOST_CORRECTIONS
from services.intake.decide.replace import MOST as MOST_REPLACEMENTS
from services.intake.model import HandedIn
from services.intake.model.commands import CorrectEntry, ReplaceMaterial, Withdraw
from shared.blind import name_token
from shared.contracts.intake import CaseAccepted, EntryCorrected, MaterialReplaced
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Party
from shared.testing.story import Story
from tests.unit.intake.sample import ACCEPT, DUE, HOLDER, START, asks, brings, day, passed, story, submit

NEW = Sealed[Party].model_construct(kid="k", nonce=b"n", box=b"new")


def replaces(key: str, file: str = "better") -> ReplaceMaterial:
    return ReplaceMaterial(by="sample:applicant", handed_in=HandedIn(material=key, files=(file,)))


def corrects(*fields: str, seen: int = 0, ref: str = "ref", **changed) -> CorrectEntry:
    told = {"holder": NEW, "found_by": ("token",), "applicant_ref": ref} | changed
    return CorrectEntry(by="sample:clerk", reason="录入有误", fields=fields, seen=seen, **told)


def at_the_window(**changed) -> Story:
    """An application that the window handed in for its holder."""
    command = submit()
    form = {"channel": "window", "owner": "holder:ref", "by": "sample:clerk"} | changed
    return Story(decide, None, START).given(command.model_copy(update={"form": command.form.model_copy(update=form)}))


class TestReplacement:
    def test_the_new_copy_takes_the_place_of_the_old_one_and_the_old_one_is_not_forgotten(self):
        told = story().at(day(3)).when(replaces("b"))
        (said,) = told.then(MaterialReplaced)
        assert (said.material, said.at) == ("b", day(3))
        assert {each.material: each.files for each in told.state.handed_in}["b"] == ("better",)
        assert ("f",) in [each.files for each in told.state.ever_handed_in if each.material == "b"]

    def test_the_period_of_acceptance_does_not_start_anew(self):
        told = story().at(day(6)).given(replaces("a"))
        assert told.state.receipts == (START,)
        (said,) = told.at(DUE).when(passed(DUE)).then(CaseAccepted)
        assert (said.deemed, said.accepted_at) == (True, START)

    def test_what_came_last_counts_whether_supplement_or_replacement(self):
        told = (
            story().at(day(3)).given(replaces("a", "third")).at(day(4)).given(asks("a")).at(day(5)).given(brings("a"))
        )
        assert {each.material: each.files for each in told.state.handed_in}["a"] == ("new",)
        told = told.at(day(6)).given(replaces("a", "sixth"))
        assert {each.material: each.files for each in told.state.handed_in}["a"] == ("sixth",)

    def test_what_a_list_asks_is_answered_with_the_list_and_the_rest_may_be_replaced(self):
        told = story().given(asks("a"))
        assert told.when(replaces("a")).refused("asked_for").detail == {"material": "a"}
        told.when(replaces("b")).then(MaterialReplaced)

    def test_nothing_is_replaced_that_was_not_handed_in_nor_after_acceptance(self):
        story().when(replaces("z")).refused("nothing_to_replace")
        story().given(ACCEPT).when(replaces("a")).refused("already_received")

    def test_a_document_does_not_grow_without_end(self):
        told = story().given(*(replaces("a", f"copy{place}") for place in range(MOST_REPLACEMENTS)))
        told.when(replaces("a")).refused("too_many_replacements")


class TestCorrection:
    def test_what_was_there_is_kept_with_who_why_and_when(self):
        told = at_the_window().at(day(3)).when(corrects("applicant.name", "applicant.phone"))
        (said,) = told.then(EntryCorrected)
        assert (said.fields, said.reason, said.by, said.at) == (
            ("applicant.name", "applicant.phone"),
            "录入有误",
            "sample:clerk",
            day(3),
        )
        (kept,) = told.state.corrections
        assert (kept.holder_before, kept.agent_before, kept.by, kept.at) == (HOLDER, None, "sample:clerk", day(3))
        assert (told.state.form.holder, told.state.form.found_by) == (NEW, ("token",))

    def test_the_licence_is_asked_for_in_the_corrected_name(self):
        told = at_the_window().given(corrects("applicant.name"))
        (said,) = told.when(ACCEPT).then(CaseAccepted)
        assert said.holder == NEW

    def test_a_corrected_code_moves_what_the_window_handed_in_to_its_true_holder(self):
        (said,) = at_the_window().when(corrects("applicant.code", ref="other")).then(EntryCorrected)
        assert (said.owner, said.applicant_ref) == ("holder:other", "other")

    def test_what_an_agent_handed_in_stays_the_agents(self):
        told = at_the_window(owner="sample:agent", channel="online", agent=HOLDER)
        (said,) = told.when(corrects("applicant.code", ref="other")).then(EntryCorrected)
        assert (said.owner, said.applicant_ref) == ("sample:agent", "other")

    def test_a_name_from_the_sign_in_was_not_typed_and_a_phone_was(self):
        told = story()
        assert told.when(corrects("applicant.name")).refused("signed_in_by_name").detail == {
            "fields": ["applicant.name"]
        }
        told.when(corrects("applicant.phone")).then(EntryCorrected)

    def test_after_acceptance_only_phones_and_after_the_end_nothing(self):
        told = at_the_window().given(ACCEPT)
        told.when(corrects("applicant.code", "applicant.phone")).refused("identity_settled")
        told.when(corrects("agent.name")).refused("identity_settled")
        told.when(corrects("applicant.phone")).then(EntryCorrected)
        ended = at_the_window().given(Withdraw(by="sample:applicant"))
        ended.when(corrects("applicant.phone")).refused("already_ended")

    def test_two_clerks_do_not_undo_each_others_corrections(self):
        told = at_the_window().given(corrects("applicant.phone"))
        told.when(corrects("applicant.name")).refused("corrected_meanwhile")
        told.when(corrects("applicant.name", seen=1)).then(EntryCorrected)

    def test_nothing_is_not_a_correction_and_there_is_an_end(self):
        told = at_the_window()
        told.when(corrects()).refused("nothing_to_correct")
        for seen in range(MOST_CORRECTIONS):
            told = told.given(corrects("applicant.phone", seen=seen))
        told.when(corrects("applicant.phone", seen=MOST_CORRECTIONS)).refused("too_many_corrections")

    @pytest.mark.parametrize(("field", "verified"), [("applicant.name", False), ("applicant.phone", True)])
    def test_e_licences_are_examined_again_under_another_name(self, field, verified):
        shown = tuple(HandedIn(material=key, licence="1.2", verified=True) for key in "abc")
        told = at_the_window(handed_in=shown).given(corrects(field))
        assert {each.verified for each in told.state.handed_in} == {verified}


class TestBlindIndex:
    KEY, OTHER = b"k" * 32, b"o" * 32

    def test_names_are_found_however_they_are_typed_and_only_with_the_key(self):
        token = name_token(self.KEY, "样例 ＡＢ公司")
        assert token == name_token(self.KEY, " 样例AB 公司") == name_token(self.KEY, "样例ab公司")
        assert token != name_token(self.OTHER, "样例 AB公司")
        assert token != name_token(self.KEY, "样例公司")

    def test_a_name_and_a_tail_of_the_same_signs_are_not_confused(self):
        assert name_token(self.KEY, "0001") != tail_token(self.KEY, "0001")

    def test_both_parties_are_found_and_nobody_by_a_missing_phone(self):
        holder = Party(kind="person", name="样例甲", code="110000199001010013", phone="13900000001")
        agent = Party(kind="person", name="样例乙", code="110000199001010013")
        assert set(found_by(self.KEY, holder, agent)) == {
            name_token(self.KEY, "样例甲"),
            name_token(self.KEY, "样例乙"),
            tail_token(self.KEY, "0001"),
        }
        assert found_by(self.KEY, holder, None) == found_by(self.KEY, holder)
