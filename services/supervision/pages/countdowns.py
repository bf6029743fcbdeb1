"""The clocks that only count down, for those on duty: steps, procedures, delivery, replies, licences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.supervision.model import Clock
from services.supervision.pages.look import Look
from services.supervision.pages.words import CLOCKS, left_in_words, spoken
from shared.contracts.terms import Light
from shared.web.dates import days, moment
from shared.web.i18n import _
from shared.web.procedures import PROCEDURES


@dataclass(frozen=True, slots=True)
class CountedDown:
    """One of them. `light`: as it shines now, before its limit too; `text`: its days, its end, how it stands."""

    title: str
    whose: str
    light: Light | str
    words: str
    text: str
    provisional: bool
    since: datetime


def countdowns_of(look: Look) -> list[CountedDown]:
    """What runs before what has ended, the older first."""
    clocks = [clock for clock in look.state.clocks if clock.aside and clock.started]
    ordered = sorted(clocks, key=lambda clock: (not clock.running, clock.started or look.now))
    return [_told(look, clock, clock.started or look.now) for clock in ordered]


def _told(look: Look, clock: Clock, since: datetime) -> CountedDown:
    ended = clock.ended is not None
    light: Light | str = "done" if ended and clock.on_time else clock.light
    light = light if ended else look.rules.light(clock, look.now)
    ran_out = look.rules.clock(clock.key).ends_at_limit and not clock.stops
    return CountedDown(
        title=_title(look, clock),
        whose=_whose(look, clock),
        light=light,
        words=(_("期满") if ran_out else _("按时") if clock.on_time else _("超期")) if ended else "",
        text=_text(look, clock),
        provisional=look.rules.provisional(clock, clock.due),
        since=since,
    )


def _title(look: Look, clock: Clock) -> str:
    return procedure_of(look, clock) if clock.key == "procedure" else spoken(CLOCKS, clock.key)


def procedure_of(look: Look, clock: Clock) -> str:
    """A procedure of Art. 45 with the number of its written notice: without one there is no pause."""
    kind = spoken(PROCEDURES, look.state.procedures.get(clock.subject, "")) or spoken(CLOCKS, clock.key)
    told = (row["details"] for row in look.happened("ProcedureStarted"))
    notice = next((each.get("notice") for each in told if each.get("procedure") == clock.subject), None)
    return _("%(kind)s（告知书 %(notice)s）", kind=kind, notice=notice) if notice else kind


def _whose(look: Look, clock: Clock) -> str:
    if clock.department:
        return look.state.name_of(clock.department)
    case = look.state.case(clock.case or clock.subject)
    return case.name if case.name and len(look.state.cases) > 1 else ""


def _text(look: Look, clock: Clock) -> str:
    limit = days(clock.promised_days or 0, clock.unit)
    if clock.ended:
        return _("期限 %(limit)s · %(when)s 结束", limit=limit, when=moment(clock.ended))
    if clock.due is None:
        return _("期限 %(limit)s · 暂停中", limit=limit)
    left, over = look.rules.remaining(clock, look.now), clock.due <= look.now
    said = left_in_words(left, clock.unit, over=over, today=False)
    return _("期限 %(limit)s · %(due)s 到期 · %(left)s", limit=limit, due=moment(clock.due), left=said)
