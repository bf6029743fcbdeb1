"""What a page may say has just been done: anybody can write an address, so only what is true of the application."""

from __future__ import annotations

from services.intake.model import Application


def happened(application: Application, done: str) -> str:
    """`done` as an address says it, if it happened at all; else nothing."""
    cases = application.cases
    decided = not application.pending
    true = {
        "accepted": decided,
        "decided": decided,
        "asked": bool(application.asked) or any(case.withdrawal_at for case in cases),
        "supplemented": bool(application.supplements) and not application.asked,
        "replaced": bool(application.replacements),
        "corrected": bool(application.corrections),
        "withdrawn": taken_back(application),
    }
    return done if true.get(done) else ""


def taken_back(application: Application) -> bool:
    """Whether it was withdrawn before acceptance: a second press comes too late to see it pending."""
    return any(case.closed and case.closed.reason == "withdrawn_before_acceptance" for case in application.cases)
