"""What the pages say: rails, the number of the door, the sentence, and a history in plain words."""

from datetime import UTC, date, datetime

import pytest

from services.supervision.decide import decide
from services.supervision.decide.audit import opened
from services.supervision.explain import explained
from services.supervision.handlers import HEARS
from services.supervision.model import Scan, Supervised
from services.supervision.pages.ahead import steps_of
from services.supervision.pages.door import chosen, door_of
from services.supervision.pages.figures import chart_of
from services.supervision.pages.history import history_of
from services.supervision.pages.lanes import lanes_of
from services.supervision.pages.look import Look
from services.supervision.pages.rails import MOST_CELLS, axis_of, key_of, on_axis, rail_of
from services.supervision.pages.reasons import all_reasons
from services.supervision.pages.sight import worst
from services.supervision.pages.standing import lead_of
from services.supervision.pages.words import ON_DUTY, PLAIN, left_in_words
from services.supervision.wall.hours import Counts, Day
from shared.contracts.topics import CATALOGUE
from shared.kernel import Decision, Line
from shared.testing.story import Story
from tests.unit.supervision.sample import (
    APP,
    CASE,
    RULES,
    SECOND,
    THIRD,
    Ear,
    accepted,
    approved,
    asked_for_more,
    at,
    closed,
    issued,
    refused,
    submitted,
    supplemented,
)

FILED = at("02-12 09:00")


def look(now: str, *events, duty: bool = False) -> Look:
    """These events heard, and our own after them, as the topics would give them; then looked at."""
    told, ear, rows = Story(decide, RULES, at("12-31 00:00")), Ear(), []
    queue = [*events, Scan(instant=at(now))]
    while queue:
        message = queue.pop(0)
        told = told.when(message if isinstance(message, Scan) else ear(message))
        if not isinstance(told.last, Decision):
            continue
        for line in (fact for fact in told.last.facts if isinstance(fact, Line)):
            rows += opened({"n": line.n, "lines": [line.text]})
        queue += told.last.events
    return Look(told.state, rows, at(now), RULES, duty)


RUNNING = (submitted(FILED), accepted(at("02-12 10:00"), days=(5, 20)))


class TestRails:
    @pytest.mark.parametrize(
        ("now", "cells"),
        [
            ("02-12 11:00", "ffffy"),
            ("02-14 11:00", "ctffy"),
            ("02-14 18:00", "ccffy"),
            ("02-16 11:00", "ccffy"),
            ("02-26 11:00", "ccccT"),
            ("02-26 18:00", "ccccY"),
            ("02-28 11:00", "ccccYot"),
        ],
    )
    def test_a_cell_for_each_day_that_can_count(self, now, cells):
        seen = look(now, *RUNNING)
        clock = seen.state.clock(CASE, "decision")
        assert rail_of(clock, seen.told(clock)) == cells

    def test_an_ending_and_a_pause_have_cells_of_their_own(self):
        seen = look("03-05 09:00", *RUNNING, approved(at("02-24 10:00")))
        clock = seen.state.clock(CASE, "decision")
        assert rail_of(clock, seen.told(clock)) == "ccd"
        seen = look("02-25 09:00", submitted(FILED), asked_for_more(at("02-13 10:00")))
        assert rail_of(seen.acceptance, seen.told(seen.acceptance)) == "pppp"

    def test_what_is_over_for_long_shows_its_end(self):
        seen = look("12-30 09:00", *RUNNING)
        clock = seen.state.clock(CASE, "decision")
        cells = rail_of(clock, seen.told(clock))
        assert (len(cells), cells[:3], cells[-1]) == (MOST_CELLS, "ooo", "t")

    def test_the_key_explains_exactly_the_letters_that_are_there(self):
        assert key_of("ccccYot") == "ctyo"
        assert key_of("ppp") == "p"

    def test_cases_share_one_axis_of_working_days(self):
        seen = look("02-14 11:00", *RUNNING)
        whole = seen.told(seen.state.clock(CASE, "decision"))
        axis = axis_of([whole], RULES.office.calendar.is_working_day)
        assert [day.isoformat() for day in axis] == [
            "2026-02-13", "2026-02-14", "2026-02-24", "2026-02-25", "2026-02-26",
        ]  # fmt: skip
        assert on_axis(axis, whole) == "ctffy"
        assert on_axis(axis, None) == "nnnnn"
        assert axis_of([], RULES.office.calendar.is_working_day) == ()


