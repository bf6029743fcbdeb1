"""`/statistics`: one month's figures by department, item, window or month, with growth; for programs and as a table."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.parts import Parts
from services.supervision.report import Report, render
from services.supervision.statistics.chart import chart_of
from services.supervision.statistics.columns import COLUMNS, Column
from services.supervision.statistics.kept import Kept
from services.supervision.statistics.months import PATTERN, month_of
from services.supervision.statistics.store import Filters, publications
from services.supervision.statistics.summary import Summary, Told, choices, summary
from services.supervision.statistics.views import StatisticsView, statistics_view
from shared.identity import Person, scope_of
from shared.permissions import Scope
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.pages import Pages, wants_page
from shared.web.problems import Problem, Words
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet

Reader = Annotated[Person, Depends(signed_in("clock.read"))]
Month = Annotated[str, Query(pattern=rf"^$|{PATTERN}", description="哪个月，如 2026-10；不填是本月")]
Department = Annotated[str, Query(pattern=r"^([a-z]{2,12})?$", description="只看这个部门")]
Item = Annotated[str, Query(pattern=r"^([a-z][a-z0-9_]{0,63})?$", description="只看这个事项")]
Window = Annotated[str, Query(max_length=40, description="只看这个窗口；online 是网上")]
REPORTED: tuple[Told, ...] = ("department", "item", "window")
NOT_OVER = Words("这个月还没有结束", "This month is not over")
NOT_OVER_REMEDY = Words(
    "月度报告在月末之后才有；现在的数字请看统计页面。",
    "A report is made after the end of its month; see the statistics page for the numbers so far.",
)
NEXT: Mapping[Told, Told] = {"department": "item", "item": "window", "window": "item", "month": "department"}
"""What a line of the table opens into."""


class Asked(NamedTuple):
    """What the address asks for, as far as the reader may see it. `fixed`: the only department whose items and windows
    the reader may see."""

    month: str
    filters: Filters
    told: Told
    fixed: str = ""

    def address(self, path: str = "", **changed: str) -> str:
        """The address with these filters, or with others."""
        values = {
            "month": self.month,
            "department": self.filters.department,
            "item": self.filters.item,
            "window": self.filters.window,
            "by": self.told,
        }
        return f"{path}?{urlencode({name: value for name, value in {**values, **changed}.items() if value})}"

    def into(self, key: str) -> str:
        """The address that a line of the table opens."""
        return self.address(**{self.told: key, "by": NEXT[self.told]})

    def opens(self, key: str) -> bool:
        """Whether the reader may open this line: of another department nothing but its numbers is shown."""
        return bool(key) and (not self.fixed or self.told != "department" or key == self.fixed)


def asked(scope: Scope, month: str, filters: Filters, told: Told, now_month: str) -> Asked:
    """What is shown. Everyone on duty sees the numbers of all departments; into items and windows one department's
    people see their own alone, and that is part of the query."""
    fixed = "" if scope.all else scope.department or "-"
    inside = filters.item or filters.window or told in ("item", "window")
    if fixed and inside:
        filters = replace(filters, department=fixed)
    return Asked(min(month or now_month, now_month), filters, told, fixed)


def statistics(parts: Parts, pages: Pages) -> APIRouter:
    """The page, what programs get at its address, the table to take away, and the monthly report."""
    router = APIRouter()
    kept = Kept(parts.store)
    router.include_router(shown(parts, pages, kept))
    router.include_router(report(parts, kept))
    return router


def shown(parts: Parts, pages: Pages, kept: Kept) -> APIRouter:
    """One month's figures, for people and for programs."""
    router = APIRouter(tags=["统计"])

    @router.get(
        "/statistics", summary="一个月的统计：办件量、按时办结、提速、压缩、跑动、增幅", response_model=StatisticsView
    )
    async def show(
        request: Request,
        asker: Reader,
        month: Month = "",
        department: Department = "",
        item: Item = "",
        window: Window = "",
        by: Annotated[Told, Query(description="按部门、事项、窗口或者月份分列")] = "department",
    ) -> Any:
        """窗口和监管人员看全部；部门人员看各部门的总数，事项和窗口只看本部门的。每个比率都给出分子和分母。"""
        now = parts.runtime.clock()
        wanted = asked(scope_of(asker, "clock.read"), month, Filters(department, item, window), by, month_of(now))
        found = await answering(summary(kept, parts.store, wanted.month, wanted.filters, wanted.told, now))
        if not wants_page(request):
            return statistics_view(found)
        return pages.show(
            request, asker, "supervision/statistics.html", current="statistics", **await told(wanted, found)
        )

    async def told(wanted: Asked, found: Summary) -> dict[str, Any]:
        departments = await answering(kept.figures(Filters(), (wanted.month,), "department", found.at))
        return {
            "asked": wanted,
            "found": found,
            "columns": COLUMNS,
            "months": await answering(choices(parts.store, found.at)),
            "departments": sorted(departments.names.items()),
            "window_name": window_name,
            "chosen": await answering(chosen(parts, wanted, departments.names)),
            "wide": chart_of(found.months, 1040, 260, every=1),
            "narrow": chart_of(found.months, 340, 220, every=3),
        }

    @router.get("/statistics.csv", include_in_schema=False)
    async def table(
        asker: Reader, month: Month = "", department: Department = "", item: Item = "", window: Window = "",
        by: Annotated[Told, Query()] = "department",
    ) -> Response:  # fmt: skip
        """The table of the page, with every numerator and denominator."""
        now = parts.runtime.clock()
        wanted = asked(scope_of(asker, "clock.read"), month, Filters(department, item, window), by, month_of(now))
        found = await answering(summary(kept, parts.store, wanted.month, wanted.filters, wanted.told, now))
        head = [_("月份"), _("代码"), _("名称"), *(_(name) for column in COLUMNS for name in column.heads)]
        rows = [[row.key if by == "month" else found.month, row.key, row.name, *_cells(row)] for row in found.rows]
        return spreadsheet(f"{_('统计')}-{found.month}.csv", head, rows)

    return router


