"""Which days are working days: what a deployment knows by itself, and the operator's notices laid over it.

Announced years (2004 to 2026) come from `chinesecalendar`; files in `data/` add later notices and local
days, and win over it; notices that were published in the running hall win over both. A make-up day counts as a working
day, a holiday of 放假办法 or of 调休 does not (行政许可法 Art. 82). Past the announced years Monday to Friday counts,
and whatever is computed there is provisional. Days that are out of the ordinary have the name of their festival, so
that a count can be explained day by day.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from pathlib import Path

from chinese_calendar import constants

from services.supervision.calendar.notices import (
    CalendarFileError,
    Exceptions,
    Notice,
    read_file,
)
from services.supervision.calendar.whole_year import check_whole

DIRECTORY = Path(__file__).with_name("data")
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

Names = Mapping[date, str]
"""The festival of an announced day: the one that is celebrated, or that a make-up day makes up for."""


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


@dataclass(frozen=True, slots=True)
class Base:
    """What a deployment knows of days by itself: `chinesecalendar` and its own files. Made by `base_of`."""

    days: Exceptions
    names: Names
    certain_until: date

    @property
    def text(self) -> str:
        """One line for each day that is out of the ordinary, in order: the date, `+` working or `-` rest, its name."""
        odd = (day for day in sorted(self.days) if self.days[day] != (day.weekday() < 5) or self.names.get(day))
        return "\n".join(f"{day}{'-+'[self.days[day]]}{self.names.get(day, '')}" for day in odd)

    @property
    def digest(self) -> str:
        """Names the content: equal bases have equal digests."""
        return hashlib.sha256(f"{self.certain_until}\n{self.text}".encode()).hexdigest()[:16]

    @classmethod
    def read(cls, text: str, certain_until: date) -> Base:
        """The base whose `text` this is."""
        lines = [(date.fromisoformat(line[:10]), line[10] == "+", line[11:]) for line in text.splitlines()]
        return cls(
            {day: working for day, working, _ in lines}, {day: name for day, _, name in lines if name}, certain_until
        )


def announced() -> tuple[dict[date, bool], date]:
    """The days that `chinesecalendar` knows to be out of the ordinary, and the last day that it covers."""
    days = dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)
    return days, date(max(constants.holidays).year, 12, 31)


def festivals() -> dict[date, str]:
    """The festival of every day that `chinesecalendar` knows to be out of the ordinary."""
    spoken = {holiday.value: FESTIVALS.get(holiday, holiday.chinese) for holiday in constants.Holiday}
    return {day: spoken[name] for day, name in {**constants.holidays, **constants.workdays}.items()}


def base_of(directory: Path = DIRECTORY) -> Base:
    """The announced years and every YAML file in `directory`. Raises CalendarFileError on the first bad file."""
    if not directory.is_dir():
        what, remedy = "no such folder of calendar files", "create it or correct the path"
        raise CalendarFileError(str(directory), f"{what}; {remedy}", "没有这个日历文件夹；请建立它或者改正路径。")
    days, certain_until = announced()
    files = [read_file(path) for path in sorted(directory.iterdir()) if path.suffix in (".yaml", ".yml")]
    replaced = {name for each in files for name in each.replaces if name != each.name}
    return _over(Base(days, festivals(), certain_until), [each for each in files if each.name not in replaced])


def laid_over(base: Base, notices: Sequence[Notice]) -> Calendar:
    """The calendar of these notices over a base. Raises CalendarFileError where they do not fit together."""
    whole = _over(base, notices)
    return Calendar.of(whole.days, whole.certain_until, whole.names)


def load_calendar(directory: Path = DIRECTORY) -> Calendar:
    """The calendar of a deployment alone. Errors as `base_of`."""
    return laid_over(base_of(directory), ())


def _over(base: Base, notices: Sequence[Notice]) -> Base:
    days, names = dict(base.days), dict(base.names)
    said_by: dict[date, str] = {}
    for notice in notices:
        for day, said in notice.days.items():
            if day in said_by:
                english = f"{day} is already in {said_by[day]}; keep one of the two, or write `replaces:`"
                chinese = f"{day} 在 {said_by[day]} 里已经有了；请只留一处，或者用 replaces: 写明取代哪一份。"
                raise CalendarFileError(said.place, english, chinese)
            said_by[day], days[day], names[day] = said.place, said.working, said.name
    certain_until = _certain_until(base.certain_until, notices)
    for notice in notices:
        check_whole(notice, days)
    return Base(days, names, certain_until)


def _certain_until(known: date, notices: Sequence[Notice]) -> date:
    announcing = [(each.announces, each.announces_at) for each in notices if each.announces]
    for year, place in sorted(announcing, key=lambda pair: pair[0]):
        if year > known.year + 1:
            english = f"announces {year}, but {known.year + 1} is not announced; add that notice first"
            raise CalendarFileError(
                place, english, f"公布的是 {year} 年，但 {known.year + 1} 年还没有公布；请先录入那一年的通知。"
            )
        known = max(known, date(year, 12, 31))
    return known
