"""When people act in a sample, in which order, and what they hand in."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.intake.uploads import check
from services.supervision.calendar.working_days import load_calendar
from shared.clock import shanghai
from shared.local.sample.agenda import Agenda
from shared.local.sample.hours import LAST, calendar
from shared.local.sample.office import Office
from shared.local.sample.paper import page

OFFICE = Office(load_calendar())
SINCE, UPTO = datetime(2026, 11, 19, 1, 0, tzinfo=UTC), datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def test_time_goes_forward_through_every_closing_up_to_the_very_end():
    found = list(calendar(OFFICE, SINCE, UPTO, seed=1))
    instants = [at for at, _ in found]
    assert instants == sorted(instants)
    assert instants[0] >= SINCE
    assert found[-1] == (UPTO - LAST, False)
    closings = [shanghai(at) for at, is_closing in found if is_closing]
    assert [at.day for at in closings] == [19, 20, 21, 22, 23, 24, 25], "rest days too: calendar days end with them"
    assert {(at.hour, at.minute) for at in closings} == {(18, 0)}


def test_the_window_keeps_its_hours():
    for at, is_closing in calendar(OFFICE, SINCE, UPTO - timedelta(hours=1), seed=1):
        local = shanghai(at)
        minute = local.hour * 60 + local.minute
        opened = 540 <= minute < 720 or 810 <= minute < 1050
        assert opened or is_closing or 1065 <= minute < 1080 or minute >= 1140, local
        if not OFFICE.calendar.is_working_day(local.date()):
            assert is_closing or minute >= 1140, "nobody but applicants, at home"


def test_what_is_due_comes_in_order_with_what_is_noted_meanwhile():
    agenda, done = Agenda(), []

    def note(minutes: int, name: str, *more) -> None:
        async def act() -> None:
            done.append(name)
            for each in more:
                note(*each)

        agenda.note(SINCE + timedelta(minutes=minutes), 1, act)

    note(5, "later")
    note(1, "first", (2, "follows"), (9, "not yet"))
    note(1, "second")

    async def play() -> None:
        for _, act in agenda.due(SINCE + timedelta(minutes=6)):
            await act()

    asyncio.run(play())
    assert done == ["first", "second", "follows", "later"]


def test_a_sample_paper_is_taken_as_a_pdf_and_says_what_it_is():
    content = page("消防安全平面布置图")
    assert check("样例.pdf", content, 10_000).media_type == "application/pdf"
    assert "样例材料".encode("utf-16-be").hex().encode() in content
    assert "消防安全平面布置图".encode("utf-16-be").hex().encode() in content
    assert content != page("营业执照")
