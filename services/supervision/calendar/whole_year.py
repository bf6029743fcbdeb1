"""What the notice of a whole year must have: every holiday of 全国年节及纪念日放假办法 (2024), or it is incomplete."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from services.supervision.calendar.notices import CalendarFileError, Exceptions, Notice

FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Rest days of every year (放假办法 Art. 2), whatever weekday they are."""
MOVABLE_SINCE = 2025


class Movable(NamedTuple):
    """A festival of the moon or the sun (放假办法 Art. 2): at least so many weekdays off in one of these spans, since a
    holiday that meets a Saturday or Sunday is made up for on a weekday (Art. 6)."""

    name: str
    spans: tuple[tuple[tuple[int, int], tuple[int, int], int], ...]


MOVABLE_HOLIDAYS = (
    Movable("春节", (((1, 20), (2, 25), 4),)),
    Movable("清明节", (((4, 3), (4, 7), 1),)),
    Movable("端午节", (((5, 28), (6, 28), 1),)),
    Movable("中秋节", (((9, 7), (9, 30), 1), ((10, 1), (10, 9), 6))),  # it may fall into the week of 国庆节
)


def check_whole(notice: Notice, days: Exceptions) -> None:
    """Refuse a notice that announces a year and leaves a holiday of 放假办法 out; `days`: all that is known with it."""
    year = notice.announces
    if year is None:
        return
    working = [date(year, month, day) for month, day in FIXED_HOLIDAYS if works(days, date(year, month, day))]
    if working:
        raise CalendarFileError(
            notice.announces_at,
            f"{year} has {working[0]} as a working day; enter the whole notice",
            f"按放假办法 {working[0]} 应当放假，文件里却是工作日；请录入整份通知。",
        )
    missing = [each.name for each in MOVABLE_HOLIDAYS if year >= MOVABLE_SINCE and not _has(days, year, each)]
    if missing:
        raise CalendarFileError(
            notice.announces_at,
            f"{year} has no days off for {'、'.join(missing)}; enter the whole notice",
            f"{year} 年没有{'、'.join(missing)}的放假日；请录入整份通知。",
        )


def works(days: Exceptions, day: date) -> bool:
    """Whether it is a working day by what is announced."""
    return days.get(day, day.weekday() < 5)


def _has(days: Exceptions, year: int, festival: Movable) -> bool:
    return any(_weekdays_off(days, date(year, *first), date(year, *last)) >= n for first, last, n in festival.spans)


def _weekdays_off(days: Exceptions, first: date, last: date) -> int:
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(day.weekday() < 5 and not works(days, day) for day in span)
