"""The Wilson interval: against published values, and what a ranking by its lower end promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ratings.interval import wilson
from services.ratings.pages.board import rank
from services.ratings.store import score


@pytest.mark.parametrize(
    ("good", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)],
)
def test_values_that_others_published(good, total, low, high):
    """The last two are examples 1 of R. G. Newcombe, Statistics in Medicine 17 (1998)."""
    assert wilson(good, total) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 5000), st.data())
def test_the_counted_share_lies_inside_and_bounds_are_shares(total, data):
    good = data.draw(st.integers(0, total))
    low, high = wilson(good, total)
    assert 0 <= low <= good / total <= high <= 1


@pytest.mark.parametrize(("good", "total"), [(0, 0), (2, 1), (-1, 3)])
def test_what_is_no_share_is_refused(good, total):
    with pytest.raises(ValueError, match="no share"):
        wilson(good, total)


def test_few_perfect_ratings_rank_below_many_good_ones_and_too_few_take_no_place():
    rows = rank({"a": score({5: 30}), "b": score({5: 390, 1: 4}), "c": score({5: 5})}, {"a": "甲局"})
    assert [(row.key, row.name, row.place) for row in rows] == [("b", "b", 1), ("a", "甲局", 2), ("c", "c", None)]
