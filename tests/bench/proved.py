"""After a run: everything drained, nothing lost, licences readable, audit chains whole. Otherwise it is void."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Collection, Sequence
from typing import Any

import aiohttp
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.supervision.proof.chains import Chain, chain_of, first_found
from services.supervision.store import INDEXES, SupervisionCodec
from shared.contracts.topics import SERVICES
from shared.mongo import MongoStore
from tests.bench.durability import Void
from tests.bench.hall import Hall
from tests.bench.measure import Figures
from tests.proof.drained import drained
from tests.proof.evidence import Told
from tests.proof.gather import gather
from tests.proof.safety import safety

SAMPLE = 200
READ = 20
DRAIN_SECONDS = 60
AT_ONCE = 1_000
OURS = re.compile(r"^(onedoor|naive)\.")


async def until_drained(hall: Hall, seconds: float = DRAIN_SECONDS) -> None:
    """Wait until no outbox holds anything and every group has committed all. Raises Void after so many seconds."""
    deadline = time.monotonic() + seconds
    async with hall.database as client:
        while True:
            left = [name for name in SERVICES if await _holds(client, hall, name)] or await _behind(hall.settings.kafka)
            if not left:
                return
            if time.monotonic() > deadline:
                raise Void(f"not drained after {seconds:.0f} s: {left}")
            await asyncio.sleep(0.3)


async def _holds(client: Any, hall: Hall, service: str) -> bool:
    documents = client.get_database(hall.settings.database(service))["documents"]
    return await documents.find_one({"outbox_since": {"$exists": True}}, {"_id": 1}) is not None


async def _behind(kafka: str) -> list[str]:
    """Groups that have not committed the end of what they read."""
    admin, consumer = AIOKafkaAdminClient(bootstrap_servers=kafka), AIOKafkaConsumer(bootstrap_servers=kafka)
    await asyncio.gather(admin.start(), consumer.start())
    try:
        groups = [name for name, *_ in await admin.list_consumer_groups() if OURS.match(name)]
        found = await asyncio.gather(*(admin.list_consumer_group_offsets(name) for name in groups))
        committed: list[dict[TopicPartition, int]] = [
            {place: each.offset for place, each in offsets.items() if each.offset >= 0} for offsets in found
        ]
        ends = await consumer.end_offsets({place for offsets in committed for place in offsets})
    finally:
        await asyncio.gather(admin.close(), consumer.stop())
    pairs = zip(groups, committed, strict=True)
    return [name for name, offsets in pairs if any(ends[place] > offset for place, offset in offsets.items())]


async def nothing_lost(hall: Hall, numbers: Collection[str]) -> Figures:
    """Each application of the run exists, has its licence, and its rating is stored. Raises Void."""
    cases = [f"{number}-01" for number in numbers]
    places = {
        "submitted": ("intake", "documents", list(numbers)),
        "licences": ("licensing", "documents", cases),
        "ratings": ("ratings", "ratings", cases),
    }
    counts = {"completed": len(numbers)}
    async with hall.database as client:
        for what, (service, collection, names) in places.items():
            found = client.get_database(hall.settings.database(service))[collection]
            parts = [names[n : n + AT_ONCE] for n in range(0, len(names), AT_ONCE)]
            counts[what] = sum([await found.count_documents({"_id": {"$in": part}}) for part in parts])
    if len(set(counts.values())) != 1:
        raise Void(f"something is lost: {counts}")
    return counts


async def audits_hold(hall: Hall, numbers: Sequence[str]) -> int:
    """Compute the audit chains of a sample anew; how many. Raises Void for one that does not hold."""
    chosen = random.Random(1).sample(list(numbers), min(SAMPLE, len(numbers)))  # noqa: S311
    async with hall.database as client:
        store = MongoStore(client, hall.settings.database("supervision"), SupervisionCodec(), INDEXES)
        for number in chosen:
            chain = await chain_of(store, number)
            found = first_found(chain, ()) if isinstance(chain, Chain) and chain.entries else chain
            if found is not None or chain is None:
                raise Void(f"the audit of {number} does not hold: {found}")
    return len(chosen)


async def licences_read(hall: Hall, numbers: Sequence[str]) -> int:
    """Verify a sample of licences as the public does; how many. Raises Void for one that cannot be read."""
    chosen = random.Random(2).sample(list(numbers), min(READ, len(numbers)))  # noqa: S311
    async with hall.database as client, aiohttp.ClientSession() as http:
        documents = client.get_database(hall.settings.database("licensing"))["documents"]
        for number in chosen:
            stored = await documents.find_one({"_id": f"{number}-01"}, {"idx.number": 1})
            name = stored["idx"]["number"] if stored else ""
            async with http.get(f"{hall.addresses['licensing']}/verify/{name}") as answer:
                said = await answer.json()
                if answer.status != 200 or said["status"] != "valid" or said["signature"] != "matches":
                    raise Void(f"the licence of {number} cannot be verified: {answer.status} {said}")
    return len(chosen)


async def proven(hall: Hall, told: Sequence[Told], *, exact: bool) -> None:
    """The whole independent checker over everything in a small hall. Raises Void with what is broken."""
    evidence = await gather(hall.settings.kafka, hall.settings.mongo_uri, told)
    broken = safety(evidence) + drained(evidence, exact=exact)
    if broken:
        raise Void("; ".join(map(str, broken[:5])) + f" ({len(broken)} in all)")
