"""Months as statistics name them, `YYYY-MM` in Asia/Shanghai, so that text sorts like time."""

from __future__ import annotations

from datetime import datetime

from shared.clock import shanghai

PATTERN = r"^20\d\d-(0[1-9]|1[0-2])$"


def month_of(at: datetime) -> str:
    """The month of an instant in the hall."""
    return f"{shanghai(at):%Y-%m}"


def earlier(month: str, count: int) -> str:
    """So many months before (or after, where `count` is negative)."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def through(first: str, last: str) -> tuple[str, ...]:
    """Every month from the first to the last, both included; none where the last comes before."""
    found = []
    while first <= last:
        found.append(first)
        first = earlier(first, -1)
    return tuple(found)


def year_to(month: str) -> tuple[str, ...]:
    """From January to this month."""
    return through(f"{month[:4]}-01", month)
