"""Whether the pauses of a clock were lawful (行政许可法 Art. 32(4), 45)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.supervision.due import due
from services.supervision.model import Clock
from services.supervision.pages.countdowns import procedure_of
from services.supervision.pages.look import Look, name_of
from services.supervision.pages.words import PAUSES, spoken
from shared.web.dates import days, moment
from shared.web.i18n import _


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause with what the law asks of it: (light, words, text) each."""

    since: datetime
    until: datetime | None
    checks: tuple[tuple[str, str, str], ...]


def pauses_of(look: Look, clock: Clock) -> Iterator[Pause]:
    """The pauses as the chain has them: a clock that began anew has forgotten those before."""
    begun = since = None
    count = 0
    for row in look.entries:
        if row["subject"] != f"{clock.subject}/{clock.key}":
            continue
        name, at = name_of(row), _instant(row["details"].get("started_at") or row["details"].get("at"))
        if name == "ClockPaused" and since is None:
            since, count = at, count + 1
        elif name in ("ClockResumed", "ClockStopped") and since is not None:
            yield Pause(since, at, tuple(_checks(look, clock, begun, since, count)))
            since = None
        if name in ("ClockStarted", "ClockResumed"):
            begun = at
    if since is not None:
        yield Pause(since, None, tuple(_checks(look, clock, begun, since, count)))


def _of_procedures(look: Look, clock: Clock, since: datetime) -> Iterator[tuple[str, str, str]]:
    """Each procedure for which the clock stood still from then on, and whether it took longer than was told."""
    until = next((end for begin, end in clock.pauses if begin == since), None)
    for each in look.state.clocks:
        mine = each.key == "procedure" and clock.subject in (each.case, look.state.application)
        if not mine or each.started is None or each.started < since or (until and each.started >= until):
            continue
        planned = days(each.promised_days or 0)
        yield "done", _("理由合法"), _("%(what)s，行政许可法第四十五条", what=procedure_of(look, each))
        if each.due is not None and each.due < (each.ended or look.now):
            yield (
                "red",
                _("超过告知的时间"),
                _("书面告知 %(planned)s，到 %(when)s 为止", planned=planned, when=moment(each.due)),
            )
        else:
            yield "done", _("书面告知"), _("告知申请人需要 %(planned)s", planned=planned)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _checks(
    look: Look, clock: Clock, begun: datetime | None, since: datetime, count: int
) -> Iterator[tuple[str, str, str]]:
    """What the law asks of the `count`-th pause of a clock that was counted from `begun`: of a supplement (行政许可法
    Art. 32(4)), or of the procedures in it (Art. 45)."""
    event = next(iter(look.rules.clock(clock.key).pauses), "")
    if event == "ProcedureStarted":
        yield from _of_procedures(look, clock, since)
        return
    reason = spoken(PAUSES, event)
    if event != "SupplementRequested" or begun is None:
        yield "yellow", _("请核对理由"), reason
        return
    yield "done", _("理由合法"), _("%(reason)s，行政许可法第三十二条第一款第四项", reason=reason)
    if count == 1:
        yield "done", _("一次告知"), _("清单在补正告知书里，%(when)s 发出", when=moment(since))
    else:
        yield "yellow", _("再次告知"), _("法律要求一次告知全部内容，请核对这一次为什么还要补正")
    limit = clock.statutory_days or 0
    end = due(look.rules.office_of(look.rules.clock(clock.key)), begun, limit, clock.unit).at
    values = {"limit": days(limit, clock.unit), "when": moment(end)}
    if since <= end:
        yield "done", _("没有超过时限"), _("应在 %(limit)s内告知，到 %(when)s 为止", **values)
    else:
        yield "red", _("超过时限"), _("应在 %(limit)s内告知，到 %(when)s 为止；逾期告知不算数", **values)
