"""Pages for those who apply: drafts, what they have handed in, what they are told, and what they may still change."""

from __future__ import annotations

from fastapi import APIRouter

from services.intake.api.parts import Parts
from services.intake.pages.applicant.application_pages import application_pages
from services.intake.pages.applicant.check_pages import check_pages
from services.intake.pages.applicant.draft_pages import draft_pages
from services.intake.pages.applicant.journey import Journey
from services.intake.pages.applicant.material_pages import material_pages
from services.intake.pages.applicant.mine_pages import mine_pages
from services.intake.pages.applicant.party_pages import party_pages
from services.intake.pages.applicant.replacement_pages import replacement_pages
from services.intake.pages.applicant.supplement_pages import supplement_pages
from services.intake.pages.applicant.withdrawal_pages import withdrawal_pages
from shared.web.pages import Pages

_ALL = (
    draft_pages,
    party_pages,
    material_pages,
    check_pages,
    mine_pages,
    application_pages,
    supplement_pages,
    replacement_pages,
    withdrawal_pages,
)


def applicant_pages(parts: Parts, pages: Pages) -> list[APIRouter]:
    """Everything from the first draft to the last receipt."""
    journey = Journey.of(parts, pages)
    return [each(journey) for each in _ALL]
