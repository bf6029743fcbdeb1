"""How an application stands, in one sentence and in one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.supervision.explain import Explanation
from services.supervision.model import Case, Clock
from services.supervision.pages.look import Look
from services.supervision.pages.rails import key_of, rail_of
from services.supervision.pages.whole import Whole, whole_of
from services.supervision.pages.words import COUNTED, STAGES
from shared.clock import shanghai
from shared.web.dates import days
from shared.web.i18n import _

WORST_FIRST = ("deep_red", "red")


@dataclass(frozen=True, slots=True)
class Door:
    """The one number of a page, in the words of the macro `door`; `due` is the day beneath it, and `said` what the rail
    beside it says. `law`: the day of the law's limit, where it is another one. `counted`:
    by which days, where it is not by working days. `reckoned`: the day is an estimate."""

    tone: str
    words: str
    before: str
    number: str
    after: str
    said: str = ""
    cells: str = ""
    what: str = ""
    due: datetime | None = None
    over: bool = False
    provisional: bool = False
    law: datetime | None = None
    law_days: str = ""
    note: str = ""
    reckoned: bool = False
    counted: str = ""

    @property
    def key(self) -> str:
        """What the rail's letters mean, for the macro `railkey`."""
        return key_of(self.cells)


def lead_of(look: Look) -> str:
    """One sentence: `一切正常：3 项办好，1 项在办。`"""
    stages = [look.stage(case) for case in look.state.cases]
    if not stages:
        return _("系统正在登记这份申请，请稍候刷新。")
    if len(stages) == 1:
        return _lead_of_one(look, look.state.cases[0])
    counted = Counter(stages)
    found = ((text, sum(counted[stage] for stage in kinds)) for kinds, text in COUNTED)
    parts = _("，").join(_(text, n=number) for text, number in found if number)
    late = sum(look.state.light_of(case) in WORST_FIRST for case in look.state.cases if case.open)
    if late:
        return _("有 %(late)s 项超过了期限：%(parts)s。", late=late, parts=parts)
    return _("一切正常：%(parts)s。", parts=parts) if look.open else _("全部办完：%(parts)s。", parts=parts)


def _lead_of_one(look: Look, case: Case) -> str:
    stage = look.stage(case)
    if case.open and look.state.light_of(case) == "deep_red":
        return _("超过了法律规定的期限，监管人员已经看到。")
    if case.open and look.state.light_of(case) == "red":
        return _("超过了我们承诺的期限，还在法律规定的期限内。")
    if stage == "asked":
        return _("等申请人补正材料。") if look.duty else _("请您补正材料，补齐以后重新计时。")
    if stage == "received":
        return _("材料已收到，正在看是否齐全。")
    if stage == "working":
        return _("一切正常，部门正在办理。")
    if stage == "approved":
        return _("已经准予，正在制作结果。")
    if stage == "done":
        return _("已经办结，结果可以领取。")
    return _("已经办完：%(how)s。", how=_(STAGES[stage]))


def door_of(look: Look) -> Door | None:
    """What matters most to the reader, of a bundle the whole of it; None where nothing was ever counted."""
    all_of_it = whole_of(look)
    if all_of_it:
        return _of_the_whole(look, all_of_it)
    clock = chosen(look)
    if clock is None:
        return _finished(look)
    whole = look.told(clock)
    tone, words, before, number, after = number_of(look, clock, whole)
    case = look.state.case(clock.subject) if clock.subject != look.state.application else None
    law = clock.statutory_due if clock.promised_days is not None else None
    return Door(
        tone=tone,
        words=words,
        before=before,
        number=number,
        after=after,
        said=said_of(look, clock, whole),
        cells=rail_of(clock, whole),
        what=case.name if case and len(look.state.cases) > 1 else "",
        due=clock.due,
        over=look.over(clock),
        provisional=clock.provisional,
        law=law,
        law_days=days(clock.statutory_days, clock.unit) if law and clock.statutory_days is not None else "",
        note=_note(look, clock),
        counted=_counted(clock),
    )


def _of_the_whole(look: Look, every: Whole) -> Door:
    """The last day of a bundle, in whose door no part of it comes first."""
    clock, joint = every.clock, look.state.clock(look.state.application, "joint")
    whole = look.told(clock)
    tone, _words, before, number, after = number_of(look, clock, whole)
    values = {"limit": days(whole.limit), "n": whole.tally("counted")}
    said = _("整件事从受理起 %(limit)s，已计 %(n)s 天", **values) if whole.limit else _("整件事当天办结")
    return Door(
        tone=tone,
        words=_("有 %(n)s 项临近到期", n=every.near) if every.near else "",
        before=before,
        number=number,
        after=after,
        said=said,
        cells=rail_of(clock, whole),
        what=_("整件事，共 %(n)s 项", n=len(look.state.cases)),
        due=clock.due,
        provisional=clock.provisional,
        law=joint.due if joint.running else None,
        law_days=days(joint.statutory_days) if joint.statutory_days is not None else "",
        note=_("按各项承诺的天数一项接一项推算；中间制作结果的时间另计。")
        if every.reckoned
        else _("这是各项期限里最晚的一天。"),
        reckoned=every.reckoned,
    )


