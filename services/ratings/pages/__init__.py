"""The pages of ratings: what everyone thinks of departments and windows, and the one rating of one's own case."""

from __future__ import annotations

from fastapi import APIRouter

from services.ratings.model import Rules
from services.ratings.pages.board import boards
from services.ratings.pages.rating import rating_pages
from shared.messaging.document import Store
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.pages import Pages


def pages(runtime: Runtime, store: Store, settings: Settings, rules: Rules) -> list[APIRouter]:
    """All pages, as routers."""
    shown = Pages(settings, "services.ratings.pages")
    return [boards(store, shown, rules), rating_pages(runtime, store, settings, rules, shown)]
