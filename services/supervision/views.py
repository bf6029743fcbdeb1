"""What supervision shows over HTTP: clocks, timelines, lit applications, numbers, and the state of an audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.supervision import labels
from services.supervision.model import Clock, Supervised, Urge
from services.supervision.rules import Rules
from services.supervision.store import Row
from shared.contracts.supervision import Rung, TalkOutcome
from shared.contracts.terms import Light, Unit

Text = Annotated[str, Field(max_length=500)]


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


class UrgeBody(BaseModel):
    """督办阶梯上的一级。`departments` 不填时发给办件涉及的全部部门；请勿写入身份证号、电话号码。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "请于今日说明超期原因", "reply_by": "2026-03-18"}]},
    )
    text: Text
    departments: Annotated[list[Annotated[str, Field(pattern=r"^[a-z]{2,12}$")]], Field(max_length=50)] = []
    reply_by: date | None = Field(default=None, description="提醒、约谈、问责移送不填；督办不填时按阶梯的天数")
    rung: Rung = Field(default="urge", description="remind 提醒，urge 催办，supervise 督办，talk 约谈，refer 问责移送")


class AnswerBody(BaseModel):
    """催办答复。请勿写入身份证号、电话号码。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "现场核查已完成，明日出具意见"}]}
    )
    text: Text


class OutcomeBody(BaseModel):
    """约谈、问责移送的结果：`heard` 听取说明（移送的，对方接收），`measures` 提出整改要求，`closed` 了结。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"outcome": "heard", "day": "2026-03-26", "text": "负责人已到场说明。"}]},
    )
    outcome: TalkOutcome
    day: date = Field(description="实际进行的日期")
    text: Text


class OutcomeKept(BaseModel):
    """结果已记录。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    urge: int
    outcome: TalkOutcome


class UrgeAnswer(BaseModel):
    """催办已发出。`urge` 是这个办件的第几次催办。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    urge: int
    departments: list[str] = Field(examples=[["scjg", "xfdd"]])


class AnswerGiven(BaseModel):
    """答复已记录。"""

    case: str = Field(examples=["7ZQ0M3X5KD2WA-01"])
    urge: int
    department: str = Field(examples=["xfdd"])


class AnswerView(BaseModel):
    """一个部门的答复。"""

    department: str
    department_name: str
    text: str
    at: datetime
    late: bool = Field(description="过了答复期限才答复")


class RecordView(BaseModel):
    """约谈、移送的一项结果。"""

    outcome: TalkOutcome
    day: date
    text: str
    at: datetime


class UrgeView(BaseModel):
    """一次提醒、催办、督办、约谈或者问责移送，及其答复和结果。"""

    case: str
    urge: int
    rung: Rung
    automatic: bool = Field(description="按督办阶梯自动发出")
    asks: bool = Field(description="要不要部门答复")
    departments: list[str]
    text: str
    at: datetime
    reply_by: date | None
    awaited: list[str] = Field(description="还没有答复的部门")
    answers: list[AnswerView]
    records: list[RecordView]


class Urges(BaseModel):
    """一个办件的全部催办，先发的在前。"""

    case: str
    urges: list[UrgeView]


class BrokenLink(BaseModel):
    """第一处断裂：`missing` 缺失，`changed` 内容被改，`not_following` 与前一条不衔接，
    `head_differs` 与链首记录不符，`added` 多出。"""

    n: int
    id: str
    reason: str


class ChainView(BaseModel):
    """审计链核验结果。"""

    application: str
    intact: bool
    entries: int
    head: str = Field(description="最后一条的散列值")
    broken: BrokenLink | None


def clock_view(clock: Clock, now: datetime, rules: Rules) -> ClockView:
    """A started clock as it stands at `now`."""
    days = _remaining(clock, now, rules)
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


def _remaining(clock: Clock, now: datetime, rules: Rules) -> int:
    days = clock.statutory_days if clock.promised_days is None else clock.promised_days
    if clock.started is None or days is None:
        return 0
    return rules.remaining(clock.key, clock.started, days, clock.pauses, now, clock.unit)


def urge_view(urge: Urge, state: Supervised) -> UrgeView:
    """An urge with its answers; who acted is a reference that stays inside."""
    answers = [
        AnswerView(
            department=each.department,
            department_name=state.name_of(each.department),
            text=each.text,
            at=each.at,
            late=each.late,
        )
        for each in urge.answers
    ]
    return UrgeView(
        case=urge.case,
        urge=urge.number,
        rung=urge.rung,
        automatic=urge.automatic,
        asks=urge.asks,
        departments=list(urge.departments),
        text=urge.text,
        at=urge.at,
        reply_by=urge.reply_by,
        awaited=list(urge.awaited),
        answers=answers,
        records=[RecordView(outcome=r.outcome, day=r.day, text=r.text, at=r.at) for r in urge.records],
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
            status=labels.status_of(case, state),
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
