"""AB角: who stands in for whom; silence hands a task over once, and never what was answered or has moved on."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.approval.decide import decide
from services.approval.model import RULES, Deputies, Deputy, GiveOpinion, HandBackTask, NameDeputy, TakeTask
from shared.contracts.approval import TaskReassigned
from shared.contracts.supervision import CountdownPassed
from shared.testing.story import Story
from tests.unit.approval.sample import CASE, NOW, TOGETHER, accepted, answered, closed, says, unanswered, urged

A, B, OTHER = "sample:a", "sample:b", "sample:other"
DUE = NOW + timedelta(days=3)
LATER = DUE + timedelta(seconds=2)


def rules(*named):
    rows = tuple(
        Deputy(department="xfdd", officer=who, deputy=to, deputy_name="样例乙", by="h", at=NOW) for who, to in named
    )
    return RULES.model_copy(update={"deputies": Deputies(named=rows)})


def takes(officer=A):
    return TakeTask(task=f"{CASE}-T1", department="xfdd", officer=officer, name="样例")


def told(*messages, by=((A, B),)):
    return Story(decide, rules(*by), NOW).given(*messages)


def held(*more, by=((A, B),)):
    return told(accepted(*TOGETHER), takes(), urged(1, "xfdd", "wjj"), *more, by=by)


def the_task(story):
    return story.state.task(f"{CASE}-T1")[1]


def test_a_silent_officers_task_goes_to_the_deputy_by_the_system_and_with_the_reason():
    story = held().at(LATER).when(unanswered(1, "xfdd", DUE))
    (said,) = story.then(TaskReassigned)
    assert (said.from_officer, said.to_officer, said.by, said.at) == (A, B, "system:approval", LATER)
    assert said.reason == "催办到期没有答复，任务自动转交 B 角。"
    assert (the_task(story).hold.officer, the_task(story).hold.name) == (B, "样例乙")


@pytest.mark.parametrize("by", [(), ((A, A),), ((OTHER, B),)])
def test_without_a_deputy_it_is_opened_to_the_whole_department(by):
    story = held(by=by).at(LATER).when(unanswered(1, "xfdd", DUE))
    (said,) = story.then(TaskReassigned)
    assert (said.to_officer, said.reason) == (None, "催办到期没有答复，任务对全部门开放。")
    assert the_task(story).hold is None


def test_the_departments_own_deputy_stands_in_for_whoever_has_none():
    story = held(by=(("", B),)).at(LATER).when(unanswered(1, "xfdd", DUE))
    assert story.last.events[0].to_officer == B


def test_a_silent_deputy_leaves_it_to_everybody():
    story = held(by=((A, B), (B, A))).at(LATER).given(unanswered(1, "xfdd", DUE))
    story = story.given(urged(2, "xfdd", at=DUE, rung="supervise"))
    story = story.at(DUE + timedelta(days=4)).when(unanswered(2, "xfdd", DUE + timedelta(days=3)))
    (said,) = story.then(TaskReassigned)
    assert (said.from_officer, said.to_officer) == (B, None)


def test_said_twice_it_is_done_once():
    story = held().at(LATER).given(unanswered(1, "xfdd", DUE)).when(unanswered(1, "xfdd", DUE))
    story.then()


def test_where_the_answer_is_due_on_the_same_day_it_is_done_once_too():
    tonight = NOW + timedelta(hours=8)
    story = held().at(tonight + timedelta(seconds=2)).given(unanswered(1, "xfdd", tonight))
    story.when(unanswered(1, "xfdd", tonight)).then()


@pytest.mark.parametrize(
    "before",
    [
        (answered(1, "xfdd"),),
        (GiveOpinion(task=f"{CASE}-T1", department="xfdd", officer=A, verdict="agree"),),
        (says(1, "xfdd"),),
        (closed(),),
        (HandBackTask(task=f"{CASE}-T1", department="xfdd", officer=A, reason="出差"),),
    ],
)
def test_what_was_answered_decided_ended_or_handed_back_stays_as_it_is(before):
    story = held(*before)
    told = story.at(LATER).when(unanswered(1, "xfdd", DUE))
    told.then()
    assert told.state == story.state


def test_who_took_it_long_after_the_urge_has_just_begun():
    story = told(accepted(*TOGETHER), urged(1, "xfdd")).at(NOW + timedelta(days=2)).given(takes(OTHER))
    story.at(LATER).when(unanswered(1, "xfdd", DUE)).then()


def test_another_departments_silence_is_its_own():
    held().at(LATER).when(unanswered(1, "wjj", DUE)).then()
    held().at(LATER).when(unanswered(2, "xfdd", DUE)).then()
    told().when(unanswered(1, "xfdd", DUE)).then()


def test_talks_and_referrals_are_no_affair_of_officers_and_a_reminder_asks_for_nothing():
    story = held(urged(2, "xfdd", rung="talk", asks=False), urged(3, "xfdd", rung="remind", asks=False, reply_by=None))
    assert [(urge.number, urge.asks) for urge in story.state.urges_of(CASE, "xfdd")] == [(1, True), (3, False)]


def test_deputies_are_named_replaced_and_taken_back():
    def names(officer, deputy, department="xfdd"):
        return NameDeputy(department=department, officer=officer, deputy=deputy, by="sample:head")

    story = told(names(A, B), names(A, OTHER), names(A, B, "wjj"), names("", B))
    assert [(each.department, each.officer, each.deputy) for each in story.state.named] == [
        ("wjj", A, B), ("xfdd", "", B), ("xfdd", A, OTHER),
    ]  # fmt: skip
    story = story.when(names(A, " "))
    assert [each.officer for each in story.state.of("xfdd")] == [""]
    story.when(names(A, A)).refused("own_deputy")
    story.when(names(A, "13812345678")).refused("personal_data")


@settings(max_examples=80, deadline=None)
@given(st.permutations([takes(), urged(1, "xfdd"), answered(1, "xfdd"), unanswered(1, "xfdd", DUE)]), st.booleans())
def test_in_any_order_a_task_is_handed_over_at_most_once_and_only_from_who_had_it(order, twice):
    story, handed = told(accepted(*TOGETHER)), []
    for message in [*order, *([unanswered(1, "xfdd", DUE)] if twice else [])]:
        story = story.at(LATER if isinstance(message, CountdownPassed) else NOW).when(message)
        handed += [e for e in story.last.events if isinstance(e, TaskReassigned) and e.by == "system:approval"]
    assert len(handed) <= 1
    assert all(each.from_officer == A for each in handed)
