"""The order of work in days, and what each answer leads to."""

import pytest

from services.intake.catalogue import load
from services.intake.guide import effects, order, plan, reasons, so_far
from tests.unit.intake.sample import RESTAURANT


@pytest.fixture(scope="module")
def catalogue():
    return load()


def by_key(placed):
    return {each.key: each for each in placed}


def test_each_item_begins_when_the_last_one_it_waits_for_ends():
    placed = by_key(order({"a": 1, "b": 7, "c": 2}, {"b": ["a"], "c": ["a", "b"]}))
    assert [(placed[key].start, placed[key].end) for key in "abc"] == [(0, 1), (1, 8), (8, 10)]
    assert placed["c"].parent == "b"
    assert placed["c"].after == ("a", "b")


def test_only_what_the_total_hangs_on_is_decisive():
    placed = by_key(order({"a": 1, "b": 7, "c": 1}, {"b": ["a"], "c": ["a"]}))
    assert [key for key in "abc" if placed[key].decisive] == ["a", "b"]


def test_nothing_is_decisive_where_everything_is_done_at_once():
    assert not any(each.decisive for each in order({"a": 0, "b": 0}, {"b": ["a"]}))


def test_what_is_done_at_once_takes_a_slot_of_its_day_and_none_of_the_next():
    placed = by_key(order({"a": 0, "b": 0, "c": 5, "d": 0}, {"b": ["a"], "c": ["b"], "d": ["c"]}))
    assert [(placed[key].start, placed[key].slot) for key in "abcd"] == [(0, 0), (0, 1), (0, 2), (5, 0)]


def test_an_item_is_listed_below_its_parent_and_decisive_ones_come_first():
    placed = order({"a": 1, "x": 0, "quick": 1, "slow": 9}, {"quick": ["a"], "slow": ["a"]})
    assert [(each.key, each.depth) for each in placed] == [("a", 0), ("slow", 1), ("quick", 1), ("x", 0)]


def test_what_was_not_selected_is_not_waited_for():
    (only,) = order({"b": 2}, {"b": ["a"]})
    assert (only.start, only.after, only.parent) == (0, (), None)


def test_every_answer_says_which_items_and_materials_it_brings(catalogue):
    found = effects(catalogue, "restaurant", {"has_licence": "no"}, "area")
    assert (found["lt50"].items, found["lt50"].perhaps) == ((), ())
    assert found["50to300"].items == ("fire_check",)
    agent = effects(catalogue, "restaurant", RESTAURANT, "agent")
    assert set(agent["yes"].materials) == {"agent_letter", "agent_id"}
    assert agent["no"].materials == ()


def test_what_depends_on_more_answers_is_only_perhaps(catalogue):
    found = effects(catalogue, "restaurant", {}, "subject_type")
    assert (found["company"].items, found["company"].perhaps) == ((), ("enterprise_registration",))
    found = effects(catalogue, "restaurant", {"has_licence": "no"}, "subject_type")
    assert found["company"].items == ("enterprise_registration",)


def test_days_are_told_only_where_answers_change_them(catalogue):
    fire = effects(catalogue, "fire_check", {"area": "gt500"}, "fire_mode")
    assert {value: effect.promised[0][1].days for value, effect in fire.items()} == {"promise": 1, "inspect": 13}
    agent = effects(catalogue, "food_operation", {}, "agent")
    assert {effect.promised for effect in agent.values()} == {()}


def test_a_question_has_its_reasons_with_their_grounds(catalogue):
    found = reasons(catalogue, "restaurant", {}, "area")
    assert any("消防" in reason.name and "消防法" in reason.ground for reason in found)


def test_a_reason_stands_once_with_the_law_rather_than_the_halls_own_word(catalogue):
    grounds = {reason.name: reason.ground for reason in reasons(catalogue, "restaurant", {}, "premises")}
    assert len(grounds) == len(reasons(catalogue, "restaurant", {}, "premises"))
    assert grounds["房屋租赁合同"] == "市场主体登记管理条例(2021)第16条"


def test_so_far_holds_only_what_no_open_question_can_take_away(catalogue):
    assert [item.key for item in so_far(catalogue, "restaurant", {}).items] == ["food_operation"]
    assert so_far(catalogue, "restaurant", RESTAURANT) == plan(catalogue, "restaurant", RESTAURANT)


def test_so_far_may_be_nothing_yet(catalogue):
    assert so_far(catalogue, "convenience_store", {}) is None
