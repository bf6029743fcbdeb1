"""The window 综合窗口: its queue, the decision over an application, corrections, papers, and walk-in applicants."""

from __future__ import annotations

from fastapi import APIRouter

from services.intake.api.parts import Parts
from services.intake.pages.desk.correcting import correcting_pages
from services.intake.pages.desk.deciding import deciding_pages
from services.intake.pages.desk.papers import paper_pages
from services.intake.pages.desk.queue import queue_pages
from services.intake.pages.desk.walk_in import walk_in_pages
from shared.web.pages import Pages


def desk_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/desk`, `/desk/new`, `/desk/pages/{number}` and what stands below it, and the papers to print."""
    router = APIRouter(include_in_schema=False)
    for each in (queue_pages, walk_in_pages, deciding_pages, correcting_pages, paper_pages):
        router.include_router(each(parts, pages))
    return router
