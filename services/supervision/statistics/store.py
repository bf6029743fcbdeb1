"""What statistics ask of the rows: figures by month and by one field, new market entities, and the items on offer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Literal

from services.supervision.decide.audit import instant
from services.supervision.decide.counted import CASES, DECIDED, ITEMS
from services.supervision.statistics.figures import Days, Figures
from services.supervision.statistics.months import month_of
from shared.messaging.document import Store, Where

By = Literal["department", "item", "window"]
FIELDS: Mapping[By, tuple[str, ...]] = {
    "department": ("department", "department_name"),
    "item": ("item", "item_name"),
    "window": ("window",),
}
"""The fields that a group has in common: its key, and its name where the key is not one."""
ACCEPTED = ("online", "waited", "promised", "statutory")
FINISHED = ("finished", "approved", "timely", "same_day", "bounded", "lawful", "paused")
TAKEN = ("spent", "allowed", "used", "timed")
AT_ONCE = 5_000
"""Publications in one answer of the database."""
Published = Mapping[str, Any]
"""One publication of an item, as `counted.offered` puts it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases are counted; empty: all. `window`: a desk, or the channel where no desk was said."""

    department: str = ""
    item: str = ""
    window: str = ""

    def where(self) -> Where:
        """The condition."""
        asked = {"department": self.department, "item": self.item, "window": self.window}
        return {name: value for name, value in asked.items() if value}

    def of_items(self, items: Iterable[Published]) -> list[Published]:
        """The items among these. A window is none of an item's: every window takes all of them."""
        wanted = {name: value for name, value in self.where().items() if name != "window"}
        return [row for row in items if all(row[name] == value for name, value in wanted.items())]


@dataclass(slots=True)
class Table:
    """Figures by month and key (empty where nothing is told apart), and what the keys are called."""

    figures: dict[tuple[str, str], Figures] = field(default_factory=lambda: defaultdict(Figures))
    names: dict[str, str] = field(default_factory=dict)

    def at(self, month: str, key: str = "") -> Figures:
        """The figures of one month and key; nothing where there is none."""
        return self.figures.get((month, key), Figures())

    def over(self, months: Sequence[str], key: str = "") -> Figures:
        """Several months in order as one: what is overdue is so at their end."""
        total = sum((self.at(month, key) for month in months), Figures())
        last = self.at(months[-1], key).overdue if months else 0
        return total + Figures(overdue=last - total.overdue)

    def add(self, month: str, key: Sequence[Any], figures: Figures) -> None:
        """Add to a group; `key` are the values of its FIELDS."""
        name = str(key[0] or "") if key else ""
        self.figures[month, name] += figures
        if name:
            self.names[name] = str(key[-1] or name)


async def figures(store: Store, filters: Filters, months: Sequence[str], by: By | None, now: datetime) -> Table:
    """Figures for each of the months. Cases that are unfinished now are overdue in a month by whose end they were due.

    Raises Unavailable.
    """
    table, group = Table(), FIELDS[by] if by else ()
    where, wanted = filters.where(), set(months)
    total, tally, shown = partial(store.sum_facts, CASES), partial(store.tally_facts, CASES), {"$in": sorted(wanted)}
    running = {"ended_month": "", "late": 0, "due": {"$gt": "", "$lte": instant(now)}}
    accepted, ended, late, unfinished = await asyncio.gather(
        total({**where, "accepted_month": shown}, ("accepted_month", "unit", *group), ACCEPTED),
        total({**where, "ended_month": shown}, ("ended_month", "unit", *group), (*FINISHED, *TAKEN)),
        tally({**where, "ended_month": {"$gt": min(months)}, "late": 1}, ("ended_month", "due_month", *group)),
        tally({**where, **running}, ("due_month", *group)),
    )
    for (month, unit, *key), (count, *sums) in accepted.items():
        table.add(month, key, _accepted(unit, count, sums))
    for (month, unit, *key), (count, *sums) in ended.items():
        table.add(month, key, _finished(unit, count, sums))
    for (month, due, *key), count in late.items():
        _add_overdue(table, key, count, (each for each in wanted if due <= each < month))
    for (due, *key), count in unfinished.items():
        _add_overdue(table, key, count, (each for each in wanted if due <= each <= month_of(now)))
    return table


def _add_overdue(table: Table, key: Sequence[Any], count: int, months: Iterable[str]) -> None:
    for month in months:
        table.add(month, key, Figures(overdue=count))


def _accepted(unit: str, count: int, sums: Sequence[int]) -> Figures:
    online, waited, promised, statutory = sums
    return _in_unit(unit, Days(promised=promised, statutory=statutory)) + Figures(
        accepted=count, online=online, waited=waited
    )


def _finished(unit: str, count: int, sums: Sequence[int]) -> Figures:
    said = Figures(**dict(zip(FINISHED, sums, strict=False)))  # type: ignore[arg-type]  # its numbers, by name
    taken = Days(**dict(zip(TAKEN, sums[len(FINISHED) :], strict=True)))
    return said + _in_unit(unit, taken) + Figures(dropped=count - said.finished)


def _in_unit(unit: str, days: Days) -> Figures:
    return Figures(working=days) if unit == "working_days" else Figures(calendar=days)


async def publications(store: Store) -> list[Published]:
    """Every publication of an item, the earliest first. Raises Unavailable."""
    found: list[Published] = []
    after = ""
    while rows := await store.find_facts(ITEMS, {"_id": {"$gt": after}}, sort=(("_id", 1),), limit=AT_ONCE):
        found, after = [*found, *rows], str(rows[-1]["_id"])
    return sorted(found, key=lambda row: (str(row["published"]), str(row["_id"])))


def on_offer(published: Iterable[Published], before: datetime) -> list[Published]:
    """The items on offer before an instant, each as it was published last. `published`: the earliest first."""
    end = instant(before)
    latest = {row["item"]: row for row in published if row["published"] < end}
    return sorted(latest.values(), key=lambda row: str(row["item"]))


async def registered(store: Store, filters: Filters, months: Sequence[str]) -> dict[tuple[str, str], int]:
    """新增市场主体: how many came into being in each month, by kind. Which items register one is what the catalogue
    said of them last. Raises Unavailable."""
    kinds = {row["item"]: row["registers"] for row in await publications(store)}
    items = sorted(item for item, kind in kinds.items() if kind)
    if filters.item:
        items = [item for item in items if item == filters.item]
    where = {**filters.where(), "ended_month": {"$in": sorted(months)}, "outcome": DECIDED[0], "item": {"$in": items}}
    found: dict[tuple[str, str], int] = defaultdict(int)
    for (month, item), count in (await store.tally_facts(CASES, where, ("ended_month", "item"))).items():
        found[month, kinds[item]] += count
    return found


async def first_month(store: Store) -> str | None:
    """The month of the first case that was accepted. Raises Unavailable."""
    rows = await store.find_facts(CASES, {}, sort=(("accepted_month", 1),), limit=1)
    return str(rows[0]["accepted_month"]) if rows else None
