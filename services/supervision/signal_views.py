"""监察信号 as programs read and send them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.supervision.decide.signals import SIGNALS, Category, Level, contradicted
from services.supervision.model import Supervised
from services.supervision.model.signal import Signal
from shared.contracts.supervision import SignalCode, SignalOutcome

Text = Annotated[str, Field(max_length=500)]


class SignalBody(BaseModel):
    """人工发出的监察信号，根据投诉。请勿写入身份证号、电话号码。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"code": "charge", "text": "投诉称窗口收取了目录以外的费用"}]}
    )
    code: SignalCode
    text: Text


class ClosingBody(BaseModel):
    """监察信号的处理结果：confirmed 属实，explained 不违反规定，mistaken 不属实。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"outcome": "explained", "text": "已核对收费目录，属于目录内"}]}
    )
    outcome: SignalOutcome
    text: Text


class SignalDone(BaseModel):
    """信号在这份申请里的编号。"""

    application: str
    signal: int


class SignalView(BaseModel):
    """一个监察信号。`contradicted`：评价说超期，但时钟显示按时办结。"""

    signal: int
    code: SignalCode
    level: Level = Field(description="warning 预警，alarm 报警，reminder 提醒")
    category: Category = Field(description="time 时效，procedure 流程，content 内容，charge 收费")
    basis: str
    subject: str
    cause: str = Field(description="评价标签，或者别的起因")
    departments: list[str]
    text: str
    at: datetime
    contradicted: bool | None
    open: bool
    outcome: SignalOutcome | None
    closing: str


class Signals(BaseModel):
    """一份申请的全部监察信号；时限届满的信号见倒计时和时间线。"""

    application: str
    signals: list[SignalView]


def signal_view(state: Supervised, signal: Signal) -> SignalView:
    """A signal with its row of the table; who acted is a reference that stays inside."""
    row = SIGNALS[signal.code]
    return SignalView(
        signal=signal.number,
        code=signal.code,
        level=row.level,
        category=row.category,
        basis=row.basis,
        subject=signal.subject,
        cause=signal.cause,
        departments=list(signal.departments),
        text=signal.text,
        at=signal.at,
        contradicted=contradicted(state, signal),
        open=signal.closing is None,
        outcome=signal.closing.outcome if signal.closing else None,
        closing=signal.closing.text if signal.closing else "",
    )
