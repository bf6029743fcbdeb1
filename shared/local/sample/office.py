"""Office hours as one line of minutes: what people of the hall do falls into them, and is planned by adding minutes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from services.supervision.calendar.working_days import Calendar
from shared.clock import SHANGHAI, shanghai

MORNING, AFTERNOON = (9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30)
"""Minutes of the day in which the hall is open: 工作日 9:00—12:00、13:30—17:30."""
FORENOON = MORNING[1] - MORNING[0]
DAY = FORENOON + AFTERNOON[1] - AFTERNOON[0]
"""Office minutes of one working day."""


class Office:
    """Office minutes are counted over working days alone, so that adding some never ends at night or on a holiday."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def minute(self, at: datetime) -> float:
        """The office minute of an instant; outside of office hours, the one at which the hall opens next."""
        local = shanghai(at)
        before = self.calendar.working_days_until(local.date().toordinal() - 1)
        passed = 0.0
        if self.calendar.is_working_day(local.date()):
            now = local.hour * 60 + local.minute + local.second / 60
            passed = sum(min(max(now - opens, 0), closes - opens) for opens, closes in (MORNING, AFTERNOON))
        return before * DAY + passed

    def instant(self, minute: float) -> datetime:
        """The instant of an office minute; one at which the hall closes is that at which it opens again."""
        days, passed = divmod(minute, DAY)
        of_day = MORNING[0] + passed if passed < FORENOON else AFTERNOON[0] + passed - FORENOON
        return self.at(self.calendar.working_day(int(days) + 1), of_day)

    def after(self, at: datetime, minutes: float) -> datetime:
        """So many office minutes later (or earlier, where negative)."""
        return self.instant(self.minute(at) + minutes)

    def working_day_before(self, day: date, days: int) -> date:
        """So many working days before the last working day up to `day`; 0: that day itself."""
        return self.calendar.working_day(self.calendar.working_days_until(day.toordinal()) - days)

    def at(self, day: date, minutes: float) -> datetime:
        """An instant by day and minute of the day."""
        return datetime.combine(day, time(0), SHANGHAI) + timedelta(minutes=minutes)
