"""Which days are working days: the yearly State Council notices as versioned data, plus an operator's own files.

Announced years (2004 to 2026) come from `chinesecalendar`; files in `calendar_data/` add later notices and local
days, and win over it. A make-up day counts as a working day, a holiday of 放假办法 or of 调休 does not
(行政许可法 Art. 82). Past the announced years Monday to Friday counts, and whatever is computed there is provisional.
Days that are out of the ordinary have the name of their festival, so that a count can be explained day by day.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

from chinese_calendar import constants
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

DIRECTORY = Path(__file__).with_name("calendar_data")
BEGINS, ENDS = date(2004, 1, 1), date(2199, 12, 31)
KINDS = {"working": True, "rest": False}
FESTIVALS = {
    constants.Holiday.new_years_day: "元旦",
    constants.Holiday.spring_festival: "春节",
    constants.Holiday.tomb_sweeping_day: "清明节",
    constants.Holiday.labour_day: "劳动节",
    constants.Holiday.dragon_boat_festival: "端午节",
    constants.Holiday.national_day: "国庆节",
    constants.Holiday.mid_autumn_festival: "中秋节",
}
"""As 全国年节及纪念日放假办法 calls them; a one-time holiday keeps the name that `chinesecalendar` has for it."""
FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Rest days of every year by 全国年节及纪念日放假办法 (2024): a notice that leaves one out is incomplete."""

Exceptions = Mapping[date, bool]
"""Days that are announced: True working, False rest."""
Names = Mapping[date, str]
"""The festival of an announced day: the one that is celebrated, or that a make-up day makes up for."""


class CalendarFileError(ValueError):
    """A calendar file that cannot be used: the text says which file and line, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One version of the calendar. Dates are in Asia/Shanghai; after `certain_until` every answer is provisional.

    `odd_days` are the ordinals, in order, of the days that differ from Monday to Friday; `shifts[i]` is how many
    working days the first i of them add. `names` are words only, and no part of the version. Make one with
    `Calendar.of`.
    """

    version: str
    certain_until: date
    odd_days: tuple[int, ...]
    shifts: tuple[int, ...]
    names: Names = field(default_factory=dict, repr=False, compare=False)
    _known: dict[int, date] = field(default_factory=dict, init=False, repr=False, compare=False)
    _rows: dict[tuple[date, date], str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, exceptions: Exceptions, certain_until: date, names: Names | None = None) -> Calendar:
        """The calendar of these announced days; its version names its content, so equal content is equal."""
        odd = sorted(day for day, working in exceptions.items() if working != (day.weekday() < 5))
        text = ",".join([certain_until.isoformat(), *(day.isoformat() for day in odd)])
        return cls(
            version=f"cn-{certain_until.year}-{hashlib.sha256(text.encode()).hexdigest()[:8]}",
            certain_until=certain_until,
            odd_days=tuple(day.toordinal() for day in odd),
            shifts=tuple(accumulate((1 if exceptions[day] else -1 for day in odd), initial=0)),
            names=names or {},
        )

    def is_working_day(self, day: date) -> bool:
        """Whether the hall works on this date."""
        return self.working_days_until(day.toordinal()) > self.working_days_until(day.toordinal() - 1)

    def is_make_up_day(self, day: date) -> bool:
        """Whether it is a Saturday or Sunday that counts as a working day (调休上班)."""
        return day.weekday() >= 5 and self.is_working_day(day)

    def letters(self, first: date, last: date) -> str:
        """A letter for each day from the first to the last: c for a working day, - for a rest day; none where the last
        comes before."""
        if (first, last) not in self._rows:
            days = range(first.toordinal(), last.toordinal() + 1)
            self._rows[first, last] = "".join("-c"[self.is_working_day(date.fromordinal(day))] for day in days)
        return self._rows[first, last]

    def name_of(self, day: date) -> str:
        """The festival of a rest day, or the one that a make-up day makes up for; empty where none is known."""
        return self.names.get(day, "")

    def is_certain(self, day: date) -> bool:
        """Whether this date lies in an announced year."""
        return day <= self.certain_until

    def working_days_until(self, ordinal: int) -> int:
        """The number of working days from the year 1 up to and including the date of this ordinal."""
        weeks, rest = divmod(ordinal, 7)  # ordinal 1 is a Monday
        return weeks * 5 + min(rest, 5) + self.shifts[bisect_right(self.odd_days, ordinal)]

    def working_day(self, number: int) -> date:
        """The date of the working day with this number, as `working_days_until` counts them."""
        if number not in self._known:
            self._known[number] = self._find(number)
        return self._known[number]

    def _find(self, number: int) -> date:
        guess = number * 7 // 5
        spread = 14 + 2 * len(self.odd_days)  # no announced day moves a number by more than a day each
        lowest = max(1, guess - spread)
        near = range(lowest, guess + spread)
        return date.fromordinal(lowest + bisect_left(near, number, key=self.working_days_until))


