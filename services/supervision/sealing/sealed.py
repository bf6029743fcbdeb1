"""What is stored of sealed days, and which applications the next seal has to take in: the queries of the sealing.

What was saved and has not been put in its place yet is read from the document that saved it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from services.supervision.decide.sealing import PAGES, PLACES, ROWS, leaf_in, page_id
from services.supervision.model import SEALS, Leaf, Opened, Seals, Supervised
from services.supervision.store import Row, coming
from shared.clock import shanghai
from shared.messaging.document import Document, Store

AT_ONCE = 200
"""Documents or rows that are read together."""
LAST = "~"
"""After every id of ours."""


@dataclass(frozen=True)
class Seal:
    """The seal of one day as it is stored: the exact text that was signed, its signature, the roots of its pages."""

    day: date
    signed: str
    signature: str
    pages: tuple[str, ...] = ()

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What was signed; empty where the text cannot be read as what it should be."""
        try:
            found = json.loads(self.signed)["facts"]
        except (ValueError, KeyError, TypeError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def count(self) -> int:
        """How many leaves it has; 0 where the text does not say."""
        count = self.facts.get("count")
        return count if isinstance(count, int) else 0

    def fact(self, name: str) -> str:
        """A fact as text; empty where the text does not have it."""
        return str(self.facts.get(name, ""))


def sealed_at(seal: Seal) -> datetime | None:
    """When it was sealed; None where its text does not say."""
    try:
        return datetime.fromisoformat(seal.fact("sealed_at"))
    except ValueError:
        return None


def made_up(seal: Seal) -> bool:
    """补封: it was not sealed on the day after, and holds whatever was heard until it was."""
    at = sealed_at(seal)
    return at is not None and shanghai(at).date() > seal.day + timedelta(days=1)


class Sealed(NamedTuple):
    """A leaf where it stands: its day, its page and its place in that, all from 0 but the day."""

    day: date
    page: int
    place: int
    leaf: Leaf


async def state_of(store: Store) -> Seals:
    """How far the sealing is; as new where nothing was sealed yet."""
    return _state(await _document(store))


async def candidates(store: Store, since: date | None, opened: Opened | None) -> AsyncIterator[Supervised]:
    """Applications that were heard on `since` or later (None: all), after what the open day has looked at, in order of
    the day on which they were heard last and their number. One that is heard meanwhile only moves on in that order,
    so none is passed over; it may come twice, with two lengths of its chain."""
    first = opened.heard_on if opened else since
    day, number = first and first.isoformat(), opened.application if opened else ""
    while True:
        section = {"heard_on": day, "application": {"$gt": number}}
        while docs := await store.find(section, sort=(("application", 1),), limit=AT_ONCE):
            for doc in docs:
                if isinstance(doc.state, Supervised):  # one that cannot be read is sealed once it was mended and heard
                    yield doc.state
            section = {"heard_on": day, "application": {"$gt": docs[-1].id}}
        later = await store.tally({"heard_on": {"$gt": day or ""}}, ("heard_on",))
        if not later:
            return
        day, number = min(key for (key,) in later), ""


async def seal_of(store: Store, day: date) -> Seal | None:
    """The seal of a day."""
    found = await _between(store, ROWS, day.isoformat(), day.isoformat())
    return _seal(found[0]) if found else None


async def newest_seals(store: Store, limit: int, upto: date = date.max) -> list[Seal]:
    """Seals of days up to `upto`, the newest first."""
    return [_seal(row) for row in await _between(store, ROWS, "", upto.isoformat(), newest=True, limit=limit)]


async def seals_in_order(store: Store) -> AsyncIterator[Seal]:
    """Every seal, the oldest first."""
    first = ""
    while found := await _rows(store, ROWS, first, LAST, limit=AT_ONCE):
        for row in found:
            if _ours(ROWS, row["_id"]):
                yield _seal(row)
        first = f"{found[-1]['_id']}\0"


async def page_of(store: Store, day: date, number: int) -> list[str] | None:
    """The leaves of one page as text; None where it is not there."""
    row = await page_row(store, day, number)
    return None if row is None else leaves_in(row)


async def page_row(store: Store, day: date, number: int) -> Row | None:
    """One page as it is stored; None where it is not there."""
    found = await _between(store, PAGES, page_id(day, number), page_id(day, number))
    return found[0] if found else None


async def leaves_of(store: Store, application: str) -> list[Sealed]:
    """Every leaf of an application in sealed days and in the one that is open, in order."""
    waiting = coming(await _document(store), PAGES)
    kept = await store.find_facts(PAGES, {"of": application}, limit=100_000)
    rows = {**waiting, **{row["_id"]: row for row in kept}}
    return [
        Sealed(date.fromisoformat(name[:10]), int(name[11:]), at, leaf)
        for name, row in sorted(rows.items())
        for at, leaf in enumerate(map(leaf_in, leaves_in(row)))
        if leaf is not None and leaf.application == application
    ]


async def place_of(store: Store, day: date) -> tuple[str, int, int] | None:
    """Where the copy of a day's seal stands in the log; None where it was not heard yet, or no place stands there."""
    rows = await store.find_facts(PLACES, {"_id": day.isoformat()}, limit=1)
    topic, partition, offset = (rows[0].get(name) if rows else None for name in ("topic", "partition", "offset"))
    if isinstance(topic, str) and isinstance(partition, int) and isinstance(offset, int):
        return topic, partition, offset
    return None


async def _between(
    store: Store, collection: str, low: str, high: str, *, newest: bool = False, limit: int = 1
) -> list[Row]:
    """Rows of a collection by their ids, which are of ours."""
    found = await _rows(store, collection, low, high, newest=newest, limit=limit)
    return [row for row in found if _ours(collection, row["_id"])]


async def _rows(
    store: Store, collection: str, low: str, high: str, *, newest: bool = False, limit: int = 1
) -> list[Row]:
    """The same with whatever somebody has put between them. The document is read first: what it no longer holds then
    is in its place."""
    waiting = coming(await _document(store), collection)
    order = (("_id", -1 if newest else 1),)
    kept = await store.find_facts(collection, {"_id": {"$gte": low, "$lte": high}}, sort=order, limit=limit)
    rows = {name: row for name, row in waiting.items() if low <= name <= high} | {row["_id"]: row for row in kept}
    return [rows[name] for name in sorted(rows, reverse=newest)[:limit]]


def _ours(collection: str, name: str) -> bool:
    """Whether this can be the id of one of our rows: a day, or of a page its day and number."""
    day, slash, page = name.partition("/")
    try:
        dated = date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False
    return dated and (page.isdecimal() if collection == PAGES else not slash)


async def _document(store: Store) -> Document:
    return (await store.load([SEALS])).get(SEALS) or Document(SEALS)


def _state(doc: Document) -> Seals:
    return doc.state if isinstance(doc.state, Seals) else Seals(sealed=0)


def leaves_in(row: Row) -> list[str]:
    """The leaves of a page as text; none where it has no list of them."""
    leaves = row.get("leaves")
    return list(map(str, leaves)) if isinstance(leaves, list) else []


def _seal(row: Row) -> Seal:
    """Total: whatever somebody has put there is read, and does not hold."""
    pages = row.get("pages")
    roots = tuple(map(str, pages)) if isinstance(pages, list) else ()
    return Seal(date.fromisoformat(row["_id"]), str(row.get("signed")), str(row.get("signature")), roots)
