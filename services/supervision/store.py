"""How supervision's documents are stored, what of them is indexed, and the queries of the scan and the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from services.supervision.decide.audit import COLLECTION, MILESTONES, Break, first_break, instant, opened
from services.supervision.model import LIGHTS, Supervised
from shared.contracts.terms import Light
from shared.kernel import Fact
from shared.messaging.document import Document, Index, Store, Where

INDEXES = (
    Index((("next_change", 1), ("application", 1))),
    Index((("application", 1),)),
    Index((("lit", 1),)),
    Index((("open", 1), ("lights", 1))),
    Index((("time", 1), ("kind", 1)), MILESTONES),
)
Row = Mapping[str, Any]


class SupervisionCodec:
    """State ↔ plain values. Indexed: who may look, which lights shine where and since when, and what comes next."""

    def dump(self, state: Supervised) -> Mapping[str, Any]:
        """Plain values, without what stands at its default: a clock has twenty fields and needs few.

        So no default of a stored model may ever change.
        """
        return state.model_dump(mode="json", exclude_defaults=True)

    def load(self, raw: Any) -> Supervised:
        """The state; ValueError when it does not fit."""
        return Supervised.model_validate(raw)

    def index(self, state: Supervised) -> Mapping[str, Any]:
        """`lit`: every light of a running clock, alone and with each department that it concerns; beside each, since
        when: the earliest limit under that light. `lights`: how many open cases show each of LIGHTS."""
        since: dict[str, datetime] = {}
        for clock in state.clocks:
            if clock.running and clock.started:
                for mark in (clock.light, *(lit(clock.light, code) for code in state.concerned(clock))):
                    at = clock.due or clock.started
                    since[mark] = min(at, since.get(mark, at))
        shown = [state.light_of(case) for case in state.cases if case.open]
        return {
            "application": state.application,
            "owner": state.owner,
            "departments": list(state.departments),
            "next_change": state.next_change,
            "lit": sorted(since),
            **{_since(mark): at for mark, at in since.items()},
            "open": bool(shown),
            "lights": ".".join(str(shown.count(light)) for light in LIGHTS),
        }


def lit(light: Light, department: str | None) -> str:
    """The mark of a light, anywhere or where it concerns one department."""
    return f"{light}/{department}" if department else light


def _since(mark: str) -> str:
    return f"since_{mark.replace('/', '_')}"


async def come_due(store: Store, upto: datetime, *, skip: int, limit: int) -> list[Document]:
    """Applications with something due up to `upto`, the longest due first."""
    order = (("next_change", 1), ("application", 1))
    return await store.find({"next_change": {"$lte": upto}}, sort=order, limit=limit, skip=skip)


async def find_visible(store: Store, application: str, sights: Iterable[Where]) -> Document | None:
    """The application, if one of the sights (conditions on who asks) shows it."""
    for sight in sights:
        found = await store.find({"application": application, **sight}, limit=1)
        if found:
            return found[0]
    return None


async def find_lit(
    store: Store, light: Light, department: str | None, *, skip: int, limit: int
) -> tuple[list[Document], int]:
    """Applications with a clock under this light, the one longest over its limit first, and how many there are."""
    mark = lit(light, department)
    order = ((_since(mark), 1), ("application", 1))
    return await store.find({"lit": mark}, sort=order, limit=limit, skip=skip), await store.count({"lit": mark})


async def open_by_light(store: Store) -> dict[Light, int]:
    """How many open cases show each light."""
    found = dict.fromkeys(LIGHTS, 0)
    for (code,), applications in (await store.tally({"open": True}, ("lights",))).items():
        for light, cases in zip(LIGHTS, code.split("."), strict=True):
            found[light] += int(cases) * applications
    return found


async def reached_since(store: Store, since: datetime) -> dict[str, int]:
    """How many applications were submitted, and how many cases accepted and ended, since then; what was said again
    counts once, when it was said first."""
    counted = await store.tally_facts(MILESTONES, {"time": {"$gte": instant(since)}}, ("kind",))
    return {kind: count for (kind,), count in counted.items()}


async def chain(store: Store, doc: Document) -> list[Row]:
    """The audit entries of an application in order, with those that were saved and not yet put in their place."""
    kept = await _rows(store, doc.id)
    there = {row["_id"] for row in kept}
    coming = [
        entry.content.row
        for entry in doc.outbox
        if isinstance(entry.content, Fact) and entry.content.collection == COLLECTION and entry.content.id not in there
    ]
    rows = sorted([*kept, *coming], key=lambda row: row["n"])
    return [entry for row in rows for entry in opened(row)]


class Verified(NamedTuple):
    """What a walk along the chain found. `broken` None: every one of the `entries` holds."""

    entries: int
    head: str
    broken: Break | None


async def verify(store: Store, application: str) -> Verified | None:
    """Compute an application's chain again from its entries; None when nothing was ever heard of it.

    The application is read before and after, so that an event heard meanwhile does not look like a break.
    """
    while True:
        before = (await store.load([application])).get(application)
        if before is None or not isinstance(before.state, Supervised):
            return None
        rows = await chain(store, before)
        after = (await store.load([application])).get(application)
        if after is not None and after.version == before.version:
            state = before.state
            return Verified(state.entries, state.head, first_break(rows, state.entries, state.head))


async def _rows(store: Store, application: str) -> list[Row]:
    """By their ids, which begin with the application: they need no index of their own."""
    mine = {"$gte": f"{application}/", "$lt": f"{application}0"}  # "0" follows "/"
    return await store.find_facts(COLLECTION, {"_id": mine}, sort=(("_id", 1),), limit=100_000)