def chosen(look: Look) -> Clock | None:
    """The running clock that the reader should look at: what is over before acceptance, then the case that takes
    longest, then its result, then the whole."""
    running = [clock for clock in look.state.clocks if clock.running]
    for light in WORST_FIRST:
        late = [clock for clock in running if clock.light == light]
        if late:
            return min(late, key=lambda clock: clock.due or look.now)
    for key in ("acceptance", "decision", "issuance", "joint"):
        found = [clock for clock in running if clock.key == key]
        if found:
            return max(found, key=lambda clock: (clock.due is not None, clock.due or look.now))
    return None


def number_of(look: Look, clock: Clock, whole: Explanation) -> tuple[str, str, str, str, str]:
    """Tone, words of the light, and the number with what stands before and after it."""
    light, left = clock.light, whole.left
    count, unit = count_of(abs(left), clock)
    if look.over(clock):
        return (light, "", _("超"), count, unit) if left < 0 else (light, "", _("刚过"), _("期限"), "")
    if clock.paused:
        words = "" if look.duty or clock.key != "acceptance" else _("等您补正")
        stood = whole.tally("paused")
        count, unit = count_of(stood, clock)
        return ("paused", words, _("暂停"), count, unit) if stood else ("paused", words, _("今天"), _("暂停"), "")
    if look.due_today(clock):
        return light, "", _("今天"), f"{shanghai(clock.due or look.now):%H:%M}", _("到期")
    return light, "", _("还剩"), count, unit


def count_of(count: int, clock: Clock) -> tuple[str, str]:
    """A number of days and its unit, apart."""
    return str(count), _("天") if clock.unit == "calendar_days" else _("个工作日")


def said_of(look: Look, clock: Clock, whole: Explanation) -> str:
    """The rail in words: `期限 13 个工作日，已计 6 天，今天是第 7 天`."""
    limit = days(whole.limit, clock.unit)
    if look.over(clock):
        over = days(whole.tally("over"), clock.unit)
        if whole.limit == 0:
            return _("应当当天办结，已经过了 %(over)s", over=over)
        return _("期限 %(limit)s已经用完，又过了 %(over)s", limit=limit, over=over)
    if clock.paused and clock.key == "acceptance":
        return _("交齐补正材料以后，重新计 %(limit)s", limit=limit)
    if clock.paused:
        return _("期限 %(limit)s，已计 %(n)s 天，暂停中", limit=limit, n=whole.tally("counted"))
    if whole.limit == 0:
        return _("这是当天办结的事项")
    return _of_today(whole, limit)


def _of_today(whole: Explanation, limit: str) -> str:
    today, counted = next((day for day in whole.days if day.today), None), whole.tally("counted")
    if today and today.kind == "start" and whole.unit == "calendar_days":
        return _("期限 %(limit)s，今天不计，从明天算起", limit=limit)
    if today and today.kind == "start":
        return _("期限 %(limit)s，今天不计，从下一个工作日算起", limit=limit)
    if today and today.kind == "counted" and not today.passed:
        return _("期限 %(limit)s，已计 %(n)s 天，今天是第 %(m)s 天", limit=limit, n=counted, m=today.number)
    return _("期限 %(limit)s，已计 %(n)s 天", limit=limit, n=counted)


def _counted(clock: Clock) -> str:
    return _("一格是一天：这个期限按自然日计，周末和节假日也算。") if clock.unit == "calendar_days" else ""


def _note(look: Look, clock: Clock) -> str:
    """What the limit means to the reader."""
    if clock.key == "acceptance" and not clock.paused and not look.over(clock):
        return _("到期没有答复，依法视为受理。")
    if clock.key == "issuance":
        return _("决定已经作出，正在制作结果。")
    if clock.key == "joint":
        return _("几个部门一起办，从受理起合计的法定期限。")
    return ""


def _finished(look: Look) -> Door | None:
    """How many days the longest case took; None where no case was ever decided upon."""
    ended = list(_decided(look))
    if look.open or not ended:
        return None
    case, clock, whole = max(ended, key=lambda each: used_days(each[2]))
    used = used_days(whole)
    count, unit = count_of(used, clock)
    before, number, after = (_("用了"), count, unit) if used else ("", _("当天"), _("办结"))
    saved = whole.limit - used
    said = _("承诺 %(limit)s", limit=days(whole.limit, clock.unit)) if whole.limit else _("承诺当天办结")
    if clock.on_time and saved > 0:
        said = _("比承诺的 %(limit)s快了 %(saved)s", limit=days(whole.limit, clock.unit), saved=days(saved, clock.unit))
    elif not clock.on_time:
        said = _("%(promise)s，超期办结", promise=said)
    tone = "done" if clock.on_time else clock.light
    what = case.name if len(look.state.cases) > 1 else ""
    return Door(tone, "", before, number, after, said, rail_of(clock, whole), what, counted=_counted(clock))


def used_days(whole: Explanation) -> int:
    """Days that an ended clock took, the one on which it ended included; 0 where that is the day of the start."""
    return sum(max((day.number for day in whole.days if day.kind == kind), default=0) for kind in ("counted", "over"))


def _decided(look: Look) -> Iterator[tuple[Case, Clock, Explanation]]:
    for case in look.state.cases:
        clock = look.state.clock(case.case, "decision")
        if clock.ended and clock.started:
            yield case, clock, look.told(clock)
