"""What has happened, the newest first: in plain words for the one whose affair it is, in full for those on duty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from services.supervision.model import Supervised, Urge
from services.supervision.pages.look import Look, name_of
from services.supervision.pages.signal_words import CODES as SIGNALS
from services.supervision.pages.signal_words import OUTCOMES as FOUND
from services.supervision.pages.words import (
    ACTS,
    CLOCKS,
    LIGHTS,
    ON_DUTY,
    OUTCOMES,
    PASSED,
    PLAIN,
    RUNGS,
    VERDICTS,
    spoken,
)
from services.supervision.store import Row
from shared.web.dates import day, days
from shared.web.i18n import _, listed
from shared.web.procedures import PROCEDURES


class Place(NamedTuple):
    """Where an entry stands in the log of events, so that it can be compared with it."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry. `mark`: now, done, pause or over; `law` and `place` are for duty only."""

    title: str
    at: datetime
    mark: str
    text: str = ""
    law: str = ""
    place: Place | None = None


def history_of(look: Look) -> list[Happening]:
    """The entries that are news to the reader, the newest first. What happened to several cases in the same minute is
    one entry for its owner."""
    news = [_news(look, row) for row in look.entries if _is_news(look, row)]
    news.sort(key=lambda each: (each.at, each.n))
    found = [_told(look, [each]) for each in news] if look.duty else [_told(look, each) for each in _together(news)]
    found.reverse()
    if found and look.open and found[0].mark == "done":
        found[0] = replace(found[0], mark="now")
    return found


INTERNAL = ("reply", "step", "rectification")
"""The limits among departments: no news to the one whose affair it is."""


def _is_news(look: Look, row: Row) -> bool:
    """What their pages have words for; of a new calendar those on duty alone see what it left where it was, and how
    officers are reminded, supervised and waited for is the hall's own affair."""
    event, details = name_of(row), row["details"]
    if look.duty:
        return event in ON_DUTY
    if event == "ClockMoved":
        return bool(details.get("due") != details.get("due_before"))
    if event in ("UrgeIssued", "UrgeAnswered"):
        urge = _urge_of(look.state, str(row["subject"]), details)
        return urge is not None and not urge.automatic and urge.asks
    return event in PLAIN and not (event == "CountdownPassed" and details.get("kind") in INTERNAL)


class _News(NamedTuple):
    """One entry with its legal instant: that of a clock's event stands in its details."""

    n: int
    at: datetime
    words: str
    item: str
    row: Row


def _news(look: Look, row: Row) -> _News:
    details = row["details"]
    at = details.get("due") if name_of(row) in ("DeadlinePassed", "CountdownPassed") else details.get("at")
    case = look.state.case_of(details.get("subject") or str(row["subject"]))
    item = case.name if len(look.state.cases) > 1 else ""
    return _News(row["n"], datetime.fromisoformat(at or row["time"]), _words(look, row), item, row)


def _together(news: Sequence[_News]) -> Iterator[list[_News]]:
    """Entries that say the same of several items in the same minute, in the place of the first of them."""
    groups: dict[tuple[str, datetime], list[_News]] = {}
    for each in news:
        groups.setdefault((each.words, each.at.replace(second=0, microsecond=0)), []).append(each)
    yield from groups.values()


def _told(look: Look, news: Sequence[_News]) -> Happening:
    first, event = news[0], name_of(news[0].row)
    said, row = first.words, first.row
    if len(news) == 1 and first.item:
        said = _("%(item)s：%(what)s", item=first.item, what=first.words)
    return Happening(
        title=said,
        at=first.at,
        mark="pause" if event in ("SupplementRequested", "ClockPaused") else "done",
        text=_more(look, row) if len(news) == 1 else listed(dict.fromkeys(each.item for each in news)),
        law=_(ACTS[event]) if look.duty and event in ACTS else "",
        place=Place(row["topic"], row["partition"], row["offset"]) if look.duty else None,
    )


def _words(look: Look, row: Row) -> str:
    """What an event is called to this reader."""
    event, details = name_of(row), row["details"]
    if event == "CaseAccepted" and details.get("deemed"):
        return _("视为受理，从收到那天计时")
    if event == "CaseAccepted" and look.state.case(row["subject"]).waits_for:
        return _("已受理，等前面的事项办好后开始")
    if event in ("DeadlinePassed", "CountdownPassed"):
        return spoken(PASSED, details.get("kind"))
    return _filled(look, row, (ON_DUTY if look.duty else PLAIN)[event])


def _filled(look: Look, row: Row, words: str) -> str:
    state, details = look.state, row["details"]
    unit = state.clock(str(row["subject"]), "decision").unit
    values = {
        "department": state.name_of(str(details.get("department", ""))),
        "departments": listed(state.name_of(code) for code in details.get("departments", ())),
        "step": str(details.get("step_name", "")),
        "verdict": spoken(VERDICTS, details.get("verdict")),
        "clock": spoken(CLOCKS, details.get("clock")),
        "light": spoken(LIGHTS, details.get("light")),
        "procedure": spoken(PROCEDURES, details.get("kind")),
        "days": days(details.get("days", 0), unit),
        "rung": spoken(RUNGS, details.get("rung", "urge")),
        "outcome": spoken(OUTCOMES, details.get("outcome")),
        "signal": spoken(SIGNALS, details.get("code")),
        "found": spoken(FOUND, details.get("outcome")),
    }
    return _(words, **values) if "%(" in words else _(words)


def _more(look: Look, row: Row) -> str:
    """A second line, where the event says more."""
    state, event, details = look.state, name_of(row), row["details"]
    if event == "CaseReferred":
        return _("请向%(body)s申请。", body=details.get("competent_body", ""))
    if event == "CaseClosed" and details.get("predecessor"):
        return _("因为前面的“%(item)s”没有办成。", item=state.case(details["predecessor"]).name)
    if event == "CaseClosed":
        return _("受理以前撤回。")
    if event == "ResultIssued":
        return str(details.get("name", ""))
    if event == "ClockMoved":
        before, after = (datetime.fromisoformat(details[name]) for name in ("due_before", "due"))
        if before == after:
            return _("到期日不变，中间的工作日有变。")
        return _("到期日原来是%(before)s，现在是%(after)s。", before=day(before), after=day(after))
    if look.duty and event in ("UrgeIssued", "UrgeAnswered", "OutcomeRecorded"):
        return _of_urge(state, str(row["subject"]), details)
    return ""


def _of_urge(state: Supervised, case: str, details: Mapping[str, Any]) -> str:
    """What was written: it stands in the state, not in the chain."""
    urge = _urge_of(state, case, details)
    if urge is None:
        return ""
    if "outcome" in details:
        return next((record.text for record in urge.records if record.outcome == details["outcome"]), "")
    if "department" not in details:
        return urge.text
    return next((answer.text for answer in urge.answers if answer.department == details["department"]), "")


def _urge_of(state: Supervised, case: str, details: Mapping[str, Any]) -> Urge | None:
    return next((urge for urge in state.urges_of(case) if urge.number == details.get("urge")), None)
