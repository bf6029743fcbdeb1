"""The pages of licensing: my licences, one result, verification for everyone, and the counter that hands out."""

from __future__ import annotations

from fastapi import APIRouter

from services.licensing.api import Desk
from services.licensing.pages.counter import counter
from services.licensing.pages.results import results
from services.licensing.pages.verification import verification
from shared.web.pages import Pages


def pages(desk: Desk) -> list[APIRouter]:
    """All pages, as routers."""
    shown = Pages(desk.settings, "services.licensing.pages")
    return [results(desk, shown), verification(desk, shown), counter(desk, shown)]
