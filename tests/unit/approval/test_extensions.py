"""延长期限 (行政许可法 Art. 42): who asks, who grants, once, how many days, until when, and with what reason."""

from datetime import UTC, datetime, timedelta

import pytest

from services.approval.model import TakeTask
from services.approval.store import ApprovalCodec
from shared.contracts.approval import JointLimitExtended, LimitExtended
from tests.unit.approval.sample import (
    APP,
    CASE,
    HEAD,
    NOW,
    ONE_BY_ONE,
    TOGETHER,
    accepted,
    agrees,
    asks,
    ends,
    extends,
    extends_jointly,
    paused,
    says_no,
    started,
    starts,
    story,
    who,
    withdrawal,
)

STATUTORY = datetime(2026, 3, 16, 10, tzinfo=UTC)
"""The cut-off of the tenth working day."""
SECOND = f"{APP}-02"
JOINT = datetime(2026, 5, 6, 10, tzinfo=UTC)


def timed(*messages):
    """A case with its clock."""
    return story(accepted(*ONE_BY_ONE), started(statutory_due=STATUTORY), *messages)


def test_the_head_extends_and_the_reason_is_said():
    told = story(accepted()).when(extends(days=10))
    (said,) = told.then(LimitExtended)
    assert (said.case, said.days, said.reason, said.by, said.at) == (CASE, 10, "需要核实档案", HEAD, NOW)
    assert told.last.answer == {"case": CASE, "extension": "extended"}


def test_once():
    told = story(accepted(), extends())
    told.when(extends()).refused("already_extended")
    told.when(asks()).refused("already_extended")


def test_what_is_asked_waits_for_the_head_and_says_nothing():
    told = story(accepted(*ONE_BY_ONE)).when(asks(days=7))
    told.then()
    case = told.state.case(CASE)
    assert case.awaits_head
    assert (case.asked.days, case.asked.by, case.asked.task) == (7, "sample:officer", f"{CASE}-T1")
    told.when(asks()).refused("already_asked")
    granted = told.when(extends(days=6, reason="需要调取档案"))
    assert granted.then(LimitExtended)[0].days == 6
    assert not granted.state.case(CASE).awaits_head


def test_a_department_that_was_asked_twice_has_its_list_in_the_order_of_the_first():
    told = story(accepted(), accepted(case=SECOND), asks()).at(NOW + timedelta(days=1))
    told = told.given(asks().model_copy(update={"task": f"{SECOND}-T1"}))
    assert [case.asked.at for case in told.state.cases] == [NOW, NOW + timedelta(days=1)]
    assert ApprovalCodec().index(told.state)["desk"]["scjg:asked::"] == f"{int(NOW.timestamp()):010d}{APP}"


def test_the_head_says_no_with_the_reason_and_it_may_be_asked_again():
    told = story(accepted(), asks()).when(says_no())
    told.then()
    case = told.state.case(CASE)
    assert (case.awaits_head, case.asked.refused_reason, case.asked.refused_by) == (False, "材料已经齐全", HEAD)
    told.when(says_no()).refused("nothing_asked")
    assert told.when(asks()).state.case(CASE).awaits_head


def test_a_no_needs_its_reason_and_something_to_answer():
    asked = story(accepted(), asks())
    asked.when(says_no(reason=" ")).refused("extension_reason_needed")
    asked.when(says_no(reason="打13800138000")).refused("personal_data")
    story(accepted()).when(says_no()).refused("nothing_asked")
    asked.given(withdrawal()).when(says_no()).refused("case_ended")


def test_the_head_of_the_deciding_body_alone_decides():
    asked = story(accepted(*ONE_BY_ONE), agrees(1, "scjg"), asks(2, "xfdd"))
    for command in (extends, says_no):
        asked.when(command(1, officer="sample:officer")).refused("deciding_head_only")
        asked.when(command(2, "xfdd", "sample:head-xfdd")).refused("deciding_head_only")
        asked.when(command(2, "scjg")).refused("not_your_task")
        asked.when(command(9)).refused("no_such_task")
    asked.when(extends(1)).then(LimitExtended)


def test_who_asks_has_an_open_task_in_no_other_hands():
    plan = story(accepted(*ONE_BY_ONE))
    plan.when(asks(2, "xfdd")).refused("not_open_yet")
    plan.when(asks(1, "xfdd")).refused("not_your_task")
    plan.given(TakeTask(**who(officer="sample:colleague"))).when(asks()).refused("taken_by_another")
    plan.given(agrees(1, "scjg")).when(asks()).refused("already_given")


