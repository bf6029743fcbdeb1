"""How sure a share is: the Wilson score interval, so that few ratings do not rank above many."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

Z = 1.959964
"""95 % of a standard normal distribution lies within so many deviations."""
FEWEST = 30
"""A share of fewer ratings is public but takes no place in the ranking."""


class Interval(NamedTuple):
    """Bounds of a share, 0 to 1."""

    low: float
    high: float


def wilson(good: int, total: int) -> Interval:
    """The 95 % interval of the true share behind `good` of `total` (E. B. Wilson, 1927). ValueError for no total."""
    if not 0 <= good <= total or total == 0:
        raise ValueError(f"{good} of {total} is no share")
    share, square = good / total, Z * Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    # Rounding must not put the counted share outside.
    return Interval(max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))
