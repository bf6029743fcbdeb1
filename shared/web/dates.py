"""How pages say dates, times and lengths of time, in the hall's own time zone and the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from shared.clock import shanghai
from shared.contracts.terms import Unit
from shared.web import i18n
from shared.web.i18n import _

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(when: date | datetime | None) -> str:
    """`2026年11月22日 周日`, or `Sun 22 Nov 2026`; empty for None. Instants are read in Asia/Shanghai."""
    if when is None:
        return ""
    at = _date(when)
    if i18n.current() == "en":
        return f"{_weekday(at)} {at.day} {_MONTHS[at.month - 1]} {at.year}"
    return f"{at.year}年{at.month}月{at.day}日 {_weekday(at)}"


def short_day(when: date | datetime | None) -> str:
    """The same without its year: `11月22日 周日`."""
    if when is None:
        return ""
    at = _date(when)
    if i18n.current() == "en":
        return f"{_weekday(at)} {at.day} {_MONTHS[at.month - 1]}"
    return f"{at.month}月{at.day}日 {_weekday(at)}"


def time_of(when: datetime | None) -> str:
    """`18:00`; empty for None."""
    return shanghai(when).strftime("%H:%M") if when else ""


def moment(when: datetime | None) -> str:
    """`11月22日 周日 18:00`."""
    return f"{short_day(when)} {time_of(when)}" if when else ""


def full_moment(when: datetime | None) -> str:
    """`2026年11月22日 周日 18:00`."""
    return f"{day(when)} {time_of(when)}" if when else ""


def days(count: int, unit: Unit = "working_days") -> str:
    """`3 个工作日`."""
    if unit == "calendar_days":
        return i18n.ngettext("%(n)s 天", "%(n)s 天", count) % {"n": count}
    return i18n.ngettext("%(n)s 个工作日", "%(n)s 个工作日", count) % {"n": count}


def remaining(count: int, unit: Unit = "working_days") -> str:
    """`还剩 3 个工作日`, `今天到期` or `已超 2 个工作日`; `count` as supervision says it, negative when over."""
    if count < 0:
        return _("已超 %(days)s", days=days(-count, unit))
    return _("还剩 %(days)s", days=days(count, unit)) if count else _("今天到期")


def _date(when: date | datetime) -> date:
    return shanghai(when).date() if isinstance(when, datetime) else when


def _weekday(at: date) -> str:
    name = _WEEKDAYS[i18n.current()][at.weekday()]
    return name if i18n.current() == "en" else f"周{name}"
