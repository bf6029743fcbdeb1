"""The pages of supervision: an application's progress, why a light is red, what is open, and the wall."""

from __future__ import annotations

from fastapi import APIRouter

from services.supervision.pages.desk import desk
from services.supervision.pages.timeline import timeline
from services.supervision.pages.wall import wall
from services.supervision.parts import Parts
from shared.web.pages import Pages


def pages(parts: Parts) -> list[APIRouter]:
    """All pages, as routers."""
    shown = Pages(parts.settings, "services.supervision.pages")
    return [timeline(parts, shown), desk(parts, shown), wall(parts, shown)]
