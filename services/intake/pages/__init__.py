"""The pages of intake: what anyone may read, what applicants do, and the window."""

from __future__ import annotations

from fastapi import APIRouter

from services.intake.api.parts import Parts
from services.intake.pages.public import public_pages
from shared.web.pages import Pages

PACKAGE = "services.intake.pages"


def pages(parts: Parts) -> list[APIRouter]:
    """Everything that people see of intake; templates are in `templates/`, by who enters."""
    shown = Pages(parts.settings, PACKAGE)
    return [
        public_pages(parts, shown),
    ]
