"""What a hall of many open cases has in its databases: copies of one real case, of every service that knows it.

An open case has been accepted and waits for three opinions: a document in intake, approval, supervision and ratings,
and its rows of audit and milestones. Copies have numbers and owners of their own, and their clocks run out over the
coming weeks. They go into the databases behind the services' backs; nothing ever happens to them. (Their audit
entries are the copied case's, number apart, so their hashes do not hold.)
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import bson

from services.supervision.calendar.working_days import load_calendar
from services.supervision.decide.coming import indexed
from services.supervision.due import Office
from services.supervision.model import Supervised
from services.supervision.rules import Rules
from services.supervision.store import SupervisionCodec
from shared.messaging.broker import KafkaPublisher
from tests.bench.feeders import Case, Feeders
from tests.bench.hall import ROOT, Hall
from tests.bench.matters import Submissions, subject
from tests.bench.programs import WIDTH
from tests.bench.proved import until_drained

OWNER = subject(0)
"""Who hands in the case that is copied; fourteen characters, as the copies' owners have."""
SPREAD = 200
STEP = timedelta(hours=2)
"""Copies run out at 200 different instants, two hours apart: over more than two weeks."""
WORKERS = 2
Rows = dict[str, list[Mapping[str, Any]]]
"""`<database>.<collection>` -> the rows of one case, or variants of its one document."""


async def open_case(hall: Hall) -> tuple[str, Rows]:
    """Hand in one case, accept it, and give its number and everything stored of it."""
    settings = hall.settings
    submissions = Submissions(hall.catalogue, settings.keyring, settings.holder_key, "template")
    case = Case(next(submissions.make(WIDTH, 1)), 0.0)
    publisher = KafkaPublisher(settings.kafka, "bench-template")
    feeders = Feeders(publisher)
    async with hall.database as client:
        await feeders.submit(case)
        await feeders.send()
        await _there(hall, client, "ratings", case.number)
        await feeders.accept(case)
        await feeders.send()
        await _there(hall, client, "approval", case.number)
        await until_drained(hall)
        await publisher.stop()
        found: Rows = {}
        for service in ("intake", "approval", "supervision", "ratings"):
            name = settings.database(service)
            row = await client[name]["documents"].find_one({"_id": case.number})
            assert row is not None
            found[f"{name}.documents"] = [row]
        name = settings.database("supervision")
        for collection, where in (("audit", {"of": case.number}), ("milestones", {"_id": {"$regex": case.number}})):
            found[f"{name}.{collection}"] = await client[name][collection].find(where).to_list(None)
    return case.number, found


async def _there(hall: Hall, client: Any, service: str, number: str) -> None:
    documents = client.get_database(hall.settings.database(service))["documents"]
    async with asyncio.timeout(30):
        while await documents.find_one({"_id": number}, {"_id": 1}) is None:
            await asyncio.sleep(0.1)


def timed(row: Mapping[str, Any], settings: Any, change: Callable[[Supervised], Supervised]) -> dict[str, Any]:
    """A stored document of supervision with other clocks, its index and its next change computed from them."""
    codec, rules = SupervisionCodec(), Rules(Office(load_calendar(), settings.cut_off))
    state = indexed(change(codec.load(row["state"])), rules)
    return {**row, "state": codec.dump(state), "idx": dict(codec.index(state))}


def spread(state: Supervised, by: timedelta) -> Supervised:
    """Every running clock runs out so much later."""
    clocks = []
    for clock in state.clocks:
        ends = {name: getattr(clock, name) for name in ("yellow_at", "due", "statutory_due")}
        moved = {name: at + by for name, at in ends.items() if at is not None}
        clocks.append(clock.model_copy(update=moved) if clock.running else clock)
    return state.model_copy(update={"clocks": tuple(clocks)})


def due_at(state: Supervised, instant: datetime) -> Supervised:
    """The decision clock is yellow, and its promised limit passes at `instant`."""
    ends = {
        "yellow_at": instant - timedelta(days=1),
        "due": instant,
        "statutory_due": instant + timedelta(days=15),
        "light": "yellow",
    }
    clocks = [
        clock.model_copy(update=ends) if clock.running and clock.key == "decision" else clock for clock in state.clocks
    ]
    return state.model_copy(update={"clocks": tuple(clocks)})


def spread_out(rows: Rows, settings: Any) -> Rows:
    """The rows of an open case with its document in supervision in SPREAD variants."""
    name = f"{settings.database('supervision')}.documents"
    row = rows[name][0]
    variants = [timed(row, settings, lambda state, k=k: spread(state, k * STEP)) for k in range(SPREAD)]
    return {**rows, name: variants}


async def store(hall: Hall, number: str, rows: Rows, first: int, count: int) -> None:
    """Insert `count` copies, numbered from `first`, by several processes. Raises RuntimeError when one fails."""
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-rows-") as name:
        folder = Path(name)
        for place, each in rows.items():
            (folder / f"{place}.bson").write_bytes(b"".join(map(bson.encode, each)))
        share = -(-count // WORKERS)
        ranges = [(first + n * share, min(share, count - n * share)) for n in range(WORKERS)]
        await asyncio.gather(*(_copying(hall, number, folder, *each) for each in ranges if each[1] > 0))
    async with hall.database as client:
        await client.admin.command("fsync")


async def _copying(hall: Hall, number: str, folder: Path, first: int, count: int) -> None:
    arguments: Sequence[str] = ("-m", "tests.bench.copying", hall.settings.mongo_uri, str(folder), number)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, str(first), str(count), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise RuntimeError(f"copying ended with {process.returncode}: {said.decode()[-500:]}")
