"""What the owner is told when the time of a case stops, goes on or becomes longer (行政许可法 Art. 42, 45)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.intake.model import Application, Case, Procedure
from services.intake.wording import Words, titled, together
from shared.web import dates
from shared.web.i18n import _, _text
from shared.web.procedures import PROCEDURES

LICENCE = "01"
"""行政许可; a case that was planned before kinds were kept has none."""
NEEDED = _text(
    "需要%(kinds)s：%(reasons)s。预计 %(days)s，书面告知的文号是%(notices)s。从 %(begin)s 到结束为止，不计入办理期限。"
)
NEEDED_BY_ART_45 = _text(
    "需要%(kinds)s：%(reasons)s。预计 %(days)s，书面告知的文号是%(notices)s。"
    "从 %(begin)s 到结束为止，不计入办理期限（行政许可法第四十五条）。"
)


def procedure(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    """Which procedure, why, how long by which written notice, and that this time is not counted: Art. 45, which is of
    licences, is named to their applicants only."""
    begun = [each for case in cases for each in case.procedures if each.started_at == at]
    licences = all(case.plan.item_kind in ("", LICENCE) for case in cases)
    text = _(
        NEEDED_BY_ART_45 if licences else NEEDED,
        kinds=_kinds(begun),
        reasons=together(each.reason for each in begun),
        days=dates.days(max(each.planned_days for each in begun)),
        notices=together(each.notice for each in begun),
        begin=dates.moment(at),
    )
    return titled(_("%(kinds)s开始，停止计时", kinds=_kinds(begun)), cases), text


def procedure_over(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    """That the remaining days go on, or what the case still waits for."""
    over = [each for case in cases for each in case.procedures if each.ended_at == at]
    title = titled(_("%(kinds)s结束", kinds=_kinds(over)), cases)
    others = [
        each
        for case in cases
        for each in case.procedures
        if each.started_at <= at and (each.ended_at is None or each.ended_at > at)
    ]
    if others:
        return title, _("还要等%(kinds)s，这段时间不计入办理期限。", kinds=_kinds(others))
    return title, _("办理期限继续计算，剩下的天数不变。您不用做什么，有结果会告诉您。")


def extended(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    """By how many days the limit became longer, who approved it and why (Art. 42(1))."""
    longer = [(case, case.extended) for case in cases if case.extended and case.extended.at == at]
    length = dates.days(max(each.days for _case, each in longer), cases[0].plan.limits.unit)
    text = _(
        "经%(departments)s负责人批准，办理期限延长 %(days)s，理由：%(reasons)s。"
        "只能延长一次（行政许可法第四十二条第一款）；新的到期日请看办理经过。",
        departments=together(case.plan.department_name for case, _each in longer),
        days=length,
        reasons=together(each.reason for _case, each in longer),
    )
    return titled(_("办理期限延长 %(days)s", days=length), cases), text


def joint_extended(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    """By how many days the joint limit became longer, and why (Art. 42(2))."""
    longer = application.joint_extended
    length = dates.days(longer.days if longer else 0)
    text = _(
        "经本级人民政府负责人批准，联办期限延长 %(days)s，理由：%(reason)s。"
        "只能延长一次（行政许可法第四十二条第二款）；新的到期日请看办理经过。",
        days=length,
        reason=longer.reason.rstrip("。") if longer else "",
    )
    return _("联办期限延长 %(days)s", days=length), text


def still_words(case: Case) -> str | None:
    """For which procedures its time stands still now, and since when; None: it runs."""
    running = case.standing_still
    if not running:
        return None
    since = dates.short_day(min(each.started_at for each in running))
    return _("正在%(kinds)s，从 %(day)s起不计入办理期限", kinds=_kinds(running), day=since)


def _kinds(procedures: Iterable[Procedure]) -> str:
    return together(_(PROCEDURES[each.kind]) for each in procedures)
