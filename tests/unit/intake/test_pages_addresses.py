"""Answers in a page's address, the trees of the home page, and the geometry of the order of work."""

import pytest

from services.intake.catalogue import load
from services.intake.guide import NoSuchKey, order
from services.intake.pages.answers import Given, given
from services.intake.pages.public.drawing import RIGHT, narrow, wide
from services.intake.pages.public.matters import trunks
from tests.unit.intake.sample import RESTAURANT


@pytest.fixture(scope="module")
def catalogue():
    return load()


def address(answers, **more):
    return [(f"a.{question}", value) for question, value in answers.items()] + list(more.items())


def test_an_address_says_the_same_when_it_is_written_and_read_again(catalogue):
    said = given(catalogue, "restaurant", address(RESTAURANT))
    assert said.answers == RESTAURANT
    assert given(catalogue, "restaurant", said.fields) == said


def test_answers_that_no_longer_matter_are_dropped(catalogue):
    said = given(catalogue, "restaurant", address({**RESTAURANT, "has_licence": "yes"}))
    assert "subject_type" not in said.answers


@pytest.mark.parametrize(
    "nonsense",
    [("a.area", "huge"), ("a.", ""), ("a.moon", "full"), ("area", "lt50"), ("a.area", "x" * 100), ("a.area", "𠮷'<b>")],
)
def test_what_no_question_asks_for_is_dropped(catalogue, nonsense):
    assert given(catalogue, "restaurant", [nonsense]).answers == {}


def test_choices_are_only_those_that_the_answers_allow(catalogue):
    drained = address({**RESTAURANT, "drain": "yes"}, opt="drainage_permit")
    assert given(catalogue, "restaurant", drained).opted_in == ("drainage_permit",)
    assert given(catalogue, "restaurant", address(RESTAURANT, opt="drainage_permit")).opted_in == ()
    assert given(catalogue, "restaurant", address(RESTAURANT, opt="food_operation")).opted_in == ()


def test_nothing_chosen_is_told_from_nothing_said(catalogue):
    answers = address({**RESTAURANT, "drain": "yes"})
    assert given(catalogue, "restaurant", answers).opted_in is None
    none = given(catalogue, "restaurant", [*answers, ("opt", "")])
    assert none.opted_in == ()
    assert ("opt", "") in none.fields
    assert "opt=" in none.query()


def test_an_answer_can_be_taken_back():
    assert Given({"a": "1", "b": "2"}).without("a") == Given({"b": "2"})


def test_a_matter_that_is_none_is_told(catalogue):
    with pytest.raises(NoSuchKey):
        given(catalogue, "moon", [])


def test_the_trees_name_every_bundle_and_some_items_and_say_how_many_there_are(catalogue):
    life, enterprise = trunks(catalogue)
    assert (life.name, life.first, life.last, len(life.branches)) == ("人生", "出生", "身后", 9)
    permit = next(branch for branch in enterprise.branches if branch.key == "permit")
    assert (len(permit.bundles), permit.items, permit.total, permit.more) == (6, (), 13, True)
    school = next(branch for branch in life.branches if branch.key == "school")
    assert [each.name for each in school.items] == ["入学报名", "接种证"]
    assert not school.more


def test_what_is_in_no_bundle_of_a_stage_is_named_first(catalogue):
    work = next(branch for branch in trunks(catalogue)[0].branches if branch.key == "work")
    assert work.items[0].key == "unemployment_benefit"


WORDS = dict.fromkeys("abcd", ("长一些的事项名称", "人力资源和社会保障局 · 10 天"))


@pytest.mark.parametrize(
    "placed",
    [
        order({"a": 1, "b": 7, "c": 0}, {"b": ["a"], "c": ["a"]}),
        order({"a": 0, "b": 0, "c": 5, "d": 0}, {"b": ["a"], "c": ["b"], "d": ["c"]}),
        order({"a": 25, "b": 1}, {"b": ["a"]}),
        order({"a": 0, "b": 0}, {}),
    ],
)
def test_bars_end_with_their_day_and_words_stay_inside(placed):
    drawing = wide(placed, WORDS)
    days = dict(drawing.marks)
    last = max(each.end for each in placed)
    assert last in days
    for each, bar in zip(placed, drawing.bars, strict=True):
        assert bar.width > 0
        if each.days and each.end == last:
            assert bar.x + bar.width == pytest.approx(days[last])
        assert bar.words + 19 * 13.5 < 960
    assert all(edge.to > edge.x for edge in drawing.edges)
    assert max(days.values()) <= RIGHT + 1


def test_nothing_begins_before_what_it_waits_for_has_ended():
    drawing = wide(order({"a": 0, "b": 2, "c": 1}, {"b": ["a"], "c": ["b"]}), WORDS)
    bars = {bar.key: bar for bar in drawing.bars}
    assert bars["a"].x + bars["a"].width <= bars["b"].x
    assert bars["b"].x + bars["b"].width <= bars["c"].x


def test_the_narrow_drawing_is_one_box_below_the_other_inside_its_width():
    drawing = narrow(order({"a": 1, "b": 1, "c": 1, "d": 1}, {"b": ["a"], "c": ["b"], "d": ["c"]}))
    assert [bar.y for bar in drawing.bars] == sorted(bar.y for bar in drawing.bars)
    assert all(bar.x + bar.width <= 328 for bar in drawing.bars)
    assert len(drawing.edges) == 3
