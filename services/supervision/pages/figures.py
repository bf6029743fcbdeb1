"""The wall's figures: what the script draws, as plain values, and the trend as it is drawn without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from services.supervision.model import LIGHTS
from services.supervision.statistics.chart import round_step
from services.supervision.wall.hours import Day, usual
from services.supervision.wall.satisfaction import LEVELS, Satisfaction
from shared.web.i18n import _

OFFICE_HOURS = (8, 18)
"""The hours that are shown even where nothing happens in them."""
LEFT, RIGHT, TOP, BOTTOM = 44, 456, 50, 262


class Hour(NamedTuple):
    """One hour of today beside what is usual in it, for what was submitted and what was ended."""

    hour: int
    submitted: int
    submitted_usually: float
    ended: int
    ended_usually: float


class Chart(NamedTuple):
    """The trend as it is drawn: points of both lines, the marks of the scale as (height, number), and the last day's
    numbers with the heights of their words."""

    accepted: str
    ended: str
    scale: tuple[tuple[int, int], ...]
    last: tuple[int, int, int, int, int]
    first_day: date
    last_day: date


def hours_of(days: Sequence[Day], today: Day) -> list[Hour]:
    """The office's hours, and those before and after in which something happens today or usually."""
    means = usual(days)
    busy = [hour for hour in range(24) if any(today.hours[hour]) or any(round(part) for part in means[hour])]
    first, last = min([OFFICE_HOURS[0], *busy]), max([OFFICE_HOURS[1] - 1, *busy])
    return [
        Hour(hour, counts.submitted, round(mean.submitted, 1), counts.ended, round(mean.ended, 1))
        for hour, (counts, mean) in enumerate(zip(today.hours, means, strict=True))
        if first <= hour <= last
    ]


def drawn_hours(hours: Sequence[Hour], now: int) -> dict[str, Any]:
    """Two small figures of bars, each before a line of what is usual; hours after `now` have no bar."""
    return {
        "hours": [each.hour for each in hours],
        "parts": [
            {
                "name": _("收件"),
                "today": [each.submitted if each.hour <= now else None for each in hours],
                "usual": [each.submitted_usually for each in hours],
            },
            {
                "name": _("办结"),
                "today": [each.ended if each.hour <= now else None for each in hours],
                "usual": [each.ended_usually for each in hours],
            },
        ],
    }


def drawn_trend(days: Sequence[Day]) -> dict[str, Any]:
    """Two lines over the working days."""
    return {
        "days": [f"{day.date.month}/{day.date.day}" for day in days],
        "lines": [
            {"name": _("受理"), "numbers": [day.total.accepted for day in days]},
            {"name": _("办结"), "numbers": [day.total.ended for day in days]},
        ],
    }


def drawn_departments(rows: Sequence[Any]) -> dict[str, Any]:
    """For each department how many open cases show each light, from the best to the worst."""
    return {"lights": list(LIGHTS), "rows": [[row.lights[light] for light in LIGHTS] for row in rows]}


def drawn_satisfaction(found: Satisfaction) -> dict[str, Any]:
    """How many ratings there are of each level, the best first."""
    return {"levels": [found.by_level[level] for level in LEVELS]}


def chart_of(days: Sequence[Day]) -> Chart:
    """Two lines over the working days, on one scale that begins at 0."""
    totals = [day.total for day in days]
    most = max((max(total.accepted, total.ended) for total in totals), default=0)
    step = round_step(most)
    top = step * 3

    def height(number: int) -> int:
        return round(BOTTOM - (BOTTOM - TOP) * number / top)

    def line(numbers: Sequence[int]) -> str:
        wide = (RIGHT - LEFT) / max(1, len(numbers) - 1)
        return " ".join(f"{round(LEFT + wide * place)},{height(number)}" for place, number in enumerate(numbers))

    accepted, ended = totals[-1].accepted, totals[-1].ended
    high, low = height(accepted), height(ended)
    if abs(high - low) < 26:  # the words beside the last points must not lie on each other
        high, low = ((high + low) // 2 - 13, (high + low) // 2 + 13)
        if accepted < ended:
            high, low = low, high
    return Chart(
        line([total.accepted for total in totals]),
        line([total.ended for total in totals]),
        tuple((height(step * place), step * place) for place in range(4)),
        (accepted, ended, height(accepted), high, low),
        days[0].date,
        days[-1].date,
    )
