"""What comes next and by when, and what the reader must do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.supervision.labels import stage_of
from services.supervision.model import Case, Clock
from services.supervision.pages.look import Look
from shared.web.dates import short_day
from shared.web.i18n import _, listed


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that comes. `service` and `path`: the page where the reader does it, `action` the words of the way
    there; `main`: it is the one thing that the whole waits for."""

    title: str
    text: str = ""
    due: datetime | None = None
    service: str = ""
    path: str = ""
    action: str = ""
    main: bool = False


def steps_of(look: Look) -> list[Step]:
    """What the reader must do first, then what the hall does, the next first."""
    mine = [] if look.duty else list(_of_the_reader(look))
    return mine + sorted(_of_the_hall(look), key=lambda step: (step.due is None, step.due or look.now))


def _of_the_reader(look: Look) -> Iterator[Step]:
    number = look.state.application
    if look.acceptance.running and look.acceptance.paused:
        yield Step(
            _("请补正材料"),
            _("清单一次给全，补齐以后重新计时；不补就不能受理。"),
            service="intake",
            path=f"/pages/applications/{number}/supplement",
            action=_("补正材料"),
            main=True,
        )
    issued, delivered = look.cases_with("ResultIssued"), look.cases_with("ResultDelivered")
    ready = [case for case in look.state.cases if case.case in issued - delivered]
    if ready:
        yield Step(
            _("结果可以领取了"),
            _("电子证照和纸质的一样有效；也可以到窗口取。"),
            service="licensing",
            path=f"/pages/applications/{number}" if len(ready) > 1 else f"/pages/results/{ready[0].case}",
            action=_("查看和下载"),
            main=True,
        )
    invited, rated = look.cases_with("RatingInvited"), look.cases_with("RatingGiven")
    for case in look.state.cases:
        if case.case in invited - rated:
            title = _("请评价：%(item)s", item=case.name) if len(look.state.cases) > 1 else _("请评价这次办事")
            text = _("一分钟就好，会直接改进这里的服务。")
            yield Step(title, text, service="ratings", path=f"/rate/{case.case}", action=_("去评价"))


def _of_the_hall(look: Look) -> Iterator[Step]:
    clock = look.acceptance
    waited = [case for case in look.state.cases if stage_of(case, look.state) == "received"]
    if waited and clock.running:
        yield Step(_("综合窗口告诉您是否受理") if not look.duty else _("综合窗口答复是否受理"), *_until(look, clock))
    if look.duty and any(stage_of(case, look.state) == "asked" for case in look.state.cases):
        yield Step(_("等申请人交来补正材料"), _("这段时间不计入期限。"))
    for case in look.state.cases:
        step = _of_case(look, case)
        if step:
            yield step


def _of_case(look: Look, case: Case) -> Step | None:
    stage, department = stage_of(case, look.state), look.state.name_of(case.department)
    if stage == "working":
        clock = look.state.clock(case.case, "decision")
        values = {"department": department, "item": case.name}
        if case.case in look.cases_with("WithdrawalRequested"):
            return Step(_("%(department)s答复撤回请求：%(item)s", **values), *_until(look, clock))
        return Step(_("%(department)s作出决定：%(item)s", **values), *_until(look, clock))
    if stage == "approved":
        clock = look.state.clock(case.case, "issuance")
        return Step(_("制作结果：%(item)s", item=case.name), *_until(look, clock))
    if stage == "waiting":
        first = listed(look.state.case(number).name for number in case.waits_for)
        text = _("等“%(first)s”办好以后自动开始。", first=first) if first else _("前面的事项办好以后自动开始。")
        return Step(_("开始办理：%(item)s", item=case.name), text)
    return None


def _until(look: Look, clock: Clock) -> tuple[str, datetime | None]:
    """Until when, and what the reader has to do until then: nothing. Every limit ends when its department closes."""
    if not clock.running or clock.due is None:
        return "", None
    day = short_day(clock.due)
    if look.over(clock):
        said = (
            _("本应在 %(day)s下班前办完，监管人员可以催办。")
            if look.duty
            else _("本应在 %(day)s下班前办完。您不用做什么，我们会催。")
        )
    elif look.rules.provisional(clock, clock.due):
        said = _("最晚 %(day)s下班前（暂定）。") if look.duty else _("最晚 %(day)s下班前（暂定），您不用做什么。")
    else:
        said = _("最晚 %(day)s下班前。") if look.duty else _("最晚 %(day)s下班前，您不用做什么。")
    return said % {"day": day}, clock.due
