"""The pages of intake: what anyone may read, what applicants do, and the window."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter

from services.intake.api.parts import READ, Parts
from services.intake.pages.applicant import applicant_pages
from services.intake.pages.catalogue import catalogue_pages
from services.intake.pages.desk import desk_pages
from services.intake.pages.public import public_pages
from services.intake.store import numbered
from shared.identity import Person
from shared.web.commands import answering
from shared.web.live import live
from shared.web.pages import Pages

PACKAGE = "services.intake.pages"


def pages(parts: Parts) -> list[APIRouter]:
    """Everything that people see of intake; templates are in `templates/`, by who enters."""
    shown = Pages(parts.settings, PACKAGE)
    return [
        public_pages(parts, shown),
        catalogue_pages(parts, shown),
        *applicant_pages(parts, shown),
        desk_pages(parts, shown),
        live(partial(sees, parts), "application.accept"),
    ]


async def sees(parts: Parts, asker: Person, number: str) -> bool:
    """Whether the asker may see the pages of this application, and so may listen for its changes."""
    return await answering(numbered(parts.store, number, parts.reaches(asker, *READ))) is not None
