"""Lights: yellow, red, deep red and paused at their exact instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.calendar.working_days import load_calendar
from services.supervision.due import Office, Pauses, remaining
from services.supervision.lights import POLICY, Timing, changes, days_left, judged, light, next_change, timing
from shared.clock import SHANGHAI

OFFICE = Office(load_calendar())
MICRO = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)


def timed(started: str, promised: int | None, statutory: int | None = None, pauses: Pauses = ()) -> Timing:
    return timing(OFFICE, at(started), promised, statutory, pauses=pauses)


def read(instants: Timing) -> list[str]:
    return [f"{change.at.astimezone(SHANGHAI):%m-%d %H:%M} {change.light}" for change in changes(instants)]


MONDAY = "11-23 09:00"


def test_a_light_runs_from_green_over_yellow_and_red_to_deep_red() -> None:
    assert read(timed(MONDAY, 5, 10)) == ["11-27 18:00 yellow", "11-30 18:00 red", "12-07 18:00 deep_red"]


@pytest.mark.parametrize(("promised", "left"), [(1, 1), (2, 1), (5, 1), (9, 1), (10, 2), (14, 2), (20, 4), (45, 9)])
def test_yellow_is_the_larger_of_a_day_and_a_fifth(promised: int, left: int) -> None:
    assert days_left(POLICY, promised) == left
    instants = timed("03-02 09:00", promised)
    assert instants.yellow_at
    assert remaining(OFFICE, at("03-02 09:00"), promised, "working_days", (), instants.yellow_at) == left


def test_a_limit_of_one_day_is_yellow_from_the_closing_of_the_day_of_acceptance() -> None:
    assert read(timed(MONDAY, 1)) == ["11-23 18:00 yellow", "11-24 18:00 red"]
    assert read(timed("11-23 20:00", 1))[0] == "11-23 20:00 yellow"
    assert read(timed("11-28 10:00", 1))[0] == "11-28 10:00 yellow", "a rest day"


@pytest.mark.parametrize(
    ("started", "days", "lights"),
    [
        ("11-24 09:00", 5, ["11-28 18:00 yellow", "11-30 18:00 red"]),  # Saturday; Sunday, so Monday
        ("04-03 09:00", 1, ["04-03 18:00 yellow", "04-07 18:00 red"]),
        ("04-02 09:00", 2, ["04-03 18:00 yellow", "04-07 18:00 red"]),
    ],
)
def test_in_calendar_days_a_light_may_turn_yellow_on_a_rest_day_and_red_never(
    started: str, days: int, lights: list[str]
) -> None:
    instants = timing(OFFICE, at(started), days, None, "calendar_days")
    assert read(instants) == lights
    assert instants.yellow_at
    assert remaining(OFFICE, at(started), days, "calendar_days", (), instants.yellow_at) == 1


def test_a_limit_of_zero_days_is_never_yellow() -> None:
    assert read(timed(MONDAY, 0, 20)) == ["11-23 18:00 red", "12-21 18:00 deep_red"]
    assert read(timed("11-23 20:00", 0)) == ["11-24 18:00 red"]


def test_a_limit_of_the_law_alone_is_deep_red_when_it_has_passed() -> None:
    assert read(timed(MONDAY, None, 5)) == ["11-27 18:00 yellow", "11-30 18:00 deep_red"]


def test_without_a_limit_of_the_law_the_light_stays_red() -> None:
    instants = timed(MONDAY, 5)
    assert light(instants, at("12-31 18:00")) == "red"
    assert next_change(instants, "red") is None


def test_a_clock_without_any_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="promised or a statutory"):
        timed(MONDAY, None)


def test_the_light_changes_at_its_instant_and_an_act_at_that_instant_is_in_time() -> None:
    instants = timed(MONDAY, 5, 10)
    due = at("11-30 18:00")
    assert light(instants, due - MICRO) == "yellow"
    assert light(instants, due) == "red"
    assert judged(instants, due) == ("yellow", True)
    assert judged(instants, due + MICRO) == ("red", False)
    assert judged(instants, at("12-08 09:00")) == ("deep_red", False)


def test_a_pause_shows_and_withholds_what_was_to_come() -> None:
    instants = timed(MONDAY, 5, 10, [(at("11-25 10:00"), None)])
    assert instants.paused
    assert (instants.yellow_at, instants.due, instants.statutory_due) == (None, None, None)
    assert light(instants, at("12-31 09:00")) == "paused"
    assert next_change(instants, "paused") is None
    assert judged(instants, at("12-31 09:00")).on_time


def test_after_a_pause_the_remaining_changes_come_with_their_new_instants() -> None:
    instants = timed(MONDAY, 5, 10, [(at("11-25 10:00"), at("11-27 10:00"))])
    assert not instants.paused
    assert light(instants, at("11-27 10:00")) == "green"
    assert read(instants) == ["12-01 18:00 yellow", "12-02 18:00 red", "12-09 18:00 deep_red"]


def test_a_pause_does_not_hide_a_broken_promise() -> None:
    instants = timed(MONDAY, 1, 10, [(at("11-25 10:00"), None)])
    assert light(instants, at("12-31 09:00")) == "red"
    assert next_change(instants, "red") is None


def test_a_one_day_limit_that_is_paused_over_closing_is_yellow_from_its_resumption() -> None:
    over_closing = [(at("11-23 12:00"), at("11-25 10:00"))]
    assert read(timed(MONDAY, 1, pauses=over_closing)) == ["11-25 10:00 yellow", "11-25 18:00 red"]
    assert timed(MONDAY, 1, pauses=[(at("11-23 12:00"), None)]).yellow_at is None


def test_one_provisional_limit_makes_the_timing_provisional() -> None:
    assert not timed("12-17 09:00", 5, 10).provisional
    assert timed("12-18 09:00", 5, 10).provisional


def test_a_supervisor_that_was_away_finds_every_change_with_its_own_instant() -> None:
    instants, shown, told = timed(MONDAY, 5, 10), "green", []
    while (change := next_change(instants, shown)) and change.at <= at("12-20 09:00"):  # type: ignore[arg-type]
        shown = change.light
        told.append(change)
    assert tuple(told) == changes(instants)


@settings(max_examples=200, deadline=None)
@given(
    start=st.integers(0, 300 * 24 * 60),
    promised=st.integers(0, 30),
    more=st.none() | st.integers(0, 30),
    now=st.integers(0, 100 * 24 * 60),
)
def test_the_light_at_any_moment_is_the_last_change_before_it(
    start: int, promised: int, more: int | None, now: int
) -> None:
    started = at("01-02 09:00") + timedelta(minutes=start)
    instants = timing(OFFICE, started, promised, None if more is None else promised + more)
    moment = started + timedelta(minutes=now)
    passed = [change.light for change in changes(instants) if change.at <= moment]
    assert light(instants, moment) == (passed[-1] if passed else "green")
    left = remaining(OFFICE, started, promised, "working_days", (), moment)
    if promised > 1 and moment < instants.due:  # type: ignore[operator]
        assert (light(instants, moment) == "yellow") == (left <= max(1, promised * 0.2))
