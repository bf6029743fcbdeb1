"""What intake hears: how accepted cases ended, what was issued, and the clock of acceptance."""

from __future__ import annotations

from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn
from shared.contracts.licensing import ResultIssued
from shared.contracts.supervision import ClockPaused, ClockResumed, ClockStarted, DeadlinePassed, LightChanged
from shared.contracts.topics import APPROVAL, LICENSING, SUPERVISION
from shared.messaging.hears import Hears, by_application

TIMES = (ClockStarted, ClockPaused, ClockResumed, LightChanged, DeadlinePassed)

HEARS: tuple[Hears, ...] = (
    Hears(APPROVAL, (CaseApproved, CaseRefused, CaseWithdrawn), by_application),
    Hears(LICENSING, (ResultIssued,), by_application),
    Hears(SUPERVISION, TIMES, by_application, about="/acceptance"),
)
