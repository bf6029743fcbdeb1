"""Why a light shines: a clock's days in words, what was counted and what not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from services.supervision.explain import Act, Day, Explanation
from services.supervision.model import Clock
from services.supervision.pages.look import Look
from services.supervision.pages.pauses import Pause, pauses_of
from services.supervision.pages.standing import count_of, number_of, used_days
from services.supervision.pages.words import CLOCKS, LAWS, PAUSES, spoken
from shared.web.dates import days, full_moment, time_of
from shared.web.i18n import _

MOST_DAYS = 371
"""Days of one calendar: of what took longer, the last ones (53 weeks)."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COLOURS = {"counted": "cnt", "over": "over", "paused": "paz", "rest": "off", "moved": "off", "start": "start"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar: its classes, the day as it is written, one or two short lines, and the same in full (for
    the table, and for those who hear the page). `short`: what fits on a phone."""

    date: date
    classes: str
    label: str
    short: str
    first: str
    second: str
    whole: str
    cut_off: datetime | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """One clock explained. `key`: its name in the address; `facts`: question and answer; `hidden`: days left out."""

    key: str
    clock: Clock
    title: str
    item: str
    was_red: bool
    light: str
    words: str
    number: tuple[str, str, str]
    law: str
    facts: tuple[tuple[str, str], ...]
    cells: tuple[Cell, ...]
    hidden: int
    pauses: tuple[Pause, ...]
    basis: str


def all_reasons(look: Look) -> list[Reasons]:
    """Every started clock, what is or was over first."""
    found = [reasons_of(look, clock) for clock in look.state.leading if clock.started]
    return sorted(found, key=lambda each: (not each.was_red, not each.clock.running, each.clock.started))


def reasons_of(look: Look, clock: Clock) -> Reasons:
    """One started clock."""
    whole = look.told(clock)
    case = look.state.case(clock.subject)
    done = "done" if clock.on_time else clock.light
    return Reasons(
        key=f"{clock.subject}.{clock.key}",
        clock=clock,
        title=spoken(CLOCKS, clock.key),
        item=case.name if clock.subject != look.state.application else "",
        was_red=was_red(clock),
        light=done if clock.ended else clock.light,
        words=(_("按时办结") if clock.on_time else _("超期办结")) if clock.ended else "",
        number=_number(look, clock, whole),
        law=_of_the_law(look, clock),
        facts=tuple(_facts(look, clock, whole)),
        cells=tuple(_cell(day, clock, look) for day in whole.days[-MOST_DAYS:]),
        hidden=max(0, len(whole.days) - MOST_DAYS),
        pauses=tuple(pauses_of(look, clock)),
        basis=spoken(LAWS, clock.key),
    )


def was_red(clock: Clock) -> bool:
    """Whether its promised (or only) limit passed while it ran."""
    return clock.on_time is False or clock.light in ("red", "deep_red")


def _number(look: Look, clock: Clock, whole: Explanation) -> tuple[str, str, str]:
    """The number of the door, with what stands before and after it."""
    if not clock.ended:
        return number_of(look, clock, whole)[2:]
    over = whole.tally("over")
    if clock.on_time:
        used = used_days(whole)
        return (_("用了"), *count_of(used, clock)) if used else ("", _("当天"), _("办结"))
    return (_("超"), *count_of(over, clock)) if over else (_("刚过"), _("期限"), "")


def _of_the_law(look: Look, clock: Clock) -> str:
    """How a clock with a promise stands to the law's limit."""
    if clock.promised_days is None or clock.statutory_days is None or clock.started is None:
        return ""
    limit, until = days(clock.statutory_days, clock.unit), clock.ended or look.now
    if clock.statutory_due is None or until <= clock.statutory_due:
        return _("法定 %(limit)s，没有超", limit=limit)
    left = look.rules.remaining(clock, until, by_law=True)
    return _("法定 %(limit)s，也超了 %(over)s", limit=limit, over=days(-left, clock.unit))


