"""The ladder of 督办 as those on duty see it: which rung, when and by whom, what was answered, and what comes next."""

from __future__ import annotations

from typing import NamedTuple

from services.supervision.decide.owing import coming, proposed
from services.supervision.model import Case, Urge
from services.supervision.pages.look import Look
from services.supervision.pages.words import OUTCOMES, RUNGS, TOLD_TO, spoken
from shared.contracts.supervision import RUNGS as FROM_FOOT
from shared.contracts.supervision import Rung
from shared.web.dates import moment, short_day
from shared.web.i18n import _, listed


class Standing(NamedTuple):
    """One rung of a case. `mark`: silent (the day for an answer has passed), now (it stands highest), done, or empty:
    not reached. `lines`: each urge on it, in words."""

    rung: Rung
    name: str
    mark: str
    told: str
    lines: tuple[str, ...]


class Ladder(NamedTuple):
    """The ladder of one case. `then`: what comes next by itself; `advice`: what a supervisor is to decide."""

    case: Case
    rungs: tuple[Standing, ...]
    then: str
    advice: str
    suggested: Rung


def ladders_of(look: Look) -> list[Ladder]:
    """Of every case that is open or was ever on a rung."""
    return [_of(look, case) for case in look.state.cases if case.open or look.state.urges_of(case.case)]


def _of(look: Look, case: Case) -> Ladder:
    urges = look.state.urges_of(case.case)
    reached = max((FROM_FOOT.index(urge.rung) for urge in urges), default=-1)
    rungs = tuple(_standing(look, rung, urges, now=n == reached and case.open) for n, rung in enumerate(FROM_FOOT))
    advice = proposed(look.state, case.case, look.rules)
    next_up = FROM_FOOT[min(reached + 1, len(FROM_FOOT) - 1)]
    return Ladder(case, rungs, _then(look, case), _advice(look, advice), advice[0].rung if advice else next_up)


def _standing(look: Look, rung: Rung, urges: tuple[Urge, ...], *, now: bool) -> Standing:
    own = [urge for urge in urges if urge.rung == rung]
    silent = any(_silent(look, urge) for urge in own)
    mark = "" if not own else "silent" if silent else "now" if now else "done"
    told = listed(spoken(TOLD_TO, role) for role in look.rules.rung(rung).told)
    return Standing(rung, spoken(RUNGS, rung), mark, told, tuple(_line(look, urge) for urge in own))


def _line(look: Look, urge: Urge) -> str:
    """`10月9日 周五 18:00 自动，消防救援大队：已按时答复。`"""
    who = listed(look.state.name_of(code) for code in urge.departments)
    values = {"at": moment(urge.at), "who": who, "how": _how(look, urge)}
    if urge.automatic:
        return _("%(at)s 自动发给%(who)s；%(how)s", **values)
    return _("%(at)s 监管人员发给%(who)s；%(how)s", **values)


def _how(look: Look, urge: Urge) -> str:
    """What became of it."""
    if look.rules.rung(urge.rung).recorded:
        done = [f"{short_day(record.day)} {spoken(OUTCOMES, record.outcome)}" for record in urge.records]
        return _("；").join(done) or _("还没有记录结果")
    if not urge.asks:
        return _("不用答复")
    if not urge.awaited:
        late = any(answer.late for answer in urge.answers)
        return _("过期才答复") if late else _("已答复") if urge.reply_by is None else _("已按时答复")
    if urge.reply_by is None:
        return _("还没有答复，没有定日期")
    values = {"day": short_day(urge.reply_by)}
    return _("%(day)s前应答复，到期没有答复", **values) if _silent(look, urge) else _("请在 %(day)s前答复", **values)


def _silent(look: Look, urge: Urge) -> bool:
    """Whether a department has let the day for its answer pass."""
    return any(look.over(look.state.clock(f"{urge.case}/{urge.number}/{code}", "reply")) for code in urge.awaited)


def _then(look: Look, case: Case) -> str:
    """What comes next if nothing is done."""
    if not case.open:
        return _("办件已经结束，不再督办。")
    found = coming(look.state, case.case, look.rules)
    if found is None:
        return ""
    at, step = found
    values = {"at": moment(at), "rung": spoken(RUNGS, step.rung)}
    if step.by_itself:
        return _("到 %(at)s 还没有办好或者没有答复，自动%(rung)s。", **values)
    return _("到 %(at)s 还没有答复，建议%(rung)s，由监管人员决定。", **values)


def _advice(look: Look, advice: tuple[object, str] | None) -> str:
    if advice is None:
        return ""
    if advice[1] == "talked":
        return _("建议问责移送：约谈以后办件仍然超期。由监管人员决定，并写明理由。")
    number, department = advice[1].split("/")[1:3]
    who = look.state.name_of(department)
    return _("建议约谈：%(who)s到期没有答复第 %(n)s 次督办。由监管人员决定，并写明理由。", who=who, n=number)
