"""The only place where the time is read, so that every rule can be run at any moment.

Instants are aware UTC datetimes; what a person reads, and every rule about days, is in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns now as an aware UTC datetime."""

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def shanghai(instant: datetime) -> datetime:
    """The same instant as it is read in the hall. A naive datetime is a mistake: ValueError."""
    return _aware(instant).astimezone(SHANGHAI)


def midnight(instant: datetime) -> datetime:
    """When the day of an instant began in the hall."""
    return shanghai(instant).replace(hour=0, minute=0, second=0, microsecond=0)


class FixedClock:
    """A clock that stands still."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at).astimezone(UTC)

    def __call__(self) -> datetime:
        return self._at


class MovableClock(FixedClock):
    """A clock that is moved by hand, never backwards: for tests and for making sample data."""

    def move_to(self, at: datetime) -> None:
        """Stand at `at`; ValueError when that lies in this clock's past."""
        if _aware(at) < self._at:
            raise ValueError(f"the clock stands at {self._at.isoformat()} and cannot go back to {at.isoformat()}")
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Go forward by `by`."""
        self.move_to(self._at + by)


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; give an aware datetime")
    return instant
