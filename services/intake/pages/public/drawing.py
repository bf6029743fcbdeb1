"""The order of work as a drawing: where each bar, box and line stands. The template only writes it down as SVG.

Two drawings of the same order: wide, with the days from left to right, and narrow, one box below the other. Widths are
reckoned from the number of characters, as the server knows no font: a Chinese character is as wide as it is high.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from services.intake.guide import Placed

LEFT, RIGHT, TOP, ROW, BAR = 60, 844, 52, 66, 46
ENDS = (RIGHT, 790, 740, 690, 640)
"""Where the last day may end: the nearer, the more room have words to the right of their bars."""
SLOT, STUB = 34, 18
"""What is done at once takes no day: its bar is a stub, and what waits for it begins one slot further."""
NARROW_ROW, BOX, STEP, DEEPEST = 68, 54, 36.5, 3
APART = 58
"""Least room between the names of two days."""
BIG, SMALL = 15, 13.5
"""Sizes of the two lines of words at a bar, in pixels."""


class Bar(NamedTuple):
    """One item: its bar or box, and where its words begin."""

    key: str
    x: float
    y: float
    width: float
    words: float
    decisive: bool


class Edge(NamedTuple):
    """From what is waited for to what waits: down along `x`, then to the right until `to`."""

    x: float
    top: float
    y: float
    to: float
    decisive: bool


class Drawing(NamedTuple):
    """`marks`: the end of each day that is named, by its number, 0 is acceptance. `height`: of the whole."""

    bars: tuple[Bar, ...]
    edges: tuple[Edge, ...]
    marks: tuple[tuple[int, float], ...]
    height: float


def wide(placed: Sequence[Placed], words: Mapping[str, tuple[str, str]]) -> Drawing:
    """960 wide, to its right a place for what all ends in. `words`: the big and the small line of each item."""
    for right in ENDS:
        days = _days(placed, right)
        bars = [_bar(each, place, days, words[each.key]) for place, each in enumerate(placed)]
        if all(bar.words + _width(words[bar.key]) <= RIGHT for bar in bars):
            break
    at = {bar.key: bar for bar in bars}
    edges = [
        _edge(at[other].x + max(at[other].width - 16, at[other].width / 2), BAR, at[other], at[each.key])
        for each in placed
        for other in each.after
    ]
    return Drawing(tuple(bars), tuple(edges), _marks(days), TOP + ROW * len(placed) + 4)


def narrow(placed: Sequence[Placed]) -> Drawing:
    """328 wide: each item a box below what it waits for, and room for the end below all."""
    bars = []
    for place, each in enumerate(placed):
        x = 1.5 + STEP * min(each.depth, DEEPEST)
        bars.append(Bar(each.key, x, 2 + NARROW_ROW * place, 326.5 - x, x + 14, each.decisive))
    at = {bar.key: bar for bar in bars}
    edges = [_edge(at[each.parent].x + 14.5, BOX, at[each.parent], at[each.key]) for each in placed if each.parent]
    return Drawing(tuple(bars), tuple(edges), (), NARROW_ROW * len(placed) + 62)


def _days(placed: Sequence[Placed], right: float) -> list[float]:
    """Where each day ends; behind it is room for what is done at once before the next day begins."""
    total = max(each.end for each in placed)
    slots = [
        max((each.slot + 1 for each in placed if each.start == each.end == day), default=0) for day in range(total + 1)
    ]
    scale = (right - LEFT - SLOT * sum(slots)) / max(total, 1)
    return list(accumulate((SLOT * slots[day] + scale for day in range(total)), initial=LEFT))


def _marks(days: list[float]) -> tuple[tuple[int, float], ...]:
    """As many days as there is room to name, the last one always."""
    found = [(len(days) - 1, days[-1])]
    for day in range(len(days) - 2, -1, -1):
        if found[-1][1] - days[day] >= APART and (day == 0 or days[day] - days[0] >= APART):
            found.append((day, days[day]))
    return tuple(reversed(found))


def _bar(each: Placed, place: int, days: list[float], words: tuple[str, str]) -> Bar:
    x = days[each.start] + SLOT * each.slot
    width = days[each.end] - x if each.days else STUB
    inside = width >= _width(words) + 28
    return Bar(each.key, x, TOP + ROW * place, width, x + 14 if inside else x + width + 14, each.decisive)


def _edge(x: float, tall: float, before: Bar, bar: Bar) -> Edge:
    return Edge(x, before.y + tall, bar.y + tall / 2, bar.x, before.decisive and bar.decisive)


def _width(words: tuple[str, str]) -> float:
    return max(_advance(text) * size for text, size in zip(words, (BIG, SMALL), strict=True))


def _advance(text: str) -> float:
    return sum(1.0 if ord(char) > 0x2000 else 0.56 for char in text)
