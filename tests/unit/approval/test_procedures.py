"""特别程序 (行政许可法 Art. 45): who starts and ends one, what it needs, what waits for it, and what ends it."""

from datetime import timedelta

import pytest

from services.approval.model import MOST_PLANNED, MOST_PROCEDURES, TakeTask
from shared.contracts.approval import (
    CaseApproved,
    CaseWithdrawn,
    OpinionGiven,
    ProcedureEnded,
    ProcedureStarted,
    TaskAssigned,
)
from tests.unit.approval.sample import (
    CASE,
    NOW,
    ONE_BY_ONE,
    TOGETHER,
    accepted,
    agrees,
    closed,
    ends,
    says,
    starts,
    story,
    who,
    withdrawal,
)

LATER = NOW + timedelta(days=3)


def test_it_is_said_with_everything_that_the_law_asks_for():
    told = story(accepted()).when(starts())
    (said,) = told.then(ProcedureStarted)
    assert (said.case, said.task, said.procedure) == (CASE, f"{CASE}-T1", f"{CASE}-P1")
    assert (said.kind, said.planned_days, said.notice) == ("expert_review", 10, "样特告〔2026〕1 号")
    assert (said.reason, said.by, said.at) == ("需要专家评审", "sample:officer", NOW)
    assert "样例经办人" not in said.model_dump_json()
    assert told.last.answer == {"task": f"{CASE}-T1", "procedure": f"{CASE}-P1", "ended_at": None}


def test_its_end_is_said_once_and_kept():
    told = story(accepted(), starts()).at(LATER).when(ends())
    (said,) = told.then(ProcedureEnded)
    assert (said.procedure, said.at) == (f"{CASE}-P1", LATER)
    (kept,) = told.state.case(CASE).procedures
    assert (kept.started_at, kept.ended_at) == (NOW, LATER)
    assert told.state.case(CASE).standing_still == ()
    told.when(ends()).refused("procedure_over")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"notice": " \u200b"}, "notice_needed"),
        ({"reason": "\n"}, "procedure_reason_needed"),
        ({"planned_days": 0}, "planned_days_absurd"),
        ({"planned_days": -3}, "planned_days_absurd"),
        ({"planned_days": MOST_PLANNED + 1}, "planned_days_absurd"),
        ({"reason": "请打13800138000"}, "personal_data"),
        ({"notice": "11000019900101001X"}, "personal_data"),
    ],
)
def test_without_notice_days_and_reason_there_is_no_pause(wrong, code):
    story(accepted()).when(starts(**wrong)).refused(code)


def test_as_many_days_as_may_be_planned():
    story(accepted()).when(starts(planned_days=MOST_PLANNED)).then(ProcedureStarted)


def test_it_is_for_the_department_of_an_open_task():
    story().when(starts()).refused("no_such_task")
    plan = story(accepted(*ONE_BY_ONE))
    plan.when(starts(9)).refused("no_such_task")
    plan.when(starts(1, "xfdd")).refused("not_your_task")
    plan.when(starts(2, "xfdd")).refused("not_open_yet")
    plan.given(agrees(1, "scjg")).when(starts()).refused("already_given")
    story(accepted(waits_for=(f"{CASE[:13]}-02",))).when(starts()).refused("not_open_yet")
    story(accepted(), withdrawal()).when(starts()).refused("case_ended")


def test_what_a_colleague_has_in_hand_is_not_stopped_by_another():
    held = story(accepted(), TakeTask(**who(officer="sample:colleague")))
    held.when(starts()).refused("taken_by_another")
    held.given(starts(officer="sample:colleague")).when(ends()).refused("taken_by_another")
    held.given(starts(officer="sample:colleague")).when(ends(officer="sample:head-scjg")).then(ProcedureEnded)


def test_one_of_a_kind_at_a_time_and_another_kind_beside_it():
    running = story(accepted(), starts())
    running.when(starts()).refused("procedure_running")
    running.when(starts(kind="hearing")).then(ProcedureStarted)
    again = running.given(ends()).when(starts())
    assert again.then(ProcedureStarted)[0].procedure == f"{CASE}-P2"


def test_two_departments_may_each_have_one_of_the_same_kind():
    together = story(accepted(*TOGETHER), starts(1, "xfdd", kind="testing"))
    together.when(starts(2, "wjj", kind="testing")).then(ProcedureStarted)
    together.when(ends(2, "wjj", procedure=1)).refused("no_such_procedure")
    together.when(ends(1, "wjj", procedure=1)).refused("not_your_task")


def test_a_case_has_no_more_than_it_can_hold():
    told = story(accepted())
    for number in range(1, MOST_PROCEDURES + 1):
        told = told.given(starts(), ends(procedure=number))
    told.when(starts()).refused("too_many_procedures")


def test_the_opinion_waits_for_the_end_of_its_own_procedure():
    running = story(accepted(*TOGETHER), starts(1, "xfdd"))
    running.when(agrees(1, "xfdd")).refused("procedure_open")
    running.when(agrees(2, "wjj")).then(OpinionGiven)
    running.given(ends(1, "xfdd")).when(agrees(1, "xfdd")).then(OpinionGiven)


def test_the_case_is_never_decided_while_a_procedure_runs():
    others = story(accepted(*TOGETHER), starts(1, "xfdd"), agrees(2, "wjj"), agrees(3, "cgj"))
    assert others.state.case(CASE).status == "open"
    others.given(ends(1, "xfdd")).when(agrees(1, "xfdd")).then(OpinionGiven, CaseApproved)


def test_the_opinion_of_a_departments_own_software_ends_what_it_waited_for():
    running = story(accepted(*ONE_BY_ONE), starts(), starts(kind="hearing")).at(LATER)
    told = running.when(says(1, "scjg"))
    first, second, _given, _next = told.then(ProcedureEnded, ProcedureEnded, OpinionGiven, TaskAssigned)
    assert [first.procedure, second.procedure] == [f"{CASE}-P1", f"{CASE}-P2"]
    assert first.at == LATER
    assert told.state.case(CASE).standing_still == ()


def test_a_withdrawal_ends_what_runs():
    told = story(accepted(), starts()).at(LATER).when(withdrawal())
    ended, withdrawn = told.then(ProcedureEnded, CaseWithdrawn)
    assert ended.at == withdrawn.at == LATER
    told.when(ends()).refused("case_ended")


def test_closing_ends_what_runs():
    told = story(accepted(), starts(), starts(kind="hearing"), ends(procedure=1)).when(closed())
    assert told.then(ProcedureEnded)[0].procedure == f"{CASE}-P2"
    told.when(closed()).then()


def test_an_acceptance_said_again_forgets_no_procedure():
    told = story(accepted(), starts()).when(accepted())
    told.then()
    assert len(told.state.case(CASE).standing_still) == 1
