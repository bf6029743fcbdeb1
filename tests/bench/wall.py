"""The wall's price: `python -m tests.bench.wall [--cases N]` fills a MongoDB of its own with open cases, what was
reached over a month and ratings, and times snapshots of the wall. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson

from services.supervision.decide.audit import instant
from services.supervision.decide.milestones import MILESTONES, SATISFACTION
from services.supervision.store import INDEXES, SupervisionCodec
from services.supervision.wall.numbers import LiveNumbers
from services.supervision.wall.snapshot import Snapshots
from shared.local.mongo import MongoServer
from shared.mongo import MongoStore, connect, disconnect
from tests.unit.supervision.sample import APP, RULES, accepted, asked_for_more, at, story, submitted

NOW = at("03-19 10:32")
DEPARTMENTS = 16
A_DAY = {"submitted": 600, "accepted": 500, "ended": 500}
RATINGS_A_DAY = 300
AT_ONCE = 2_000
Rows = Iterator[Mapping[str, Any]]


def open_cases(count: int) -> Rows:
    """Documents with one open case each: of every light, most of them in time."""
    dice, kinds = random.Random(1), [_variant(*each) for each in _variants()]  # noqa: S311
    weights = [1 if {"over", "soon"} & index.keys() else 20 for _, index in kinds]
    for n in range(count):
        state, index = dice.choices(kinds, weights)[0]
        number = f"{n:012d}X"
        moved = {name: at - timedelta(seconds=n) for name, at in index.items() if name in ("over", "soon")}
        yield {
            "_id": number, "version": 1, "inbox": [], "commands": [], "next_seq": 1, "next_entry": 1, "outbox": [],
            "writers": [], "state": orjson.loads(state.replace(APP, number)),
            "idx": {**index, "application": number, **moved},
        }  # fmt: skip


def _variants() -> Iterator[tuple[str, str, tuple[int, int]]]:
    for n in range(DEPARTMENTS):
        code = "d" + chr(ord("a") + n)
        yield from ((code, "03-17 09:00", (20, 30)), (code, "03-16 09:00", (3, 20)), (code, "03-02 09:00", (5, 30)))
        yield from ((code, "02-02 09:00", (5, 20)), (code, "", (0, 0)))


def _variant(code: str, filed: str, days: tuple[int, int]) -> tuple[str, Mapping[str, Any]]:
    """The state as JSON, and its index; without `filed` one that stands still."""
    if filed:
        begun = at(filed)
        state = story(submitted(begun, code), accepted(begun, days=days, steps=(code,)), NOW).state
    else:
        state = story(submitted(at("03-18 09:00"), code), asked_for_more(at("03-18 10:00")), NOW).state
    codec = SupervisionCodec()
    return orjson.dumps(codec.dump(state)).decode(), codec.index(state)


def facts(share: float) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What was reached on each of the last 31 days, and how people rated it; `share` of what a large hall has."""
    dice = random.Random(2)  # noqa: S311
    for day in range(31):
        midnight = NOW.replace(hour=1, minute=0) - timedelta(days=day)
        for kind, count in A_DAY.items():
            for n in range(int(count * share)):
                row = {"_id": f"{kind}/{day:02d}{n:010d}X", "kind": kind, "time": _instant(midnight, dice)}
                yield MILESTONES, row
        for n in range(int(RATINGS_A_DAY * share)):
            level = dice.choices((5, 4, 3, 2, 1), weights=(75, 20, 2, 2, 1))[0]
            yield (
                SATISFACTION,
                {"_id": f"rated/{day:02d}{n:010d}X-01", "level": level, "time": _instant(midnight, dice)},
            )


def _instant(midnight: datetime, dice: random.Random) -> str:
    return instant(min(midnight + timedelta(minutes=dice.randint(0, 540)), NOW))


async def filled(store: MongoStore, cases: int, share: float) -> None:
    """Everything into the database, behind the service's back."""
    await store.prepare()
    batches: dict[str, list[Mapping[str, Any]]] = {}
    documents = (("documents", row) for row in open_cases(cases))
    for collection, row in chain(documents, facts(share)):
        batch = batches.setdefault(collection, [])
        batch.append(row)
        if len(batch) == AT_ONCE:
            await store.db[collection].insert_many(batch, ordered=False)
            batch.clear()
    for collection, batch in batches.items():
        if batch:
            await store.db[collection].insert_many(batch, ordered=False)


def snapshots(store: MongoStore) -> Snapshots:
    """The wall's source, over this database at NOW."""
    runtime: Any = SimpleNamespace(store=store, clock=lambda: NOW)
    return Snapshots(runtime, lambda: RULES.office, LiveNumbers(runtime))


async def measured(uri: str, cases: int) -> dict[str, Any]:
    """The first snapshot after a start, and the median and largest of those after it; ms."""
    client = connect(uri)
    store = MongoStore(client, "wall", SupervisionCodec(), INDEXES)
    await filled(store, cases, 1.0)
    wall, taken = snapshots(store), []
    for _ in range(31):
        begin = time.perf_counter()
        shown = await wall._taken()
        taken.append(1000 * (time.perf_counter() - begin))
        await asyncio.sleep(1.0)
    begin = time.perf_counter()
    await store.tally({"open": True}, ("lights",))
    tally = 1000 * (time.perf_counter() - begin)
    await disconnect(client)
    return {
        "open_cases": shown.numbers.open_cases, "by_light": shown.numbers.open_by_light, "first_ms": round(taken[0]),
        "median_ms": round(statistics.median(taken[1:])), "largest_ms": round(max(taken[1:])), "tally_ms": round(tally),
    }  # fmt: skip


def main() -> None:
    """Starts a MongoDB, measures, and stops it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cases", type=int, default=100_000)
    cases = arguments.parse_args().cases
    with tempfile.TemporaryDirectory(prefix="onedoor-wall-") as data, asyncio.Runner() as runner:
        server = MongoServer(Path(data))
        runner.run(server.start())
        try:
            print(json.dumps(runner.run(measured(server.uri, cases)), ensure_ascii=False))
        finally:
            runner.run(server.stop())


if __name__ == "__main__":
    main()
