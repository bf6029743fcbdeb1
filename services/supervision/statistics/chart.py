"""The chart of thirteen months: bars of what was accepted and finished, on one scale that begins at 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.supervision.statistics.figures import Figures

LEFT, TOP, FOOT = 48, 14, 28
"""Room for the scale, above the highest bar, and for the months."""


class Bar(NamedTuple):
    """One bar: its place and size, whose it is, and its number."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    number: int


class Chart(NamedTuple):
    """The drawing in its own coordinates. `scale`: (height, number); `months`: (place, month)."""

    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    scale: tuple[tuple[int, int], ...]
    months: tuple[tuple[int, str], ...]


def chart_of(months: Sequence[tuple[str, Figures]], width: int, height: int, *, every: int) -> Chart:
    """Two bars for each month; the name of each `every`-th month from the last one back."""
    most = max((max(each.accepted, each.finished) for _, each in months), default=0)
    step = round_step(most)
    base, top = height - FOOT, step * 3
    room = (width - LEFT) / max(1, len(months))
    bar = max(3, int(room * 0.36))
    bars, named = [], []
    for place, (month, figures) in enumerate(months):
        x = round(LEFT + room * place + (room - 2 * bar - 2) / 2)
        for offset, kind in enumerate(("accepted", "finished")):
            number = getattr(figures, kind)
            size = round((base - TOP) * number / top)
            bars.append(Bar(x + offset * (bar + 2), base - size, bar, size, kind, number))
        if (len(months) - 1 - place) % every == 0:
            named.append((min(x + bar + 1, width - 22), month))
    scale = tuple((base - round((base - TOP) * part / 3), step * part) for part in range(4))
    return Chart(width, height, base, tuple(bars), scale, tuple(named))


def round_step(most: int) -> int:
    """A round third of a scale that holds `most`."""
    third = max(1, -(-most // 3))
    size: int = 10 ** (len(str(third)) - 1)
    return min(step for step in (size, 2 * size, 5 * size, 10 * size) if step >= third)
