"""The home page: what people look for, the two trees, the ways on, and what was done today."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.api.parts import Parts
from services.intake.pages.public.matters import FOR_ELDERS, POPULAR, named, trunks
from services.intake.pages.public.today import DoneToday
from shared.web.pages import Pages
from shared.web.session import Visitor


def home_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/` and `/help`."""
    router = APIRouter(include_in_schema=False)
    today = DoneToday(parts.store, parts.runtime.clock)
    trees = trunks(parts.catalogue)
    popular = [key for key in POPULAR if key in parts.catalogue.bundles]

    elders = [named(parts.catalogue, key) for key in FOR_ELDERS if key in parts.catalogue.items]

    @router.get("/")
    async def home(request: Request, asker: Visitor) -> HTMLResponse:
        found: dict[str, Any] = {"trees": trees, "popular": popular, "elders": elders, "today": await today()}
        return pages.show(request, asker, "public/home.html", current="matters", **found)

    @router.get("/help")
    async def helping(request: Request, asker: Visitor) -> HTMLResponse:
        """The window for what could not be done, and what is true of access and of personal data here."""
        return pages.show(request, asker, "public/help.html", hall=parts.catalogue.hall)

    return router
