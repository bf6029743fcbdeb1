"""What intake knows of one application: what was asked for and handed in, how each case was received, how it ended."""

from services.intake.model.application import (
    ACCEPTANCE_DAYS,
    Application,
    ApplicationStatus,
    Correction,
    PublishedItem,
    Replacement,
    State,
    Supplement,
    SupplementList,
    Telling,
)
from services.intake.model.case import (
    Accepted,
    Case,
    CaseStatus,
    Closed,
    Decided,
    Extended,
    NotRequired,
    Procedure,
    Referred,
    Result,
)
from services.intake.model.form import DESK, Desk, Form, HandedIn, PlannedCase, PlannedMaterial
from services.intake.model.news import News, NewsKind, news_of, untold

__all__ = [
    "ACCEPTANCE_DAYS", "DESK", "Accepted", "Application", "ApplicationStatus", "Case", "CaseStatus", "Closed",
    "Correction", "Decided", "Desk", "Extended", "Form", "HandedIn", "News", "NewsKind", "NotRequired", "PlannedCase",
    "PlannedMaterial", "Procedure", "PublishedItem", "Referred", "Replacement", "Result", "State", "Supplement",
    "SupplementList", "Telling", "news_of", "untold",
]  # fmt: skip
