"""Statistics as a page and as a table to take away, and who may look at them."""

import csv
import io

from tests.component.supervision.fifteen_months import asked


async def test_the_table_to_take_away_has_every_numerator_and_denominator(year):
    said = await asked(year, "2026-01", "item")
    answer = await year.get("supervisor", "/statistics.csv", month="2026-01", by="item")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    place = head.index("按时办结率")
    for row, told in zip(rows, said["rows"], strict=True):
        ratio = told["figures"]["on_time"]
        assert row[:2] == ["2026-01", told["key"]]
        assert row[place + 1 : place + 3] == [str(ratio["part"]), str(ratio["whole"])]


async def test_the_table_to_take_away_has_volumes_with_their_growth(year):
    said = await asked(year, "2026-01", "department")
    answer = await year.get("supervisor", "/statistics.csv", month="2026-01")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[3:8] == ["受理", "上月", "环比", "上年同月", "同比"]
    for row, told in zip(rows, said["rows"], strict=True):
        for first, volume in ((3, told["accepted"]), (8, told["finished"])):
            now, before, _, last_year, growth = row[first : first + 5]
            assert [now, before, last_year] == [str(volume[each]) for each in ("now", "month_before", "year_before")]
            way = {"+": "增长", "-": "下降", "—": "不计算", "0": "持平"}[growth[0]]
            assert way in volume["by_year"]
            assert growth[1:] in volume["by_year"] or way in ("不计算", "持平")
    assert any(row[7].startswith(("+", "-")) for row in rows)


async def test_the_days_in_it_are_numbers_with_their_unit(year):
    said = await asked(year, "2026-01", "item")
    answer = await year.get("supervisor", "/statistics.csv", month="2026-01", by="item")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[-4:] == ["平均用时", "天数单位", "暂停的工作日", "等待补正的工作日"]
    units = {"working_days": "工作日", "calendar_days": "自然日"}
    wanted = [
        [each["mean_days"], units[each["mean_unit"]], str(each["paused_days"]), str(each["waited_days"])]
        for each in (row["figures"] for row in said["rows"])
    ]
    assert [row[-4:] for row in rows] == wanted
    assert any(row[-2] != "0" for row in rows)


class TestWhoMayLook:
    async def test_nobody_without_a_duty(self, desk):
        for path in ("/statistics", "/statistics.csv", "/statistics/report-2026-01.pdf"):
            assert (await desk.get(None, path)).status_code == 401
            assert (await desk.get("applicant", path)).status_code == 403

    async def test_a_department_sees_all_numbers_and_into_its_own(self, year):
        whole = await asked(year, "2026-01", who="officer-scjg")
        assert {row["key"] for row in whole["rows"]} == {"scjg", "cgj", "xfdd"}
        own = await asked(year, "2026-01", "item", who="officer-scjg")
        assert own["department"] == "scjg"
        assert {row["key"] for row in own["rows"]} == {"food", "shop", "firm"}
        asked_for = await asked(year, "2026-01", "item", who="officer-scjg", department="xfdd")
        assert asked_for["department"] == "scjg"
        foreign = await asked(year, "2026-01", who="officer-scjg", item="fire")
        assert (foreign["rows"], foreign["figures"]["accepted"]) == ([], 0)


class TestPage:
    async def test_it_shows_the_figures_and_opens_into_items(self, year):
        shown = (await year.page("supervisor", "/statistics", month="2026-01")).text
        assert "2026-01 统计" in shown
        assert "?month=2026-01&amp;department=scjg&amp;by=item" in shown
        assert "怎样算" in shown
        items = (await year.page("supervisor", "/statistics", month="2026-01", department="scjg", by="item")).text
        assert "样例 food" in items
        assert "样例 fire" not in items

    async def test_a_month_without_cases_says_so(self, desk):
        shown = (await desk.page("supervisor", "/statistics")).text
        assert "这个月没有办件" in shown
        assert "没有可算的办件" in shown

    async def test_another_departments_line_is_no_link(self, year):
        shown = (await year.page("officer-scjg", "/statistics", month="2026-01")).text
        assert "department=scjg&amp;by=item" in shown
        assert "department=xfdd&amp;by=item" not in shown

    async def test_a_month_that_is_none_is_refused(self, desk):
        assert (await desk.get("supervisor", "/statistics", month="2026-13")).status_code == 422
