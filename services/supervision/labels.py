"""Supervision's words for people: what each event and light is called, where a case stands, how many days are left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from services.supervision.ladder import LADDER
from services.supervision.model import Case, Clock, Outcome, Supervised
from shared.contracts.terms import Light, Unit

EVENTS: Mapping[str, str] = {
    "ApplicationSubmitted": "申请已提交",
    "CaseAccepted": "已受理",
    "CaseNotRequired": "不受理：依法不需要取得许可",
    "CaseReferred": "不予受理：告知向有关机关申请",
    "SupplementRequested": "一次性告知补正",
    "ApplicationSupplemented": "补正材料已提交",
    "CaseReady": "前序事项已办结，开始办理",
    "CaseClosed": "办件终止",
    "WithdrawalRequested": "申请人请求撤回",
    "MaterialReplaced": "材料已更换",
    "EntryCorrected": "登记信息已更正",
    "TaskAssigned": "已分派部门审查",
    "TaskReassigned": "经办人变更",
    "OpinionGiven": "部门出具审查意见",
    "CaseApproved": "准予",
    "CaseRefused": "不予办理",
    "CaseWithdrawn": "已准许撤回",
    "ResultIssued": "结果已出件",
    "LicenceIssued": "电子证照已签发",
    "ResultDelivered": "结果已送达",
    "RatingInvited": "邀请评价",
    "RatingGiven": "已评价",
    "ClockStarted": "开始计时",
    "ClockPaused": "暂停计时",
    "ClockResumed": "恢复计时",
    "ClockMoved": "日历更新，期限重算",
    "ClockStopped": "结束计时",
    "LightChanged": "亮灯变化",
    "DeadlinePassed": "期限届满",
    "ProcedureStarted": "特别程序开始",
    "ProcedureEnded": "特别程序结束",
    "LimitExtended": "办理期限延长",
    "JointLimitExtended": "联办期限延长",
    "LicenceRenewed": "证照延续",
    "LicenceRevoked": "证照撤销",
    "LicenceCancelled": "证照注销",
    "LicenceExpired": "证照有效期届满",
    "RatingDefaulted": "默认评价",
    "RectificationOpened": "差评整改开始",
    "RectificationClosed": "差评整改办结",
    "CountdownPassed": "期限届满",
    "UrgeIssued": "监管催办",
    "UrgeAnswered": "部门答复催办",
    "OutcomeRecorded": "约谈或者移送的记录",
    "SignalRaised": "监察信号",
    "SignalClosed": "监察信号办结",
    "DaySealed": "审计链当日封签",
}

RUNGS: Mapping[str, str] = {step.rung: step.name for step in LADDER if step.rung != "urge"}
"""An UrgeIssued on another rung than 催办."""

LIGHTS: Mapping[Light, str] = {
    "green": "正常",
    "yellow": "临期",
    "red": "超承诺期限",
    "deep_red": "超法定期限",
    "paused": "暂停计时",
}

Stage = Literal[
    "asked", "received", "waiting", "working", "approved", "done",
    "refused", "withdrawn", "closed", "not_required", "referred",
]  # fmt: skip
"""Where a case stands. `asked`: a supplement is waited for; `received`: acceptance is; `waiting`: another case is."""
STAGES: Mapping[Stage, str] = {
    "asked": "待补正",
    "received": "待受理",
    "waiting": "等待前序事项",
    "working": "办理中",
    "approved": "已准予，待出件",
    "done": "已办结",
    "refused": "不予办理",
    "withdrawn": "已撤回",
    "closed": "已终止",
    "not_required": "不受理",
    "referred": "不予受理",
}
ENDED: Mapping[Outcome, Stage] = {
    "CaseNotRequired": "not_required",
    "CaseReferred": "referred",
    "CaseClosed": "closed",
    "CaseApproved": "approved",
    "CaseRefused": "refused",
    "CaseWithdrawn": "withdrawn",
}

DAYS: Mapping[Unit, str] = {"working_days": "个工作日", "calendar_days": "天"}


def entry(event: str, details: Mapping[str, Any]) -> str:
    """What an entry of the timeline is called; `details` are the fields that it shows."""
    if event == "UrgeIssued" and details.get("rung") in RUNGS:
        return RUNGS[details["rung"]]
    return "视为受理" if event == "CaseAccepted" and details.get("deemed") else EVENTS[event]


def stage_of(case: Case, state: Supervised) -> Stage:
    """Where a case stands."""
    if case.outcome:
        return "done" if case.outcome == "CaseApproved" and case.issued else ENDED[case.outcome]
    if case.accepted_at:
        return "waiting" if case.waiting else "working"
    acceptance = state.clock(state.application, "acceptance")
    return "asked" if acceptance.running and acceptance.paused else "received"


def remaining_text(clock: Clock, days: int, *, over: bool) -> str:
    """How long a clock still runs. `days`: whole days left, negative when overrun; `over`: its limit has passed."""
    unit = DAYS[clock.unit]
    if clock.ended:
        return "按时办结" if clock.on_time else "超期办结"
    if over:
        return f"已超期 {-days} {unit}" if days < 0 else f"已超期，不足 1 {unit}"
    left = f"还剩 {days} {unit}" if days > 0 else "当日到期"
    return f"已暂停，{left}" if clock.paused else left
