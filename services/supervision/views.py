"""What supervision shows over HTTP: clocks, timelines, lit applications and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.supervision import labels
from services.supervision.model import Clock, Supervised
from services.supervision.rules import Rules
from services.supervision.store import Row
from shared.contracts.terms import Light, Unit


class ClockView(BaseModel):
    """一个倒计时。`due` 为承诺期限（没有承诺期限的为法定期限）；`provisional`：超出已公布的日历，日期为暂定。"""

    subject: str = Field(description="申请编号或办件编号", examples=["7ZQ0M3X5KD2WA-01"])
    clock: str = Field(examples=["decision"])
    name: str = Field(examples=["办理"])
    light: Light
    light_name: str = Field(examples=["正常"])
    started_at: datetime
    due: datetime | None = Field(description="暂停期间没有确定的日期时为空")
    statutory_due: datetime | None
    promised_days: int | None
    statutory_days: int | None
    unit: Unit = Field(description="期限的单位：`working_days` 工作日，`calendar_days` 自然日")
    provisional: bool
    paused: bool
    remaining_days: int | None = Field(description="剩余的整日数，负数为已超；已结束的为空", examples=[3])
    remaining: str = Field(examples=["还剩 3 个工作日"])
    ended_at: datetime | None
    on_time: bool | None
    generation: int


class CaseLine(BaseModel):
    """申请中的一个办件。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    name: str = Field(examples=["食品经营许可（新办）"])
    departments: list[str] = Field(examples=[["scjg", "xfdd"]])
    department_names: list[str] = Field(
        description="与 `departments` 对应", examples=[["市场监督管理局", "消防救援大队"]]
    )
    status: str = Field(examples=["办理中"])
    light: Light
    accepted_at: datetime | None
    deemed: bool = Field(description="逾期未处理，视为受理（行政许可法第三十二条）")


class EntryView(BaseModel):
    """时间线上的一条：发生了什么，以及它在事件日志中的位置（主题、分区、位移）。"""

    n: int
    at: datetime
    label: str = Field(examples=["部门出具审查意见"])
    event: str = Field(examples=["OpinionGiven"])
    type: str = Field(examples=["onedoor.approval.OpinionGiven.v1"])
    id: str
    subject: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    details: dict[str, Any] = Field(examples=[{"department": "xfdd", "verdict": "agree"}])
    topic: str = Field(examples=["onedoor.approval.v1"])
    partition: int
    offset: int
    source: str = Field(examples=["approval/7ZQ0M3X5KD2WA"])
    seq: int | None
    cause: str


class Clocks(BaseModel):
    """一份申请的全部倒计时。"""

    application: str = Field(examples=["7ZQ0M3X5KD2WA"])
    matter_name: str = Field(examples=["开办餐饮店"])
    clocks: list[ClockView]


class Timeline(Clocks):
    """一份申请的时间线：办件、倒计时，以及按收到的先后排列的全部事件。"""

    bundle: bool
    submitted_at: datetime | None
    cases: list[CaseLine]
    entries: list[EntryView]


class LitPage(BaseModel):
    """亮同一种灯的申请，超期最久的在前；`clocks` 只列亮此灯的倒计时。"""

    light: Light
    department: str | None
    total: int
    page: int
    size: int
    applications: list[Clocks]


class Today(BaseModel):
    """今天（北京时间）的件数。"""

    day: date
    submitted: int = Field(description="申请")
    accepted: int = Field(description="受理")
    ended: int = Field(description="办结（含不受理、终止、撤回）")


class Numbers(BaseModel):
    """实时数字。"""

    at: datetime
    open_cases: int
    open_by_light: dict[Light, int] = Field(examples=[{"green": 12, "paused": 1, "yellow": 2, "red": 0, "deep_red": 0}])
    today: Today


def clock_view(clock: Clock, now: datetime, rules: Rules) -> ClockView:
    """A started clock as it stands at `now`."""
    days = rules.remaining(clock, now)
    over = clock.due is not None and clock.due <= now
    return ClockView(
        subject=clock.subject,
        clock=clock.key,
        name=rules.clock(clock.key).name,
        light=clock.light,
        light_name=labels.LIGHTS[clock.light],
        started_at=clock.started or now,
        due=clock.due,
        statutory_due=clock.statutory_due,
        promised_days=clock.promised_days,
        statutory_days=clock.statutory_days,
        unit=clock.unit,
        provisional=clock.provisional,
        paused=clock.paused and clock.running,
        remaining_days=None if clock.ended else days,
        remaining=labels.remaining_text(clock, days, over=over),
        ended_at=clock.ended,
        on_time=clock.on_time,
        generation=clock.generation,
    )


def clocks_view(state: Supervised, now: datetime, rules: Rules) -> list[ClockView]:
    """Every leading clock that has started, application first, then case by case."""
    return [clock_view(clock, now, rules) for clock in state.leading if clock.started]


def timeline_view(state: Supervised, rows: list[Row], now: datetime, rules: Rules) -> Timeline:
    """The whole timeline; `rows` are the entries of the audit chain in order."""
    cases = [
        CaseLine(
            case=case.case,
            name=case.name,
            departments=list(case.departments),
            department_names=[state.name_of(code) for code in case.departments],
            status=labels.STAGES[labels.stage_of(case, state)],
            light=state.light_of(case),
            accepted_at=case.accepted_at,
            deemed=case.deemed,
        )
        for case in state.cases
    ]
    return Timeline(
        application=state.application,
        matter_name=state.matter_name,
        bundle=state.bundle,
        submitted_at=state.submitted_at,
        cases=cases,
        clocks=clocks_view(state, now, rules),
        entries=[_entry_view(row) for row in rows],
    )


UNTOLD = {("RatingGiven", "level")}
"""What stands in the chain and on no timeline: the departments concerned know whose application it is."""


def _entry_view(row: Mapping[str, Any]) -> EntryView:
    event = row["type"].split(".")[2]
    same = {name: row[name] for name in ("n", "type", "subject", "topic", "partition", "offset")}
    same["details"] = {name: value for name, value in row["details"].items() if (event, name) not in UNTOLD}
    told = {name: row[name] for name in ("source", "seq", "cause")}
    return EntryView(
        **same, **told, id=row["event"], at=row["time"], event=event, label=labels.entry(event, row["details"])
    )