def announced() -> tuple[dict[date, bool], date]:
    """The days that `chinesecalendar` knows to be out of the ordinary, and the last day that it covers."""
    days = dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)
    return days, date(max(constants.holidays).year, 12, 31)


def festivals() -> dict[date, str]:
    """The festival of every day that `chinesecalendar` knows to be out of the ordinary."""
    spoken = {holiday.value: FESTIVALS.get(holiday, holiday.chinese) for holiday in constants.Holiday}
    return {day: spoken[name] for day, name in {**constants.holidays, **constants.workdays}.items()}


def load_calendar(directory: Path = DIRECTORY) -> Calendar:
    """The announced years and every `*.yaml` in `directory`. Raises CalendarFileError on the first bad file."""
    if not directory.is_dir():
        raise CalendarFileError(f"{directory}: no such folder of calendar files; create it or correct the path")
    days, certain_until = announced()
    names = festivals()
    said_by: dict[date, str] = {}
    notices: dict[int, str] = {}
    for path in sorted(directory.glob("*.yaml")):
        notice = _Notice(path)
        for day, (working, name, place) in notice.days().items():
            if day in said_by:
                raise CalendarFileError(f"{place}: {day} is already in {said_by[day]}; keep one of the two")
            said_by[day], days[day], names[day] = place, working, name
        year = notice.announces(days)
        if year is not None:
            notices[year] = str(path)
    return Calendar.of(days, _certain_until(certain_until, notices), names)


def _certain_until(known: date, notices: Mapping[int, str]) -> date:
    for year in sorted(notices):
        if year > known.year + 1:
            raise CalendarFileError(
                f"{notices[year]}: announces {year}, but {known.year + 1} is not announced; add that notice first"
            )
        known = max(known, date(year, 12, 31))
    return known


class _Notice:
    """One operator's file while it is read: `basis`, optional `announces: YEAR`, and `days: {date: working|rest}`,
    each with the name of the festival behind it where there is one (`rest 春节`)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._data: Any = YAML().load(path.read_text(encoding="utf-8"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise CalendarFileError(f"{path}:{line}: not valid YAML: {error.problem}; correct this line") from error
        except (YAMLError, ValueError) as error:  # an impossible date, or bytes that are not UTF-8
            raise CalendarFileError(f"{path}: cannot be read: {error}; correct the file") from error
        self._check_fields()

    def _check_fields(self) -> None:
        if not isinstance(self._data, dict):
            raise self._error(0, "the file has no fields", "write basis: and days:")
        for name in self._data:
            if name not in ("basis", "announces", "days"):
                raise self._error(self._line(name), f"unknown field {name!r}", "use basis, announces, days")
        basis = self._data.get("basis")
        if not isinstance(basis, str) or not basis.strip():
            raise self._error(self._line("basis"), "basis is missing", "name the notice that these days rest on")
        if not isinstance(self._data.get("days"), dict) or not self._data["days"]:
            raise self._error(self._line("days"), "days is missing or empty", "write DATE: working or DATE: rest")

    def days(self) -> dict[date, tuple[bool, str, str]]:
        """Each date with whether it is a working day, its festival, and its file and line."""
        found = {}
        for day, kind in self._data["days"].items():
            line = int(self._data["days"].lc.key(day)[0]) + 1
            if type(day) is not date:
                raise self._error(line, f"{day!r} is not a date", "write it as 2027-01-01, without quotes")
            if day < BEGINS:
                raise self._error(line, f"{day} is before the calendar begins", f"use dates from {BEGINS} on")
            word, _, name = kind.partition(" ") if isinstance(kind, str) else ("", "", "")
            if word not in KINDS or len(name) > 20:
                raise self._error(line, f"{day} is {kind!r}", "write working or rest, and a short name if it has one")
            found[day] = (KINDS[word], name.strip(), f"{self._path}:{line}")
        return found

    def announces(self, days: Exceptions) -> int | None:
        """The year that this file makes certain, if it does; `days` is everything known so far."""
        year = self._data.get("announces")
        if year is None:
            return None
        line = self._line("announces")
        if type(year) is not int or not BEGINS.year <= year <= 2100:
            raise self._error(line, f"announces is {year!r}", "write one year, for example 2027")
        working = [date(year, month, day) for month, day in FIXED_HOLIDAYS if _works(days, year, month, day)]
        if working:
            raise self._error(line, f"{year} has {working[0]} as a working day", "enter the whole notice")
        return year

    def _line(self, field: str) -> int:
        return int(self._data.lc.key(field)[0]) + 1 if field in self._data else 1

    def _error(self, line: int, what: str, remedy: str) -> CalendarFileError:
        return CalendarFileError(f"{self._path}:{max(line, 1)}: {what}; {remedy}")


def _works(days: Exceptions, year: int, month: int, day: int) -> bool:
    at = date(year, month, day)
    return days.get(at, at.weekday() < 5)
