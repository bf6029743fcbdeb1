"""What supervision's pages call things, for the people whose affair it is and for those on duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.supervision.labels import Stage
from shared.contracts.supervision import Rung
from shared.contracts.terms import Light, Unit
from shared.web.dates import remaining
from shared.web.i18n import _, _text


def spoken(table: Mapping[Any, str], key: object) -> str:
    """A word of one of these tables in the reader's language; empty for what it does not know."""
    text = table.get(key)
    return _(text) if text else ""


def left_in_words(left: int, unit: Unit, *, over: bool, today: bool) -> str:
    """`还剩 3 个工作日`, `今天到期`, `刚过期限` or `已超 2 个工作日`."""
    if over and left >= 0:
        return _("刚过期限")
    return _("今天到期") if today else remaining(left, unit)


STAGES: Mapping[Stage, str] = {
    "asked": _text("等补正材料"),
    "received": _text("待受理"),
    "waiting": _text("等前面的事项"),
    "working": _text("办理中"),
    "approved": _text("已准予，正在出件"),
    "done": _text("已办结"),
    "refused": _text("不予办理"),
    "withdrawn": _text("已撤回"),
    "closed": _text("已终止"),
    "not_required": _text("不受理：不需要许可"),
    "referred": _text("不予受理：请向别处申请"),
}

COUNTED: tuple[tuple[tuple[Stage, ...], str], ...] = (
    (("done",), _text("%(n)s 项办好")),
    (("refused",), _text("%(n)s 项不予办理")),
    (("withdrawn", "closed", "not_required", "referred"), _text("%(n)s 项已终止")),
    (("working", "approved"), _text("%(n)s 项在办")),
    (("waiting",), _text("%(n)s 项等前面的事项")),
    (("asked",), _text("%(n)s 项等补正材料")),
    (("received",), _text("%(n)s 项待受理")),
)
"""How the cases of an application are counted in one sentence, in order."""

LIGHTS: Mapping[Light, str] = {
    "green": _text("在期限内"),
    "yellow": _text("临近到期"),
    "red": _text("已超承诺"),
    "deep_red": _text("已超法定"),
    "paused": _text("已暂停"),
}
CLOCKS: Mapping[str, str] = {
    "acceptance": _text("受理时限"),
    "decision": _text("办理时限"),
    "joint": _text("联办时限"),
    "issuance": _text("出件时限"),
    "supplement": _text("补正期间"),
    "step": _text("环节时限"),
    "procedure": _text("特别程序期间"),
    "delivery": _text("送达期间"),
    "renewal_opens": _text("可申请延续日"),
    "renewal": _text("申请延续期限"),
    "expiry": _text("证照有效期"),
    "rating": _text("评价期间"),
    "rectification": _text("差评整改时限"),
    "reply": _text("答复时限"),
}
PAUSES: Mapping[str, str] = {
    "SupplementRequested": _text("等申请人补正"),
    "ProcedureStarted": _text("特别程序，依法不计入期限"),
}
"""Why a clock stands still, by the event that paused it."""
LAWS: Mapping[str, str] = {
    "acceptance": _text("行政许可法第三十二条、第八十二条"),
    "decision": _text("行政许可法第四十二条、第八十二条；优化营商环境条例第三十六条"),
    "joint": _text("行政许可法第四十二条第二款、第八十二条"),
    "issuance": _text("行政许可法第四十四条、第八十二条"),
}
"""The law behind each clock (see clocks.py)."""

