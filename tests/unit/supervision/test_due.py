"""Day counting: published vectors, cut-offs, zero days, pauses, and an independent day-by-day counter."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.calendar.working_days import Calendar
from services.supervision.due import Office, Pauses, due, due_date, due_with_pauses, remaining
from shared.clock import SHANGHAI
from shared.contracts.terms import Unit
from tests.unit.supervision.counter import APPLICANT, LAST, OFFICE, Case, counted_cut_offs, counts, end_among


def at(text: str) -> datetime:
    """An instant as it is read in the hall: `2026-11-23 09:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def ends(
    started: str, days: int, unit: Unit = "working_days", pauses: Pauses = (), office: Office = OFFICE
) -> str | None:
    end = due_with_pauses(office, at(started), days, unit, pauses)
    return None if end is None else f"{end.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("accepted", "days", "last"),
    [
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-12", 20, "2026-03-18"),
        ("2026-09-18", 3, "2026-09-22"),
        ("2026-09-24", 5, "2026-10-09"),
    ],
)
def test_the_published_vectors(accepted: str, days: int, last: str) -> None:
    assert due_date(OFFICE, date.fromisoformat(accepted), days) == (date.fromisoformat(last), False)
    assert ends(f"{accepted} 09:30", days) == f"{last} 18:00"


@pytest.mark.parametrize(("days", "last"), [(45, "10-29"), (20, "12-03"), (10, "12-17"), (5, "12-24")])
def test_a_due_date_past_the_announced_calendar_is_provisional(days: int, last: str) -> None:
    certain = date.fromisoformat(f"2026-{last}")
    assert due_date(OFFICE, certain, days) == (date(2026, 12, 31), False)
    assert due_date(OFFICE, certain + timedelta(days=1), days)[1]


def test_calendar_days_of_an_applicant_are_never_provisional() -> None:
    assert not due(APPLICANT, at("2026-12-30 09:00"), 30, "calendar_days").provisional


@pytest.mark.parametrize(
    ("started", "days", "last", "provisional"),
    [
        ("2026-12-28 09:00", 3, "2026-12-31 18:00", False),
        ("2026-12-28 09:00", 4, "2027-01-01 18:00", True),
        ("2026-12-29 09:00", 4, "2027-01-04 18:00", True),
    ],
)
def test_calendar_days_of_a_department_are_provisional_where_their_end_may_still_move(
    started: str, days: int, last: str, provisional: bool
) -> None:
    assert ends(started, days, "calendar_days") == last
    assert due(OFFICE, at(started), days, "calendar_days").provisional == provisional


def test_a_last_day_at_the_end_of_the_announced_calendar_that_moves_past_it_is_provisional() -> None:
    until_2022 = Calendar.of({}, date(2022, 12, 31))  # a Saturday
    end = due(Office(until_2022), at("2022-12-30 09:00"), 1, "calendar_days")
    assert (end.at, end.provisional) == (at("2023-01-02 18:00"), True)


@pytest.mark.parametrize("accepted", ["2026-11-26 09:00", "2026-11-26 18:00", "2026-11-26 23:59"])
def test_the_day_of_acceptance_does_not_count_at_whatever_hour(accepted: str) -> None:
    assert ends(accepted, 1) == "2026-11-27 18:00"


def test_a_case_accepted_on_a_rest_day_has_its_first_day_on_the_next_working_day() -> None:
    assert ends("2026-11-28 10:00", 1) == "2026-11-30 18:00"
    assert ends("2026-02-28 10:00", 1) == "2026-03-02 18:00", "a make-up Saturday"


@pytest.mark.parametrize(
    ("accepted", "last"),
    [
        ("2026-11-27 09:00", "2026-11-27 18:00"),
        ("2026-11-27 17:59", "2026-11-27 18:00"),
        ("2026-11-27 18:00", "2026-11-30 18:00"),
        ("2026-11-27 20:00", "2026-11-30 18:00"),
        ("2026-11-28 10:00", "2026-11-30 18:00"),
        ("2026-10-01 10:00", "2026-10-08 18:00"),
        ("2026-10-10 10:00", "2026-10-10 18:00"),
    ],
)
def test_zero_days_end_at_the_next_cut_off(accepted: str, last: str) -> None:
    assert ends(accepted, 0) == last


def test_calendar_days_of_an_applicant_end_at_midnight() -> None:
    assert ends("2026-11-27 20:00", 7, "calendar_days", office=APPLICANT) == "2026-12-05 00:00"
    assert ends("2026-11-27 00:00", 1, "calendar_days", office=APPLICANT) == "2026-11-29 00:00"
    assert ends("2026-11-27 20:00", 0, "calendar_days", office=APPLICANT) == "2026-11-28 00:00"


@pytest.mark.parametrize(
    ("started", "days", "last"),
    [
        ("2026-04-01 09:00", 1, "2026-04-02 18:00"),
        ("2026-04-01 23:00", 1, "2026-04-02 18:00"),
        ("2026-04-02 09:00", 3, "2026-04-07 18:00"),  # Sunday inside 清明
        ("2026-04-03 09:00", 1, "2026-04-07 18:00"),
        ("2026-04-04 09:00", 4, "2026-04-08 18:00"),
        ("2026-02-27 09:00", 1, "2026-02-28 18:00"),  # a make-up Saturday is no rest day
        ("2026-09-28 09:00", 3, "2026-10-08 18:00"),
        ("2026-03-02 09:00", 60, "2026-05-06 18:00"),  # 1 May
        ("2026-04-02 09:00", 0, "2026-04-02 18:00"),
        ("2026-04-03 18:00", 0, "2026-04-07 18:00"),
    ],
)
def test_calendar_days_of_a_department_end_at_its_closing_and_never_on_a_rest_day(
    started: str, days: int, last: str
) -> None:
    assert ends(started, days, "calendar_days") == last


def test_rest_days_count_inside_a_departments_calendar_days() -> None:
    assert ends("2026-11-27 09:00", 5, "calendar_days") == "2026-12-02 18:00"


@pytest.mark.parametrize(
    ("paused", "resumed", "last"),
    [
        ("04-04 10:00", "04-04 20:00", "04-07 18:00"),  # the last day itself is lost, the next moves as well
        ("04-05 10:00", "04-06 20:00", "04-07 18:00"),  # all days counted, and back before the end
        ("04-05 10:00", "04-09 10:00", "04-09 18:00"),
        ("04-05 10:00", "04-10 20:00", "04-13 18:00"),
        ("04-07 18:00", "04-20 10:00", "04-20 18:00"),
        ("04-07 18:01", "04-20 10:00", "04-07 18:00"),
        ("04-05 10:00", None, None),
    ],
)
def test_a_pause_before_the_end_of_a_moved_last_day_withholds_it(
    paused: str, resumed: str | None, last: str | None
) -> None:
    pauses = [(at(f"2026-{paused}"), at(f"2026-{resumed}") if resumed else None)]
    assert ends("2026-04-03 09:00", 1, "calendar_days", pauses) == (last and f"2026-{last}")


def test_of_a_moved_limit_its_last_day_remains_until_it_ends() -> None:
    left = [remaining(OFFICE, at("2026-04-02 09:00"), 3, "calendar_days", (), at(f"2026-04-{day}")) for day in (
        "02 20:00", "03 17:59", "03 18:00", "04 18:00", "05 18:00", "06 18:00", "07 17:59", "07 18:00", "08 18:00",
        "11 18:00")]  # fmt: skip
    assert left == [3, 3, 2, 1, 1, 1, 1, 0, -1, -4]


def test_the_day_is_that_of_the_hall_and_not_of_utc() -> None:
    assert due(OFFICE, datetime(2026, 11, 26, 16, 30, tzinfo=UTC), 1).at == at("2026-11-30 18:00")


def test_a_department_may_close_earlier() -> None:
    early = Office(OFFICE.calendar, time(12))
    assert due(early, at("2026-11-27 11:00"), 0).at == at("2026-11-27 12:00")
    assert due(early, at("2026-11-27 13:00"), 0).at == at("2026-11-30 12:00")


MONDAY = "2026-11-23 09:00"


@pytest.mark.parametrize(
    ("paused", "resumed", "last"),
    [
        ("2026-11-24 10:00", "2026-11-24 17:00", "2026-11-25 18:00"),
        ("2026-11-24 10:00", "2026-11-24 19:00", "2026-11-26 18:00"),
        ("2026-11-23 10:00", "2026-11-24 10:00", "2026-11-25 18:00"),
        ("2026-11-25 17:59", "2026-12-01 18:01", "2026-12-02 18:00"),
        ("2026-11-27 10:00", "2026-11-30 10:00", "2026-11-25 18:00"),
        ("2026-11-24 18:00", "2026-11-24 18:01", "2026-11-26 18:00"),
        ("2026-11-24 10:00", "2026-11-24 18:00", "2026-11-25 18:00"),
    ],
)
def test_a_cut_off_inside_a_pause_does_not_count(paused: str, resumed: str, last: str) -> None:
    assert ends(MONDAY, 2, pauses=[(at(paused), at(resumed))]) == last


def test_an_open_pause_withholds_the_end_unless_it_had_come_before() -> None:
    assert ends(MONDAY, 2, pauses=[(at("2026-11-25 17:00"), None)]) is None
    assert ends(MONDAY, 2, pauses=[(at("2026-11-25 19:00"), None)]) == "2026-11-25 18:00"
    assert ends(MONDAY, 0, pauses=[(at("2026-11-23 10:00"), None)]) is None


def test_pauses_inside_a_longer_one_take_no_day_twice() -> None:
    longest = (at("2026-11-24 10:00"), at("2026-12-04 10:00"))
    inner = [
        (at("2026-11-25 10:00"), at("2026-11-26 10:00")),
        (at("2026-11-30 10:00"), at("2026-12-02 10:00")),
    ]
    assert ends(MONDAY, 2, pauses=[*inner, longest]) == ends(MONDAY, 2, pauses=[longest]) == "2026-12-07 18:00"


def test_the_remainder_is_kept_through_a_pause() -> None:
    pauses = [(at("2026-11-25 10:00"), at("2026-12-04 10:00"))]
    left = [remaining(OFFICE, at(MONDAY), 5, "working_days", pauses, at(f"2026-{day}")) for day in (
        "11-23 20:00", "11-24 18:00", "11-25 12:00", "12-03 20:00", "12-04 17:59", "12-04 18:00", "12-10 20:00",
    )]  # fmt: skip
    assert left == [5, 4, 4, 4, 4, 3, -1]


def test_nothing_remains_of_a_zero_day_limit_and_its_overrun_is_counted() -> None:
    left = [remaining(OFFICE, at(MONDAY), 0, "working_days", (), at(f"2026-11-{day}")) for day in (
        "23 09:00", "23 18:00", "24 18:00", "25 20:00")]  # fmt: skip
    assert left == [0, 0, -1, -2]


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 days"):
        due(OFFICE, at(MONDAY), -1)
    with pytest.raises(ValueError, match="no time zone"):
        due(OFFICE, datetime(2026, 11, 23, 9, 0), 1)  # noqa: DTZ001


@settings(max_examples=600, deadline=None)
@given(case=counts())
def test_every_limit_ends_where_a_day_by_day_counter_ends(case: Case) -> None:
    office, started, days, unit, pauses = case
    found = counted_cut_offs(case, min(LAST, started + timedelta(days=300)))
    number = end_among(found, days)
    end = due_with_pauses(office, started, days, unit, pauses)
    assert (end and end.at) == (found[number - 1][0] if number else None)
    if end:
        last_day = (end.at - timedelta.resolution).astimezone(SHANGHAI).date()
        by_calendar = unit == "working_days" or office is OFFICE
        assert end.provisional == (by_calendar and last_day > date(2026, 12, 31))


@settings(max_examples=400, deadline=None)
@given(case=counts(), after=st.integers(0, 120 * 24 * 60))
def test_what_remains_is_what_a_day_by_day_counter_has_not_counted(case: Case, after: int) -> None:
    office, started, days, unit, pauses = case
    now = started + timedelta(minutes=after)
    found = counted_cut_offs(case, now)
    end = end_among(found, days)
    wanted = end - len(found) if end else min(days, max(1, days - len(found)))
    assert remaining(office, started, days, unit, pauses, now) == wanted


@settings(max_examples=200, deadline=None)
@given(case=counts())
def test_a_pause_never_brings_an_end_nearer(case: Case) -> None:
    office, started, days, unit, pauses = case
    end = due_with_pauses(office, started, days, unit, pauses)
    assert end is None or end.at >= due(office, started, days, unit).at


@settings(max_examples=300, deadline=None)
@given(case=counts(), earlier=st.integers(1, 40 * 24 * 60))
def test_an_earlier_start_never_ends_later(case: Case, earlier: int) -> None:
    office, started, days, unit, pauses = case
    end = due_with_pauses(office, started, days, unit, pauses)
    before = due_with_pauses(office, started - timedelta(minutes=earlier), days, unit, pauses)
    assert end is None or (before is not None and before.at <= end.at)
