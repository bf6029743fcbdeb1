"""Pages that anyone may read: nobody has to sign in to learn what is needed."""

from __future__ import annotations

from fastapi import APIRouter

from services.intake.api.parts import Parts
from shared.web.pages import Pages


def public_pages(parts: Parts, pages: Pages) -> APIRouter:  # noqa: ARG001
    """Home, search, guides, questions, the one-time notice, progress, help."""
    return APIRouter(include_in_schema=False)
