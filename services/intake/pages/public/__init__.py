"""Pages that anyone may read: nobody has to sign in to learn what is needed."""

from __future__ import annotations

from fastapi import APIRouter

from services.intake.api.parts import Parts
from services.intake.pages.public.finding import finding_pages
from services.intake.pages.public.guides import guide_pages
from services.intake.pages.public.home import home_pages
from services.intake.pages.public.look_up import look_up_pages
from services.intake.pages.public.notices import notice_pages
from services.intake.pages.public.questions import question_pages
from shared.web.pages import Pages


def public_pages(parts: Parts, pages: Pages) -> APIRouter:
    """Home, search, guides, questions, the one-time notice, progress, help."""
    router = APIRouter(include_in_schema=False)
    for each in (
        home_pages(parts, pages),
        finding_pages(parts.catalogue, pages),
        guide_pages(parts, pages),
        question_pages(parts.catalogue, pages),
        notice_pages(parts, pages),
        look_up_pages(parts, pages),
    ):
        router.include_router(each)
    return router