PLAIN: Mapping[str, str] = {
    "ApplicationSubmitted": _text("您提交了申请"),
    "CaseAccepted": _text("已受理，开始计时"),
    "CaseNotRequired": _text("不受理：这件事不需要许可"),
    "CaseReferred": _text("不予受理：请向有关机关申请"),
    "SupplementRequested": _text("请您补正材料，暂停计时"),
    "ApplicationSupplemented": _text("您交来了补正材料，重新计时"),
    "CaseReady": _text("前面的事项办好了，开始办理"),
    "CaseClosed": _text("办件终止"),
    "WithdrawalRequested": _text("您申请撤回"),
    "MaterialReplaced": _text("您换了一份材料"),
    "EntryCorrected": _text("窗口更正了登记信息"),
    "TaskAssigned": _text("转给%(department)s审查"),
    "OpinionGiven": _text("%(department)s出具了审查意见"),
    "CaseApproved": _text("准予，正在出件"),
    "CaseRefused": _text("不予办理，理由在决定书里"),
    "CaseWithdrawn": _text("同意撤回"),
    "ResultIssued": _text("结果出来了，可以领取"),
    "ResultDelivered": _text("结果已送达"),
    "RatingGiven": _text("您作了评价"),
    "DeadlinePassed": _text("期限已过"),
    "ClockMoved": _text("放假安排有更新，期限重新计算"),
    "ProcedureStarted": _text("需要%(procedure)s，这段时间不计入期限"),
    "ProcedureEnded": _text("特别程序结束，继续计时"),
    "LimitExtended": _text("办理期限经批准延长 %(days)s，理由已告知"),
    "JointLimitExtended": _text("联办期限经批准延长 %(days)s，理由已告知"),
    "LicenceRenewed": _text("证照已延续"),
    "LicenceRevoked": _text("证照已撤销"),
    "LicenceCancelled": _text("证照已注销"),
    "LicenceExpired": _text("证照有效期届满"),
    "CountdownPassed": _text("期限已过"),
    "UrgeIssued": _text("监管人员催办了"),
    "UrgeAnswered": _text("%(department)s答复了催办"),
}
"""An application's history for the one whose it is; what is not here is no news to them."""

ON_DUTY: Mapping[str, str] = {
    **PLAIN,
    "ApplicationSubmitted": _text("申请人提交了申请"),
    "SupplementRequested": _text("一次性告知补正，暂停计时"),
    "ApplicationSupplemented": _text("申请人交来补正材料，重新计时"),
    "WithdrawalRequested": _text("申请人请求撤回"),
    "MaterialReplaced": _text("申请人换了一份材料"),
    "TaskAssigned": _text("分派给%(department)s：%(step)s"),
    "TaskReassigned": _text("%(department)s转交了任务"),
    "OpinionGiven": _text("%(department)s出具意见：%(verdict)s"),
    "LicenceIssued": _text("电子证照已签发"),
    "RatingInvited": _text("邀请评价"),
    "RatingGiven": _text("申请人作了评价"),
    "RatingDefaulted": _text("到期未评价，记为默认评价"),
    "RectificationOpened": _text("差评整改开始"),
    "RectificationClosed": _text("差评整改办结"),
    "ClockStarted": _text("%(clock)s开始计时"),
    "ClockPaused": _text("%(clock)s暂停"),
    "ClockResumed": _text("%(clock)s恢复计时"),
    "ClockMoved": _text("放假安排有更新，%(clock)s期限重新计算"),
    "ClockStopped": _text("%(clock)s结束计时：%(light)s"),
    "LightChanged": _text("%(clock)s亮灯：%(light)s"),
    "UrgeIssued": _text("%(rung)s：%(departments)s"),
    "OutcomeRecorded": _text("记录结果：%(outcome)s"),
    "SignalRaised": _text("监察信号：%(signal)s"),
    "SignalClosed": _text("监察信号办结：%(found)s"),
    "DaySealed": _text("审计链当日封签"),
}
"""The same for those on duty: everything."""

RUNGS: Mapping[Rung, str] = {
    "remind": _text("提醒"),
    "urge": _text("催办"),
    "supervise": _text("督办"),
    "talk": _text("约谈"),
    "refer": _text("问责移送"),
}
"""The ladder of 督办."""
TOLD_TO: Mapping[str, str] = {
    "applicant": _text("申请人"),
    "clerk": _text("窗口人员"),
    "officer": _text("部门经办人"),
    "department_head": _text("部门负责人"),
    "supervisor": _text("监管人员"),
}
"""Who is told."""
OUTCOMES: Mapping[str, str] = {
    "heard": _text("已经听取说明（移送的，对方已经接收）"),
    "measures": _text("已经提出整改要求"),
    "closed": _text("了结"),
}
"""What came of a talk or a referral."""

