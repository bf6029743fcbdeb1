"""How supervision's documents are stored, what of them is indexed, and the queries of the scan and the pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from services.supervision.calendar.older import counted_by
from services.supervision.clocks import LEADING
from services.supervision.decide.audit import COLLECTION, instant, opened
from services.supervision.decide.counted import CASES
from services.supervision.decide.milestones import MILESTONES, SATISFACTION
from services.supervision.decide.recount import MOVED
from services.supervision.decide.sealing import PAGES
from services.supervision.decide.signals import SIGNALS_OF
from services.supervision.decide.weekly import WEEKLY
from services.supervision.marks import URGED, lit, on_rung, urge_marks
from services.supervision.model import LIGHTS, CalendarBook, Clock, Offered, Seals, Supervised
from services.supervision.shards import shard_of
from shared.contracts.terms import Light
from shared.kernel import Fact
from shared.messaging.document import Document, Fields, Index, Store, Where

INDEXES = (
    Index((("shard", 1), ("next_change", 1), ("application", 1))),
    Index((("application", 1),)),
    Index((("lit", 1),)),
    Index((("open", 1), ("lights", 1))),
    Index((("heard_on", 1), ("application", 1))),
    Index((("over", 1),), sparse=True),
    Index((("soon", 1),), sparse=True),
    Index((("calendar", 1),), sparse=True),
    Index((("time", 1), ("kind", 1)), MILESTONES),
    Index((("level", 1), ("time", 1)), SATISFACTION),
    Index((("number", 1), ("departments", 1)), MOVED),
    Index((("ended_month", 1), ("late", 1), ("due", 1)), CASES),
    Index((("accepted_month", 1),), CASES),
    Index((("week", 1), ("department", 1)), WEEKLY),
    Index((("of", 1),), PAGES),
    Index((("at", -1),), SIGNALS_OF),
    Index((("departments", 1), ("at", -1)), SIGNALS_OF),
)
Row = Mapping[str, Any]
State = Supervised | CalendarBook | Offered | Seals
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SupervisionCodec:
    """State ↔ plain values. Indexed: who may look, which lights shine where and since when, and what comes next."""

    def dump(self, state: State, fields: Fields = None) -> Mapping[str, Any]:
        """Plain values, without what stands at its default: a clock has twenty fields and needs few.

        So no default of a stored model may ever change.
        """
        return state.model_dump(mode="json", include=fields, exclude_defaults=True)

    def load(self, raw: Any) -> State:
        """The state; ValueError when it does not fit. Each kind has a field that no other has."""
        kinds: tuple[tuple[str, type[State]], ...] = (
            ("versions", CalendarBook),
            ("publications", Offered),
            ("sealed", Seals),
        )
        return next((kind for field, kind in kinds if field in raw), Supervised).model_validate(raw)

    def index(self, state: State) -> Mapping[str, Any]:
        """`lit`: every light of a running clock with its key, and with each department that it concerns, and who has an
        urge to answer in an open case; beside each, since when: the earliest limit under that light, or the urge. A
        clock that only counts down has marks once its limit has passed.
        `lights`: the light and the departments of each open case, so that one index answers both counts. `over` and
        `soon`, where there is one: the earliest limit under red or deep red, and under yellow."""
        if not isinstance(state, Supervised):
            return {}
        since: dict[str, datetime] = {}
        marks: set[str] = set()
        for clock in sorted(state.clocks, key=lambda each: each.aside):
            if clock.running and clock.started and not (clock.aside and clock.light == "green"):
                for mark in (clock.light, *(lit(clock.light, code) for code in state.concerned(clock))):
                    marks.add(f"{mark}:{clock.key}")
                    at = clock.due or clock.started
                    since[mark] = since.get(mark, at) if clock.aside else min(at, since.get(mark, at))
        for mark, at in urge_marks(state):
            marks.add(mark)
            since[mark] = min(at, since.get(mark, at))
        return {
            "application": state.application,
            "shard": shard_of(state.application),
            "owner": state.owner,
            "departments": list(state.departments),
            "next_change": state.next_change,
            "heard_on": state.heard_on and state.heard_on.isoformat(),
            "lit": sorted(marks),
            **{_since(mark): at for mark, at in since.items()},
            "open": any(case.open for case in state.cases),
            "lights": _shown(state),
            **_nearest(state),
            **counted_by(state),
        }


def _shown(state: Supervised) -> str:
    """`green:scjg,xfdd;paused:wjj`: the open cases, in an order that equal applications share."""
    return ";".join(sorted(f"{state.light_of(case)}:{','.join(case.departments)}" for case in state.cases if case.open))


def _nearest(state: Supervised) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for name, lights in LISTED.items():
        limits = [clock.due for light in lights for clock in lit_clocks(state, Wanted(light)) if clock.due]
        if limits:
            found[name] = min(limits)
    return found


LISTED: Mapping[str, tuple[Light, ...]] = {"over": ("deep_red", "red"), "soon": ("yellow",)}
"""The two lists that are read in order of their limits without a sort: only what is in them has an index entry."""


async def find_listed(store: Store, listed: str, limit: int) -> list[Document]:
    """Applications of one of LISTED, the one whose limit is the earliest first."""
    return await store.find({listed: {"$gt": EPOCH}}, sort=((listed, 1),), limit=limit)


async def find_overdue(store: Store, since: datetime, until: datetime, limit: int) -> list[Document]:
    """Applications whose first limit over which they are passed in this time, the latest first."""
    return await store.find({"over": {"$gte": since, "$lte": until}}, sort=(("over", -1),), limit=limit)


def _since(mark: str) -> str:
    return f"since_{mark.replace('/', '_')}"


def _due(shards: Collection[int], upto: datetime) -> Where:
    """What is due in these shards. Documents that were saved before there were shards count as in the first."""
    return {"shard": {"$in": [*sorted(shards), *([None] if 0 in shards else [])]}, "next_change": {"$lte": upto}}


class Waits(NamedTuple):
    """An application with something due, and since when."""

    application: str
    since: datetime


async def come_due(store: Store, shards: Collection[int], upto: datetime, limit: int) -> list[Waits]:
    """Applications of these shards with something due up to `upto`, the longest due first; no document is read."""
    order = (("next_change", 1), ("application", 1))
    rows = (
        await store.look(_due(shards, upto), ("application", "next_change"), sort=order, limit=limit) if shards else []
    )
    return [Waits(row["application"], row["next_change"]) for row in rows]


async def count_due(store: Store, shards: Collection[int], upto: datetime) -> int:
    """How many `come_due` would find."""
    return await store.count(_due(shards, upto)) if shards else 0


async def find_visible(store: Store, application: str, sights: Iterable[Where]) -> Document | None:
    """The application, if one of the sights (conditions on who asks) shows it."""
    for sight in sights:
        found = await store.find({"application": application, **sight}, limit=1)
        if found:
            return found[0]
    return None


class Wanted(NamedTuple):
    """Which applications are asked for: a light (or URGED), where it concerns a department, of one kind of clock (None:
    of any that leads). `rung`: of URGED, those that stand on this rung of the ladder."""

    light: str
    department: str | None = None
    clock: str | None = None
    rung: str | None = None

    def where(self) -> Where:
        """The condition. Documents that were saved before marks had a clock's key are in the lists of all clocks."""
        mark = lit(self.light, self.department)
        if self.light == URGED and self.rung:
            return {"lit": lit(on_rung(self.rung), self.department), "open": True}
        if self.light == URGED:  # `open`: what was saved before an ending took the mark away
            return {"lit": mark, "open": True}
        if self.clock:
            return {"lit": f"{mark}:{self.clock}"}
        return {"lit": {"$in": [mark, *(f"{mark}:{key}" for key in LEADING)]}}


