"""HTTP of the calendar: what is in force and was before, the days of a year, and a notice from preview to progress."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from services.supervision.calendar.notices import BEGINS, ENDS
from services.supervision.calendar.publishing import moved_rows
from services.supervision.calendar.views import (
    DueView,
    MoveRow,
    NoticeBody,
    PreviewView,
    ProgressView,
    PublicationBody,
    Published,
    VersionPage,
    VersionView,
    YearView,
    preview_view,
    version_view,
    year_view,
)
from services.supervision.due import due_date
from services.supervision.parts import Parts
from services.supervision.refusals import REFUSALS
from shared.identity import Person, require, scope_of
from shared.kernel import Refused
from shared.web.commands import IdempotencyKey, answering, refusal

MOST_MOVED = 100
Reader = Annotated[Person, Depends(require("calendar.read"))]
ClockReader = Annotated[Person, Depends(require("clock.read"))]
Publisher = Annotated[Person, Depends(require("calendar.publish"))]
Number = Annotated[int, Path(ge=1, le=10_000, description="第几版")]
Day = Annotated[date, Query(ge=BEGINS, le=ENDS)]


def calendar_api(parts: Parts) -> APIRouter:
    """`/calendar/…`."""
    router = APIRouter(prefix="/calendar", tags=["日历"])

    @router.get("/versions", summary="日历的各版，最新的在前")
    async def versions(_: Reader) -> list[VersionView]:
        """第一版是随系统部署的；以后每公布一份放假安排、每次部署了更新的，各成一版。"""
        return [version_view(each) for each in reversed((await parts.publishing.book()).versions)]

    @router.get("/versions/{number}", summary="一版日历，和按它重新计算的进度")
    async def version(number: Number, _: Reader) -> VersionPage:
        """进度按申请计：还有多少份在计时的申请没有按它重新计算。"""
        found = (await parts.publishing.book()).version(number)
        if found is None:
            raise refusal(Refused("no_such_version"), REFUSALS)
        left, moved = await parts.publishing.progress(number)
        progress = ProgressView(left=left, of=max(found.running, left), moved=moved)
        return VersionPage(**version_view(found).model_dump(), progress=progress)

    @router.get("/versions/{number}/moved", summary="这一版改了哪些时限的日期")
    async def moved(number: Number, asker: ClockReader) -> list[MoveRow]:
        """部门只看涉及本部门的；最多 100 个，全部见表格。"""
        rows = await answering(moved_rows(parts.store, scope_of(asker, "clock.read"), number, MOST_MOVED))
        return [MoveRow.model_validate(row) for row in rows]

    @router.get("/years/{year}", summary="一年里与周一至周五不同的日子")
    async def days(year: Annotated[int, Path(ge=BEGINS.year, le=ENDS.year)], _: Reader) -> YearView:
        """未公布的年份按周一至周五推算，全部为暂定。"""
        rules = parts.rules
        return year_view(rules.office.calendar, year, rules.number)

    @router.get("/due", summary="从某日起若干个工作日的到期日")
    async def due(
        start: Annotated[Day, Query(description="受理的日子；当天不计")],
        days: Annotated[int, Query(ge=0, le=10_000, description="工作日")],
        _: Reader,
    ) -> DueView:
        """按现行的日历。"""
        end, provisional = due_date(parts.rules.office, start, days)
        return DueView(due=end, provisional=provisional)

    @router.post("/preview", summary="预览：公布一份放假安排会改变什么")
    async def preview(body: NoticeBody, asker: Publisher) -> PreviewView:
        """只看不改：变了的日子、日期确定到哪一天、哪些时限从哪天改到哪天。能看办件的人才看到申请编号。"""
        return preview_view(await parts.publishing.preview(body, asker), named=asker.may("clock.read"))

    @router.post("/versions", summary="公布一份放假安排，成为新的一版日历", status_code=201)
    async def publish(body: PublicationBody, asker: Publisher, key: IdempotencyKey = None) -> Published:
        """立即生效；在计时的申请随后在后台重新计算，进度见这一版。"""
        answer: Any = await parts.publishing.publish(body, asker, key)
        return Published.model_validate(answer)

    return router
