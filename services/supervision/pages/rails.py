"""A clock as a row of cells, one for each day that can count: alone, or on an axis that several cases share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from services.supervision.explain import Day, Explanation
from services.supervision.model import Clock

MOST_CELLS = 60
"""Cells of one rail: of what is over for longer, the last ones are shown; the words beside say the whole."""


def rail_of(clock: Clock, whole: Explanation) -> str:
    """The letters of the macro `rail` for one clock, from its first day on, with the days that are left."""
    cells = [cell for day in whole.days if (cell := cell_of(day))]
    if clock.running and clock.paused and clock.due is None and clock.key != "acceptance":
        cells += ["f"] * whole.left  # a pause withholds the end, not what remains; acceptance begins anew
    return "".join(cells[-MOST_CELLS:])


def key_of(cells: str) -> str:
    """The letters of the macro `railkey` that explain these cells."""
    plain = cells.replace("Y", "cy").replace("T", "ty")
    return "".join(letter for letter in "ctfypod" if letter in plain)


def cell_of(day: Day) -> str:
    """One day's letter; empty for a day that cannot count."""
    if day.ended:
        return "d"
    if day.kind == "paused":
        return "p"
    if day.kind == "over":
        return "t" if day.today and not day.passed else "o"
    if day.kind != "counted":
        return ""
    if day.passed:
        return "Y" if day.due else "c"
    if day.today:
        return "T" if day.due else "t"
    return "y" if day.due else "f"


def axis_of(wholes: Sequence[Explanation], works: Callable[[date], bool], most: int = 45) -> tuple[date, ...]:
    """The working days from the first that any of them has to the last, and rest days on which one ended; where one is
    counted in calendar days, every day. Of more than `most` the last ones."""
    shown = {day.date: day for whole in wholes for day in whole.days if cell_of(day)}
    if not shown:
        return ()
    first, ends = min(shown), {at for at, day in shown.items() if day.ended}
    every = (first + timedelta(days=n) for n in range((max(shown) - first).days + 1))
    all_count = in_calendar_days(wholes)
    return tuple(day for day in every if all_count or works(day) or day in ends)[-most:]


def in_calendar_days(wholes: Iterable[Explanation]) -> bool:
    """Whether a rail of these needs a cell for every day (自然日), not only for working days."""
    return any(whole.unit == "calendar_days" for whole in wholes)


def on_axis(axis: Sequence[date], whole: Explanation | None) -> str:
    """A clock's cells where its days stand on the axis; `n` elsewhere."""
    cells: Mapping[date, str] = {day.date: cell_of(day) for day in whole.days} if whole else {}
    return "".join(cells.get(day) or "n" for day in axis)
