"""One application as somebody looks at it at an instant: what every page of it is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.supervision.access import staff
from services.supervision.explain import Explanation, explained
from services.supervision.model import Case, Clock, Supervised
from services.supervision.parts import Parts
from services.supervision.rules import Rules
from services.supervision.store import Row, chain
from shared.clock import shanghai
from shared.identity import Person
from shared.messaging.document import Document
from shared.web.commands import answering


@dataclass(frozen=True, slots=True)
class Look:
    """`entries`: the audit chain in order; `duty`: whether the reader is staff, and not the one whose it is."""

    state: Supervised
    entries: Sequence[Row]
    now: datetime
    rules: Rules
    duty: bool

    @property
    def acceptance(self) -> Clock:
        """The clock of acceptance, started or not."""
        return self.state.clock(self.state.application, "acceptance")

    @property
    def open(self) -> bool:
        """Whether anything is still to be done."""
        return any(case.open for case in self.state.cases)

    def clock_of(self, case: Case) -> Clock | None:
        """The clock that says how a case stands: its decision or the issuance after it, acceptance before; None: none
        has started."""
        decision, issuance = (self.state.clock(case.case, key) for key in ("decision", "issuance"))
        if issuance.running:
            return issuance
        if decision.started:
            return decision
        return self.acceptance if self.acceptance.started and not case.accepted_at and not case.outcome else None

    def told(self, clock: Clock) -> Explanation:
        """A started clock day by day, with the days to come."""
        return explained(clock, self.rules, self.now, ahead=True)

    def over(self, clock: Clock) -> bool:
        """Whether its promised (or only) limit has passed while it ran."""
        return clock.running and clock.due is not None and clock.due <= self.now

    def due_today(self, clock: Clock) -> bool:
        """Whether its limit ends today and has not passed."""
        return (
            clock.due is not None and not self.over(clock) and shanghai(clock.due).date() == shanghai(self.now).date()
        )

    def happened(self, event: str) -> Iterator[Row]:
        """The entries of one kind of event, the first one first."""
        return (row for row in self.entries if name_of(row) == event)

    def cases_with(self, event: str) -> set[str]:
        """The cases to which this has happened."""
        return {row["subject"] for row in self.happened(event)}


def name_of(row: Row) -> str:
    """The event of an entry: `CaseAccepted`; empty where nobody can read it."""
    parts = str(row.get("type", "")).split(".")
    return parts[2] if len(parts) > 2 else ""


def clear(rows: Sequence[Row]) -> list[Row]:
    """The entries that can be read: a broken one is the audit page's business."""
    return [row for row in rows if name_of(row) and "subject" in row]


async def look_at(parts: Parts, doc: Document, state: Supervised, asker: Person) -> Look:
    """An application as this person looks at it now."""
    entries = clear(await answering(chain(parts.store, doc)))
    return Look(state, entries, parts.runtime.clock(), parts.rules, staff(asker, state))
