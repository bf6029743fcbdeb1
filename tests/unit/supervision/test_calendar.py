"""The calendar: announced years, the years after them, and the operator's files."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.calendar.notices import CalendarFileError, read_file, read_notice
from services.supervision.calendar.whole_year import check_whole
from services.supervision.calendar.working_days import (
    Calendar,
    announced,
    load_calendar,
)
from tests.unit.supervision.notices import BASE, NOTICE_2027, whole_year, written

CALENDAR = load_calendar()


def days_of(first: int, last: int) -> list[date]:
    start, end = date(first, 1, 1), date(last, 12, 31)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def working_days(calendar: Calendar, year: int) -> int:
    return sum(calendar.is_working_day(day) for day in days_of(year, year))


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def problem(tmp_path: Path, **files: str) -> str:
    with pytest.raises(CalendarFileError) as caught:
        load_calendar(folder(tmp_path, **files))
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_every_announced_day_is_as_chinesecalendar_says() -> None:
    for day in days_of(2004, 2026):
        assert CALENDAR.is_working_day(day) == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_years_have_as_many_working_days_as_announced(year: int, count: int) -> None:
    assert working_days(CALENDAR, year) == count


@pytest.mark.parametrize("day", ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"])
def test_the_make_up_days_of_2026_are_working_days(day: str) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(f"2026-{day}"))


def test_past_the_announced_calendar_monday_to_friday_counts_and_is_not_certain() -> None:
    assert CALENDAR.certain_until == date(2026, 12, 31)
    assert CALENDAR.is_certain(date(2026, 12, 31))
    assert not CALENDAR.is_certain(date(2027, 1, 1))
    for day in days_of(2027, 2028):
        assert CALENDAR.is_working_day(day) == (day.weekday() < 5)


def test_working_days_are_numbered_without_gap() -> None:
    numbers = {day: CALENDAR.working_days_until(day.toordinal()) for day in days_of(2003, 2030)}
    for day, number in numbers.items():
        if CALENDAR.is_working_day(day):
            assert CALENDAR.working_day(number) == day


def test_equal_content_is_the_same_version_and_a_changed_day_another() -> None:
    days, until = announced()
    assert Calendar.of(days, until).version == CALENDAR.version == load_calendar().version
    changed = Calendar.of({**days, date(2026, 11, 23): False}, until)
    assert changed.version != CALENDAR.version
    assert Calendar.of(days, date(2027, 12, 31)).version != CALENDAR.version


def test_an_operators_day_wins_over_the_announced_one(tmp_path: Path) -> None:
    local = "basis: 样例：自治县县庆放假\ndays:\n  2026-11-23: rest\n  2026-11-28: working\n"
    calendar = load_calendar(folder(tmp_path, local=local))
    assert not calendar.is_working_day(date(2026, 11, 23))
    assert calendar.is_working_day(date(2026, 11, 28))
    assert working_days(calendar, 2026) == 248
    assert calendar.certain_until == date(2026, 12, 31)
    assert calendar.version != CALENDAR.version


def test_a_years_notice_makes_its_dates_certain(tmp_path: Path) -> None:
    calendar = load_calendar(folder(tmp_path, national=NOTICE_2027))
    assert calendar.certain_until == date(2027, 12, 31)
    assert not calendar.is_working_day(date(2027, 1, 1))


def test_years_are_announced_one_after_the_other_whatever_their_files_are_called(tmp_path: Path) -> None:
    later, earlier = (written(whole_year(year), announces=year) for year in (2028, 2027))
    assert load_calendar(folder(tmp_path, a=later, b=earlier)).certain_until == date(2028, 12, 31)


@pytest.mark.parametrize(
    ("left_out", "named"),
    [("-02-", "春节"), ("04-05", "清明节"), ("06-09", "端午节"), ("09-15", "中秋节"), ("10-01", "2027-10-01")],
)
def test_a_years_notice_without_one_of_its_festivals_is_refused(tmp_path: Path, left_out: str, named: str) -> None:
    lines = [line for line in NOTICE_2027.splitlines() if left_out not in line]
    message = problem(tmp_path, n="\n".join(lines))
    assert message.startswith("n.yaml:2: 2027 has ")
    assert named in message


PIECES = st.sampled_from(
    ["basis: x\n", "days:\n", "  2027-01-01: rest\n", "  <<: *a\n", "announces: 2027\n", "replaces: [a]\n", "&a ", "*a",
     "{", "}", "[", "]", "? ", ": ", "- ", "!!python/object:os.system ", "|\n", "0x7eb", "~", "\t", "2027-02-30", "'"]
) | st.text(max_size=6)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12))
def test_whatever_is_in_a_file_is_read_or_refused(pieces: list[str]) -> None:
    with suppress(CalendarFileError):
        assert read_notice("n", "".join(pieces)).basis


def test_a_day_that_is_merged_from_elsewhere_has_no_line_of_its_own() -> None:
    with pytest.raises(CalendarFileError, match="n:1: 2027-01-01 is 'off'"):
        read_notice("n", "basis: x\ndays:\n  <<: {2027-01-01: off}\n")


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_announced_years_are_whole_by_the_same_rule(year: int) -> None:
    notice = read_notice("n", written(whole_year(year), announces=year))
    check_whole(notice, BASE.days)


def test_a_later_file_can_replace_an_earlier_one(tmp_path: Path) -> None:
    again = NOTICE_2027.replace("01-30: working", "01-31: working").replace("announces", "replaces: a\nannounces")
    calendar = load_calendar(folder(tmp_path, a=NOTICE_2027, b=again))
    assert [calendar.is_working_day(date(2027, 1, day)) for day in (30, 31)] == [False, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("basis: [x\n", "n.yaml:2: not valid YAML"),
        ("", "n.yaml:1: the file has no fields"),
        ("- rest\n", "n.yaml:1: the file has no fields"),
        ("basis: x\nday:\n  2027-01-01: rest\n", "n.yaml:2: unknown field 'day'"),
        ("days:\n  2027-01-01: rest\n", "n.yaml:1: basis is missing"),
        ("basis: x\ndays: {}\n", "n.yaml:2: days is missing or empty"),
        ("basis: x\ndays:\n  2027-01-01: rest\n  soon: rest\n", "n.yaml:4: 'soon' is not a date"),
        ("basis: x\ndays:\n  2027-01-04: rest\n  2027-13-01: rest\n", "n.yaml:4: there is no 2027-13-01"),
        ('basis: "a\\ud800"\ndays:\n  2027-01-01: rest\n', "n.yaml:1: basis is missing, too long or not one line"),
        ('basis: x\ndays:\n  2027-01-01: "rest a\\nb"\n', "n.yaml:3: 2027-01-01 is 'rest a\\nb'; write working"),
        ("basis: x\nreplaces: {a: b}\ndays:\n  2027-01-01: rest\n", "n.yaml:2: replaces is {'a': 'b'}"),
        (NOTICE_2027 + "  2072-03-01: rest\n", "n.yaml:22: 2072-03-01 does not belong to 2027; correct the year"),
        ("? replaces: [a]\n", "n.yaml: cannot be read: unhashable type"),
        ("!!set ~", "n.yaml: cannot be read: "),
        ("&a basis: x\n? &a days\n: {}\n", "n.yaml:2: days is missing or empty"),
        ("basis: x\ndays:\n  2027-01-01: resting\n", "n.yaml:3: 2027-01-01 is 'resting'; write working or rest"),
        ("basis: x\ndays:\n  1999-01-01: rest\n", "n.yaml:3: 1999-01-01 is before the calendar begins"),
        ("basis: x\ndays:\n  2027-01-01: rest\n  2027-01-01: working\n", "n.yaml:4: not valid YAML"),
        ("basis: x\nannounces: soon\ndays:\n  2027-01-01: rest\n", "n.yaml:2: announces is 'soon'"),
        ("basis: x\nannounces: 2027\ndays:\n  2027-01-01: rest\n", "n.yaml:2: 2027 has 2027-10-01"),
        (NOTICE_2027.replace("2027", "2028"), "n.yaml:2: announces 2028, but 2027 is not announced"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_reason(tmp_path: Path, text: str, said: str) -> None:
    message = problem(tmp_path, n=text)
    assert message.startswith(said)
    assert ";" in message, "a remedy follows"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CalendarFileError, match="cannot be read"):
        load_calendar(tmp_path)


def test_a_file_with_windows_endings_and_a_byte_order_mark_is_read_like_any_other() -> None:
    written_there = b"\xef\xbb\xbf" + NOTICE_2027.replace("\n", "\r\n").encode()
    assert read_notice("n", written_there).days.keys() == read_notice("n", NOTICE_2027).days.keys()


def test_of_a_huge_file_no_more_is_read_than_is_needed_to_refuse_it(tmp_path: Path) -> None:
    with (tmp_path / "n.yaml").open("wb") as huge:
        huge.truncate(2**40)  # a hole in the file: no disk and no memory holds as much
    with pytest.raises(CalendarFileError, match="larger than 32768 bytes"):
        read_file(tmp_path / "n.yaml")


def test_what_cannot_be_opened_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "n.yaml").mkdir()
    assert problem(tmp_path).startswith("n.yaml: cannot be read: Is a directory")
    (tmp_path / "n.yaml").rmdir()
    (tmp_path / "n.yaml").symlink_to(tmp_path / "nowhere")
    assert problem(tmp_path).startswith("n.yaml: cannot be read: No such file")


def test_no_file_of_the_folder_is_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "short.yml").write_text("basis: x\ndays:\n  2026-11-23: rest\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text("basis: x\nreplaces: own\ndays:\n  2026-11-24: rest\n", encoding="utf-8")
    calendar = load_calendar(tmp_path)
    assert not calendar.is_working_day(date(2026, 11, 23))
    assert not calendar.is_working_day(date(2026, 11, 24))


def test_two_files_may_not_speak_of_the_same_day(tmp_path: Path) -> None:
    text = "basis: x\ndays:\n  2026-11-23: rest\n"
    assert problem(tmp_path, a=text, b=text).startswith("b.yaml:3: 2026-11-23 is already in")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarFileError, match="no such folder"):
        load_calendar(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("day", "name", "makes_up"),
    [
        ("2026-02-15", "春节", False),
        ("2026-02-14", "春节", True),
        ("2026-09-25", "中秋节", False),
        ("2026-10-10", "国庆节", True),
        ("2015-09-03", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日", False),
        ("2026-11-28", "", False),
        ("2026-11-27", "", False),
    ],
)
def test_a_day_out_of_the_ordinary_has_the_name_of_its_festival(day: str, name: str, makes_up: bool) -> None:
    assert CALENDAR.name_of(date.fromisoformat(day)) == name
    assert CALENDAR.is_make_up_day(date.fromisoformat(day)) == makes_up


def test_an_operators_day_has_the_name_that_its_file_gives_it(tmp_path: Path) -> None:
    days = "  2027-03-18: rest 样例节\n  2027-03-20: working 样例节\n  2026-10-01: rest\n"
    calendar = load_calendar(folder(tmp_path, local=f"basis: 样例\ndays:\n{days}"))
    named = [calendar.name_of(date.fromisoformat(day)) for day in ("2027-03-18", "2027-03-20", "2026-10-01")]
    assert named == ["样例节", "样例节", ""]
    assert calendar.is_make_up_day(date(2027, 3, 20))
    long = problem(tmp_path, local=f"basis: 样例\ndays:\n  2027-03-18: rest {'节' * 21}\n")
    assert "write working or rest" in long