class TestDoor:
    @pytest.mark.parametrize(
        ("now", "door"),
        [
            ("02-12 11:00", ("green", "还剩", "5", "个工作日")),
            ("02-25 18:30", ("yellow", "还剩", "1", "个工作日")),
            ("02-26 11:00", ("yellow", "今天", "18:00", "到期")),
            ("02-26 18:00", ("red", "刚过", "期限", "")),
            ("02-28 18:00", ("red", "超", "2", "个工作日")),
            ("03-20 11:00", ("deep_red", "超", "16", "个工作日")),
        ],
    )
    def test_the_number(self, now, door):
        found = door_of(look(now, *RUNNING))
        assert (found.tone, found.before, found.number, found.after) == door

    def test_a_pause_of_which_no_day_has_passed_began_today(self):
        found = door_of(look("02-13 11:00", submitted(FILED), asked_for_more(at("02-13 10:00"))))
        assert (found.tone, found.before, found.number, found.words) == ("paused", "今天", "暂停", "等您补正")
        found = door_of(look("02-13 20:00", submitted(FILED), asked_for_more(at("02-13 10:00")), duty=True))
        assert (found.before, found.number, found.words) == ("暂停", "1", "")

    def test_calendar_days_are_called_days(self):
        events = (submitted(FILED), accepted(at("04-02 10:00"), days=(3, 5), unit="calendar_days"))
        assert door_of(look("04-02 11:00", *events)).after == "天"

    @pytest.mark.parametrize(
        ("ended", "number", "said"),
        [
            ("02-12 11:00", "当天", "比承诺的 5 个工作日快了 5 个工作日"),
            ("02-13 11:00", "1", "比承诺的 5 个工作日快了 4 个工作日"),
            ("02-26 11:00", "5", "承诺 5 个工作日"),
            ("02-27 11:00", "6", "承诺 5 个工作日，超期办结"),
        ],
    )
    def test_how_long_it_took_when_all_is_done(self, ended, number, said):
        found = door_of(look("03-05 09:00", *RUNNING, approved(at(ended)), issued(at(ended))))
        assert (found.number, found.said) == (number, said)

    def test_what_was_never_counted_has_no_door(self):
        ended = closed(at("02-12 09:30"), reason="withdrawn_before_acceptance")
        assert door_of(look("02-13 09:00", submitted(FILED), ended)) is None

    def test_what_is_due_on_its_day_and_done_on_it_took_no_day(self):
        events = (submitted(FILED), accepted(at("02-12 10:00"), days=(0, 5)))
        found = door_of(look("02-13 10:00", *events, refused(at("02-12 11:00"))))
        assert (found.before, found.number, found.after, found.said) == ("", "当天", "办结", "承诺当天办结")
        later = door_of(look("02-14 10:00", *events, refused(at("02-13 11:00"))))
        assert (later.before, later.number, later.said) == ("用了", "1", "承诺当天办结，超期办结")

    @pytest.mark.parametrize(
        ("start", "own", "laws"), [("12-10", False, False), ("12-18", False, True), ("12-28", True, True)]
    )
    def test_only_the_day_past_the_announced_calendar_is_provisional(self, start, own, laws):
        seen = look(f"{start} 11:00", submitted(FILED), accepted(at(f"{start} 10:00"), days=(5, 10)))
        assert (door_of(seen).provisional, door_of(seen).law_provisional) == (own, laws)
        assert ("（暂定）" in steps_of(seen)[0].text) == own

    def test_a_limit_in_calendar_days_says_by_which_days_it_is_drawn(self):
        events = (submitted(FILED), accepted(at("03-05 10:00"), days=(5, None), unit="calendar_days"))
        first, later = door_of(look("03-05 11:00", *events)), door_of(look("03-06 11:00", *events))
        assert first.said == "期限 5 天，今天不计，从明天算起"
        assert (later.cells, later.counted) == ("tfffy", "一格是一天：这个期限按自然日计，周末和节假日也算。")
        assert door_of(look("02-13 11:00", *RUNNING)).counted == ""

    def test_what_is_over_comes_before_acceptance_and_the_longest_case_before_the_whole(self):
        events = (
            submitted(FILED, "scjg", "wjj", "cgj"),
            accepted(at("02-12 10:00"), joint=45),
            accepted(at("02-12 10:00"), SECOND, days=(15, 30), joint=45),
        )
        assert chosen(look("02-12 11:00", *events)).key == "acceptance"
        rest = accepted(at("02-12 10:00"), THIRD, days=(3, 30), joint=45)
        assert chosen(look("02-13 11:00", *events, rest)).subject == SECOND
        late = look("02-26 18:30", *events, rest)
        assert (chosen(late).subject, chosen(late).light) == (THIRD, "red")
        done = [approved(at("02-13 10:00"), case) for case in (CASE, SECOND, THIRD)]
        assert chosen(look("02-14 11:00", *events, rest, *done)).key == "issuance"


