"""Who is waited for, in words: one sentence for everybody, and how long it was for those on duty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from services.supervision.model import Case
from services.supervision.pages.look import Look
from services.supervision.pages.words import spoken
from services.supervision.waiting import Waited, spans_of, sums_of, waited_now
from shared.web.dates import days
from shared.web.i18n import _, listed, ngettext
from shared.web.procedures import PROCEDURES

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Share:
    """For whom, and how long: working days, time, and the hundredth part of the whole. `now`: still."""

    whom: str
    days: str
    time: str
    percent: int
    now: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """One case, the longest first. `days` and `time` of the whole: what the parts add up to."""

    item: str
    parts: tuple[Share, ...]
    days: str
    time: str


def waiting_for(look: Look) -> str:
    """Who is waited for now: `现在在等消防救援大队出具意见。` Empty where everything is over."""
    found = list(dict.fromkeys(_whom(look, waited) for waited in _now(look)))
    return _("现在在等%(whom)s。", whom=listed(found)) if found else ""


def shares_of(look: Look) -> list[Shares]:
    """Each case of which something was waited for."""
    found = (_shares(look, case) for case in look.state.cases)
    return [shares for shares in found if shares is not None]


def _now(look: Look) -> Iterator[Waited]:
    found = (waited_now(look.state, case, look.now) for case in look.state.cases)
    return (waited for waited in found if waited is not None)


def _shares(look: Look, case: Case) -> Shares | None:
    spans = spans_of(look.state, case, look.now, look.rules)
    if not spans:
        return None
    whole = spans[-1].until - spans[0].since
    parts = tuple(
        Share(_whom(look, waited), days(span.days), _length(span.length), round(100 * (span.length / whole)), span.open)
        for waited, span in sums_of(spans).items()
    )
    return Shares(case.name or case.case, parts, days(sum(span.days for span in spans)), _length(whole))


def _whom(look: Look, waited: Waited) -> str:
    names = listed(look.state.name_of(code) for code in waited.whom)
    match waited.reason:
        case "supplement":
            return _("申请人补正材料") if look.duty else _("您补正材料")
        case "fetch":
            return _("申请人领取结果") if look.duty else _("您领取结果")
        case "intake":
            return _("综合窗口答复是否受理")
        case "task":
            return _("%(who)s出具意见", who=names)
        case "decision":
            return _("%(who)s作出决定", who=names) if names else _("部门作出决定")
        case "issuance":
            return _("统一出件窗口制作结果")
        case "procedure":
            return _("%(what)s的结果（依法不计入期限）", what=spoken(PROCEDURES, waited.whom[0]) or _("特别程序"))
        case "predecessor":
            first = listed(look.state.case(number).name or number for number in waited.whom)
            return _("%(item)s先办完", item=first)


def _length(time: timedelta) -> str:
    """`3 天 4 小时`, cut off below the hour; parts of it may add up to an hour less than the whole."""
    whole, hours = time // DAY, (time % DAY) // HOUR
    said_of_hours = ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    if not whole:
        return said_of_hours if hours else _("不到 1 小时")
    return _("%(days)s %(hours)s", days=days(whole, "calendar_days"), hours=said_of_hours)
