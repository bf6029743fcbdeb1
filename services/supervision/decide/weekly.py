"""Rows that the weekly digest is tallied from: each limit that was broken, each urge and each answer, by department.

Only trouble has rows: a case in time has none. Each is inserted once under an id that names what happened, in the ISO
week (Monday to Sunday, Asia/Shanghai) of its instant by law.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from services.supervision.model import Rules, Supervised
from shared.contracts.envelope import Event
from shared.contracts.supervision import CountdownPassed, DeadlinePassed, UrgeAnswered, UrgeIssued
from shared.kernel import Decision, Fact

WEEKLY = "weekly"
"""`week` (`2026-W10`), `department` and `kind`: promised, statutory, step, urged, answered, late. Of an urge
`department` names all that it asks, by commas: one row, for a burst of deadlines urges as often."""


def noted(decided: Decision[Supervised], rules: Rules) -> Decision[Supervised]:
    """The decision with the rows of what it says."""
    rows = [row for event in decided.events for row in _rows(decided.state, event, rules)]
    if not rows:
        return decided
    return Decision(decided.state, decided.events, decided.answer, (*decided.facts, *rows))


def week_name(day: date) -> str:
    """The ISO week of a day, as rows and addresses name it."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _rows(state: Supervised, event: Event, rules: Rules) -> Iterator[Fact]:
    match event:
        case DeadlinePassed(clock="decision"):
            department = state.case(event.subject).department
            yield row_of(event.kind, event.subject, department, event.due, rules)
        case CountdownPassed(kind="step"):
            department = state.clock(event.subject, "step").department
            yield row_of("step", event.subject, department, event.due, rules)
        case UrgeIssued() if event.asks:
            asked = ",".join(event.departments)
            yield row_of("urged", f"{event.case}/{event.urge}", asked, event.at, rules)
        case UrgeAnswered():
            kind, name = "late" if event.late else "answered", f"{event.case}/{event.urge}/{event.department}"
            yield row_of(kind, name, event.department, event.at, rules)


def row_of(kind: str, name: str, department: str, at: datetime, rules: Rules) -> Fact:
    """What happened at an instant, as a row; `name`: what it happened to."""
    row: dict[str, Any] = {"week": week_name(rules.day_of(at)), "department": department, "kind": kind}
    return Fact(WEEKLY, f"{kind}/{name}", row)
