"""The pages of supervision: an application's progress, why a light is red, what is open, the calendar, and the wall."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter

from services.supervision.access import TIMELINE
from services.supervision.pages.audit import audit
from services.supervision.pages.calendar import calendar, notices
from services.supervision.pages.desk import desk
from services.supervision.pages.digest import digest
from services.supervision.pages.seals import seals
from services.supervision.pages.signals import signals
from services.supervision.pages.statistics import statistics
from services.supervision.pages.timeline import timeline
from services.supervision.pages.wall import wall
from services.supervision.parts import Parts
from shared.identity import Person
from shared.web.commands import answering
from shared.web.live import live
from shared.web.pages import Pages


def pages(parts: Parts) -> list[APIRouter]:
    """All pages, as routers, and the streams that keep them fresh."""
    shown = Pages(parts.settings, "services.supervision.pages")
    found = [page(parts, shown) for page in (timeline, audit, desk, digest, statistics, wall, seals, signals)]
    found += [calendar(parts, shown), notices(parts, shown)]
    return [*found, live(partial(sees, parts), "clock.read")]


async def sees(parts: Parts, asker: Person, number: str) -> bool:
    """Whether the asker may see the pages of this application, and so may listen for its changes."""
    return asker.may(*TIMELINE) and await answering(parts.access.visible(number, asker)) is not None
