"""The formulas of statistics and the words of growth: edges, and properties that hold for any numbers."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.supervision.statistics.chart import chart_of
from services.supervision.statistics.figures import NOTHING, Days, Figures, Ratio, offer_of
from services.supervision.statistics.growth import Growth
from services.supervision.statistics.months import earlier, through, year_to

COUNTS = st.integers(0, 10**7)


class TestRatio:
    @pytest.mark.parametrize(
        ("part", "whole", "shown"),
        [(0, 0, NOTHING), (0, 7, "0.0%"), (7, 7, "100.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 2000, "0.1%"),
         (-1, 3, "-33.3%"), (-1, 2000, "-0.1%"), (-20, 10, "-200.0%")],
    )  # fmt: skip
    def test_it_is_rounded_half_away_from_zero(self, part, whole, shown):
        assert Ratio(part, whole).percent == shown

    @given(st.integers(-(10**7), 10**7), st.integers(1, 10**7))
    def test_it_is_the_decimal_that_a_calculator_gives(self, part, whole):
        wanted = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
        assert Ratio(part, whole).percent == f"{abs(wanted) if wanted == 0 else wanted}%"


class TestFigures:
    def test_overdue_unfinished_cases_are_in_the_denominator(self):
        assert Figures(finished=8, timely=8, overdue=2).on_time == Ratio(8, 10)
        assert Figures(overdue=2).on_time == Ratio(0, 2), "a month in which only overdue cases are left is not 100 %"

    def test_working_and_calendar_days_are_never_added(self):
        mixed = Figures(
            working=Days(statutory=20, promised=5, allowed=20, spent=4), calendar=Days(statutory=90, promised=80)
        )
        assert mixed.compression == Ratio(15, 20)
        assert mixed.speed_up == Ratio(16, 20)
        assert Figures(calendar=Days(statutory=90, promised=80)).compression == Ratio(10, 90)

    def test_more_days_than_the_law_allows_are_a_negative_speed_up(self):
        assert Figures(working=Days(allowed=20, spent=25)).speed_up.percent == "-25.0%"

    def test_nothing_is_neither_0_nor_100_percent(self):
        ratios = (Figures().on_time, Figures().compression, Figures().speed_up, Figures().online_share)
        assert {ratio.percent for ratio in ratios} == {NOTHING}
        assert Figures().mean == (NOTHING, "working_days")

    def test_the_mean_is_of_one_unit(self):
        assert Figures(working=Days(used=7, timed=2), calendar=Days(used=90, timed=3)).mean == ("3.5", "working_days")
        assert Figures(calendar=Days(used=91, timed=3)).mean == ("30.3", "calendar_days")

    @given(st.lists(st.builds(Figures, accepted=COUNTS, finished=COUNTS, overdue=COUNTS), max_size=5))
    def test_groups_add_up(self, parts):
        total = sum(parts, Figures())
        assert total.accepted == sum(part.accepted for part in parts)
        assert total.on_time.whole == sum(part.finished + part.overdue for part in parts)


ROW = {"statutory": 20, "promised": 5, "visits": 1, "handled": 1, "at_once": 0, "unit": "working_days"}


class TestOffer:
    def test_items_count_once_each(self):
        rows = [ROW, {**ROW, "at_once": 1, "visits": 0}, {**ROW, "visits": 2}]
        offer = offer_of(rows)
        assert (offer.immediate, offer.once, offer.compression) == (Ratio(1, 3), Ratio(2, 3), Ratio(45, 60))

    def test_what_the_catalogue_does_not_say_is_left_out(self):
        silent = {**ROW, "statutory": None, "visits": None, "handled": 0}
        offer = offer_of([ROW, silent])
        assert (offer.items, offer.immediate, offer.once) == (2, Ratio(0, 1), Ratio(1, 1))
        assert offer.compression == Ratio(15, 20)


class TestGrowth:
    @pytest.mark.parametrize(
        ("now", "before", "year", "month"),
        [
            (1123, 1000, "同比增长 12.3%", "环比增长 12.3%"),
            (970, 1000, "同比下降 3.0%", "环比下降 3.0%"),
            (1000, 1000, "与上年同期持平", "与上月持平"),
            (5, 0, "上年同期为 0，不计算增幅", "上月为 0，不计算增幅"),
            (0, 0, "上年同期为 0，不计算增幅", "上月为 0，不计算增幅"),
            (0, 8, "同比下降 100.0%", "环比下降 100.0%"),
            (100_001, 100_000, "同比增长不足 0.1%", "环比增长不足 0.1%"),
            (30, 10, "同比增长 200.0%", "环比增长 200.0%"),
        ],
    )
    def test_it_is_said_as_a_report_prints_it(self, now, before, year, month):
        assert (Growth(now, before, "year").words, Growth(now, before, "month").words) == (year, month)

    @pytest.mark.parametrize(
        ("now", "before", "brief"),
        [(1123, 1000, "同比 +12.3%"), (970, 1000, "同比 -3.0%"), (7, 7, "同比 0.0%"), (5, 0, "上年为 0")],
    )
    def test_in_a_table_it_is_brief(self, now, before, brief):
        assert Growth(now, before, "year").brief == brief

    @pytest.mark.parametrize(
        ("now", "before", "percent"), [(1123, 1000, "+12.3%"), (970, 1000, "-3.0%"), (7, 7, "0.0%"), (5, 0, NOTHING)]
    )
    def test_in_a_table_to_take_away_it_is_a_percentage(self, now, before, percent):
        assert Growth(now, before, "year").percent == percent

    def test_some_days_are_not_held_against_a_whole_month(self):
        growth = Growth(5, 100, "year", over=False)
        assert (growth.words, growth.brief, growth.percent) == ("本月还没有结束，月末再比", "", NOTHING)

    @given(COUNTS, COUNTS)
    def test_the_words_say_the_way_and_never_a_growth_of_nothing(self, now, before):
        words = Growth(now, before, "year").words
        assert ("增长" in words) == (now > before > 0)
        assert ("下降" in words) == (now < before)
        assert ("持平" in words) == (now == before > 0)
        assert "不计算" in words if before == 0 else " 0.0%" not in words


class TestMonths:
    def test_they_go_over_the_turn_of_the_year(self):
        assert (earlier("2026-01", 1), earlier("2026-12", -1), earlier("2026-03", 27)) == (
            "2025-12",
            "2027-01",
            "2023-12",
        )
        assert through("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")
        assert through("2026-02", "2026-01") == ()
        assert year_to("2026-03") == ("2026-01", "2026-02", "2026-03")

    @given(st.integers(0, 600), st.integers(-600, 600))
    def test_there_and_back_again(self, start, count):
        month = earlier("2050-01", start)
        assert earlier(earlier(month, count), -count) == month


class TestChart:
    @given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=13), st.sampled_from([(1040, 260), (340, 220)]))
    def test_every_bar_stands_on_the_ground_inside_the_drawing(self, numbers, size):
        months = [(f"2026-{n % 12 + 1:02d}", Figures(accepted=a, finished=f)) for n, (a, f) in enumerate(numbers)]
        chart = chart_of(months, *size, every=3)
        assert all(bar.y >= 0 and bar.y + bar.height == chart.base and bar.height >= 0 for bar in chart.bars)
        assert all(bar.x >= 0 and bar.x + bar.width <= chart.width for bar in chart.bars)
        tallest = max(chart.bars, key=lambda bar: bar.number)
        assert tallest.height == max(bar.height for bar in chart.bars)
