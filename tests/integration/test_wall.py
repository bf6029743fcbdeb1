"""The queries of the wall on a real MongoDB: all by an index, none sorts or reads documents that it does not show."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener

from services.supervision.store import INDEXES, SupervisionCodec
from services.supervision.wall.snapshot import LONGEST, SOONEST
from shared.mongo import MongoStore
from tests.bench.wall import filled, snapshots

CASES = 2_000


class Asked(CommandListener):
    """Every query that a client sends."""

    def __init__(self) -> None:
        self.queries: list[dict[str, Any]] = []

    def started(self, event) -> None:
        if event.command_name in ("find", "aggregate", "count"):
            kept = {name: value for name, value in event.command.items() if name not in ("lsid", "$clusterTime", "$db")}
            self.queries.append(kept)

    def succeeded(self, event) -> None:
        pass

    def failed(self, event) -> None:
        pass


async def test_every_query_of_the_wall_goes_by_an_index(servers):
    asked = Asked()
    client = AsyncIOMotorClient(servers.mongo_uri, tz_aware=True, event_listeners=[asked])
    store = MongoStore(client, f"wall_{uuid.uuid4().hex[:8]}", SupervisionCodec(), INDEXES)
    try:
        await filled(store, CASES, 0.02)
        asked.queries.clear()
        wall = snapshots(store)
        shown = await wall(None)
        assert shown.numbers.open_cases == CASES
        assert len(shown.listed.over) == LONGEST
        assert len(shown.listed.soon) == SOONEST
        assert shown.satisfaction.total > 0
        queries, seen = list(asked.queries), set()
        assert len(queries) > 10
        for query in queries:
            asked_of = query.get("find") or query.get("aggregate")
            plan = await store.db.command("explain", query, verbosity="executionStats")
            stages = set(_stages(plan))
            assert not stages & {"COLLSCAN", "SORT"}, (query, stages)
            read = sum(each["totalDocsExamined"] for each in _stats(plan))
            assert read <= LONGEST + 20 if "find" in query else read == 0, (query, read)
            seen.add((asked_of, "find" in query))
        assert seen == {
            ("documents", False), ("documents", True), ("milestones", False), ("milestones", True),
            ("satisfaction", False),
        }  # fmt: skip
    finally:
        await client.drop_database(store.db.name)
        client.close()


def _stages(plan: Any) -> Iterator[str]:
    """The names of all stages of the plan that won."""
    if isinstance(plan, Mapping):
        for name, value in plan.items():
            if name == "stage" and isinstance(value, str):
                yield value
            elif name != "rejectedPlans":
                yield from _stages(value)
    elif isinstance(plan, list):
        for each in plan:
            yield from _stages(each)


def _stats(plan: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(plan, Mapping):
        if "totalDocsExamined" in plan:
            yield plan
        else:
            for value in plan.values():
                yield from _stats(value)
    elif isinstance(plan, list):
        for each in plan:
            yield from _stats(each)
