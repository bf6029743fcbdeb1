"""Which tasks a case has, and which of them open when."""

import pytest

from services.approval.model import Approval
from shared.contracts.approval import CaseApproved, OpinionGiven, TaskAssigned
from tests.unit.approval.sample import APP, CASE, NOW, ONE_BY_ONE, TOGETHER, accepted, agrees, closed, ready, story

SECOND = f"{APP}-02"


def states(told, case=CASE):
    found = told.state.case(case)
    return [found.state_of(task) for task in found.tasks]


def test_an_accepted_case_assigns_its_first_step_to_each_department_at_once():
    told = story().when(accepted(*TOGETHER))
    said = told.then(TaskAssigned, TaskAssigned, TaskAssigned)
    assert [(event.task, event.department, event.due_days) for event in said] == [
        (f"{CASE}-T1", "xfdd", 1),
        (f"{CASE}-T2", "wjj", 1),
        (f"{CASE}-T3", "cgj", 1),
    ]
    assert {event.at for event in said} == {NOW}
    assert isinstance(told.state, Approval)


def test_steps_of_the_same_number_run_in_parallel_and_the_next_waits_for_all_of_them():
    plan = ((2, ("zjj",)), (1, ("xfdd",)), (1, ("wjj",)))
    told = story(accepted(*plan), agrees(1, "xfdd"))
    assert states(told) == ["given", "open", "planned"]
    given, assigned = told.when(agrees(2, "wjj")).then(OpinionGiven, TaskAssigned)
    assert given.task == f"{CASE}-T2"
    assert (assigned.task, assigned.step, assigned.department) == (f"{CASE}-T3", "s1", "zjj")


def test_task_numbers_follow_the_plan_and_fit_the_bound_of_the_contract():
    plan = tuple((seq, ("scjg", "xfdd")) for seq in range(1, 50))
    numbers = [task.id for task in story(accepted(*plan)).state.case(CASE).tasks]
    assert numbers == [f"{CASE}-T{n}" for n in range(1, 99)]
    assert max(map(len, numbers)) <= 40


def test_a_department_named_twice_in_one_step_gets_one_task():
    story().when(accepted((1, ("xfdd", "xfdd")))).then(TaskAssigned)


def test_a_waiting_case_opens_no_task_before_it_is_ready():
    waiting = story(accepted(), accepted(*TOGETHER, case=SECOND, waits_for=(CASE,)))
    waiting.then()
    assert states(waiting, SECOND) == ["planned"] * 3
    waiting.when(agrees(1, "xfdd", case=SECOND)).refused("not_open_yet")
    told = waiting.when(ready(SECOND))
    told.then(TaskAssigned, TaskAssigned, TaskAssigned)
    assert states(told, SECOND) == ["open"] * 3


def test_an_acceptance_said_again_with_its_legal_date_assigns_nothing_anew_in_any_state():
    for told in (story(accepted(*TOGETHER)), story(accepted(), agrees(1, "scjg")), story(accepted(), closed())):
        again = told.when(accepted(*TOGETHER).model_copy(update={"deemed": True}))
        again.then()
        assert again.state == told.state


def test_ready_twice_or_for_a_case_that_never_waited_changes_nothing():
    told = story(accepted())
    assert told.when(ready()).state == told.state
    told.when(ready()).then()


def test_ready_for_a_case_that_was_never_accepted_is_refused():
    story().when(ready()).refused("no_such_case")
    story(accepted()).when(ready(SECOND)).refused("no_such_case")


def test_the_same_case_accepted_again_keeps_what_was_done():
    told = story(accepted(*ONE_BY_ONE), agrees(1, "scjg"))
    again = told.when(accepted(*TOGETHER))
    again.then()
    assert again.state == told.state


def test_a_closed_case_ends_its_tasks_silently():
    waiting = story(accepted(), accepted(*TOGETHER, case=SECOND, waits_for=(CASE,)))
    told = waiting.when(closed(SECOND))
    told.then()
    assert states(told, SECOND) == ["ended"] * 3
    told.when(ready(SECOND)).then()
    assert told.when(ready(SECOND)).state == told.state
    told.when(agrees(1, "xfdd", case=SECOND)).refused("case_ended")
    told.when(agrees(1, "scjg")).then(OpinionGiven, CaseApproved)


@pytest.mark.parametrize("before", [(), (accepted(),), (accepted(), agrees(1, "scjg"))])
def test_closing_what_never_opened_or_has_ended_changes_nothing(before):
    told = story(*before)
    number = CASE if len(before) != 1 else SECOND
    again = told.when(closed(number))
    again.then()
    assert again.state == told.state
