"""The rules of 倒计时监管: what every event heard does to the clocks, what a scan announces, and the audit chain.

No event is ever refused for being early: stops, pauses and lengths that come before their clock starts are kept in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from services.supervision.decide.audit import entered
from services.supervision.decide.book import published
from services.supervision.decide.climbing import climbed
from services.supervision.decide.coming import came_due, fired, indexed
from services.supervision.decide.counted import counted, offered
from services.supervision.decide.milestones import reached
from services.supervision.decide.recount import behind, facts_of, recount, recounted
from services.supervision.decide.sealing import on_seals
from services.supervision.decide.signals import closed, raised_by_hand, signalled
from services.supervision.decide.subjects import learned
from services.supervision.decide.timed import told
from services.supervision.decide.urging import answered, recorded, urged
from services.supervision.decide.weekly import noted
from services.supervision.model import (
    AddPage,
    AnswerUrge,
    CalendarBook,
    CloseDay,
    IssueUrge,
    Message,
    Offered,
    PublishCalendar,
    RecordOutcome,
    Recount,
    Rules,
    Scan,
    Seals,
    Supervised,
)
from services.supervision.model.commands import CloseSignal, OfApplication, RaiseSignal
from shared.contracts.envelope import Event, Heard
from shared.contracts.intake import ItemPublished
from shared.contracts.supervision import EVENTS, DaySealed
from shared.kernel import Decision, Fact, Line, Refused


def decide(
    known: Supervised | CalendarBook | Offered | Seals | None,
    message: Message,
    now: datetime,
    rules: Rules,
) -> Decision[Any] | Refused:
    """The one entry to supervision's rules. `now` is the instant of an urge or its answer, and that from which the days
    of an answer count; every instant of a clock is an act's or a limit's, never that of noticing. Refused:
    `nothing_due`, when a scan finds that another one was first; and what `urging`, `book` and `sealing` say.
    """
    if isinstance(message, PublishCalendar):
        return published(known if isinstance(known, CalendarBook) else None, message, now)
    if isinstance(message, Heard) and isinstance(message.event, ItemPublished):
        return offered(known if isinstance(known, Offered) else None, message.event)
    if isinstance(known, Seals) or isinstance(message, AddPage | CloseDay) or _of_seals(message):
        return on_seals(known, message)
    state = known if isinstance(known, Supervised) else None
    decided = _of_application(state, message, now, rules)
    if isinstance(decided, Refused):
        return decided
    return counted(state, noted(climbed(state, decided, now, rules), rules), rules)


def _of_application(
    state: Supervised | None,
    message: OfApplication,
    now: datetime,
    rules: Rules,
) -> Decision[Supervised] | Refused:
    match message:
        case Heard():
            return hear(state or Supervised(application=message.key), message, now, rules)
        case Scan():
            return scan(state, message, rules)
        case IssueUrge():
            return urged(state, message, now, rules)
        case AnswerUrge():
            return answered(state, message, now, rules)
        case RecordOutcome():
            return recorded(state, message, now, rules)
        case RaiseSignal():
            return raised_by_hand(state, message, now)
        case CloseSignal():
            return closed(state, message, now)
        case Recount():
            return recount(state, rules)
        case _:
            assert_never(message)


def _of_seals(message: Message) -> bool:
    return isinstance(message, Heard) and isinstance(message.event, DaySealed)


def hear(state: Supervised, heard: Heard, now: datetime, rules: Rules) -> Decision[Supervised]:
    """Enter the event in the audit chain; unless it is our own, let it move the clocks."""
    state, entry = entered(state, heard, rules.day_of(now))
    facts: tuple[Fact | Line, ...] = (entry, *reached(heard))
    if isinstance(heard.event, EVENTS):
        return Decision(state, facts=facts)
    before, first, moves = recounted(state, rules)
    after, said = told(learned(before, heard.event), heard.event, rules)
    if after.clocks is not state.clocks:
        after = indexed(after, rules)
    return signalled(Decision(after, (*first, *said), facts=(*facts, *facts_of(moves))), heard.event)


def scan(state: Supervised | None, command: Scan, rules: Rules) -> Decision[Supervised] | Refused:
    """Say every light and limit that came due up to `command.instant`, in order of time."""
    if state is None:
        return Refused("nothing_due")
    counted_anew = behind(state, rules)
    state, first, moves = recounted(state, rules)
    said: list[Event] = []
    for clock in state.clocks:
        after, events = fired(state, clock, command.instant, rules)
        if events:
            state = state.with_clock(after)
            said += events
    if not said and not counted_anew:
        return Refused("nothing_due")
    every = (*first, *sorted(said, key=came_due))
    return Decision(indexed(state, rules), every, {"said": len(every)}, facts_of(moves))
