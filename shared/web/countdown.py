"""How much of a limit is left, read from what supervision said: no calendar, no law, only counting.

Supervision says which days count and when the limit ends; what remains to be counted depends on the day on which
somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.clock import shanghai
from shared.contracts.supervision import COUNTED_BEYOND
from shared.contracts.terms import Unit
from shared.timed import Timed
from shared.web.dates import days as days_in_words
from shared.web.i18n import _

DAY = timedelta(days=1)
MOST_CELLS = 60
"""Cells of one rail; of a longer one the last are shown, and the words beside it say the whole."""


class Left(NamedTuple):
    """What is left of a limit: `days` of `unit`, or as many over it."""

    days: int
    unit: Unit
    over: bool


class Counted(NamedTuple):
    """One day that counts: whether its cut-off has passed, and whether the limit ends with it."""

    date: date
    passed: bool
    due: bool
    after: bool


def left(clock: Timed, unit: Unit, now: datetime) -> Left | None:
    """How many days are left, or over; None where supervision has not said which days count, or during a pause.

    As supervision reckons it: the day on which the limit ends is left until its cut-off. Over the last day that was
    said to count or not, calendar days are counted.
    """
    if clock.light == "paused" or not clock.counting:
        return None
    days = list(_days(clock, now))
    if now < clock.due:
        return Left(sum(not day.passed and not day.after for day in days), unit, over=False)
    if shanghai(now).date() > _last(clock):
        return Left((shanghai(now).date() - _date(clock.due)).days, "calendar_days", over=True)
    return Left(sum(day.passed and day.after for day in days), unit, over=True)


def left_words(clock: Timed, unit: Unit, now: datetime) -> str:
    """`还剩 3 个工作日`, `今天到期`, `已超 2 个工作日`, `刚过期限`, `暂停计时`; empty where only the date is known."""
    if clock.light == "paused":
        return _("暂停计时")
    found = left(clock, unit, now)
    return _said(found, clock, now) if found else ""


def _said(found: Left, clock: Timed, now: datetime) -> str:
    if found.over:
        over = days_in_words(found.days, found.unit)
        return _("已超 %(days)s", days=over) if found.days else _("刚过期限")
    if found.days <= 1 and shanghai(clock.due).date() == shanghai(now).date():
        return _("今天到期")
    return _("还剩 %(days)s", days=days_in_words(found.days, found.unit))


def counted(clock: Timed, now: datetime) -> tuple[int, int]:
    """(days of the limit, how many of them are counted)."""
    days = [day for day in _days(clock, now) if not day.after]
    return len(days), sum(day.passed for day in days)


def rail(clock: Timed, now: datetime) -> str:
    """The letters of the macro `rail`: one for each day that counts, up to the limit, or to today once that is over."""
    today = shanghai(now).date()
    shown = [day for day in _days(clock, now) if not day.after or day.date <= today]
    return "".join(_cell(day, today) for day in shown)[-MOST_CELLS:]


def _cell(day: Counted, today: date) -> str:
    if day.passed:
        return "o" if day.after else "Y" if day.due else "c"
    if day.date == today:
        return "T" if day.due else "t"
    return "y" if day.due else "f"


def _days(clock: Timed, now: datetime) -> Iterator[Counted]:
    """Every day that counts, in order. Days end at the limit's own time of day, and there is no summer time."""
    last, due = _last(clock), _date(clock.due)
    first = last - (len(clock.counting) - 1) * DAY
    for place, letter in enumerate(clock.counting):
        day = first + place * DAY
        if letter == "c":
            yield Counted(day, clock.due + (day - due) <= now, day == due, day > due)


def _last(clock: Timed) -> date:
    """The day that the last letter stands for."""
    return _date(max(clock.due, clock.statutory_due or clock.due)) + COUNTED_BEYOND * DAY


def _date(end: datetime) -> date:
    """The day that ends at this instant (Asia/Shanghai); midnight ends the day before it."""
    return shanghai(end - timedelta.resolution).date()
