"""What intake knows of one application: what was asked for and handed in, how each case was received, how it ended."""

from services.intake.model.application import (
    ACCEPTANCE_DAYS,
    Application,
    ApplicationStatus,
    PublishedItem,
    State,
    Supplement,
    SupplementList,
)
from services.intake.model.case import Accepted, Case, CaseStatus, Closed, Decided, NotRequired, Referred, Result
from services.intake.model.form import DESK, Desk, Form, HandedIn, PlannedCase, PlannedMaterial

__all__ = [
    "ACCEPTANCE_DAYS", "DESK", "Accepted", "Application", "ApplicationStatus", "Case", "CaseStatus", "Closed",
    "Decided", "Desk", "Form", "HandedIn", "NotRequired", "PlannedCase", "PlannedMaterial", "PublishedItem",
    "Referred", "Result", "State", "Supplement", "SupplementList",
]  # fmt: skip