@pytest.mark.parametrize("command", [asks, extends])
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"days": 0}, "days_beyond_law"),
        ({"days": 11}, "days_beyond_law"),
        ({"reason": " "}, "extension_reason_needed"),
        ({"reason": "证号11000019900101001X"}, "personal_data"),
    ],
)
def test_days_and_reasons_are_within_the_law(command, wrong, code):
    story(accepted()).when(command(**wrong)).refused(code)


@pytest.mark.parametrize("command", [asks, extends])
@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"statutory": None}, "no_statutory_limit"),
        ({"kind": "20"}, "not_a_licence"),
        ({"statutory": 3}, "special_limit"),
        ({"statutory": 45}, "special_limit"),
        ({"statutory": 20, "unit": "calendar_days"}, "special_limit"),
        ({"waits_for": (f"{APP}-02",)}, "not_open_yet"),
    ],
)
def test_what_has_no_limit_under_art_42_is_not_extended(command, about, code):
    story(accepted(**about)).when(command()).refused(code)


def test_a_case_kept_before_limits_were_has_the_one_that_supervision_says():
    told = story(accepted(statutory=None), started(statutory_due=STATUTORY))
    told.when(extends()).then(LimitExtended)


def test_not_after_the_end():
    story(accepted(), withdrawal()).when(extends()).refused("case_ended")


def test_not_after_the_limit_has_passed():
    timed().at(STATUTORY).when(extends()).then(LimitExtended)
    late = timed().at(STATUTORY + timedelta(seconds=1))
    late.when(extends()).refused("limit_passed")
    late.when(asks()).refused("limit_passed")


def test_a_limit_does_not_pass_while_the_case_stands_still():
    before, after = STATUTORY - timedelta(days=1), STATUTORY + timedelta(days=30)
    timed().at(before).given(starts()).at(after).when(extends()).then(LimitExtended)
    heard = timed().at(before).given(starts(), paused(at=before)).at(after)
    heard.when(extends()).then(LimitExtended)
    heard.given(ends()).when(extends()).then(LimitExtended)  # the new date is still on its way


def test_a_procedure_that_came_too_late_stops_nothing_that_had_passed():
    late = timed().at(STATUTORY + timedelta(days=1)).given(starts()).at(STATUTORY + timedelta(days=2))
    late.when(extends()).refused("limit_passed")


def test_a_second_procedure_in_the_first_does_not_begin_the_standing_anew():
    first, second = STATUTORY - timedelta(days=1), STATUTORY + timedelta(days=1)
    told = timed().at(first).given(starts()).at(second).given(starts(kind="hearing"), ends())
    told.at(second + timedelta(days=9)).when(extends()).then(LimitExtended)


def joint(*messages):
    return story(accepted(*TOGETHER, joint=45), *messages)


def clock_of_all(due=JOINT):
    return started(due=due, subject=APP, clock="joint")


def test_the_joint_limit_is_extended_on_paper_of_the_government():
    told = joint(clock_of_all()).when(extends_jointly())
    (said,) = told.then(JointLimitExtended)
    assert (said.application, said.days, said.approval) == (APP, 15, "样政批〔2026〕7 号")
    assert (said.reason, said.by) == ("三个部门要重新核查", "sample:supervisor")
    told.when(extends_jointly()).refused("already_extended")
    assert told.when(extends(1, "scjg")).last.code == "not_your_task", "the own limit of a case is another matter"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"days": 0}, "days_beyond_joint_law"),
        ({"days": 16}, "days_beyond_joint_law"),
        ({"approval": " "}, "approval_needed"),
        ({"reason": " "}, "extension_reason_needed"),
        ({"approval": "13800138000"}, "personal_data"),
    ],
)
def test_the_joint_one_is_within_the_law_too(wrong, code):
    joint().when(extends_jointly(**wrong)).refused(code)


def test_there_must_be_a_joint_limit_that_has_not_passed():
    story().when(extends_jointly()).refused("no_joint_limit")
    story(accepted()).when(extends_jointly()).refused("no_joint_limit")
    joint(withdrawal()).when(extends_jointly()).refused("case_ended")
    late = joint(clock_of_all()).at(JOINT + timedelta(seconds=1))
    late.when(extends_jointly()).refused("limit_passed")
    still = joint(clock_of_all(), starts(1, "xfdd"), paused(APP, clock="joint")).at(JOINT + timedelta(days=1))
    still.when(extends_jointly()).then(JointLimitExtended)


def test_the_joint_clock_may_be_heard_of_before_its_cases():
    told = story(clock_of_all()).given(accepted(*TOGETHER, joint=45)).at(JOINT + timedelta(seconds=1))
    told.when(extends_jointly()).refused("limit_passed")
    assert told.state.clocks == ()
