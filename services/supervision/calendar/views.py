"""What supervision shows of the calendar over HTTP: versions, the days of a year, what a notice would change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.calendar.notices import LARGEST
from services.supervision.calendar.previewing import Preview
from services.supervision.calendar.working_days import Calendar
from services.supervision.calendar.year import months_of
from services.supervision.decide.recount import Move
from services.supervision.model import CalendarVersion
from shared.contracts.supervision import TurnedDay


class NoticeBody(BaseModel):
    """一份放假安排。`text` 是 YAML：basis、days，全年的通知写 announces，取代别的通知写 replaces。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "2027-local", "text": "basis: 样例：民族节日放假的通知\ndays:\n  2027-03-18: rest 样例节\n"}
            ]
        },
    )
    name: str = Field(description="名称；同名的替换原来的一份", max_length=60)
    text: str = Field(max_length=LARGEST)


class PublicationBody(NoticeBody):
    """公布一份放假安排。"""

    after: Annotated[int | None, Field(ge=1, description="预览时现行的是第几版；已经有更新的版本时拒绝")] = None


class VersionView(BaseModel):
    """一版日历。"""

    number: int
    calendar: str = Field(description="内容的标识；内容相同则相同", examples=["cn-2026-75decd72"])
    certain_until: date = Field(description="已公布到哪一天；之后的日期都是暂定")
    basis: str
    notice: str = Field(description="为哪份放假安排公布；空：随系统部署")
    notices: list[str] = Field(description="现行的各份放假安排")
    turned: list[TurnedDay] = Field(description="与上一版相比变了的日子")
    published_at: datetime
    by: str = Field(description="公布人的标识；空：随系统部署")


class ProgressView(BaseModel):
    """重新计算的进度，按申请计。"""

    left: int = Field(description="还有多少份要重新计算")
    of: int = Field(description="公布时共有多少份在计时")
    moved: int = Field(description="已有多少个时限改了日期")


class VersionPage(VersionView):
    """一版日历和它的进度。"""

    progress: ProgressView


class DayView(BaseModel):
    """一天。"""

    day: date
    working: bool
    name: str = Field(description="节日名称；平常的日子为空")


class YearView(BaseModel):
    """一年里与周一至周五不同的日子。"""

    year: int
    number: int = Field(description="按第几版日历")
    provisional: bool = Field(description="这一年还没有公布，全部为暂定")
    working_days: int
    days: list[DayView]


class DueView(BaseModel):
    """从某日起若干个工作日的到期日。"""

    due: date
    provisional: bool = Field(description="超出已公布的日历，日期为暂定")


class MoveView(BaseModel):
    """一个时限原来和现在（或将来）的到期日。"""

    application: str = Field(description="不能看办件的人看不到编号")
    subject: str
    clock: str
    departments: list[str] = Field(description="涉及的部门")
    due_before: datetime | None
    due: datetime | None
    statutory_due_before: datetime | None
    statutory_due: datetime | None
    provisional: bool


class MoveRow(MoveView):
    """这一版改了日期的一个时限。"""

    model_config = ConfigDict(extra="ignore")


class Published(BaseModel):
    """已公布。"""

    number: int = Field(description="第几版")
    calendar: str


class PreviewView(BaseModel):
    """公布以后会变什么；什么都还没有改。"""

    number: int = Field(description="将是第几版")
    calendar: str
    certain_until_before: date
    certain_until: date
    replaced: list[str] = Field(description="取代的放假安排")
    turned: list[DayView]
    past: int = Field(description="其中已经过去的天数")
    moving: int = Field(description="会改日期的时限")
    moves: list[MoveView] = Field(description="其中最先到期的 50 个")
    looked: int = Field(description="看了多少份申请")
    running: int = Field(description="共有多少份申请在计时")
    bounded: bool = Field(description="没有看完全部申请，moving 可能更多")


def version_view(version: CalendarVersion) -> VersionView:
    """A version as everyone on duty sees it."""
    return VersionView(
        number=version.number,
        calendar=version.calendar,
        certain_until=version.certain_until,
        basis=version.basis,
        notice=version.notice,
        notices=[name for name, _ in version.notices],
        turned=list(version.turned),
        published_at=version.published_at,
        by=version.by,
    )


def year_view(calendar: Calendar, year: int, number: int) -> YearView:
    """A year by this calendar."""
    days = [day for month in months_of(calendar, year) for day in month.days]
    odd = [day for day in days if day.name or day.working != (day.date.weekday() < 5)]
    return YearView(
        year=year,
        number=number,
        provisional=not calendar.is_certain(date(year, 12, 31)),
        working_days=sum(day.working for day in days),
        days=[DayView(day=each.date, working=each.working, name=each.name) for each in odd],
    )


def preview_view(preview: Preview, *, named: bool) -> PreviewView:
    """A preview for programs. `named`: with the numbers of applications."""
    command, names = preview.command, preview.names()
    return PreviewView(
        number=command.number,
        calendar=command.calendar,
        certain_until_before=preview.before.certain_until,
        certain_until=command.certain_until,
        replaced=list(preview.replaced),
        turned=[DayView(day=each.day, working=each.working, name=names[each.day]) for each in command.turned],
        past=preview.past,
        moving=preview.moving,
        moves=[move_view(each, named=named) for each in preview.moves],
        looked=preview.looked,
        running=preview.running,
        bounded=preview.bounded,
    )


def move_view(move: Move, *, named: bool) -> MoveView:
    """A clock before and after."""
    return MoveView(
        application=move.application if named else "",
        subject=move.after.subject if named else "",
        clock=move.after.key,
        departments=list(move.departments),
        due_before=move.before.due,
        due=move.after.due,
        statutory_due_before=move.before.statutory_due,
        statutory_due=move.after.statutory_due,
        provisional=move.after.provisional,
    )
