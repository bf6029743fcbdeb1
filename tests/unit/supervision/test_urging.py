"""催办: who may be urged when, and that each urged department answers once."""

from datetime import date

import pytest

from services.supervision.model import AnswerUrge, IssueUrge
from shared.contracts.supervision import CountdownPassed, UrgeAnswered, UrgeIssued
from shared.kernel import Decision
from tests.unit.supervision.sample import (
    APP,
    CASE,
    SECOND,
    Ear,
    accepted,
    approved,
    asked_for_more,
    at,
    closed,
    issued,
    ready,
    refused,
    story,
    submitted,
    tell,
)

NOW = at("03-02 09:00")
OPEN = (submitted(at("02-12 09:00")), accepted(at("02-12 10:00"), steps=("scjg", "xfdd")))


def urge(case: str = CASE, **more) -> IssueUrge:
    return IssueUrge(**{"case": case, "text": " 请说明超期原因。 ", "by": "sample:supervisor", **more})


def answer(department: str = "xfdd", number: int = 1, case: str = CASE, **more) -> AnswerUrge:
    told = {"case": case, "number": number, "department": department, "text": "明日办结。", "by": "sample:officer"}
    return AnswerUrge(**{**told, **more})


def at_work(*events):
    return story(*(events or OPEN)).at(NOW)


def test_everyone_concerned_is_urged_where_nobody_is_named():
    told = at_work().when(urge(reply_by=date(2026, 3, 3)))
    (said,) = told.then(UrgeIssued)
    assert (said.application, said.case, said.urge, said.departments) == (APP, CASE, 1, ("scjg", "xfdd"))
    assert (said.text, said.by, said.at, said.reply_by) == (
        "请说明超期原因。", "sample:supervisor", NOW, date(2026, 3, 3),
    )  # fmt: skip
    assert told.last.answer == {"case": CASE, "urge": 1, "departments": ["scjg", "xfdd"]}


def test_a_case_of_which_the_ending_was_heard_first_has_nobody_to_urge_yet():
    at_work(approved(at("02-20 10:00"))).when(urge()).refused("nobody_known")


def test_an_urge_moves_no_clock_and_no_light():
    before = at_work()
    after = before.when(urge(reply_by=date(2026, 3, 3)))
    assert after.state.leading == before.state.leading


def test_each_departments_reply_is_counted_down_to_the_closing_of_its_day():
    told = at_work().when(urge(reply_by=date(2026, 3, 7)))
    replies = [clock for clock in told.state.clocks if clock.key == "reply"]
    assert [(clock.department, clock.due) for clock in replies] == [
        ("scjg", at("03-09 18:00")),  # the 7th is a Saturday (民法典 Art. 203(1))
        ("xfdd", at("03-09 18:00")),
    ]
    told = told.when(answer(department="scjg"))
    said = tell(told, at("03-31 00:00")).last.events
    assert [(each.subject, each.kind) for each in said if isinstance(each, CountdownPassed)] == [
        (f"{CASE}/1/xfdd", "reply")
    ], "who has answered is no longer counted"


@pytest.mark.parametrize(("rung", "due"), [("urge", "03-04 18:00"), ("supervise", "03-05 18:00")])
def test_an_urge_without_a_day_falls_due_by_the_ladder(rung, due):
    clocks = [clock for clock in at_work().when(urge(rung=rung)).state.clocks if clock.key == "reply"]
    assert [clock.due for clock in clocks] == [at(due), at(due)]


def test_an_urge_that_asks_for_no_answer_counts_nothing_down():
    assert not [clock for clock in at_work().when(urge(rung="remind")).state.clocks if clock.key == "reply"]


def test_what_is_answered_late_was_announced_first():
    told = at_work().when(urge(reply_by=date(2026, 3, 3))).at(at("03-04 09:00"))
    passed, said = told.when(answer(department="scjg")).then(CountdownPassed, UrgeAnswered)
    assert (passed.subject, passed.due, said.at) == (f"{CASE}/1/scjg", at("03-03 18:00"), at("03-04 09:00"))


def test_urges_are_numbered_for_each_case():
    events = (submitted(at("02-12 09:00"), "scjg", "wjj"), accepted(at("02-12 10:00")))
    told = at_work(*events).given(urge(), urge(), urge(SECOND))
    assert [(each.case, each.number) for each in told.state.urges] == [(CASE, 1), (CASE, 2), (SECOND, 1)]


def test_a_case_that_is_not_accepted_yet_can_be_urged():
    at_work(submitted(at("02-12 09:00"))).when(urge(departments=("scjg",))).then(UrgeIssued)


