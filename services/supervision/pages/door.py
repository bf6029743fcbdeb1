"""The one number of an application: what matters most to the reader, of a bundle the whole of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.supervision.explain import Explanation
from services.supervision.model import Clock
from services.supervision.pages.look import Look
from services.supervision.pages.rails import key_of, rail_of
from services.supervision.pages.standing import WORST_FIRST, count_of, number_of, said_of, used_days
from services.supervision.pages.whole import Whole, finished_whole, whole_of
from shared.web.dates import days
from shared.web.i18n import _


@dataclass(frozen=True, slots=True)
class Door:
    """The one number of a page, in the words of the macro `door`; `due` is the day beneath it, and `said` what the rail
    beside it says. `law`: the day of the law's limit, where it is another one. `counted`: by which days, where it is
    not by working days. `reckoned`: the day is an estimate."""

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
    law_provisional: bool = False
    law_days: str = ""
    note: str = ""
    reckoned: bool = False
    counted: str = ""

    @property
    def key(self) -> str:
        """What the rail's letters mean, for the macro `railkey`."""
        return key_of(self.cells)


def door_of(look: Look) -> Door | None:
    """What matters most to the reader, of a bundle the whole of it; None where nothing was ever counted."""
    all_of_it = whole_of(look)
    if all_of_it:
        return _of_the_whole(look, all_of_it)
    over = finished_whole(look)
    if over:
        return _of_the_finished_whole(look, over)
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
        provisional=look.rules.provisional(clock, clock.due),
        law=law,
        law_provisional=look.rules.provisional(clock, law),
        law_days=days(clock.statutory_days, clock.unit) if law and clock.statutory_days is not None else "",
        note=_note(look, clock),
        counted=_counted(clock),
    )


def _of_the_whole(look: Look, every: Whole) -> Door:
    """The day of a bundle, in whose door no part of it comes first."""
    clock, joint = every.clock, look.state.clock(look.state.application, "joint")
    whole = look.told(clock)
    tone, _words, before, number, after = number_of(look, clock, whole)
    notes = {
        "promised": "",
        "latest": _("这是各项期限里最晚的一天。"),
        "reckoned": _("按各项承诺的天数一项接一项推算；中间制作结果的时间另计。"),
    }
    return Door(
        tone=tone,
        words=_of_its_parts(look, every),
        before=before,
        number=number,
        after=after,
        said=_said_of_the_whole(look, every, whole),
        cells=rail_of(clock, whole),
        what=_("整件事，共 %(n)s 项", n=len(look.state.cases)),
        due=clock.due,
        over=look.over(clock),
        provisional=clock.provisional,
        law=joint.due if joint.running else None,
        law_provisional=look.rules.provisional(joint, joint.due),
        law_days=days(joint.statutory_days) if joint.statutory_days is not None else "",
        note=notes[every.basis],
        reckoned=every.basis == "reckoned",
        counted=_counted(clock),
    )


def _of_its_parts(look: Look, every: Whole) -> str:
    """What the light of a bundle says, where it shines for its parts and not for the whole."""
    if look.over(every.clock):
        return ""
    if every.late:
        return _("有 %(n)s 项超过了期限", n=every.late)
    return _("有 %(n)s 项临近到期", n=every.near) if every.near else ""


def _said_of_the_whole(look: Look, every: Whole, whole: Explanation) -> str:
    limit, counted = days(whole.limit, whole.unit), whole.tally("counted")
    if look.over(every.clock):
        return _("整件事承诺 %(limit)s办结，已经超了 %(over)s", limit=limit, over=days(whole.tally("over"), whole.unit))
    if whole.limit == 0:
        return _("整件事当天办结")
    if every.basis == "promised":
        return _("整件事承诺 %(limit)s办结，已计 %(n)s 天", limit=limit, n=counted)
    return _("整件事从受理起 %(limit)s，已计 %(n)s 天", limit=limit, n=counted)


def chosen(look: Look) -> Clock | None:
    """The running clock that the reader should look at: what is over before acceptance, then the case that takes
    longest, then its result, then the whole."""
    running = [clock for clock in look.state.leading if clock.running]
    for light in WORST_FIRST:
        late = [clock for clock in running if clock.light == light]
        if late:
            return min(late, key=lambda clock: clock.due or look.now)
    for key in ("acceptance", "decision", "issuance", "joint"):
        found = [clock for clock in running if clock.key == key]
        if found:
            return max(found, key=lambda clock: (clock.due is not None, clock.due or look.now))
    return None


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


def _of_the_finished_whole(look: Look, clock: Clock) -> Door:
    """How many days a bundle took, and whether it and each part were in time."""
    late = sum(each.on_time is False for each in look.state.clocks if each.key == "decision")
    parts = _("有 %(n)s 项超期办结", n=late) if late else _("每一项都按时办结")
    door = _took(look, clock, _kept(look, clock) if clock.promised_days is not None else parts)
    tone = clock.light if late else door.tone
    what = _("整件事，从受理到最后一项决定，共 %(n)s 项", n=len(look.state.cases))
    return replace(door, tone=tone, what=what, note=parts if door.said != parts else "")


def _finished(look: Look) -> Door | None:
    """How many days a single item took; None where it was never decided upon."""
    clock = next((each for each in look.state.clocks if each.key == "decision" and each.started), None)
    if look.open or clock is None or not clock.ended:
        return None
    return _took(look, clock, _kept(look, clock))


def _kept(look: Look, clock: Clock) -> str:
    """How an ended clock stands to its limit."""
    whole = look.told(clock)
    limit, saved = days(whole.limit, clock.unit), whole.limit - used_days(whole)
    said = _("承诺 %(limit)s", limit=limit) if whole.limit else _("承诺当天办结")
    if clock.on_time and saved > 0:
        return _("比承诺的 %(limit)s快了 %(saved)s", limit=limit, saved=days(saved, clock.unit))
    return said if clock.on_time else _("%(promise)s，超期办结", promise=said)


def _took(look: Look, clock: Clock, said: str) -> Door:
    """The days that an ended clock took."""
    whole = look.told(clock)
    used = used_days(whole)
    before, number, after = (_("用了"), *count_of(used, clock)) if used else ("", _("当天"), _("办结"))
    tone = "done" if clock.on_time else clock.light
    return Door(tone, "", before, number, after, said, rail_of(clock, whole), counted=_counted(clock))
