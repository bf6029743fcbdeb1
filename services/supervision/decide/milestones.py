"""Rows that the live numbers are tallied from: what applications and cases have reached, and what people say of them.

A row is inserted once under an id that the event gives it, so that what is heard twice counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from services.supervision.decide.audit import instant
from services.supervision.model import Outcome
from shared.contracts.envelope import Heard
from shared.contracts.ratings import RatingGiven, RectificationClosed
from shared.contracts.supervision import UrgeIssued
from shared.kernel import Fact

MILESTONES = "milestones"
"""`kind` and `time` (as `audit.instant` writes it) of each thing reached; the id is the kind and what reached it."""
SATISFACTION = "satisfaction"
"""`level` and `time` of each rating that somebody gave; level RECTIFIED for a bad one that was dealt with. A default
rating has no row: nobody gave it."""
RECTIFIED = 0
REACHED: Mapping[str, str] = {
    "ApplicationSubmitted": "submitted",
    "CaseAccepted": "accepted",
    **dict.fromkeys(get_args(Outcome), "ended"),
}
"""What an application or a case has reached with an event: the first of each kind is counted, for today's numbers."""


def reached(heard: Heard) -> tuple[Fact, ...]:
    """The row of this event, if the live numbers know of it."""
    event, at = heard.event, instant(heard.at)
    if kind := REACHED.get(type(event).__name__):
        return (Fact(MILESTONES, f"{kind}/{event.about()}", {"kind": kind, "time": at}),)
    match event:
        case UrgeIssued():
            return (Fact(MILESTONES, f"urged/{event.case}/{event.urge}", {"kind": "urged", "time": at}),)
        case RatingGiven():
            return (Fact(SATISFACTION, f"rated/{event.case}", {"level": event.level, "time": at}),)
        case RectificationClosed():
            return (Fact(SATISFACTION, f"rectified/{event.case}", {"level": RECTIFIED, "time": at}),)
        case _:
            return ()
