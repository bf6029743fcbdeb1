"""Who may give an opinion, once, with what reason; and what the last of them decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.approval.decide import decide
from services.approval.model import MAX_OPINION_ID, RULES, DepartmentSays
from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn, OpinionGiven, TaskAssigned
from shared.kernel import Decision, Refused
from tests.unit.approval.sample import (
    APP,
    CASE,
    HOLDER,
    NOW,
    ONE_BY_ONE,
    TOGETHER,
    accepted,
    agrees,
    disagrees,
    says,
    story,
    withdrawal,
)


def test_the_last_of_three_opinions_approves_the_case():
    told = story(accepted(*TOGETHER), agrees(1, "xfdd"), agrees(3, "cgj"))
    given_, approved = told.when(agrees(2, "wjj")).then(OpinionGiven, CaseApproved)
    assert (given_.department, given_.officer, given_.verdict, given_.at) == ("wjj", "sample:officer", "agree", NOW)
    assert approved.item_version == 3
    assert approved.result.name == "样例通知书"
    assert approved.holder == HOLDER
    assert (approved.owner, approved.applicant_ref) == ("sample:applicant", "ref-1")
    assert (approved.item_kind, approved.basis) == ("01", ("食品安全法(2021)第33、35条",))


def test_the_answer_says_what_became_of_the_case():
    told = story(accepted(*TOGETHER)).when(agrees(1, "xfdd"))
    assert told.last.answer == {"task": f"{CASE}-T1", "case": CASE, "verdict": "agree", "case_status": "open"}


def test_a_disagreement_waits_for_its_parallel_tasks_so_that_all_reasons_are_told():
    told = story(accepted(*TOGETHER)).when(disagrees(2, "wjj", "布局不合理"))
    told.then(OpinionGiven)
    told = told.when(disagrees(1, "xfdd", " 通道太窄 "))
    told.then(OpinionGiven)
    told = told.when(agrees(3, "cgj"))
    _, refused = told.then(OpinionGiven, CaseRefused)
    assert refused.reasons == ("通道太窄", "布局不合理"), "in the order of the plan, whoever answered first"
    assert told.state.case(CASE).status == "refused"


def test_a_refusal_names_both_remedies_with_their_limits():
    _, refused = story(accepted()).when(disagrees(1, "scjg", "材料不实")).then(OpinionGiven, CaseRefused)
    review, lawsuit = refused.remedies
    assert "行政复议" in review
    assert "60日" in review
    assert "《行政复议法》第二十条" in review
    assert "行政诉讼" in lawsuit
    assert "6个月" in lawsuit
    assert "《行政诉讼法》第四十六条" in lawsuit
    assert refused.holder == HOLDER
    assert (refused.item_kind, refused.basis) == ("01", ("食品安全法(2021)第33、35条",))


def test_after_a_disagreement_no_further_step_opens():
    told = story(accepted(*ONE_BY_ONE)).when(disagrees(1, "scjg", "材料不实"))
    told.then(OpinionGiven, CaseRefused)
    told.when(agrees(2, "xfdd")).refused("case_ended")


@pytest.mark.parametrize("reason", [None, "", " \n ", "\x00\u200b\u202e\ufeff"])
def test_a_disagreement_needs_a_reason(reason):
    story(accepted()).when(disagrees(1, "scjg", reason)).refused("reason_needed")


def test_an_agreement_may_have_a_reason_and_an_empty_one_is_none():
    told = story(accepted(*TOGETHER))
    assert told.when(says(1, "xfdd", reason="已现场核查")).then(OpinionGiven)[0].reason == "已现场核查"
    assert told.when(says(1, "xfdd", reason="  ")).then(OpinionGiven)[0].reason is None


def test_a_reason_is_told_as_it_reads_without_characters_that_cannot_be_seen_or_printed():
    said = says(1, "scjg", verdict="disagree", reason="通道\x00太窄\u202e\r\n见照片𠮷")
    _, refused = story(accepted()).when(said).then(OpinionGiven, CaseRefused)
    assert refused.reasons == ("通道太窄 见照片𠮷",)


@pytest.mark.parametrize(
    "number",
    [
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "138\u200b00138000",
        "110000 19900101 0010",
        "11000019900101001Ｘ",
    ],
)
def test_a_number_of_a_person_is_found_however_it_is_written(number):
    story(accepted()).when(disagrees(1, "scjg", f"见{number}")).refused("personal_data")
    story(accepted()).when(says(1, "scjg", officer=number)).refused("personal_data")


@pytest.mark.parametrize("number", ["文号 2026-0301-1234", "13 份", "12345678901", "138001380001", "2026年3月1日"])
def test_other_numbers_may_stand_in_a_reason(number):
    story(accepted()).when(disagrees(1, "scjg", f"见{number}")).then(OpinionGiven, CaseRefused)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (agrees(1, "wjj"), "not_your_task"),
        (says(1, "wjj"), "not_your_task"),
        (says(1, ""), "not_your_task"),
        (agrees(9, "xfdd"), "no_such_task"),
        (agrees(1, "xfdd", case=f"{APP}-02"), "no_such_task"),
        (says(1, "xfdd", opinion_id="x" * (MAX_OPINION_ID + 1)), "opinion_id_too_long"),
        (says(1, "xfdd", officer="110000199001010010"), "personal_data"),
        (says(1, "xfdd", reason="请电13800138000"), "personal_data"),
        (disagrees(1, "xfdd", "见110000199001010010的档案"), "personal_data"),
    ],
)
def test_what_is_not_a_departments_to_say_is_refused(said, code):
    story(accepted(*TOGETHER)).when(said).refused(code)


def test_an_opinion_on_an_application_that_does_not_exist_is_refused():
    story().when(says(1, "xfdd")).refused("no_such_task")


def test_an_opinion_before_its_step_began_is_refused():
    story(accepted(*ONE_BY_ONE)).when(says(2, "xfdd")).refused("not_open_yet")


def test_a_task_takes_one_opinion_and_a_repeat_of_the_same_record_is_none():
    told = story(accepted(*TOGETHER), says(1, "xfdd", opinion_id="o-1"))
    again = told.when(says(1, "xfdd", opinion_id="o-1", verdict="disagree", reason="改主意"))
    again.then()
    assert again.state == told.state
    told.when(says(1, "xfdd", opinion_id="o-2")).refused("already_given")
    told.when(agrees(1, "xfdd")).refused("already_given")
    told.when(says(1, "wjj", opinion_id="o-1")).refused("not_your_task")
    told.when(says(2, "wjj", opinion_id="o-1")).then(OpinionGiven)


def test_a_repeat_that_comes_after_the_decision_is_still_no_refusal():
    told = story(accepted(), says(1, "scjg"))
    told.when(says(1, "scjg")).then()
    told.when(says(1, "scjg", opinion_id="o-2")).refused("already_given")


def test_an_opinion_from_the_desk_is_never_taken_for_a_repeat():
    told = story(accepted(*TOGETHER), agrees(1, "xfdd"))
    told.when(says(1, "xfdd", opinion_id="")).refused("already_given")


def test_a_withdrawal_before_the_decision_is_granted_and_ends_the_tasks():
    told = story(accepted(*TOGETHER), agrees(1, "xfdd")).when(withdrawal())
    (withdrawn,) = told.then(CaseWithdrawn)
    assert withdrawn.at == NOW
    assert told.state.case(CASE).status == "withdrawn"
    told.when(agrees(2, "wjj")).refused("case_ended")
    told.when(agrees(1, "xfdd")).refused("already_given")
    told.when(withdrawal()).then()


def test_a_waiting_case_may_be_withdrawn_too():
    story(accepted(waits_for=(f"{APP}-02",))).when(withdrawal()).then(CaseWithdrawn)


@pytest.mark.parametrize("last", [agrees(1, "scjg"), disagrees(1, "scjg", "材料不实")])
def test_after_the_decision_a_withdrawal_changes_nothing(last):
    told = story(accepted(), last)
    again = told.when(withdrawal())
    again.then()
    assert again.state == told.state


def test_a_withdrawal_of_a_case_that_was_never_accepted_is_refused():
    story().when(withdrawal()).refused("no_such_case")


OPINIONS = st.builds(
    DepartmentSays,
    task=st.sampled_from([f"{CASE}-T1", f"{CASE}-T2", "", "x"]) | st.text(max_size=40),
    department=st.sampled_from(["scjg", "xfdd", ""]),
    officer=st.text(max_size=64),
    verdict=st.sampled_from(["agree", "disagree"]),
    reason=st.none() | st.text(max_size=500),
    opinion_id=st.text(max_size=200),
)


@given(st.lists(OPINIONS, max_size=6))
def test_whatever_a_departments_software_says_is_decided_or_refused_and_never_raises(opinions):
    state = story(accepted(*ONE_BY_ONE)).state
    for said in opinions:
        answer = decide(state, said, NOW, RULES)
        assert isinstance(answer, Decision | Refused)
        state = answer.state if isinstance(answer, Decision) else state


def test_the_next_step_goes_to_its_own_department():
    told = story(accepted(*ONE_BY_ONE)).when(agrees(1, "scjg"))
    assert told.then(OpinionGiven, TaskAssigned)[1].department == "xfdd"
