"""A clock told day by day: what each day is called, and that the days add up to what due.py counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.clocks import CLOCKS
from services.supervision.due import due_with_pauses, remaining
from services.supervision.explain import Day, Explanation, explained
from services.supervision.model import Clock, Stop
from services.supervision.rules import Rules
from shared.clock import shanghai
from shared.contracts.terms import Unit
from tests.unit.supervision.counter import APPLICANT, OFFICE, Case, counts
from tests.unit.supervision.sample import at

DECISION = next(row for row in CLOCKS if row.key == "decision")
RULES = Rules(OFFICE, (DECISION, replace(DECISION, key="theirs", whose="applicant")))


def clock(
    started: datetime, days: int, *pauses: tuple[str, str | None], law: int | None = None,
    unit: Unit = "working_days", ended: str | None = None, deemed: bool = False,
) -> Clock:  # fmt: skip
    stops = (Stop(case="c", at=at(ended), deemed=deemed),) if ended else ()
    spans = tuple((at(paused), at(resumed) if resumed else None) for paused, resumed in pauses)
    return Clock(
        subject="c", key="decision", promised_days=days, statutory_days=law, unit=unit, started=started, pauses=spans,
        stops=stops, ended=at(ended) if ended else None,
    )  # fmt: skip


def told(started: str, days: int, *pauses: tuple[str, str | None], now: str, **more: object) -> Explanation:
    return explained(clock(at(started), days, *pauses, **more), RULES, at(now))  # type: ignore[arg-type]


def line(day: Day) -> str:
    """A day in a few words: `09-20 counted 2 国庆节`."""
    number = str(day.number) if day.number else ""
    open_ = "" if day.passed else "…"
    marks = [name for name in ("due", "statutory", "today", "make_up") if getattr(day, name)]
    marks += [act.kind for act in day.acts if act.kind != "started"]
    return " ".join(word for word in (f"{day.date:%m-%d}", day.kind + open_, number, *marks, day.festival) if word)


def test_each_day_is_called_what_it_is_over_a_pause_and_two_festivals() -> None:
    days = told("09-17 14:20", 7, ("09-22 10:20", "09-29 15:00"), law=20, now="12-01 00:00", ended="10-13 11:05").days
    assert [line(day) for day in days] == [
        "09-17 start", "09-18 counted 1", "09-19 rest", "09-20 counted 2 make_up 国庆节", "09-21 counted 3",
        "09-22 paused paused", "09-23 paused", "09-24 paused", "09-25 rest 中秋节", "09-26 rest 中秋节",
        "09-27 rest 中秋节", "09-28 paused", "09-29 counted 4 resumed", "09-30 counted 5",
        *(f"10-{n:02d} rest 国庆节" for n in range(1, 8)),
        "10-08 counted 6", "10-09 counted 7 due", "10-10 over 1 make_up 国庆节", "10-11 rest", "10-12 over 2",
        "10-13 over… 3 ended",
    ]  # fmt: skip


def test_today_is_told_as_it_will_be_until_its_cut_off_has_passed() -> None:
    assert line(told("11-23 09:00", 2, now="11-24 17:59").days[-1]) == "11-24 counted… 1 today"
    assert line(told("11-23 09:00", 2, now="11-24 18:00").days[-1]) == "11-24 counted 1 today"
    assert line(told("11-23 09:00", 2, ("11-24 10:00", None), now="11-24 12:00").days[-1]) == (
        "11-24 paused… today paused"
    )
    assert line(told("11-23 09:00", 2, now="11-28 12:00").days[-1]) == "11-28 rest today"


@pytest.mark.parametrize(
    ("started", "now", "days"),
    [
        ("11-27 09:00", "11-30 20:00", ["11-27 counted 1 due", "11-28 rest", "11-29 rest", "11-30 over 1 today"]),
        ("11-27 18:00", "11-30 17:00", ["11-27 start", "11-28 rest", "11-29 rest", "11-30 counted… 1 due today"]),
        ("11-28 10:00", "11-30 18:00", ["11-28 start", "11-29 rest", "11-30 counted 1 due today"]),
    ],
)
def test_a_limit_of_no_days_ends_with_the_first_cut_off_after_the_start(
    started: str, now: str, days: list[str]
) -> None:
    assert [line(day) for day in told(started, 0, now=now).days] == days


def test_a_limit_in_calendar_days_moves_past_the_rest_days_at_its_end() -> None:
    days = told("04-02 09:00", 3, unit="calendar_days", now="04-08 20:00").days
    assert [line(day) for day in days] == [
        "04-02 start", "04-03 counted 1", "04-04 counted 2 清明节", "04-05 moved 清明节", "04-06 moved 清明节",
        "04-07 counted 3 due", "04-08 over 1 today",
    ]  # fmt: skip


def test_an_act_at_the_cut_off_comes_before_it_and_what_nobody_did_comes_after() -> None:
    acted = told("11-23 09:00", 2, now="12-01 00:00", ended="11-25 18:00").days[-1]
    assert line(acted) == "11-25 counted… 2 due ended"
    deemed = told("11-23 09:00", 2, now="12-01 00:00", ended="11-25 18:00", deemed=True).days[-1]
    assert line(deemed) == "11-25 counted 2 due ended"


def test_the_days_to_come_are_told_up_to_the_limit_unless_a_pause_withholds_it() -> None:
    running = explained(clock(at("11-23 09:00"), 3, law=4), RULES, at("11-24 12:00"), ahead=True)
    assert [line(day) for day in running.days] == [
        "11-23 start", "11-24 counted… 1 today", "11-25 counted… 2", "11-26 counted… 3 due",
    ]  # fmt: skip
    paused = explained(clock(at("11-23 09:00"), 3, ("11-24 10:00", None)), RULES, at("11-25 12:00"), ahead=True)
    assert line(paused.days[-1]) == "11-25 paused… today"
    over = explained(clock(at("11-23 09:00"), 1, law=2), RULES, at("11-25 20:00"), ahead=True)
    assert [line(day) for day in over.days[1:]] == ["11-24 counted 1 due", "11-25 over 1 statutory today"]


def test_how_many_days_of_each_kind_have_passed() -> None:
    whole = told("09-17 14:20", 7, ("09-22 10:20", "09-29 15:00"), now="10-12 20:00")
    tallied = {kind: whole.tally(kind) for kind in ("counted", "paused", "rest", "over")}  # type: ignore[arg-type]
    assert tallied == {"counted": 7, "paused": 4, "rest": 12, "over": 2}
    assert whole.left == -2


def test_what_has_not_started_is_not_told() -> None:
    with pytest.raises(ValueError, match="c/decision has not started"):
        explained(Clock(subject="c", key="decision", promised_days=3), RULES, at("11-24 12:00"))


@settings(max_examples=800, deadline=None)
@given(case=counts(), after=st.integers(0, 120 * 24 * 60))
def test_the_days_add_up_to_what_due_counts(case: Case, after: int) -> None:
    office, started, days, unit, pauses = case
    now = started + timedelta(minutes=after)
    key = "theirs" if office == APPLICANT else "decision"
    run = Clock(
        subject="c", key=key, promised_days=days, statutory_days=days + 3, unit=unit, started=started,
        pauses=tuple(pauses),
    )  # fmt: skip
    whole = explained(run, RULES, now)
    assert whole.left == remaining(office, started, days, unit, pauses, now)
    assert [day.date for day in whole.days] == [
        shanghai(started).date() + timedelta(days=n) for n in range(len(whole.days))
    ]
    assert (whole.days[-1].date, whole.days[-1].today) == (shanghai(now).date(), True)
    end = due_with_pauses(office, started, days, unit, pauses)
    reached = [day for day in whole.days if day.due and day.passed]
    assert bool(reached) == (end is not None and end.at <= now)
    if reached:
        assert end is not None
        assert (reached[0].cut_off, reached[0].number) == (end.at, max(days, 1))
        assert whole.tally("counted") == max(days, 1)
    coming = explained(run, RULES, now, ahead=True).days
    assert coming[: len(whole.days)] == whole.days
    if end is not None and not reached:
        assert (coming[-1].due, coming[-1].kind, coming[-1].cut_off) == (True, "counted", end.at)