class TestLead:
    def test_an_application_with_several_cases_counts_them(self):
        events = (
            submitted(FILED, "scjg", "wjj", "cgj"),
            accepted(FILED, joint=45),
            accepted(FILED, SECOND, joint=45, waits_for=(CASE,)),
            accepted(FILED, THIRD, joint=45),
        )
        assert lead_of(look("02-13 09:00", *events)) == "一切正常：2 项在办，1 项等前面的事项。"
        done = (approved(at("02-13 09:00")), issued(at("02-13 09:00")), refused(at("02-13 09:00"), THIRD))
        assert lead_of(look("02-14 09:00", *events, *done)) == "一切正常：1 项办好，1 项不予办理，1 项等前面的事项。"
        assert lead_of(look("03-02 09:00", *events)) == "有 2 项超过了期限：2 项在办，1 项等前面的事项。"
        all_done = (*done, closed(at("02-13 09:00"), SECOND))
        assert lead_of(look("02-14 09:00", *events, *all_done)) == "全部办完：1 项办好，1 项不予办理，1 项已终止。"

    @pytest.mark.parametrize(
        ("events", "now", "said"),
        [
            ((submitted(FILED),), "02-12 10:00", "材料已收到，正在看是否齐全。"),
            ((submitted(FILED), asked_for_more(FILED)), "02-12 10:00", "请您补正材料，补齐以后重新计时。"),
            (RUNNING, "02-13 10:00", "一切正常，部门正在办理。"),
            ((*RUNNING, approved(at("02-13 10:00"))), "02-13 10:00", "已经准予，正在制作结果。"),
            ((*RUNNING, refused(at("02-13 10:00"))), "02-13 10:00", "已经办完：不予办理。"),
        ],
    )
    def test_one_case_is_told_in_a_sentence(self, events, now, said):
        assert lead_of(look(now, *events)) == said

    def test_nothing_was_heard_of_it_yet(self):
        seen = Look(Supervised(application=APP), [], FILED, RULES, duty=False)
        assert lead_of(seen) == "系统正在登记这份申请，请稍候刷新。"
        assert (door_of(seen), steps_of(seen), history_of(seen), lanes_of(seen).lanes) == (None, [], [], ())


class TestAhead:
    def test_who_acts_next_and_by_when(self):
        (step,) = steps_of(look("02-13 10:00", *RUNNING))
        assert (step.title, step.text) == ("scjg作出决定：样例事项1", "最晚 2月26日 周四下班前，您不用做什么。")
        (step,) = steps_of(look("03-02 10:00", *RUNNING, duty=True))
        assert step.text == "本应在 2月26日 周四下班前办完，监管人员可以催办。"

    def test_a_date_that_may_still_move_says_so(self):
        events = (submitted(at("12-30 09:00")), accepted(at("12-30 10:00"), days=(5, 20)))
        (step,) = steps_of(look("12-30 11:00", *events))
        assert "（暂定）" in step.text

    def test_those_on_duty_are_not_asked_to_supplement(self):
        seen = look("02-13 10:00", submitted(FILED), asked_for_more(at("02-12 10:00")), duty=True)
        assert [(step.title, step.action) for step in steps_of(seen)] == [("等申请人交来补正材料", "")]


class TestHistory:
    def test_the_newest_comes_first_in_words_for_its_owner(self):
        events = (submitted(FILED), asked_for_more(at("02-12 10:00")), supplemented(at("02-13 10:00")))
        told = history_of(look("02-13 11:00", *events))
        assert [each.title for each in told][-1] == "您提交了申请"
        assert {each.place for each in told} == {None}
        assert [each.mark for each in told].count("pause") == 1

    def test_those_on_duty_see_the_clocks_too(self):
        titles = [each.title for each in history_of(look("03-20 11:00", *RUNNING, duty=True))]
        assert "办理时限亮灯：已超承诺" in titles
        assert "办理时限开始计时" in titles
        assert "法律规定的期限已过" in titles

    def test_everything_that_is_heard_has_words_for_those_on_duty(self):
        heard = {event.__name__ for row in HEARS if row.topic is not CATALOGUE for event in row.events}
        assert heard <= set(ON_DUTY)
        assert set(PLAIN) <= heard

    def test_what_came_due_stands_at_its_legal_instant(self):
        (over,) = [each for each in history_of(look("03-02 10:00", *RUNNING)) if "期限" in each.title]
        assert (over.title, over.at) == ("承诺的期限已过", datetime(2026, 2, 26, 10, tzinfo=UTC))


