"""The monthly report as a PDF where it is long: its tables go on over pages, in a hall of samples and in a real one."""

import io
from datetime import datetime

import pytest
from pypdf import PdfReader

from services.supervision.report import Report, render
from services.supervision.statistics.figures import Days, Figures, Offer
from services.supervision.statistics.store import Filters
from services.supervision.statistics.summary import Compared, Row, Summary, Told
from shared.clock import SHANGHAI

GROWN = Compared(9, 8, 7, over=True)
FIGURES = Figures(accepted=9, finished=8, timely=7, overdue=1, working=Days(20, 30, 10, 30, 10, 8))
OFFER = Offer(items=3, handled=3, at_once=1, visited=3, at_most_once=2)


def summary(told: Told, rows: int, name: str) -> Summary:
    return Summary(
        month="2026-01",
        at=datetime(2026, 3, 10, tzinfo=SHANGHAI),
        over=True,
        filters=Filters(),
        told=told,
        whole=FIGURES,
        accepted=GROWN,
        finished=GROWN,
        year=(FIGURES, FIGURES),
        rows=tuple(Row(f"{told}-{n}", f"{name}{n}", FIGURES, GROWN, GROWN, OFFER) for n in range(rows)),
        months=tuple((f"2025-{n:02d}", FIGURES) for n in range(1, 13)),
        entities={"企业": GROWN},
        entities_of_year={"企业": (9, 7)},
        offer=OFFER,
    )


@pytest.mark.parametrize("synthetic", [True, False])
@pytest.mark.parametrize("rows", [1, 6, 7, 12, 20, 41])
def test_tables_go_on_over_pages(rows, synthetic):
    paper = Report(
        "样例厅",
        synthetic,
        "",
        summary("department", rows, "市场监督管理局"),
        summary("item", rows, "公众聚集场所投入使用、营业前消防安全检查"),
        summary("window", rows, "综合窗口"),
    )
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(paper))).pages]
    text = "".join("".join(pages).split())
    shown = min(rows, 40)
    assert text.count("市场监督管理局") == rows + shown, "once in the chart, once in the table"
    assert text.count("综合窗口") == shown
    assert text.count("另有1行") == 3 * (rows > 40)
    assert all(("样例 · 合成数据" in page) == synthetic for page in pages)
