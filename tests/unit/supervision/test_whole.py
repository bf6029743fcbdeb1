"""The door of a bundle leads with the day of the whole, and says from what that day was derived."""

import pytest

from services.supervision.pages.door import door_of
from services.supervision.pages.whole import whole_of
from shared.clock import shanghai
from shared.contracts.terms import Limits
from tests.unit.supervision.sample import (
    APP,
    CASE,
    RULES,
    SECOND,
    accepted,
    approved,
    asked_for_more,
    at,
    issued,
    ready,
    refused,
    submitted,
)
from tests.unit.supervision.test_words import look

FILED, TAKEN = at("02-12 09:00"), at("02-12 10:00")


def in_sequence():
    """The second waits for the first; both are accepted at once, with 5 and 3 days promised."""
    outlines = submitted(FILED, "scjg", "wjj")
    cases = (outlines.cases[0], outlines.cases[1].model_copy(update={"waits_for": (CASE,)}))
    return (
        outlines.model_copy(update={"cases": cases}),
        accepted(TAKEN, joint=45),
        accepted(TAKEN, SECOND, joint=45, days=(3, 20), waits_for=(CASE,)),
    )


SIDE_BY_SIDE = (
    submitted(FILED, "scjg", "wjj"),
    accepted(TAKEN, joint=45),
    accepted(TAKEN, SECOND, joint=45, days=(12, 20)),
)


def day_of(found) -> str:
    return f"{shanghai(found.due):%m-%d %H:%M}"


def test_of_parts_side_by_side_the_last_day_is_that_of_the_whole():
    seen = look("02-14 10:00", *SIDE_BY_SIDE)
    found = door_of(seen)
    assert found.due == seen.state.clock(SECOND, "decision").due
    assert (found.number, found.after, found.what) == ("11", "个工作日", "整件事，共 2 项")
    assert found.said == "整件事从受理起 12 个工作日，已计 1 天"
    assert found.note == "这是各项期限里最晚的一天。"
    assert (found.reckoned, found.cells.count("f")) == (False, 9)
    assert found.law == seen.state.clock(APP, "joint").due
    assert found.law_days == "45 个工作日"


def test_of_parts_that_wait_the_days_are_added_and_it_says_that_this_is_an_estimate():
    found = door_of(look("02-13 10:00", *in_sequence()))
    assert day_of(found) == f"{shanghai(RULES.due(TAKEN, 8).at):%m-%d} 18:00", "5 days, and 3 after them"
    assert (found.said, found.reckoned) == ("整件事从受理起 8 个工作日，已计 0 天", True)
    assert found.note == "按各项承诺的天数一项接一项推算；中间制作结果的时间另计。"


def test_what_waits_for_a_result_is_counted_from_today_and_then_from_its_beginning():
    done = approved(at("02-13 11:00"))
    waiting = whole_of(look("02-14 10:00", *in_sequence(), done))
    assert (day_of(waiting.clock), waiting.basis) == (
        f"{shanghai(RULES.due(at('02-14 10:00'), 3).at):%m-%d} 18:00",
        "reckoned",
    )
    begun = look("02-25 10:00", *in_sequence(), done, issued(at("02-24 11:00")), ready(at("02-24 11:00"), SECOND))
    found = whole_of(begun)
    assert (found.clock.due, found.basis) == (begun.state.clock(SECOND, "decision").due, "latest")


def test_a_part_in_calendar_days_ends_when_its_own_clock_does():
    events = (SIDE_BY_SIDE[0], accepted(TAKEN), accepted(TAKEN, SECOND, days=(30, None), unit="calendar_days"))
    seen = look("02-13 10:00", *events)
    assert whole_of(seen).clock.due == seen.state.clock(SECOND, "decision").due


def test_a_part_that_comes_due_soon_is_named_beside_the_number_of_the_whole():
    seen = look("02-26 10:00", *SIDE_BY_SIDE)
    assert (door_of(seen).tone, door_of(seen).words) == ("yellow", "有 1 项临近到期")
    assert door_of(look("02-14 10:00", *SIDE_BY_SIDE)).words == ""


def test_the_rail_ends_with_the_day_of_the_whole():
    for now in ("02-12 11:00", "02-14 10:00", "02-24 20:00"):
        assert door_of(look(now, *SIDE_BY_SIDE)).cells[-1] == "y"


