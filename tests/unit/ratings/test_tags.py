"""The table of national tags: its shape, and that the retired codes are gone."""

import pytest

from services.ratings.tags import RULES

ALL = [(level, tag) for level in RULES.levels for tag in level.tags]


def test_there_are_five_levels_of_eight_tags_and_the_first_three_of_each_are_core():
    assert [level.level for level in RULES.levels] == [5, 4, 3, 2, 1]
    for level in RULES.levels:
        assert [tag.core for tag in level.tags] == [True] * 3 + [False] * 5


def test_codes_and_texts_are_unique_and_codes_begin_with_their_level_and_run_on():
    assert len({tag.code for _, tag in ALL}) == len({tag.text for _, tag in ALL}) == 40
    for level in RULES.levels:
        codes = [int(tag.code) for tag in level.tags]
        assert codes == list(range(codes[0], codes[0] + 8))
        assert codes[0] // 100 == level.level


def test_only_the_two_lowest_levels_are_bad():
    assert [level.name for level in RULES.levels if level.bad] == ["不满意", "非常不满意"]


def test_what_our_own_records_confirm_or_contradict_is_marked():
    checked = {tag.code: tag.checks_against for _, tag in ALL if tag.checks_against}
    assert checked == {
        "309": "clock", "209": "clock", "110": "clock", "313": "visits", "114": "visits", "113": "one_window",
    }  # fmt: skip


@pytest.mark.parametrize("span", [(101, 107), (201, 206), (301, 306), (401, 405), (501, 509)])
def test_codes_of_the_first_version_are_in_no_level(span):
    retired = {str(code) for code in range(span[0], span[1] + 1)}
    assert not retired & {tag.code for _, tag in ALL}
