"""What approval's pages call things, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from services.approval.model import Case, CaseStatus, Clock, Hold, Urge
from services.approval.refusals import REFUSALS
from services.approval.store import Row
from shared.clock import shanghai
from shared.contracts.supervision import RUNGS, Rung
from shared.contracts.terms import Light, Unit, Verdict
from shared.identity import Person
from shared.kernel import Refused
from shared.web import countdown
from shared.web.countdown import counted
from shared.web.dates import days, short_day
from shared.web.i18n import _, _text, current, listed
from shared.web.procedures import PROCEDURES

K = TypeVar("K")
LIGHTS: tuple[Light, ...] = ("deep_red", "red", "yellow", "green", "paused")
"""The worst first."""


LIGHT_WORDS: Mapping[Light, str] = {
    "deep_red": _text("已超法定"),
    "red": _text("已超承诺"),
    "yellow": _text("临近到期"),
    "green": _text("在期限内"),
    "paused": _text("已暂停"),
}
STATUS_WORDS: Mapping[CaseStatus, str] = {
    "waiting": _text("等前面的事项"),
    "open": _text("审批中"),
    "approved": _text("准予"),
    "refused": _text("不予办理"),
    "withdrawn": _text("申请人已撤回"),
    "closed": _text("已终止"),
}
VERDICT_WORDS: Mapping[Verdict, str] = {"agree": _text("同意"), "disagree": _text("不同意")}


RUNG_WORDS: Mapping[Rung, str] = {
    "remind": _text("提醒"),
    "urge": _text("催办"),
    "supervise": _text("督办"),
}
"""The rungs of the ladder of 督办 that are an officer's affair."""


def spoken(table: Mapping[K, str], key: K) -> str:
    """A word of one of these tables in the reader's language."""
    return _(table[key])


def left_words(clock: Clock | None, unit: Unit, now: datetime) -> str:
    """How much of a case's limit is left, in words; empty where only the date is known."""
    return countdown.left_words(clock, unit, now) if clock else _("时限待定")


def rail_words(clock: Clock, unit: Unit, now: datetime) -> str:
    """What a rail shows, in words."""
    whole, gone = counted(clock, now)
    label = _("承诺 %(whole)s，已计 %(gone)s", whole=days(whole, unit), gone=days(gone, unit))
    return f"{label}，{rest}" if (rest := left_words(clock, unit, now)) else label


def reply_words(urges: Sequence[Urge]) -> str:
    """Up to which day the first answer to these urges is asked for; empty where no day was named."""
    if not any(urge.asks for urge in urges):
        return _("不用答复") if urges else ""
    named = [urge.reply_by for urge in urges if urge.reply_by]
    return _("请在 %(day)s前答复", day=short_day(min(named))) if named else ""


def urge_words(urge: Urge) -> str:
    """`第 2 次催办`, or on another rung `督办（第 3 次）`."""
    if urge.rung == "urge":
        return _("第 %(n)s 次催办", n=urge.number)
    return _("%(rung)s（第 %(n)s 次）", rung=spoken(RUNG_WORDS, urge.rung), n=urge.number)


def highest(urges: Sequence[Urge]) -> str:
    """The highest rung on which these stand, in words; empty for none."""
    rung = max((urge.rung for urge in urges), key=RUNGS.index, default=None)
    return spoken(RUNG_WORDS, rung) if rung else ""


def still_words(case: Case) -> str:
    """For which procedures a case stands still, and since when; empty: it does not."""
    running = () if case.ended else case.standing_still
    if not running:
        return ""
    kinds = listed(dict.fromkeys(spoken(PROCEDURES, each.kind) for each in running))
    return _("%(kinds)s中，%(day)s起停止计时", kinds=kinds, day=short_day(min(each.started_at for each in running)))


def extended(case: Case) -> str:
    """By how many days the limit of a case was extended; empty: it was not."""
    return days(case.extension.days, case.unit) if case.extension else ""


def holder(hold: Hold | None, asker: Person) -> str:
    """Whose hands a task is in, for colleagues: a name, or the account where the name is not known yet."""
    if hold is None:
        return ""
    return _("您") if hold.officer == asker.subject else hold.name or hold.officer


def table_head() -> list[str]:
    """The first line of the spreadsheet."""
    names = [_("事项"), _("环节"), _("任务编号"), _("灯"), _("时限"), _("到期"), _("分派"), _("谁在办"), _("意见")]
    return [*names, _("办件状态"), _("催办"), _("暂定")]


def table_row(row: Row, asker: Person, now: datetime) -> list[str]:
    """One task in the spreadsheet; instants as the hall reads them."""
    case, task, clock, urges = row
    said = task.opinion
    return [
        case.item_name,
        task.step_name,
        task.id,
        spoken(LIGHT_WORDS, clock.light) if clock else "",
        left_words(clock, case.unit, now),
        f"{shanghai(clock.due):%Y-%m-%d %H:%M}" if clock else "",
        f"{shanghai(task.opened_at):%Y-%m-%d %H:%M}" if task.opened_at else "",
        holder(task.hold, asker),
        spoken(VERDICT_WORDS, said.verdict) if said else "",
        spoken(STATUS_WORDS, case.status),
        (reply_words(urges) or _("请尽快答复")) if urges else "",
        _("是") if clock and clock.provisional else "",
    ]


def why_not(refused: Refused | None) -> dict[str, str]:
    """What a page says of something that cannot be done, before anybody tries: `why_not` and `why_told`."""
    if refused is None:
        return {"why_not": "", "why_told": ""}
    _status, title, told = REFUSALS[refused.code]
    return {"why_not": title.spoken(current()), "why_told": told.spoken(current())}
