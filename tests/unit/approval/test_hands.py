"""Whose hands a task is in: taken, handed back with a reason, reassigned by the head; and what that binds."""

from datetime import timedelta

import pytest

from services.approval.model import GiveOpinion, HandBackTask, ReassignTask, TakeTask
from shared.contracts.approval import CaseApproved, OpinionGiven, TaskReassigned
from tests.unit.approval.sample import CASE, NOW, ONE_BY_ONE, TOGETHER, accepted, agrees, closed, says, story

ME, COLLEAGUE, HEAD = "sample:me", "sample:colleague", "sample:head"


def who(officer=ME, number=1, department="xfdd"):
    named = {ME: "样例甲", COLLEAGUE: "样例乙", HEAD: "样例负责人"}[officer]
    return {
        "task": f"{CASE}-T{number}", "department": department, "officer": officer, "name": named,
        "head": officer == HEAD,
    }  # fmt: skip


def takes(officer=ME, **more):
    return TakeTask(**who(officer, **more))


def hands_back(officer=ME, reason="出差一周", **more):
    return HandBackTask(**who(officer, **more), reason=reason)


def reassigns(to=COLLEAGUE, officer=HEAD, reason=None, **more):
    return ReassignTask(**who(officer, **more), to=to, to_name="样例乙", reason=reason)


def decides(officer=ME, number=1, department="xfdd"):
    return GiveOpinion(**who(officer, number, department), verdict="agree")


def the_task(told, number=1):
    return told.state.task(f"{CASE}-T{number}")[1]


def taken(*more):
    return story(accepted(*TOGETHER), takes(), *more)


def test_whoever_takes_a_task_has_it_and_everyone_hears():
    told = story(accepted(*TOGETHER)).when(takes())
    (said,) = told.then(TaskReassigned)
    assert (said.task, said.department, said.case) == (f"{CASE}-T1", "xfdd", CASE)
    assert (said.from_officer, said.to_officer, said.by, said.reason, said.at) == (None, ME, ME, None, NOW)
    assert (the_task(told).hold.officer, the_task(told).hold.name) == (ME, "样例甲")
    assert told.last.answer == {"task": f"{CASE}-T1", "case": CASE, "officer": ME}
    assert the_task(told, 2).hold is None


def test_a_name_is_kept_for_colleagues_and_never_said():
    told = taken(hands_back())
    (said,) = told.then(TaskReassigned)
    assert "样例甲" not in said.model_dump_json()


def test_taking_again_what_one_has_changes_nothing():
    told = taken()
    again = told.at(NOW + timedelta(hours=1)).when(takes())
    again.then()
    assert again.state == told.state
    assert again.last.answer["officer"] == ME


@pytest.mark.parametrize("officer", [COLLEAGUE, HEAD])
def test_what_a_colleague_has_is_not_taken_from_them(officer):
    taken().when(takes(officer)).refused("taken_by_another")


def test_while_a_colleague_has_it_nobody_else_decides_but_the_head():
    taken().when(decides(COLLEAGUE)).refused("taken_by_another")
    taken().when(decides(ME)).then(OpinionGiven)
    taken().when(decides(HEAD)).then(OpinionGiven)


def test_a_task_in_nobodys_hands_is_decided_by_anyone_of_the_department():
    assert story(accepted(*TOGETHER)).when(decides()).then(OpinionGiven)[0].officer == ME


def test_a_departments_own_software_is_not_bound_by_what_happens_at_the_desk():
    taken().when(says(1, "xfdd")).then(OpinionGiven)


def test_handing_back_opens_it_to_the_whole_department_with_the_reason():
    told = taken().when(hands_back(reason=" 出差\n一周 "))
    (said,) = told.then(TaskReassigned)
    assert (said.from_officer, said.to_officer, said.by, said.reason) == (ME, None, ME, "出差 一周")
    task = the_task(told)
    assert task.hold is None
    assert (task.passed.reason, task.passed.by, task.passed.to, task.passed.at) == ("出差 一周", ME, None, NOW)
    told.when(decides(COLLEAGUE)).then(OpinionGiven)
    assert the_task(told.given(takes(COLLEAGUE))).passed.reason == "出差 一周", "whoever takes it still reads why"


@pytest.mark.parametrize("reason", ["", "  \n", "\u200b"])
def test_handing_back_needs_a_reason_that_can_be_read(reason):
    taken().when(hands_back(reason=reason)).refused("hand_back_reason_needed")


@pytest.mark.parametrize(
    "command", [hands_back(reason="打 138 0013 8000"), reassigns(officer=HEAD, reason="13800138000")]
)
def test_a_reason_holds_no_number_of_a_person(command):
    taken().when(command).refused("personal_data")


def test_only_who_has_it_or_the_head_hands_it_back():
    taken().when(hands_back(COLLEAGUE)).refused("taken_by_another")
    taken().when(hands_back(HEAD)).then(TaskReassigned)
    story(accepted(*TOGETHER)).when(hands_back()).refused("not_taken")


def test_the_head_puts_a_task_into_an_officers_hands():
    told = taken().when(reassigns(reason="去培训"))
    (said,) = told.then(TaskReassigned)
    assert (said.from_officer, said.to_officer, said.by, said.reason) == (ME, COLLEAGUE, HEAD, "去培训")
    assert (the_task(told).hold.officer, the_task(told).hold.name) == (COLLEAGUE, "样例乙")
    assert the_task(told).passed.to == COLLEAGUE
    told.when(decides(ME)).refused("taken_by_another")
    told.when(decides(COLLEAGUE)).then(OpinionGiven)
    (first,) = story(accepted(*TOGETHER)).when(reassigns()).then(TaskReassigned)
    assert (first.from_officer, first.to_officer) == (None, COLLEAGUE)


def test_reassigning_to_who_has_it_changes_nothing():
    told = taken()
    again = told.when(reassigns(to=ME))
    again.then()
    assert again.state == told.state


def test_only_the_head_reassigns_and_only_to_somebody():
    taken().when(reassigns(officer=ME)).refused("head_only")
    taken().when(reassigns(to=" ")).refused("nobody_named")


@pytest.mark.parametrize("command", [takes, hands_back, reassigns])
def test_only_an_open_task_of_the_department_changes_hands(command):
    story().when(command()).refused("no_such_task")
    story(accepted(*TOGETHER)).when(command(number=9)).refused("no_such_task")
    story(accepted(*TOGETHER)).when(command(number=2)).refused("not_your_task")
    story(accepted(*TOGETHER), agrees(1, "xfdd")).when(command()).refused("already_given")
    story(accepted(*TOGETHER), closed()).when(command()).refused("case_ended")
    story(accepted(*ONE_BY_ONE)).when(command(number=2)).refused("not_open_yet")


def test_what_is_decided_is_the_same_whosever_hands_it_went_through():
    told = taken(hands_back(), takes(COLLEAGUE), reassigns(to=ME), decides(ME), agrees(2, "wjj"))
    told.when(agrees(3, "cgj")).then(OpinionGiven, CaseApproved)