@pytest.mark.parametrize(
    ("now", "events"),
    [
        ("02-13 10:00", (submitted(FILED), accepted(TAKEN))),
        ("02-13 10:00", (SIDE_BY_SIDE[0], accepted(TAKEN))),
        ("02-13 10:00", (SIDE_BY_SIDE[0], asked_for_more(TAKEN))),
        ("02-27 10:00", SIDE_BY_SIDE),
        ("02-13 10:00", (*SIDE_BY_SIDE[:2], accepted(TAKEN, SECOND, waits_for=(CASE,)))),
        ("02-13 12:00", (*SIDE_BY_SIDE, refused(at("02-13 10:00")), approved(at("02-13 10:00"), SECOND))),
    ],
    ids=[
        "one item",
        "not all accepted",
        "nothing accepted",
        "a part is late",
        "nobody said what it waits for",
        "decided",
    ],
)
def test_nothing_is_made_up_where_a_part_is_not_known(now, events):
    assert whole_of(look(now, *events)) is None


@pytest.mark.parametrize(
    ("second", "tone", "number", "said"),
    [("02-25 10:00", "done", "4", "每一项都按时办结"), ("03-06 10:00", "red", "12", "有 1 项超期办结")],
)
def test_of_a_bundle_that_is_over_the_door_says_how_long_all_of_it_took(second, tone, number, said):
    events = (SIDE_BY_SIDE[0], accepted(TAKEN), accepted(at("02-13 10:00"), SECOND))
    ends = (refused(at("02-13 11:00")), refused(at(second), SECOND))
    found = door_of(look("03-09 10:00", *events, *ends))
    assert (found.tone, found.before, found.number, found.after, found.said) == (tone, "用了", number, "个工作日", said)
    assert (found.what, found.cells[-1]) == ("整件事，从受理到最后一项决定，共 2 项", "d")
    assert len(found.cells) == int(number)


def test_a_bundle_that_was_decided_on_the_day_of_its_acceptance_says_so():
    ends = (refused(at("02-12 11:00")), refused(at("02-12 12:00"), SECOND))
    found = door_of(look("02-13 10:00", SIDE_BY_SIDE[0], accepted(TAKEN), accepted(TAKEN, SECOND), *ends))
    assert (found.number, found.after, found.tone) == ("当天", "办结", "done")


def test_a_bundle_whose_results_are_still_made_is_not_over():
    decided = (refused(at("02-13 10:00")), approved(at("02-13 10:00"), SECOND))
    found = door_of(look("02-13 12:00", *SIDE_BY_SIDE, *decided))
    assert (found.before, found.note) == ("还剩", "决定已经作出，正在制作结果。")


def promised(count: int, *events):
    """The same, with a promise of so many working days for the whole."""
    return (events[0].model_copy(update={"whole": Limits(promised_days=count)}), *events[1:])


@pytest.mark.parametrize("events", [SIDE_BY_SIDE, in_sequence()], ids=["side by side", "in sequence"])
def test_the_promise_of_the_whole_comes_first_where_it_was_said(events):
    found = door_of(look("02-14 10:00", *promised(13, *events)))
    assert found.due == RULES.due(TAKEN, 13).at
    assert (found.before, found.number, found.after) == ("还剩", "12", "个工作日")
    assert (found.said, found.note, found.reckoned) == ("整件事承诺 13 个工作日办结，已计 1 天", "", False)
    assert (found.tone, found.words, found.what) == ("green", "", "整件事，共 2 项")


def test_a_part_that_is_late_is_named_beside_the_promise_of_the_whole():
    found = door_of(look("02-27 10:00", *promised(13, *SIDE_BY_SIDE)))
    assert (found.tone, found.words, found.before) == ("red", "有 1 项超过了期限", "还剩")


def test_a_promise_that_is_broken_says_by_how_much():
    found = door_of(look("02-26 18:30", *promised(3, *SIDE_BY_SIDE)))
    assert (found.before, found.number, found.over) == ("超", "2", True)
    assert found.said == "整件事承诺 3 个工作日办结，已经超了 2 个工作日"
    assert (found.tone, found.words) == ("red", "")


def test_before_acceptance_the_five_days_for_it_come_first():
    found = door_of(look("02-12 12:00", *promised(13, *SIDE_BY_SIDE)[:2]))
    assert found.note == "到期没有答复，依法视为受理。"


@pytest.mark.parametrize(
    ("count", "said", "tone"),
    [(13, "比承诺的 13 个工作日快了 1 个工作日", "red"), (5, "承诺 5 个工作日，超期办结", "red")],
)
def test_of_a_bundle_that_is_over_the_days_are_held_against_its_promise(count, said, tone):
    events = promised(count, SIDE_BY_SIDE[0], accepted(TAKEN), accepted(at("02-13 10:00"), SECOND))
    ends = (refused(at("02-13 11:00")), refused(at("03-06 10:00"), SECOND))
    found = door_of(look("03-09 10:00", *events, *ends))
    assert (found.said, found.note, found.tone) == (said, "有 1 项超期办结", tone)
    kept = door_of(
        look("03-09 10:00", *events[:2], accepted(TAKEN, SECOND), ends[0], refused(at("02-14 10:00"), SECOND))
    )
    assert (kept.tone, kept.note) == ("done", "每一项都按时办结")