PASSED: Mapping[str, str] = {
    "acceptance": _text("受理期限已过，依法视为受理"),
    "promised": _text("承诺的期限已过"),
    "statutory": _text("法律规定的期限已过"),
    "joint": _text("联办的法定期限已过"),
    "issuance": _text("出件的法定期限已过"),
    "supplement": _text("补正通知已满 30 天，还没有收到材料"),
    "step": _text("环节时限已过"),
    "procedure": _text("特别程序超过了告知的天数"),
    "delivery": _text("结果出来 10 个工作日了，还没有领取"),
    "renewal_opens": _text("证照可以申请延续了"),
    "renewal": _text("申请延续的期限已过"),
    "expiry": _text("证照有效期已过"),
    "rating": _text("评价期间已过"),
    "rectification": _text("差评整改时限已过"),
    "reply": _text("答复时限已过"),
}
"""A DeadlinePassed or CountdownPassed by its kind."""
BREAKS: Mapping[str, str] = {
    "missing": _text("这一条不见了。"),
    "changed": _text("这一条的内容被改过。"),
    "not_following": _text("这一条接不上前一条。"),
    "head_differs": _text("最后一条与登记的摘要不同。"),
    "added": _text("多出了没有登记的记录。"),
    "cut_off": _text("封签以后，链被截短了。"),
    "sealed_head_differs": _text("链前后相接，但与封签不符：从这里起有一段被整个重写过。"),
    "state_differs": _text("申请的状态与链上说的不符。"),
    "heard_differs": _text("已听到的编号与链不符。"),
    "index_differs": _text("查找用的字段与状态不符，监管可能找不到它。"),
    "seal_missing": _text("有一天的封签不见了。"),
    "seal_unreadable": _text("封签读不出来。"),
    "unknown_key": _text("封签是用不认识的密钥签的。"),
    "signature": _text("封签的签名不对。"),
    "seal_not_following": _text("封签接不上前一天的。"),
    "root_differs": _text("封签的树根与各页不符。"),
    "page_missing": _text("封签的一页不见了。"),
    "leaf_changed": _text("封签的一页被改过。"),
    "place_missing": _text("封签在事件日志里的位置不见了。"),
    "application_missing": _text("封签里的申请不见了。"),
    "unreadable": _text("有的内容读不出来。"),
    "row_missing": _text("统计用的一行不见了。"),
    "row_differs": _text("统计用的一行被改过。"),
    "row_added": _text("统计里多出了一行。"),
    "calendar_differs": _text("日历的一版被改过。"),
}
"""Where an audit chain does not hold, and what to do."""
VERDICTS: Mapping[str, str] = {"agree": _text("同意"), "disagree": _text("不同意")}
ACTS: Mapping[str, str] = {
    "CaseAccepted": _text("行政许可法第三十二条第一款第五项"),
    "CaseNotRequired": _text("行政许可法第三十二条第一款第一项"),
    "CaseReferred": _text("行政许可法第三十二条第一款第二项"),
    "SupplementRequested": _text("行政许可法第三十二条第一款第四项"),
    "CaseApproved": _text("行政许可法第三十八条第一款"),
    "CaseRefused": _text("行政许可法第三十八条第二款"),
    "ProcedureStarted": _text("行政许可法第四十五条"),
    "LimitExtended": _text("行政许可法第四十二条第一款"),
    "JointLimitExtended": _text("行政许可法第四十二条第二款"),
    "ResultIssued": _text("行政许可法第四十四条"),
    "ResultDelivered": _text("行政许可法第四十四条"),
    "RatingInvited": _text("国办发〔2019〕51号"),
}
"""The legal ground of an act, which those on duty see beside it."""
