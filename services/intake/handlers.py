"""What intake hears: how accepted cases ended, what was issued, and that a period of acceptance has passed."""

from __future__ import annotations

from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn
from shared.contracts.envelope import Heard
from shared.contracts.licensing import ResultIssued
from shared.contracts.supervision import DeadlinePassed
from shared.contracts.topics import APPROVAL, LICENSING, SUPERVISION
from shared.messaging.hears import Addressed, Hears, by_application


def acceptance_only(heard: Heard) -> Addressed:
    """Deadlines of the acceptance clock alone: the others are none of intake's business."""
    event = heard.event
    return by_application(heard) if isinstance(event, DeadlinePassed) and event.kind == "acceptance" else ()


HEARS: tuple[Hears, ...] = (
    Hears(APPROVAL, (CaseApproved, CaseRefused, CaseWithdrawn), by_application),
    Hears(LICENSING, (ResultIssued,), by_application),
    Hears(SUPERVISION, (DeadlinePassed,), acceptance_only),
)
