"""How much of a limit is left, read from what supervision said."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.supervision import COUNTED_BEYOND
from shared.timed import Timed
from shared.web.countdown import counted, left, left_words, rail

DUE = datetime(2026, 3, 11, 10, tzinfo=UTC)  # Wednesday 18:00 in Shanghai: 7 working days from 2 March
CLOCK = Timed(
    due=DUE,
    statutory_due=datetime(2026, 3, 16, 10, tzinfo=UTC),
    counting="cccc--c" * 6 + "ccc",  # 3 March to 16 April: 31 days beyond
)


def at(text: str) -> datetime:
    """`03-05 10:00` in Shanghai."""
    return datetime.strptime(f"2026-{text} +0800", "%Y-%m-%d %H:%M %z").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "days", "over"),
    [
        ("03-02 10:00", 7, False),
        ("03-03 17:59", 7, False),
        ("03-03 18:00", 6, False),
        ("03-07 12:00", 3, False),
        ("03-11 17:59", 1, False),
        ("03-11 18:00", 0, True),
        ("03-12 17:59", 0, True),
        ("03-12 18:00", 1, True),
        ("03-15 12:00", 2, True),
        ("03-16 18:00", 3, True),
    ],
)
def test_days_are_left_until_their_cut_off(now, days, over):
    assert left(CLOCK, "working_days", at(now)) == (days, "working_days", over)


def test_beyond_the_last_day_that_was_told_calendar_days_are_counted():
    assert left(CLOCK, "working_days", at("04-16 19:00")) == (26, "working_days", True)
    assert left(CLOCK, "working_days", at("04-17 09:00")) == (37, "calendar_days", True)


def test_without_a_statutory_limit_the_promise_is_the_last():
    alone = CLOCK.model_copy(update={"statutory_due": None, "counting": CLOCK.counting[:-5]})
    assert left(alone, "working_days", at("03-10 09:00")) == (2, "working_days", False)
    assert left(alone, "working_days", at("03-12 19:00")) == (1, "working_days", True)


@pytest.mark.parametrize("changed", [{"light": "paused"}, {"counting": ""}])
def test_what_cannot_be_known_is_not_said(changed):
    assert left(CLOCK.model_copy(update=changed), "working_days", at("03-04 10:00")) is None


def test_a_rail_has_a_cell_for_each_day_that_counts():
    assert rail(CLOCK, at("03-02 10:00")) == "ffffffy"
    assert rail(CLOCK, at("03-03 10:00")) == "tfffffy"
    assert rail(CLOCK, at("03-05 10:00")) == "cctfffy"
    assert rail(CLOCK, at("03-07 10:00")) == "ccccffy", "a rest day has no cell"
    assert rail(CLOCK, at("03-11 10:00")) == "ccccccT"
    assert rail(CLOCK, at("03-11 19:00")) == "ccccccY"
    assert rail(CLOCK, at("03-13 10:00")) == "ccccccYot"


def test_a_long_rail_shows_its_end():
    long = Timed(due=DUE + timedelta(days=90), counting="c" * (99 + COUNTED_BEYOND))
    assert len(rail(long, DUE)) == 60
    assert rail(long, DUE)[-1] == "y"


def test_what_is_counted_is_told_of_the_whole():
    assert counted(CLOCK, at("03-02 10:00")) == (7, 0)
    assert counted(CLOCK, at("03-05 19:00")) == (7, 3)
    assert counted(CLOCK, at("03-20 10:00")) == (7, 7)


def test_what_is_left_is_said_in_words():
    assert left_words(CLOCK, "working_days", at("03-07 12:00")) == "还剩 3 个工作日"
    assert left_words(CLOCK, "working_days", at("03-11 09:00")) == "今天到期"
    assert left_words(CLOCK, "working_days", at("03-11 19:00")) == "刚过期限"
    assert left_words(CLOCK, "working_days", at("03-12 19:00")) == "已超 1 个工作日"
    assert left_words(CLOCK.model_copy(update={"light": "paused"}), "working_days", at("03-07 12:00")) == "暂停计时"
    assert left_words(CLOCK.model_copy(update={"counting": ""}), "working_days", at("03-07 12:00")) == ""