def _facts(look: Look, clock: Clock, whole: Explanation) -> Iterator[tuple[str, str]]:
    started = full_moment(clock.started)
    yield _("开始"), _("%(when)s（%(why)s）", when=started, why=_why_started(look, clock))
    counted = days(whole.tally("counted"), clock.unit)
    used_up = next((day for day in whole.days if day.due and day.passed), None)
    if used_up and whole.limit:
        yield _("计入"), _("%(days)s，用完于 %(when)s", days=counted, when=full_moment(used_up.cut_off))
    elif whole.limit:
        yield _("计入"), counted
    yield _("不计"), _not_counted(whole)
    for each in clock.extensions:
        yield _("延长"), _("加 %(days)s，%(when)s 决定", days=days(each.days, clock.unit), when=full_moment(each.at))
    if clock.due:
        yield _("期限"), _("%(limit)s，到 %(when)s", limit=_limit(whole, clock), when=full_moment(clock.due))
    if clock.promised_days is not None and clock.statutory_days is not None and clock.statutory_due:
        limit = days(clock.statutory_days, clock.unit)
        yield _("法定"), _("%(limit)s，到 %(when)s", limit=limit, when=full_moment(clock.statutory_due))
    yield _("结束"), full_moment(clock.ended) if clock.ended else _("还没有")


def _limit(whole: Explanation, clock: Clock) -> str:
    """The limit in days; none at all is said as guides say it."""
    return days(whole.limit, clock.unit) if whole.limit else _("当场办结")


def _not_counted(whole: Explanation) -> str:
    paused, rest = whole.tally("paused"), whole.tally("rest") + whole.tally("moved")
    if paused and rest:
        return _("暂停 %(paused)s 天，周末和节假日 %(rest)s 天", paused=paused, rest=rest)
    if paused:
        return _("暂停 %(paused)s 天", paused=paused)
    return _("周末和节假日 %(rest)s 天", rest=rest) if rest else _("没有")


def _why_started(look: Look, clock: Clock) -> str:
    if clock.key == "acceptance":
        again = look.state.submitted_at and clock.started and clock.started > look.state.submitted_at
        return _("收到补正材料，重新计算") if again else _("收到申请")
    if clock.key == "issuance":
        return _("作出准予决定")
    if clock.key == "joint":
        return _("第一个事项受理")
    case = look.state.case(clock.subject)
    if case.deemed:
        return _("视为受理，从收到申请那天算")
    return _("前面的事项办结，轮到这一项") if case.waits_for else _("受理")


def _cell(day: Day, clock: Clock, look: Look) -> Cell:
    classes = [WEEKDAYS[day.date.weekday()], COLOURS[day.kind]]
    classes += ["duez"] if day.due else []
    if not day.passed:
        classes = [each for each in classes if each not in ("cnt", "over")]
    first, short = _called(day, clock)
    second = _beside(day, clock, look)
    label = f"{day.date.month}/{day.date.day}" if day.date.day == 1 else str(day.date.day)
    whole = _("%(first)s（%(second)s）", first=first, second=second) if second else first
    return Cell(day.date, " ".join(classes), label, short, first, second, whole, day.cut_off)


def _called(day: Day, clock: Clock) -> tuple[str, str]:
    """What a day is, in full and as it fits on a phone."""
    if day.ended:
        return (_("作出决定") if clock.key == "decision" else _("结束")), _("结")
    if day.kind == "start":
        return _("当天不计"), _("始")
    if day.kind == "paused":
        return _("暂停"), _("停")
    if day.kind == "rest":
        return day.festival or _("周末") if day.date.weekday() >= 5 or day.festival else _("放假"), _("休")
    if day.kind == "moved":
        return _("休息日，顺延"), _("顺")
    if day.kind == "over" and not day.passed:
        return _("今天"), _("今天")
    if day.kind == "over":
        return _("超 %(n)s 天", n=day.number), _("超%(n)s", n=day.number)
    if day.number == 1 and clock.promised_days == 0:
        return _("当天到期"), "1"
    return _("第 %(n)s 天", n=day.number), str(day.number)


def _beside(day: Day, clock: Clock, look: Look) -> str:
    """What else happened on a day, or why it counts although one would not think so."""
    said = [_acted(act) for act in day.acts]
    if day.due and day.cut_off:
        said.append(_("%(time)s 到期", time=time_of(day.cut_off)))
    if day.statutory and day.cut_off and not day.due:
        said.append(_("%(time)s 法定到期", time=time_of(day.cut_off)))
    if day.make_up and day.kind != "rest":
        said.append(_("调休上班"))
    if day.today and (day.passed or day.kind != "over"):
        said.append(_("今天"))
    if day.kind == "paused" and not said:
        said.append(spoken(PAUSES, next(iter(look.rules.clock(clock.key).pauses), "")))
    return _("，").join(word for word in said if word)


def _acted(act: Act) -> str:
    at = time_of(act.at)
    if act.kind == "started":
        return _("%(time)s 开始", time=at)
    if act.kind == "paused":
        return _("%(time)s 暂停", time=at)
    if act.kind == "resumed":
        return _("%(time)s 恢复", time=at)
    return at
