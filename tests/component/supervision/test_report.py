"""The monthly report: it says what the figures say, of a month that is over, and to a department its own."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from tests.component.supervision.fifteen_months import NOW, asked


class TestReport:
    async def test_it_says_what_the_figures_say_in_words_and_tables(self, year):
        said = await asked(year, "2026-02")
        text = words_of(await year.get("supervisor", "/statistics/report-2026-02.pdf"))
        for line in (
            f"全厅受理办件{said['accepted']['now']}件，{said['accepted']['by_month']}，{said['accepted']['by_year']}",
            f"办结{said['finished']['now']}件，{said['finished']['by_month']}，{said['finished']['by_year']}",
            f"新增市场主体{sum(each['now'] for each in said['entities'].values())}户（企业",
            f"累计受理{said['year']['accepted']}件",
        ):
            assert line.replace(" ", "") in text
        for row in said["rows"]:
            assert row["name"] in text
            ratio = row["figures"]["on_time"]
            assert f"{ratio['percent']}%{ratio['part']}/{ratio['whole']}" in text

    async def test_it_is_the_same_to_the_byte_while_the_records_are(self, year):
        first = await year.get("supervisor", "/statistics/report-2026-02.pdf")
        year.clock.move_to(NOW + timedelta(days=3))
        again = await year.get("supervisor", "/statistics/report-2026-02.pdf")
        assert first.content == again.content
        other = await year.get("supervisor", "/statistics/report-2026-01.pdf")
        assert other.content != first.content

    async def test_a_department_gets_its_own_items_and_the_numbers_of_all(self, year):
        text = words_of(await year.get("officer-scjg", "/statistics/report-2026-02.pdf"))
        assert "按事项（SCJG）" in text
        assert "样例food" in text
        assert "样例fire" not in text
        assert "XFDD" in text

    @pytest.mark.parametrize("month", ["2026-03", "2027-01"])
    async def test_a_month_that_is_not_over_has_none_and_says_where_to_look(self, desk, month):
        desk.clock.move_to(NOW)
        answer = await desk.get("supervisor", f"/statistics/report-{month}.pdf")
        assert (answer.status_code, answer.json()["code"]) == (404, "month_not_over")

    async def test_a_month_without_cases_has_one_too(self, desk):
        assert "本月没有办件" in words_of(await desk.get("supervisor", "/statistics/report-2025-12.pdf"))


def words_of(answer) -> str:
    """The text of a PDF, without the spaces and line ends of its setting."""
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)