def test_an_approved_case_is_open_until_its_result_is_issued():
    done = (*OPEN, approved(at("02-20 10:00")))
    at_work(*done).when(urge()).then(UrgeIssued)
    at_work(*done, issued(at("02-21 10:00"))).when(urge()).refused("case_ended")


@pytest.mark.parametrize(
    ("events", "command", "code"),
    [
        (OPEN, urge(f"{APP}-07"), "no_such_case"),
        ((*OPEN, refused(at("02-20 10:00"))), urge(), "case_ended"),
        ((submitted(at("02-12 09:00")), closed(at("02-13 09:00"))), urge(), "case_ended"),
        ((submitted(at("02-12 09:00")), asked_for_more(at("02-13 09:00"))), urge(), "clock_paused"),
        ((*OPEN[:1], accepted(at("02-12 10:00"), waits_for=(SECOND,))), urge(), "no_running_clock"),
        (OPEN, urge(departments=("scjg", "wjj", "cgj")), "not_concerned"),
        (OPEN, urge(reply_by=date(2026, 3, 1)), "reply_by_past"),
        (OPEN, urge(reply_by=date(2026, 5, 2)), "reply_by_far"),
        (OPEN, urge(reply_by=date(2062, 3, 4)), "reply_by_far"),
        (OPEN, urge(text=" \n"), "text_needed"),
        (OPEN, urge(text="催" * 501), "text_too_long"),
        (OPEN, urge(text="请回电 13812345678"), "personal_data"),
    ],
)  # fmt: skip
def test_what_cannot_be_urged_is_refused(events, command, code):
    at_work(*events).when(command).refused(code)


def test_nothing_can_be_urged_of_what_was_never_heard_of():
    story().at(NOW).when(urge()).refused("no_such_case")
    story().at(NOW).when(answer()).refused("no_such_urge")


def test_strangers_are_named():
    told = at_work().when(urge(departments=("wjj", "scjg")))
    assert told.refused("not_concerned").detail == {"departments": ["wjj"]}


def test_the_day_of_an_answer_may_be_today_in_the_hall():
    at_work().at(at("03-02 23:30")).when(urge(reply_by=date(2026, 3, 2))).then(UrgeIssued)


def test_a_joint_clock_lets_a_waiting_case_be_urged():
    events = (
        submitted(at("02-12 09:00"), "scjg", "wjj"),
        accepted(at("02-12 10:00"), joint=45),
        accepted(at("02-12 10:00"), SECOND, joint=45, waits_for=(CASE,)),
    )
    at_work(*events).when(urge(SECOND)).then(UrgeIssued)
    at_work(*events, ready(at("02-13 10:00"), SECOND)).when(urge(SECOND)).then(UrgeIssued)


def test_more_than_twenty_are_refused():
    at_work().given(*[urge()] * 20).when(urge()).refused("too_many_urges")


def test_each_urged_department_answers_once():
    told = at_work().given(urge())
    assert told.state.urges[0].awaited == ("scjg", "xfdd")
    told = told.when(answer())
    (said,) = told.then(UrgeAnswered)
    assert (said.case, said.urge, said.department, said.text, said.at) == (CASE, 1, "xfdd", "明日办结。", NOW)
    assert told.state.urges[0].awaited == ("scjg",)
    told.when(answer()).refused("already_answered")
    told.when(answer("scjg")).then(UrgeAnswered)


def test_an_urge_can_be_answered_after_the_case_has_ended():
    told = at_work().given(urge())
    tell(told, *OPEN, refused(at("03-02 10:00")), ear=Ear()).when(answer()).then(UrgeAnswered)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (answer("wjj"), "no_such_urge"),
        (answer(number=2), "no_such_urge"),
        (answer(case=SECOND), "no_such_urge"),
        (answer(text="  "), "text_needed"),
        (answer(text="答" * 501), "text_too_long"),
        (answer(text="身份证 110105194912310021"), "personal_data"),
    ],
)
def test_what_is_no_answer_is_refused(command, code):
    at_work().given(urge()).when(command).refused(code)


def test_urges_stand_in_the_audit_chain_without_their_text():
    told = at_work().given(urge())
    event = told.last.events[0]
    entries = told.state.entries
    heard = tell(told, event)
    assert isinstance(heard.last, Decision)
    assert heard.state.entries == entries + 1
    line = heard.last.facts[0].text
    assert '"departments":["scjg","xfdd"]' in line
    assert "超期" not in line
