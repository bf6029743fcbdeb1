"""From the summaries of one month to the PDF: its sentences, its tables and the numbers that its charts are drawn from.

Nothing in it says when it was made, so that it can be made again. It is written in Chinese, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from services.supervision.statistics.chart import round_step
from services.supervision.statistics.columns import COLUMNS
from services.supervision.statistics.figures import Ratio
from services.supervision.statistics.growth import Growth
from services.supervision.statistics.summary import Row, Summary, end_of
from shared.papers import printed
from shared.web import i18n
from shared.web.i18n import _

SOURCE = Path(__file__).with_name("report.typ")
MOST_ROWS = 40
"""Lines of a table; the page has them all."""
SHORT = {"online": "网上申请", "window": "没有记下窗口"}
DEPARTMENTS = tuple(column.key for column in COLUMNS if column.key != "paused")
"""On paper the pauses stand in a sentence."""
ITEMS = tuple(key for key in DEPARTMENTS if key not in ("immediate", "once"))
"""Of one item these are all or nothing."""
WINDOWS = ("accepted", "finished", "on_time", "overdue", "same_day", "mean")


class Report(NamedTuple):
    """What a report is made of: one month told apart in three ways. `scope`: the department whose items and windows
    are in it, empty for all. `synthetic`: everything in it is a sample."""

    hall: str
    synthetic: bool
    scope: str
    departments: Summary
    items: Summary
    windows: Summary


def render(report: Report) -> bytes:
    """The PDF (PDF/A-2b, PDF/UA-1). CPU work: call it in a thread. Raises `MissingGlyph`."""
    i18n.speak("zh")
    return printed(SOURCE, values_of(report), end_of(report.departments.month))


def values_of(report: Report) -> dict[str, Any]:
    """Everything that the paper says."""
    found = report.departments
    year, number = found.month.split("-")
    return {
        "title": f"{report.hall} {year}年{int(number)}月政务服务效能月报",
        "hall": report.hall,
        "month": f"{year}年{int(number)}月",
        "synthetic": report.synthetic,
        "sentences": sentences(found),
        "figures": [_figure(*each) for each in _figures(found)],
        "months": _months(found),
        "departments": _table("部门", found.rows, DEPARTMENTS),
        "bars": _bars(found.rows),
        "items": _table("事项", report.items.rows, ITEMS),
        "windows": _table("窗口", report.windows.rows, WINDOWS),
        "scope": report.scope,
        "told": [(_(column.name), _(column.told)) for column in COLUMNS],
    }


def sentences(found: Summary) -> list[str]:
    """The month in words, as a report prints them."""
    year, number = found.month.split("-")
    until = f"1—{int(number)}月" if number != "01" else "1月"
    now, before = found.year
    parts = "、".join(f"{kind} {each.now} 户" for kind, each in found.entities.items())
    figures, entities = found.whole, found.new_entities
    return [
        f"{int(number)}月，全厅受理办件 {figures.accepted} 件，{found.accepted.by_month.words}，"
        f"{found.accepted.by_year.words}；办结 {figures.finished} 件，{found.finished.by_month.words}，"
        f"{found.finished.by_year.words}。",
        f"新增市场主体 {entities.now} 户（{parts}），{entities.by_month.words}，{entities.by_year.words}。",
        f"{year}年{until}，累计受理 {now.accepted} 件，{Growth(now.accepted, before.accepted, 'year').words}；"
        f"累计办结 {now.finished} 件，{Growth(now.finished, before.finished, 'year').words}；"
        f"累计新增市场主体 {found.new_entities_of_year.now} 户，{found.new_entities_of_year.words}。",
        f"按时办结率 {figures.on_time.percent}，月末超过承诺期限还没有办结的 {figures.overdue} 件；"
        f"办结件比法定期限提速 {figures.speed_up.percent}，"
        f"受理件承诺时限比法定时限压缩 {figures.compression.percent}。"
        f"办结件依法暂停计时 {figures.paused} 个工作日，受理件等待补正 {figures.waited} 个工作日。",
    ]


def _figures(found: Summary) -> list[tuple[str, Ratio, str]]:
    whole, offer = found.whole, found.offer
    return [
        ("按时办结率", whole.on_time, "承诺期限内办结 ÷（办结 + 月末超期未办结）"),
        ("法定期限内办结率", whole.in_law, "法定期限内办结 ÷ 法律规定了期限的办结件"),
        ("当日办结率", whole.at_once, "受理当天办结 ÷ 办结"),
        ("提速率", whole.speed_up, "（Σ法定天数 − Σ实际天数）÷ Σ法定天数，按办结件"),
        ("时限压缩比（按办件）", whole.compression, "（Σ法定天数 − Σ承诺天数）÷ Σ法定天数，按受理件"),
        ("网上申请占比", whole.online_share, "网上提交 ÷ 受理"),
        ("即办件率（按事项）", offer.immediate, "即办件 ÷ 全部事项"),
        ("最多跑一次率（按事项）", offer.once, "到现场不超过一次的事项 ÷ 全部事项"),
        ("时限压缩比（按事项）", offer.compression, "（Σ法定天数 − Σ承诺天数）÷ Σ法定天数，按事项"),
    ]


def _figure(name: str, ratio: Ratio, how: str) -> tuple[str, str, str, str]:
    return name, ratio.percent, f"{ratio.part}/{ratio.whole}" if ratio.whole else "没有可算的", how


def _months(found: Summary) -> dict[str, Any]:
    most = max(max(each.accepted, each.finished) for _, each in found.months)
    return {
        "top": round_step(most) * 3,
        "bars": [(month[2:], each.accepted, each.finished) for month, each in found.months],
    }


def _table(first: str, rows: Sequence[Row], keys: Sequence[str]) -> Mapping[str, Any]:
    """A table with the columns of these keys; what is left out is said."""
    columns = [column for column in COLUMNS if column.key in keys]
    shown = rows[:MOST_ROWS]
    return {
        "head": [first, *(_(column.name) for column in columns)],
        "rows": [
            [(SHORT.get(row.key, row.name) or "—", ""), *((column.shown(row), column.below(row)) for column in columns)]
            for row in shown
        ],
        "more": len(rows) - len(shown),
    }


def _bars(rows: Sequence[Row]) -> list[tuple[str, float, str]]:
    """On time by department, as a share from 0 to 1; those of which nothing can be said are left out."""
    told = [(row.name, row.figures.on_time) for row in rows]
    return [(name, ratio.part / ratio.whole, ratio.percent) for name, ratio in told if ratio.whole]
