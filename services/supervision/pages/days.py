"""How the calendar is drawn: a year of twelve months with their festivals, and what a version moves, in rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import PurePath
from typing import NamedTuple

from services.supervision.calendar.notices import BEGINS
from services.supervision.calendar.working_days import Calendar
from services.supervision.calendar.year import Day, DayKind, Month, months_of
from services.supervision.decide.recount import Move
from services.supervision.pages.words import CLOCKS, spoken
from services.supervision.store import Row
from shared.clock import shanghai
from shared.web.i18n import _, listed


class Run(NamedTuple):
    """Days one after the other that are alike: 1日 to 3日, 放假, 元旦."""

    first: date
    last: date
    kind: DayKind
    name: str


class Drawn(NamedTuple):
    """A month as it is drawn: how many cells are empty before its first day, and its days out of the ordinary."""

    month: Month
    lead: int
    runs: tuple[Run, ...]


class Year(NamedTuple):
    """A year. `certain`: announced, so that no date in it is provisional."""

    number: int
    months: tuple[Drawn, ...]
    working_days: int
    certain: bool
    before: int | None
    after: int | None


class Shift(NamedTuple):
    """Clocks that move alike."""

    clock: str
    departments: str
    before: datetime | None
    after: datetime | None
    clocks: int


class Moved(NamedTuple):
    """One limit that moves: what it is called, and its end before and after."""

    called: str
    before: datetime | None
    after: datetime | None


class Line(NamedTuple):
    """A clock that was moved."""

    application: str
    subject: str
    clock: str
    departments: str
    before: datetime | None
    after: datetime | None
    law_before: datetime | None
    law: datetime | None
    provisional: bool

    @property
    def shown(self) -> Moved:
        """The one limit of it that a page has room for."""
        return _moved(self.clock, (self.before, self.after), (self.law_before, self.law))


def year_of(calendar: Calendar, number: int, last: int) -> Year:
    """A year by this calendar, with those before and after it, up to `last`."""
    months = months_of(calendar, number)
    return Year(
        number,
        tuple(Drawn(month, month.first.weekday(), tuple(_runs(month.days))) for month in months),
        sum(month.working_days for month in months),
        calendar.is_certain(date(number, 12, 31)),
        number - 1 if number > BEGINS.year else None,
        number + 1 if number < last else None,
    )


def _runs(days: Sequence[Day]) -> Iterator[Run]:
    for (kind, name), group in groupby(days, key=lambda day: (day.kind, day.name)):
        found = list(group)
        if kind in ("rest", "make_up"):
            yield Run(found[0].date, found[-1].date, kind, name)


def shifts_of(moves: Sequence[Move], names: Mapping[str, str]) -> list[Shift]:
    """Clocks that a notice would move, those that move alike together, by the day to which they move."""
    alike = Counter((*_moved_by(each), each.departments) for each in moves)
    rows = [
        Shift(clock, _listed(codes, names), before, after, count)
        for (clock, before, after, codes), count in alike.items()
    ]
    return sorted(rows, key=lambda row: (_day(row.after), row.clock, row.departments))


Ends = tuple[datetime | None, datetime | None]
"""Before and after."""


def _moved_by(move: Move) -> Moved:
    before, after = move.before, move.after
    called = spoken(CLOCKS, after.key)
    return _moved(called, (before.due, after.due), (before.statutory_due, after.statutory_due))


def _moved(called: str, promised: Ends, law: Ends) -> Moved:
    """The promised limit where it moves, or else the law's; the promised one again where only its being provisional
    changes."""
    if promised[0] == promised[1] and law[0] != law[1]:
        return Moved(_("%(clock)s（法定）", clock=called), *law)
    return Moved(called, *promised)


def _day(at: datetime | None) -> date:
    return shanghai(at).date() if at else date.max


def line_of(row: Row, names: Mapping[str, str]) -> Line:
    """A row of what was moved."""
    at = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in DATES}
    return Line(
        row["application"], row["subject"], spoken(CLOCKS, row["clock"]), _listed(row["departments"], names),
        at["due_before"], at["due"], at["statutory_due_before"], at["statutory_due"], row["provisional"],
    )  # fmt: skip


DATES = ("due_before", "due", "statutory_due_before", "statutory_due")


def table_of(lines: Sequence[Line]) -> tuple[list[str], list[list[object]]]:
    """Head and rows of the table to take away."""
    head = [
        _("申请编号"), _("编号"), _("时限"), _("部门"), _("原来到期"), _("现在到期"), _("原来法定到期"),
        _("现在法定到期"), _("暂定"),
    ]  # fmt: skip
    return head, [[*line[:4], *(_written(at) for at in line[4:8]), _("是") if line[8] else ""] for line in lines]


def _written(at: object) -> str:
    return shanghai(at).strftime("%Y-%m-%d %H:%M") if isinstance(at, datetime) else ""


def sheet_of(file: str) -> str:
    """What a notice is called: its file without the ending."""
    return PurePath(file.replace("\\", "/")).name.removesuffix(".yaml").removesuffix(".yml")[:60]


def _listed(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return listed(names.get(code, code) for code in codes)
