"""What was done today, for everyone to see and without anybody's name: what was asked for, when and how it was done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from services.intake.model import Application
from services.intake.store import done_at, done_since
from shared.clock import Clock, midnight, shanghai
from shared.log import logger
from shared.messaging.document import Store, Unavailable

KEPT = timedelta(seconds=10)
"""How old the list on the home page may be."""
SHOWN = 6


class Done(NamedTuple):
    """One application that was done. `days` after submission, 0: the same day. `spared`: papers not handed in."""

    at: datetime
    name: str
    items: int
    days: int
    spared: int


class Today(NamedTuple):
    """The latest of them, how many in all, and until when they were counted."""

    upto: datetime
    total: int
    latest: tuple[Done, ...]


class DoneToday:
    """Looks at most every ten seconds, however many people look at the home page."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._kept: Today | None = None

    async def __call__(self) -> Today | None:
        """Since midnight in Asia/Shanghai; None where the database does not answer: the home page stands without it."""
        now = self._clock()
        if self._kept is None or not timedelta() <= now - self._kept.upto < KEPT:
            try:
                self._kept = await self._looked(now)
            except Unavailable as error:
                logger("intake").warning("done_today_unavailable", reason=str(error))
                return None
        return self._kept

    async def _looked(self, now: datetime) -> Today:
        found, total = await done_since(self._store, midnight(now), now, SHOWN)
        return Today(now, total, tuple(_done(each) for each in found))


def _done(application: Application) -> Done:
    at = done_at(application)
    assert at is not None  # noqa: S101  it was found by this
    paper = {each.material for each in application.handed_in if not each.licence}
    return Done(
        at=at,
        name=application.form.matter_name,
        items=sum(application.status_of(case) == "issued" for case in application.cases),
        days=(shanghai(at).date() - shanghai(application.submitted_at).date()).days,
        spared=sum(material.key not in paper for material in application.form.materials),
    )
