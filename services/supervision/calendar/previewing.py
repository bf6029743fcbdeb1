"""What a notice would change before anybody publishes it: days that turn, how far dates are certain, clocks that move.

The clocks are asked by the very rule that recounts them, on at most MOST_LOOKED applications.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from services.supervision.calendar.composing import calendar_in, calendar_of, with_notice
from services.supervision.calendar.notices import Notice
from services.supervision.calendar.older import count_running, find_running
from services.supervision.calendar.working_days import Calendar
from services.supervision.decide.recount import Move, recounted
from services.supervision.model import CalendarBook, PublishCalendar, Supervised
from services.supervision.rules import Rules
from shared.clock import shanghai
from shared.messaging.document import Store

MOST_LOOKED, AT_ONCE, MOST_SHOWN = 2_000, 200, 50


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change. `past`: how many of the days that turn are over already. `moves`: the first MOST_SHOWN of
    `moving` clocks, found in `looked` of `running` applications with a running clock."""

    command: PublishCalendar
    notice: Notice
    replaced: tuple[str, ...]
    before: Calendar
    after: Calendar
    past: int
    moves: tuple[Move, ...]
    moving: int
    looked: int
    running: int

    @property
    def bounded(self) -> bool:
        """Whether more would move than was looked at."""
        return self.looked < self.running

    def names(self) -> dict[date, str]:
        """The festival of each day that turns, where its notice names it."""
        days = [each.day for each in self.command.turned]
        return {day: self.after.name_of(day) or self.before.name_of(day) for day in days}


async def previewed(store: Store, rules: Rules, book: CalendarBook, notice: Notice, now: datetime, by: str) -> Preview:
    """Raises CalendarFileError where the notice does not fit, Unavailable."""
    running = await count_running(store)
    command = with_notice(book, notice, by=by, running=running)
    after = calendar_of(command)
    coming = replace(rules, office=replace(rules.office, calendar=after), in_force=(*rules.in_force, (now, after)))
    moves: list[Move] = []
    looked = 0
    while looked < min(running, MOST_LOOKED):
        docs = await find_running(store, skip=looked, limit=AT_ONCE)
        if not docs:
            break
        looked += len(docs)
        for state in (doc.state for doc in docs if isinstance(doc.state, Supervised)):
            moves += (move for move in recounted(state, coming)[2] if move.number == coming.number)
    past = sum(each.day <= shanghai(now).date() for each in command.turned)
    shown = tuple(sorted(moves, key=lambda each: (each.after.due or now, each.after.subject))[:MOST_SHOWN])
    kept = {each.name for each in command.notices} - {notice.name}
    replaced = tuple(name for name, _ in book.latest.notices if name not in kept)
    return Preview(command, notice, replaced, calendar_in(book), after, past, shown, len(moves), looked, running)