async def find_lit(store: Store, wanted: Wanted, *, skip: int, limit: int) -> list[Document]:
    """Applications with a clock under this light, the one longest over its limit first."""
    order = ((_since(lit(wanted.light, wanted.department)), 1), ("application", 1))
    return await store.find(wanted.where(), sort=order, limit=limit, skip=skip)


async def count_lit(store: Store, wanted: Wanted) -> int:
    """How many applications `find_lit` would find."""
    return await store.count(wanted.where())


def lit_clocks(state: Supervised, wanted: Wanted) -> list[Clock]:
    """The clocks of an application that stand under this light, where they are what is wanted."""
    return [
        clock
        for clock in state.clocks
        if clock.running
        and clock.light == wanted.light
        and (clock.key == wanted.clock if wanted.clock else not clock.aside)
        and (wanted.department is None or wanted.department in state.concerned(clock))
    ]


class Shown(NamedTuple):
    """How many open cases show each light, and how many of those that concern each department."""

    by_light: Mapping[Light, int]
    by_department: Mapping[str, Mapping[Light, int]]


async def open_cases(store: Store) -> Shown:
    """The open cases by light and department. A case that concerns two departments counts in both."""
    everyone = dict.fromkeys(LIGHTS, 0)
    departments: dict[str, dict[Light, int]] = {}
    for (code,), applications in (await store.tally({"open": True}, ("lights",))).items():
        for light, concerned, cases in _counted(code):
            everyone[light] += cases * applications
            for department in concerned:
                row = departments.setdefault(department, dict.fromkeys(LIGHTS, 0))
                row[light] += cases * applications
    return Shown(everyone, departments)


def _counted(code: str) -> Iterator[tuple[Light, Sequence[str], int]]:
    """(light, departments, cases). A code of digits is of a document that was saved before departments stood in it."""
    if ":" not in code:
        yield from ((light, (), int(cases)) for light, cases in zip(LIGHTS, code.split("."), strict=True))
        return
    for case in code.split(";"):
        light, _, concerned = case.partition(":")
        yield cast(Light, light), concerned.split(",") if concerned else (), 1


async def reached_since(store: Store, since: datetime) -> dict[str, int]:
    """How many applications were submitted, and how many cases accepted and ended, since then; what was said again
    counts once, when it was said first."""
    counted = await store.tally_facts(MILESTONES, {"time": {"$gte": instant(since)}}, ("kind",))
    return {kind: count for (kind,), count in counted.items()}


async def chain(store: Store, doc: Document) -> list[Row]:
    """The audit entries of an application in order, with those that were saved and not yet put in their place."""
    return [entry for row in await chain_rows(store, doc) for entry in opened(row)]


async def chain_rows(store: Store, doc: Document) -> list[Row]:
    """The rows that hold them, in order, each with its `_id`."""
    kept = {row["_id"]: row for row in await _rows(store, doc.id)}
    return [row for _, row in sorted({**coming(doc, COLLECTION), **kept}.items())]


def coming(doc: Document, collection: str) -> dict[str, Row]:
    """The rows of a collection, by id, that a document has saved, and that may not be in their place yet."""
    facts = (entry.content for entry in doc.outbox if isinstance(entry.content, Fact))
    return {fact.id: {"_id": fact.id, **fact.row} for fact in facts if fact.collection == collection}


async def _rows(store: Store, application: str) -> list[Row]:
    """By their ids, which begin with the application: they need no index of their own."""
    mine = {"$gte": f"{application}/", "$lt": f"{application}0"}  # "0" follows "/"
    return await store.find_facts(COLLECTION, {"_id": mine}, sort=(("_id", 1),), limit=100_000)
