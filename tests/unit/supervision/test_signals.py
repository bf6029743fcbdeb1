"""监察信号: what raises each of them, once, and what a supervisor does by hand."""

from typing import get_args

import pytest

from services.ratings.tags import RULES as TAGS_OF_RATINGS
from services.supervision.decide.signals import BY_HAND, MOST_SIGNALS, SIGNALS, TAGS, contradicted
from services.supervision.model.commands import CloseSignal, RaiseSignal
from services.supervision.pages.signal_words import CODES, GROUNDS
from shared.contracts.supervision import SignalClosed, SignalCode, SignalRaised
from shared.kernel import Fact
from tests.unit.supervision.sample import (
    APP,
    CASE,
    accepted,
    agreed,
    approved,
    asked_for_more,
    assigned,
    at,
    rated,
    refused,
    story,
    submitted,
    supplemented,
)

BEGUN = (submitted(at("02-12 09:00")), accepted(at("02-12 10:00")))
DISAGREED = agreed(at("02-13 10:00")).model_copy(update={"verdict": "disagree"})


def raised(*events):
    return [(each.code, each.subject, each.cause) for each in story(*events).state.signals]


def bad(*tags, when="03-20 10:00"):
    return rated(at(when)).model_copy(update={"level": 1, "tags": tags})


def test_every_kind_has_a_row_and_words_and_is_raised_by_something():
    assert set(SIGNALS) == set(get_args(SignalCode)) == set(CODES) == set(GROUNDS)
    by_itself = {"second_list", "no_reason", *TAGS.values()}
    assert by_itself | set(BY_HAND) == set(SIGNALS)
    national = {tag.code for level in TAGS_OF_RATINGS.levels for tag in level.tags if level.bad}
    assert set(TAGS) <= national


def test_a_second_list_is_noticed_and_the_first_is_not():
    filed = (submitted(at("02-12 09:00")), asked_for_more(at("02-13 10:00")))
    assert raised(*filed) == []
    assert raised(*filed, supplemented(at("02-24 10:00")), asked_for_more(at("02-25 10:00"))) == [
        ("second_list", APP, "2026-02-25T02:00:00.000000+00:00")
    ]


@pytest.mark.parametrize("reason", [None, "不符合条件", " 不同意。"])
def test_a_disagreement_that_names_nothing_is_one_without_reasons(reason):
    said = DISAGREED.model_copy(update={"reason": reason})
    assert raised(*BEGUN, assigned(at("02-12 11:00")), said) == [("no_reason", f"{CASE}-T1", "")]


def test_reasons_are_reasons_and_whoever_agrees_owes_none():
    told = DISAGREED.model_copy(update={"reason": "厨房与卫生间相邻，不符合条件"})
    assert raised(*BEGUN, told, agreed(at("02-13 10:00"))) == []
    assert raised(*BEGUN, refused(at("02-13 10:00"))) == []


def test_a_refusal_by_a_form_of_words_is_one_without_reasons():
    empty = refused(at("02-13 10:00")).model_copy(update={"reasons": ("不符合要求。", "不予许可")})
    assert raised(*BEGUN, empty) == [("no_reason", CASE, "")]
    half = empty.model_copy(update={"reasons": ("不符合要求。", "面积不足 8 平方米")})
    assert raised(*BEGUN, half) == []


def test_tags_that_speak_of_content_are_signals_and_manners_are_not():
    assert raised(*BEGUN, bad("109", "115", "110")) == [("extra_material", CASE, "109"), ("said_late", CASE, "110")]


@pytest.mark.parametrize(("ended", "says"), [("02-24 10:00", True), ("03-20 09:00", False)])
@pytest.mark.parametrize("first", ["case", "rating"])
def test_what_a_rating_says_of_time_is_held_against_the_clock(ended, says, first):
    both = [approved(at(ended)), bad("209")]
    state = story(*BEGUN, *(both if first == "case" else reversed(both))).state
    assert contradicted(state, state.signals[0]) is says


def test_of_other_signals_and_of_what_runs_the_clock_says_nothing():
    state = story(*BEGUN, bad("109", "209")).state
    assert [contradicted(state, each) for each in state.signals] == [None, None]


def test_what_is_said_twice_raises_one_signal_and_is_said_with_its_row():
    told = story(*BEGUN, bad("109"))
    (said,) = told.then(SignalRaised)
    assert (said.signal, said.level, said.category, said.departments) == (1, "alarm", "content", ("scjg",))
    (row,) = [fact for fact in told.last.facts if isinstance(fact, Fact) and fact.collection == "signals"]
    assert (row.id, row.edition, row.row["open"]) == (f"{APP}/001", 1, True)
    assert len(story(*BEGUN, bad("109"), bad("109", when="03-21 10:00")).state.signals) == 1


def by_hand(code="charge", text="样例：投诉称收取了目录以外的费用", case=CASE):
    return RaiseSignal(case=case, code=code, text=text, by="sample:supervisor")


def test_a_supervisor_raises_one_of_a_complaint_and_closes_it_once():
    told = story(*BEGUN).when(by_hand())
    (said,) = told.then(SignalRaised)
    assert (said.code, said.category, said.by, said.subject) == ("charge", "charge", "sample:supervisor", CASE)
    closing = CloseSignal(number=1, outcome="explained", text="样例：在目录内", by="sample:supervisor")
    told = told.when(closing)
    (said,) = told.then(SignalClosed)
    (row,) = told.last.facts
    assert (said.outcome, row.id, row.edition, row.row["open"]) == ("explained", f"{APP}/001", 2, False)
    told.when(closing).refused("signal_closed")
    told.when(closing.model_copy(update={"number": 2})).refused("no_such_signal")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (by_hand(case=f"{APP}-09"), "no_such_case"),
        (by_hand("said_late"), "not_by_hand"),
        (by_hand(text=" "), "text_needed"),
        (by_hand(text="长" * 501), "text_too_long"),
        (by_hand(text="电话 13800138000"), "personal_data"),
    ],
)
def test_what_cannot_be_raised_is_refused(command, code):
    story(*BEGUN).when(command).refused(code)


def test_no_application_collects_signals_without_end():
    told = story(*BEGUN)
    for _ in range(MOST_SIGNALS):
        told = told.given(by_hand())
    told.when(by_hand()).refused("too_many_signals")
