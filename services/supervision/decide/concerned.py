"""Which clocks an event concerns: those that it names, those that it starts, and all of a kind that its case has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from services.supervision.model import Clock, Countdown, Supervised
from shared.contracts.envelope import CaseEvent, Event
from shared.contracts.supervision import UrgeAnswered, UrgeIssued


class Subject(NamedTuple):
    """What a clock is over. `case` and `department` stand where it is something of a case."""

    id: str
    case: str = ""
    department: str = ""


def concerned(state: Supervised, row: Countdown, event: Event) -> Iterator[Clock]:
    """The clocks of this row that one of its events concerns, as they stand; new where nothing was heard for them."""
    subjects = list(_named(row, event))
    if not subjects and isinstance(event, CaseEvent):
        yield from (clock for clock in state.clocks if clock.key == row.key and clock.case == event.case)
    for subject in subjects:
        clock = state.clock(subject.id, row.key)
        if row.leads or clock.aside:
            yield clock
        elif row.starts_with(event):
            told = {"aside": True, "case": subject.case, "department": subject.department}
            yield clock.model_copy(update=told)


def reply_to(event: UrgeIssued | UrgeAnswered, department: str) -> Subject:
    """A department's reply to an urge."""
    return Subject(f"{event.case}/{event.urge}/{department}", event.case, department)


def _named(row: Countdown, event: Event) -> Iterator[Subject]:
    """What the event names of the kind that the row is over."""
    if row.over == "application":
        yield Subject(event.key())
    elif not isinstance(event, CaseEvent):
        return
    elif row.over == "case":
        yield Subject(event.case)
    elif isinstance(event, UrgeIssued):
        yield from (reply_to(event, code) for code in event.departments)
    elif isinstance(event, UrgeAnswered):
        yield reply_to(event, event.department)
    elif name := getattr(event, row.over, ""):
        yield Subject(name, event.case, getattr(event, "department", ""))
