"""The queries of a new calendar: what runs by an older one, how much is left, and what a notice could move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from services.supervision.model import NO_CALENDAR, Supervised
from services.supervision.shards import SHARDS
from shared.messaging.document import Document, Store, Where

FAR = datetime(9000, 1, 1, tzinfo=UTC)


def counted_by(state: Supervised) -> Mapping[str, int]:
    """As it is indexed: the oldest calendar by which something runs; NO_CALENDAR where none matters, and nothing where
    nothing comes."""
    numbers = [clock.calendar for clock in state.clocks if clock.running and not clock.paused]
    counted = min((number for number in numbers if number != NO_CALENDAR), default=NO_CALENDAR)
    return {"calendar": counted} if numbers else {}


async def find_behind(store: Store, number: int, *, skip: int, limit: int) -> list[Document]:
    """Applications in which something runs by an older calendar than this one, the oldest first."""
    return await store.find(_behind(number), sort=(("calendar", 1),), limit=limit, skip=skip)


async def count_behind(store: Store, number: int) -> int:
    """How many `find_behind` would find."""
    return await store.count(_behind(number))


async def find_unmarked(store: Store, *, skip: int, limit: int) -> list[Document]:
    """Applications with something to come that were saved before they named their calendar."""
    where = {"shard": {"$in": [*range(SHARDS), None]}, "next_change": {"$lte": FAR}, "calendar": None}
    return await store.find(where, sort=(("next_change", 1), ("application", 1)), limit=limit, skip=skip)


async def find_running(store: Store, *, skip: int, limit: int) -> list[Document]:
    """Applications in which something runs that a calendar can move."""
    return await store.find({"calendar": {"$gte": 0}}, sort=(("calendar", 1),), limit=limit, skip=skip)


async def count_running(store: Store) -> int:
    """How many `find_running` would find."""
    return await store.count({"calendar": {"$gte": 0}})


def _behind(number: int) -> Where:
    return {"calendar": {"$gte": 0, "$lt": number}}
