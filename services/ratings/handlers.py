"""What ratings hears: who applied for what, whose it is after a correction, and every ending of a case."""

from __future__ import annotations

from shared.contracts.approval import CaseWithdrawn
from shared.contracts.intake import ApplicationSubmitted, CaseClosed, CaseNotRequired, CaseReferred, EntryCorrected
from shared.contracts.licensing import ResultIssued
from shared.contracts.topics import APPROVAL, INTAKE, LICENSING
from shared.messaging.hears import Hears, by_application

HEARS: tuple[Hears, ...] = (
    Hears(INTAKE, (ApplicationSubmitted, EntryCorrected, CaseNotRequired, CaseReferred, CaseClosed), by_application),
    Hears(APPROVAL, (CaseWithdrawn,), by_application),
    Hears(LICENSING, (ResultIssued,), by_application),
)