def report(parts: Parts, kept: Kept) -> APIRouter:
    """The monthly report, of a month that is over."""
    router = APIRouter(include_in_schema=False)

    @router.get("/statistics/report-{month}.pdf")
    async def made(asker: Reader, month: Annotated[str, Path(pattern=PATTERN)]) -> Response:
        """For a department with its own items and windows, for the others with all."""
        now, scope = parts.runtime.clock(), scope_of(asker, "clock.read")
        if month >= month_of(now):
            raise Problem(404, "month_not_over", NOT_OVER, NOT_OVER_REMEDY)
        wanted = [asked(scope, month, Filters(), told, month_of(now)) for told in REPORTED]
        found = [
            await answering(summary(kept, parts.store, each.month, each.filters, each.told, now)) for each in wanted
        ]
        own = wanted[1].filters.department
        names = {row.key: row.name for row in found[0].rows}
        settings = parts.settings
        paper = Report(settings.hall, not settings.production, names.get(own, own), *found)
        headers = {"Content-Disposition": f'inline; filename="report-{month}.pdf"', "Cache-Control": "no-store"}
        return Response(await asyncio.to_thread(render, paper), media_type="application/pdf", headers=headers)

    return router


def _cells(row: Any, columns: Sequence[Column] = COLUMNS) -> list[object]:
    return [cell for column in columns for cell in column.cells(row)]


async def chosen(parts: Parts, wanted: Asked, departments: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The filters as (what, its name, the address without it)."""
    filters, found = wanted.filters, []
    if filters.department:
        name = departments.get(filters.department, filters.department)
        found.append((_("部门"), name, wanted.address(department="")))
    if filters.item:
        rows = filters.of_items(await publications(parts.store))
        found.append((_("事项"), rows[-1]["name"] if rows else filters.item, wanted.address(item="")))
    if filters.window:
        found.append((_("窗口"), window_name(filters.window), wanted.address(window="")))
    return found


def window_name(window: str) -> str:
    """A desk's own name, or what the channel is called where no desk was said."""
    return {"online": _("网上申请"), "window": _("没有记下窗口")}.get(window, window)
