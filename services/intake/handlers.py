"""What intake hears: what became of accepted cases and of their time, what was issued, the clock of acceptance."""

from __future__ import annotations

from typing import get_args

from services.intake.model.commands import TimeChanged
from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn
from shared.contracts.licensing import ResultIssued
from shared.contracts.supervision import DeadlinePassed
from shared.contracts.topics import APPROVAL, LICENSING, SUPERVISION
from shared.messaging.hears import Hears, by_application
from shared.timed import TimeTold

HEARS: tuple[Hears, ...] = (
    Hears(APPROVAL, (CaseApproved, CaseRefused, CaseWithdrawn, *get_args(TimeChanged)), by_application),
    Hears(LICENSING, (ResultIssued,), by_application),
    Hears(SUPERVISION, (*get_args(TimeTold), DeadlinePassed), by_application, about="/acceptance"),
)
