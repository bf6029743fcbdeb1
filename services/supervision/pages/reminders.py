"""What people were told about an application: in one sentence, and light by light with every urge and its answers."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from services.supervision.model.urge import Answer, Urge
from services.supervision.pages.look import Look, name_of
from services.supervision.pages.reasons import Reasons
from services.supervision.pages.words import CLOCKS, LIGHTS, OUTCOMES, PASSED, RUNGS, spoken
from services.supervision.store import Row
from shared.identity import Person
from shared.web.dates import day, moment, short_day
from shared.web.i18n import _, listed


class Told(NamedTuple):
    """One line of what people were told and what they answered."""

    at: datetime
    title: str
    text: str
    mark: str = "done"


class Sent(NamedTuple):
    """What the reader has just done, by when an answer is due, and what happens next."""

    title: str
    until: str
    then: str


def sent_of(look: Look, asker: Person, urge: str) -> Sent | None:
    """What to say to the one who has just urged or answered; `urge`: its case and number, as they stand in the address.
    None: there is no such urge, or the reader did neither."""
    case, _dot, number = urge.partition(".")
    found = next((each for each in look.state.urges_of(case) if str(each.number) == number), None)
    if found is None:
        return None
    if asker.may("urge.issue"):
        return _issued(look, found)
    answered = any(answer.department == asker.department for answer in found.answers)
    return Sent(_("答复已经发出"), "", _("监管人员在“提醒与答复”里看到您的答复。期限照常计算。")) if answered else None


def _issued(look: Look, urge: Urge) -> Sent:
    names = listed(look.state.name_of(code) for code in urge.departments)
    until = _("部门最晚 %(day)s答复。", day=day(urge.reply_by)) if urge.reply_by else ""
    then = _("部门在自己的任务上看到这次催办；答复以后，会出现在下面的“提醒与答复”里。期限照常计算。")
    if not urge.asks:
        then = _("部门在自己的任务上看到；不用部门答复。约谈和问责移送的结果记在下面。期限照常计算。")
    if urge.rung == "urge":
        return Sent(_("已经催办：%(who)s", who=names), until, then)
    return Sent(_("已经发出%(rung)s：%(who)s", rung=spoken(RUNGS, urge.rung), who=names), until, then)


def lead_of(look: Look, first: Reasons | None) -> str:
    """`10月9日 周五 18:00 到期，10月13日 周二 11:05 才作出决定。`"""
    if first is None:
        return _("还没有开始计时。")
    clock = first.clock
    values = {"due": moment(clock.due), "ended": moment(clock.ended)}
    decided = clock.key == "decision"
    if clock.due is None:
        return _("计时已暂停，恢复以后才知道到期日。")
    if clock.ended and clock.on_time:
        return _("%(due)s 到期，%(ended)s 按时结束。", **values)
    if clock.ended:
        return (
            _("%(due)s 到期，%(ended)s 才作出决定。", **values)
            if decided
            else _("%(due)s 到期，%(ended)s 才结束。", **values)
        )
    if look.over(clock):
        return (
            _("%(due)s 到期，到现在还没有作出决定。", **values)
            if decided
            else _("%(due)s 到期，到现在还没有结束。", **values)
        )
    return _("%(due)s 到期，现在还在期限内。", **values)


def told_of(look: Look) -> list[Told]:
    """Lights, limits, urges and answers, the newest first.

    Urges and answers are those of the state: whoever has just sent one sees it, before its event has come back.
    """
    found = [told for row in look.entries if (told := _told(look, row))]
    found += [told for urge in look.state.urges for told in _of_urge(look, urge)]
    return sorted(found, key=lambda told: told.at, reverse=True)


def _told(look: Look, row: Row) -> Told | None:
    event, details, state = name_of(row), row["details"], look.state
    at = datetime.fromisoformat(details.get("due") or details.get("at") or row["time"])
    item = state.case_of(details.get("subject") or str(row["subject"])).name or state.matter_name
    if event == "LightChanged":
        values = {
            "item": item,
            "clock": spoken(CLOCKS, details.get("clock")),
            "light": spoken(LIGHTS, details["light"]),
        }
        return Told(at, _("%(light)s：%(item)s，%(clock)s", **values), "")
    if event in ("DeadlinePassed", "CountdownPassed"):
        return Told(at, _("%(item)s：%(what)s", item=item, what=spoken(PASSED, details.get("kind"))), "")
    return None


def _of_urge(look: Look, urge: Urge) -> list[Told]:
    state = look.state
    names = listed(state.name_of(code) for code in urge.departments)
    text = urge.text
    if urge.reply_by:
        text = _("%(said)s（请在 %(day)s前答复）", said=urge.text, day=short_day(urge.reply_by))
    values = {"n": urge.number, "who": names, "rung": spoken(RUNGS, urge.rung)}
    title = _("第 %(n)s 次催办：%(who)s", **values)
    if urge.automatic:
        title = _("第 %(n)s 次，自动%(rung)s：%(who)s", **values)
    elif urge.rung != "urge":
        title = _("第 %(n)s 次，%(rung)s：%(who)s", **values)
    answers = [Told(each.at, _answer(state.name_of(each.department), each), each.text) for each in urge.answers]
    records = [
        Told(each.at, _("%(rung)s的结果：%(what)s", what=spoken(OUTCOMES, each.outcome), **values), each.text)
        for each in urge.records
    ]
    return [Told(urge.at, title, text, "now" if urge.awaited else "done"), *answers, *records]


def _answer(who: str, answer: Answer) -> str:
    return _("%(who)s过期才答复", who=who) if answer.late else _("%(who)s答复", who=who)
