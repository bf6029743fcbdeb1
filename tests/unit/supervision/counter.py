"""An independent counter of days, and what is drawn for it: it walks day by day, asks chinesecalendar itself, and knows
nothing of numbers of days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import chinese_calendar
from hypothesis import strategies as st

from services.supervision.calendar.working_days import load_calendar
from services.supervision.due import Office
from shared.clock import SHANGHAI
from shared.contracts.terms import Unit

OFFICE = Office(load_calendar())
APPLICANT = Office(OFFICE.calendar, closing=None)
Case = tuple[Office, datetime, int, Unit, list[tuple[datetime, datetime | None]]]


def works(day: date) -> bool:
    return chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5


def cut_off_of(day: date, office: Office, unit: Unit, works: Callable[[date], bool] = works) -> datetime | None:
    if unit == "working_days" and not works(day):
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + (timedelta(days=1) if office.closing is None else timedelta(hours=18))


def counted_cut_offs(case: Case, until: datetime, works: Callable[[date], bool] = works) -> list[tuple[datetime, bool]]:
    """Each cut-off that counts, and whether the limit may end with it."""
    office, started, days, unit, pauses = case
    first, found, day = started.astimezone(SHANGHAI).date(), [], started.astimezone(SHANGHAI).date()
    while (end := datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)) <= until:
        cut = cut_off_of(day, office, unit, works)
        in_pause = cut and any(p <= cut and (r is None or cut < r) for p, r in pauses)
        begun = cut and (cut > started if days == 0 else day > first)
        if cut and begun and not in_pause and cut <= until:
            found.append((cut, works(day) or office is APPLICANT))
        day = (end + timedelta(days=1)).date()
    return found


def end_among(cut_offs: list[tuple[datetime, bool]], days: int) -> int | None:
    """How many are counted when the limit ends, the last one included."""
    wanted = max(days, 1)
    numbered = enumerate(cut_offs, start=1)
    return next((number for number, (_, may_end) in numbered if number >= wanted and may_end), None)


LAST = datetime(2028, 6, 30, tzinfo=SHANGHAI)
UNITS: st.SearchStrategy[Unit] = st.sampled_from(["working_days", "calendar_days"])
HOURS = st.sampled_from([0, 1, 9 * 60, 18 * 60 - 1, 18 * 60, 18 * 60 + 1, 24 * 60 - 1]) | st.integers(0, 1439)


@st.composite
def counts(draw: st.DrawFn) -> Case:
    opening = datetime(2004, 1, 1, tzinfo=SHANGHAI)
    started = opening + timedelta(days=draw(st.integers(0, 8_400)), minutes=draw(HOURS))
    pauses: list[tuple[datetime, datetime | None]] = []
    for _ in range(draw(st.integers(0, 4))):
        midnight = datetime.combine(started.date(), time(0), SHANGHAI)
        paused = max(started, midnight + timedelta(days=draw(st.integers(0, 40)), minutes=draw(HOURS)))
        midnight = datetime.combine(paused.date(), time(0), SHANGHAI)
        resumed = max(paused, midnight + timedelta(days=draw(st.integers(0, 15)), minutes=draw(HOURS)))
        pauses.append((paused, draw(st.sampled_from([resumed] * 9 + [None]))))
    return draw(st.sampled_from([OFFICE, APPLICANT])), started, draw(st.integers(0, 60)), draw(UNITS), pauses
