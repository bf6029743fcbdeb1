"""Everything that the wall shows at one instant, worked out once for all screens that look at this replica."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

from services.supervision.decide.audit import instant
from services.supervision.decide.milestones import MILESTONES
from services.supervision.due import Office
from services.supervision.model import Supervised
from services.supervision.store import LISTED, Shown, Wanted, find_listed, find_lit, find_overdue
from services.supervision.views import Numbers
from services.supervision.wall.fresh import Fresh
from services.supervision.wall.hours import Day, Hours
from services.supervision.wall.numbers import LiveNumbers
from services.supervision.wall.satisfaction import Satisfaction, satisfaction
from shared.clock import midnight
from shared.messaging.document import Document
from shared.messaging.runtime import Runtime

LONGEST, SOONEST, NEWEST = 6, 3, 4
"""How many applications the lists name, and how many things that happened."""


class Reached(NamedTuple):
    """Something that happened today: what, to which application or case (and its urge), and when."""

    at: datetime
    kind: str
    subject: str
    state: Supervised
    urge: int = 0


class Listed(NamedTuple):
    """The applications whose limits are over or near, in order of their limits."""

    over: tuple[Supervised, ...]
    soon: tuple[Supervised, ...]


class Snapshot(NamedTuple):
    """In no language, and for no reader in particular."""

    numbers: Numbers
    shown: Shown
    names: Mapping[str, str]
    days: tuple[Day, ...]
    today: Day
    satisfaction: Satisfaction
    listed: Listed
    news: tuple[Reached, ...]


class Snapshots:
    """`await snapshots(department)`: how the hall stands; the lists are those of the department, or of all (None)."""

    def __init__(self, runtime: Runtime, office: Callable[[], Office], numbers: LiveNumbers) -> None:
        self._store, self._numbers, self._clock = runtime.store, numbers, runtime.clock
        self._hours = Hours(runtime.store, office)
        self._whole = Fresh(self._taken)
        self._own: dict[str, Fresh[Listed]] = {}

    async def __call__(self, department: str | None) -> Snapshot:
        """At most `fresh.FRESH_SECONDS` old. Raises Unavailable."""
        whole = await self._whole()
        if department is None:
            return whole
        own = self._own.setdefault(department, Fresh(partial(self._listed_of, department)))
        return whole._replace(listed=await own())

    async def _taken(self) -> Snapshot:
        now = self._clock()
        numbers, shown = await self._numbers.counted()
        days, today = await self._hours(now)
        return Snapshot(
            numbers=numbers,
            shown=shown,
            names=await self._numbers.departments(shown.by_department),
            days=days,
            today=today,
            satisfaction=await satisfaction(self._store, now),
            listed=Listed(
                _states(await find_listed(self._store, "over", LONGEST)),
                _states(await find_listed(self._store, "soon", SOONEST)),
            ),
            news=await self._news(now),
        )

    async def _listed_of(self, department: str) -> Listed:
        """A department's are found by its marks: as many documents are read as it has under these lights."""
        found: dict[str, list[Document]] = {"over": [], "soon": []}
        for name, count in (("over", LONGEST), ("soon", SOONEST)):
            for light in LISTED[name]:
                found[name] += await find_lit(self._store, Wanted(light, department), skip=0, limit=count)
        return Listed(_states(found["over"]), _states(found["soon"]))

    async def _news(self, now: datetime) -> tuple[Reached, ...]:
        """The newest of today: what was reached, and whose limit has passed."""
        since = midnight(now)
        where, order = {"time": {"$gte": instant(since)}}, (("time", -1), ("kind", -1))
        rows = await self._store.find_facts(MILESTONES, where, sort=order, limit=NEWEST)
        states = await self._named({_application(row["_id"]) for row in rows})
        found = [
            Reached(datetime.fromisoformat(row["time"]), row["kind"], *_subject(row["_id"], states))
            for row in rows
            if _application(row["_id"]) in states
        ]
        for state in _states(await find_overdue(self._store, since, now, NEWEST)):
            found += [
                Reached(clock.due, "overdue", clock.subject, state)
                for clock in state.leading
                if clock.due and clock.light in LISTED["over"] and since <= clock.due <= now
            ]
        return tuple(sorted(found, key=lambda each: (each.at, each.subject), reverse=True)[:NEWEST])

    async def _named(self, numbers: set[str]) -> dict[str, Supervised]:
        docs = await self._store.load(sorted(numbers))
        return {number: doc.state for number, doc in docs.items() if isinstance(doc.state, Supervised)}


def _states(docs: list[Document]) -> tuple[Supervised, ...]:
    """Each application once, without those that nobody can read."""
    found = {doc.id: doc.state for doc in docs if isinstance(doc.state, Supervised)}
    return tuple(found.values())


def _application(row: str) -> str:
    return row.split("/")[1].partition("-")[0]


def _subject(row: str, states: Mapping[str, Supervised]) -> tuple[str, Supervised, int]:
    """The subject, its application and the number of the urge, from the id of a milestone."""
    subject, urge = (*row.split("/")[1:], "0")[:2]
    return subject, states[_application(row)], int(urge)
