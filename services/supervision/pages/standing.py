"""How an application stands in one sentence, and how a clock stands in a few words."""

from __future__ import annotations

from collections import Counter

from services.supervision.explain import Explanation
from services.supervision.labels import stage_of
from services.supervision.model import Case, Clock
from services.supervision.pages.look import Look
from services.supervision.pages.words import COUNTED, STAGES
from shared.clock import shanghai
from shared.web.dates import days
from shared.web.i18n import _

WORST_FIRST = ("deep_red", "red")


def lead_of(look: Look) -> str:
    """One sentence: `一切正常：3 项办好，1 项在办。`"""
    stages = [stage_of(case, look.state) for case in look.state.cases]
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
    stage = stage_of(case, look.state)
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


def used_days(whole: Explanation) -> int:
    """Days that an ended clock took, the one on which it ended included; 0 where that is the day of the start."""
    later = whole.days[1:]
    return sum(max((day.number for day in later if day.kind == kind), default=0) for kind in ("counted", "over"))