class TestLanes:
    def test_each_case_has_a_lane_on_the_same_axis(self):
        events = (
            submitted(FILED, "scjg", "wjj"),
            accepted(at("02-12 10:00"), joint=45, steps=("xfdd",)),
            accepted(at("02-12 10:00"), SECOND, joint=45, waits_for=(CASE,)),
        )
        lanes = lanes_of(look("02-13 11:00", *events))
        first, second = lanes.lanes
        assert (first.cells, first.light, first.text) == ("tfffy", "green", "还剩 5 个工作日 · 2月26日 周四到期")
        assert (second.cells, second.light, second.words) == ("nnnnn", "waiting", "等前面的事项")
        assert (lanes.labels, lanes.span) == (("13", "14", "24", "25", "26"), "2月")
        assert first.others == "xfdd"

    def test_a_limit_in_calendar_days_has_a_cell_for_every_day_and_says_so(self):
        events = (
            submitted(FILED, "scjg", "wjj"),
            accepted(at("03-05 10:00"), days=(5, None), unit="calendar_days"),
            accepted(at("03-05 10:00"), SECOND, days=(3, None)),
        )
        lanes = lanes_of(look("03-06 11:00", *events))
        assert lanes.labels == ("6", "7", "8", "9", "10"), "the 7th and 8th of March are a weekend"
        assert [lane.cells for lane in lanes.lanes] == ["tfffy", "tnnfy"]
        assert lanes.cell == "一格是一天，周末和节假日也画出来"
        assert [lane.counted for lane in lanes.lanes] == ["按自然日计，周末也算", "按工作日计，周末不算"]

    def test_working_days_alone_say_it_once(self):
        lanes = lanes_of(look("02-13 11:00", *RUNNING))
        assert (lanes.cell, lanes.lanes[0].counted) == ("一格是一个工作日", "")

    def test_of_a_long_axis_every_fifth_day_has_its_label(self):
        lanes = lanes_of(look("02-13 11:00", submitted(FILED), accepted(FILED, days=(20, 30))))
        assert [place for place, label in enumerate(lanes.labels) if label] == [0, 5, 10, 15]


class TestReasons:
    def test_what_is_or_was_over_comes_first(self):
        seen = look("03-20 11:00", *RUNNING)
        assert [(each.key, each.was_red) for each in all_reasons(seen)] == [
            (f"{CASE}.decision", True), (f"{APP}.acceptance", False),
        ]  # fmt: skip

    def test_of_a_promise_it_says_how_it_stands_to_the_law(self):
        assert all_reasons(look("03-02 18:30", *RUNNING))[0].law == "法定 20 个工作日，没有超"
        assert all_reasons(look("03-20 18:30", *RUNNING))[0].law == "法定 20 个工作日，也超了 2 个工作日"

    def test_a_day_that_is_not_over_is_not_yet_counted_as_overrun(self):
        assert all_reasons(look("03-02 11:00", *RUNNING))[0].cells[-1].whole == "今天"
        assert all_reasons(look("03-02 18:30", *RUNNING))[0].cells[-1].whole == "超 3 天（今天）"

    def test_the_days_of_the_page_are_those_of_the_rule(self):
        seen = look("03-02 18:30", *RUNNING)
        first = all_reasons(seen)[0]
        whole = explained(first.clock, RULES, seen.now, ahead=True)
        assert [cell.date for cell in first.cells] == [day.date for day in whole.days]
        assert sum("cnt" in cell.classes for cell in first.cells) == whole.tally("counted") == 5


@pytest.mark.parametrize(
    ("left", "over", "today", "words"),
    [
        (3, False, False, "还剩 3 个工作日"), (1, False, True, "今天到期"), (0, True, False, "刚过期限"),
        (-2, True, False, "已超 2 个工作日"),
    ],
)  # fmt: skip
def test_what_is_left_in_words(left, over, today, words):
    assert left_in_words(left, "working_days", over=over, today=today) == words


def test_the_worst_light_of_a_department():
    assert worst({"green": 3, "paused": 1, "yellow": 0, "red": 2, "deep_red": 0}) == "red"
    assert worst(dict.fromkeys(("green", "paused", "yellow", "red", "deep_red"), 0)) == "green"


@pytest.mark.parametrize(
    ("most", "scale"), [(0, [0, 1, 2, 3]), (4, [0, 2, 4, 6]), (13, [0, 5, 10, 15]), (140, [0, 50, 100, 150])]
)
def test_the_scale_of_the_chart_is_round_and_holds_everything(most, scale):
    chart = chart_of([Day(date(2026, 3, 2), (Counts(0, most, 0),)), Day(date(2026, 3, 3), (Counts(0, 0, most),))])
    assert [number for _, number in chart.scale] == scale
    heights = [int(point.split(",")[1]) for point in chart.accepted.split()]
    assert all(chart.scale[-1][0] <= height <= chart.scale[0][0] for height in heights)
