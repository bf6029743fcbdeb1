"""The rows that statistics are counted from: one for each accepted case, and one for each publication of an item.

A case's row follows from the state alone, and is put again whenever it comes out otherwise, as a later edition: an
acceptance said again with its legal date, a stop heard late, a calendar published. So the last row is the same in
whatever order things are heard. What the sums of `statistics/figures.py` add up are whole numbers in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from services.supervision.decide.audit import instant
from services.supervision.model import Case, Clock, Offered, Outcome, Rules, Supervised
from shared.contracts.intake import ItemPublished
from shared.kernel import Decision, Fact

CASES, ITEMS = "cases", "items"
ENDED_AS: Mapping[Outcome, str] = {
    "CaseApproved": "approved",
    "CaseRefused": "refused",
    "CaseWithdrawn": "withdrawn",
    "CaseClosed": "closed",
}
"""How a case that was accepted can end. The first two are decisions: they finish it (办结)."""
DECIDED = ("approved", "refused")
_OF_STATE = attrgetter("waits", "desk", "channel", "department_names")
_OF_CASE = attrgetter("item", "name", "department", "accepted_at", "outcome", "ended_at")
_OF_CLOCK = attrgetter(
    "unit", "promised_days", "statutory_days", "extensions", "started", "pauses", "due", "statutory_due", "ended",
    "on_time",
)  # fmt: skip


def counted(before: Supervised | None, decided: Decision[Supervised], rules: Rules) -> Decision[Supervised]:
    """The decision with the rows of the cases that now come out otherwise."""
    after = decided.state
    moved = (case for case in after.cases if case.accepted_at and not _untouched(before, after, case))
    rows = [row for case in moved if (row := _changed(before, after, case, rules))]
    if not rows:
        return decided
    return Decision(after, decided.events, decided.answer, (*decided.facts, *rows))


def offered(state: Offered | None, event: ItemPublished) -> Decision[Offered]:
    """An item's publication as a row: what it promised from then on."""
    state = state or Offered(item=event.item)
    state = state.model_copy(update={"publications": state.publications + 1})
    row = {
        "item": event.item,
        "name": event.name,
        "department": event.department,
        "published": instant(event.published_at),
        "at_once": int(event.handling == "即办件"),
        "handled": int(bool(event.handling)),
        "visits": event.visits,
        "registers": event.registers,
        "unit": event.limits.unit,
        "promised": event.limits.promised_days,
        "statutory": event.limits.statutory_days,
    }
    return Decision(state, facts=(Fact(ITEMS, f"{event.item}/{instant(event.published_at)}", row),))


def _changed(before: Supervised | None, after: Supervised, case: Case, rules: Rules) -> Fact | None:
    """The row of a case where it differs from what it was. Whatever changes it is heard, or moves its clock: so later
    editions have higher numbers."""
    row = row_of(after, case, rules)
    if before and (earlier := before.case(case.case)).accepted_at and row_of(before, earlier, rules) == row:
        return None
    return Fact(CASES, case.case, row, after.entries + _clock(after, case).generation)


def _untouched(before: Supervised | None, after: Supervised, case: Case) -> bool:
    """Whether all that `row_of` reads is as it was: so it is with nearly every event."""
    return before is not None and _made_of(before, before.case(case.case)) == _made_of(after, case)


def _made_of(state: Supervised, case: Case) -> tuple[object, ...]:
    return (*_OF_STATE(state), *_OF_CASE(case), *_OF_CLOCK(_clock(state, case)))


def _clock(state: Supervised, case: Case) -> Clock:
    return state.clock(case.case, "decision")


def row_of(state: Supervised, case: Case, rules: Rules) -> Mapping[str, Any]:
    """One accepted case: who, what and where; in which month it was accepted, due and ended; and its days.

    Months are `YYYY-MM` in Asia/Shanghai, empty for none. `promised`, `statutory`: the days of its limits, 0 where the
    law sets none (`limited` 0): then its promise is compared with nothing.
    """
    clock = _clock(state, case)
    limited = clock.statutory_days is not None
    return {
        "item": case.item,
        "item_name": case.name,
        "department": case.department,
        "department_name": state.name_of(case.department),
        "window": state.desk or state.channel,
        "unit": clock.unit,
        "accepted_month": _month(case.accepted_at, rules),
        "due": instant(clock.due) if clock.due else "",
        "due_month": _month(clock.due, rules),
        "online": int(state.channel == "online"),
        "limited": int(limited),
        "promised": (clock.promised_days or 0) - clock.extended("promised_days") if limited else 0,
        "statutory": _by_law(clock),
        "waited": rules.lost(state.waits),
        **_ending(case, clock, rules),
    }


def _ending(case: Case, clock: Clock, rules: Rules) -> Mapping[str, Any]:
    """How and when it ended; days are counted where a decision ended a running clock.

    `late`: it was overdue at the end of a month. `used`: days of its own unit, `paused`: working days. `spent`: `used`,
    and `allowed`: the law's days, both only where the law sets a limit.
    """
    at = case.ended_at
    outcome = ENDED_AS.get(case.outcome, "") if case.outcome else ""
    if at is None or not outcome:
        return {"ended_month": "", "outcome": "", "late": 0}
    decided = outcome in DECIDED
    timed, limited = decided and clock.ended is not None, clock.statutory_days is not None
    used = rules.used(clock) if timed else 0
    month, due = _month(at, rules), _month(clock.due, rules)
    return {
        "ended_month": month,
        "outcome": outcome,
        "late": int("" < due < month),
        "finished": int(decided),
        "approved": int(outcome == "approved"),
        "timely": int(timed and clock.on_time is True),
        "lawful": int(timed and limited and (clock.statutory_due is None or at <= clock.statutory_due)),
        "same_day": int(timed and case.accepted_at is not None and rules.day_of(at) == rules.day_of(case.accepted_at)),
        "timed": int(timed),
        "used": used,
        "paused": rules.paused(clock) if timed else 0,
        "bounded": int(timed and limited),
        "spent": used if limited else 0,
        "allowed": _by_law(clock) if timed else 0,
    }


def _by_law(clock: Clock) -> int:
    """The days of the law as they are for every such case: an extension (Art. 42) is no part of them."""
    return 0 if clock.statutory_days is None else clock.statutory_days - clock.extended("statutory_days")


def _month(at: datetime | None, rules: Rules) -> str:
    return f"{rules.day_of(at):%Y-%m}" if at else ""
