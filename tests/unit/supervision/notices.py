"""Synthetic 样例 notices of days: none of them was ever announced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from services.supervision.calendar.notices import read_notice
from services.supervision.calendar.working_days import Base, Calendar, base_of, laid_over
from services.supervision.due import Office
from services.supervision.rules import Rules

BASE: Base = base_of()
NOTICE_2027 = """\
basis: 样例：虚构的 2027 年放假安排
announces: 2027
days:
  2027-01-01: rest 元旦
  2027-01-30: working 春节
  2027-02-05: rest 春节
  2027-02-08: rest 春节
  2027-02-09: rest 春节
  2027-02-10: rest 春节
  2027-02-11: rest 春节
  2027-02-20: working 春节
  2027-04-05: rest 清明节
  2027-05-03: rest 劳动节
  2027-05-04: rest 劳动节
  2027-05-08: working 劳动节
  2027-06-09: rest 端午节
  2027-09-15: rest 中秋节
  2027-09-26: working 国庆节
  2027-10-01: rest 国庆节
  2027-10-04: rest 国庆节
  2027-10-05: rest 国庆节
"""


def written(days: Mapping[date, bool], *, announces: int | None = None, basis: str = "样例通知") -> str:
    """A notice of these days."""
    lines = [f"basis: {basis}", *([f"announces: {announces}"] if announces else []), "days:"]
    return "\n".join([*lines, *(f"  {day}: {'working' if works else 'rest'}" for day, works in days.items()), ""])


def whole_year(year: int) -> dict[date, bool]:
    """Days off that make a notice of this year complete: the fixed ones, and weekdays for the others."""
    fixed = {date(year, *each): False for each in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))}
    spring = [day for day in _days(date(year, 1, 28), 8) if day.weekday() < 5][:5]
    others = [next(day for day in _days(date(year, *first), 5) if day.weekday() < 5) for first in
              ((4, 4), (6, 10), (9, 15))]  # fmt: skip
    return fixed | dict.fromkeys([*spring, *others], False)


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def calendar_of(*texts: str) -> Calendar:
    """The calendar of these notices over what a deployment knows."""
    return laid_over(BASE, [read_notice(f"n{n}", text) for n, text in enumerate(texts)])


def rules_by(*versions: tuple[datetime, Calendar]) -> Rules:
    """The rules while the last of these calendars is in force; the first is that of the deployment."""
    return Rules(Office(versions[-1][1]), in_force=versions)
