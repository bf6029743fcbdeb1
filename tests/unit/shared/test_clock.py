"""The clock: aware instants only, and a movable clock that never goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import FixedClock, MovableClock, shanghai, system_clock

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_the_system_clock_is_in_utc():
    assert system_clock().utcoffset() == timedelta(0)


def test_an_instant_is_read_in_shanghai():
    assert shanghai(NOON).isoformat() == "2026-03-02T12:00:00+08:00"
    assert FixedClock(shanghai(NOON))() == NOON
    assert FixedClock(shanghai(NOON))().utcoffset() == timedelta(0)


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        shanghai(datetime(2026, 3, 2))  # noqa: DTZ001


def test_a_movable_clock_goes_forward_only():
    clock = MovableClock(NOON)
    clock.advance(timedelta(days=1))
    assert clock() == NOON + timedelta(days=1)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(NOON)
