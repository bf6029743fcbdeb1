"""The Store port on MongoDB: documents saved by compare-and-set in bulk, durable on a majority."""

from __future__ import annotations

import inspect
import itertools
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bson.codec_options import CodecOptions
from pymongo.errors import BulkWriteError, OperationFailure
from pymongo.read_concern import ReadConcern

from shared.kernel import Fact
from shared.log import logger
from shared.messaging.document import (
    Change,
    Codec,
    Document,
    Index,
    Intervention,
    Row,
    Sort,
    Unstorable,
    Waiting,
    Where,
)
from shared.messaging.leases import Board
from shared.mongo import leases
from shared.mongo.client import MAJORITY, answering
from shared.mongo.content import UNENCODABLE, Operation, content_errors, saving
from shared.mongo.rows import (
    BESIDE,
    clearing,
    document_in,
    emptying,
    keeping,
    putting,
    waiting_in,
)

log = logger("mongo")


class MongoStore:
    """One service's documents, waiting records, interventions and facts, in one database.

    All is read from a majority: what is published from a document cannot be rolled back, and what a query shows is
    what the next command meets.
    """

    def __init__(self, client: Any, database: str, codec: Codec, indexes: Sequence[Index] = ()) -> None:
        self.db = client.get_database(
            database,
            codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
            write_concern=MAJORITY,
            read_concern=ReadConcern("majority"),
        )
        self.documents = self.db["documents"]
        self._codec, self._indexes = codec, indexes
        self._writer = uuid.uuid4().hex[:12]
        self._saves = itertools.count(1)

    async def prepare(self) -> None:
        """Create the indexes that delivery needs; services add their own."""
        async with answering():
            await self.documents.create_index(
                "outbox_since", partialFilterExpression={"outbox_since": {"$exists": True}}
            )
            await self.documents.create_index(
                "parked.since", partialFilterExpression={"parked.since": {"$exists": True}}
            )
            await self.db["waiting"].create_index([("lane", 1), ("living", 1), ("_id", 1)])
            await self.db["interventions"].create_index("at")
            for index in self._indexes:
                collection = self.db[index.collection]
                prefix = "idx." if index.collection == "documents" else ""
                keys = [(f"{prefix}{name}", way) for name, way in index.fields]
                await collection.create_index(keys, **({"sparse": True} if index.sparse else {}))

    async def ping(self) -> None:
        """Raises Unavailable when the primary does not answer."""
        async with answering():
            await self.db.command("ping")

    # -- documents -----------------------------------------------------------------------

    async def load(self, ids: Sequence[str]) -> dict[str, Document]:
        async with answering():
            rows = await self.documents.find({"_id": {"$in": list(ids)}}, BESIDE).to_list(None)
        return {row["_id"]: document_in(row, self._codec) for row in rows}

    async def save(self, changes: Sequence[Change]) -> list[bool | Unstorable]:
        if not changes:
            return []
        now = datetime.now(UTC)
        tokens = [f"{self._writer}:{next(self._saves)}" for _ in changes]
        operations: dict[int, Operation] = {}
        refused: dict[int, Unstorable] = {}
        for place, (change, token) in enumerate(zip(changes, tokens, strict=True)):
            try:
                operations[place] = saving(change, self._codec, token, now)
            except Exception as error:  # the codec cannot dump what the rules made: a fault of this change alone
                refused[place] = Unstorable(type(error).__name__)
        async with answering():
            if await self._written(operations, refused) and not refused:
                return [True] * len(changes)
            stored = await self._tokens_of(changes)
        return [refused.get(place, token in stored) for place, token in enumerate(tokens)]

    async def _written(self, operations: dict[int, Operation], refused: dict[int, Unstorable]) -> bool:
        """Write them all but those whose content is refused, which are noted; whether every other one hit."""
        while operations:
            places = list(operations)
            try:
                result = await self.documents.bulk_write([operations[each].write for each in places], ordered=False)
                return bool(result.matched_count + result.inserted_count == len(places))
            except BulkWriteError as error:
                refused |= {places[index]: Unstorable(reason) for index, reason in content_errors(error)}
                return False
            except (*UNENCODABLE, OperationFailure) as error:
                found = {place: reason for place in places if (reason := operations[place].unencodable())}
                if not found:
                    raise
                log.error("unencodable", documents=len(found), error=type(error).__name__)
                for place, reason in found.items():
                    del operations[place]
                    refused[place] = Unstorable(reason)
        return True

    async def _tokens_of(self, changes: Sequence[Change]) -> set[str]:
        """A bulk write counts its hits without naming them: the writers' last tokens in the documents do."""
        cursor = self.documents.find({"_id": {"$in": [change.after.id for change in changes]}}, {"writers": 1})
        return {token for row in await cursor.to_list(None) for token in row.get("writers", ())}

    async def clear(self, upto: Mapping[str, int]) -> None:
        if not upto:
            return
        async with answering():
            plain = await self.documents.bulk_write([emptying(name, n) for name, n in upto.items()], ordered=False)
            if plain.matched_count < len(upto):
                await self.documents.bulk_write([clearing(name, n) for name, n in upto.items()], ordered=False)

    async def unpublished(self, older_than: timedelta, limit: int) -> list[str]:
        async with answering():
            cursor = self.documents.find({"outbox_since": {"$lt": datetime.now(UTC) - older_than}}, {"_id": 1})
            rows = await cursor.sort("outbox_since", 1).limit(limit).to_list(None)
        return [row["_id"] for row in rows]

    async def outbox_age(self) -> tuple[float, int]:
        async with answering():
            query = {"outbox_since": {"$exists": True}}
            oldest = await self.documents.find_one(query, {"outbox_since": 1}, sort=[("outbox_since", 1)])
            if oldest is None:
                return 0.0, 0
            count = await self.documents.count_documents(query, limit=100_000)
        return max(0.0, (datetime.now(UTC) - oldest["outbox_since"]).total_seconds()), int(count)

    async def put_facts(self, facts: Sequence[Fact]) -> None:
        by_collection: dict[str, list[Any]] = {}
        for fact in facts:
            by_collection.setdefault(fact.collection, []).append(putting(fact))
        async with answering():
            for name, operations in by_collection.items():
                try:
                    await self.db[name].bulk_write(operations, ordered=False)
                except BulkWriteError as error:
                    if refused := content_errors(error):
                        log.error("facts_refused", collection=name, reasons=sorted({reason for _, reason in refused}))

    # -- parked lanes --------------------------------------------------------------------

    async def keep_waiting(self, records: Sequence[Waiting]) -> None:
        if not records:
            return
        async with answering():
            await self.db["waiting"].bulk_write([keeping(each) for each in records], ordered=False)

    async def waiting(self, lane: str, limit: int) -> list[Waiting]:
        async with answering():
            cursor = self.db["waiting"].find({"lane": lane}).sort([("living", 1), ("_id", 1)])
            return [waiting_in(row) for row in await cursor.limit(limit).to_list(None)]

    async def count_waiting(self, lane: str) -> int:
        async with answering():
            return int(await self.db["waiting"].count_documents({"lane": lane}))

    async def drop_waiting(self, ids: Sequence[str]) -> None:
        async with answering():
            await self.db["waiting"].delete_many({"_id": {"$in": list(ids)}})

    async def parked(self, limit: int) -> list[Document]:
        async with answering():
            cursor = self.documents.find({"parked.since": {"$exists": True}}, BESIDE).sort("parked.since", 1)
            return [document_in(row, self._codec) for row in await cursor.limit(limit).to_list(None)]

    async def record_intervention(self, intervention: Intervention) -> None:
        async with answering():
            row = {name: getattr(intervention, name) for name in Intervention.__slots__}
            await self.db["interventions"].insert_one(row)

    async def interventions(self, limit: int) -> list[Intervention]:
        async with answering():
            cursor = self.db["interventions"].find({}, {"_id": 0}).sort([("at", -1), ("_id", -1)])
            return [Intervention(**row) for row in await cursor.limit(limit).to_list(None)]

    # -- leases --------------------------------------------------------------------------

    async def leases(self, work: str) -> Board:
        return await leases.board_of(self.db["leases"], work)

    async def lease(self, work: str, seen: Board, member: str, shards: Collection[int], seconds: float) -> bool:
        return await leases.turned(self.db["leases"], work, seen, member, shards, seconds)

    # -- queries -------------------------------------------------------------------------

    async def find(self, where: Where, *, sort: Sort = (), limit: int = 100, skip: int = 0) -> list[Document]:
        async with answering():
            cursor = self.documents.find(_indexed(where), BESIDE).skip(skip).limit(limit)
            cursor = cursor.sort([(f"idx.{name}", way) for name, way in sort]) if sort else cursor
            return [document_in(row, self._codec) for row in await cursor.to_list(None)]

    async def look(self, where: Where, fields: Sequence[str], *, sort: Sort = (), limit: int = 100) -> list[Row]:
        shown = {"_id": 0, **{f"idx.{name}": 1 for name in fields}}
        async with answering():
            cursor = self.documents.find(_indexed(where), shown).limit(limit)
            cursor = cursor.sort([(f"idx.{name}", way) for name, way in sort]) if sort else cursor
            return [row.get("idx", {}) for row in await cursor.to_list(None)]

    async def count(self, where: Where) -> int:
        async with answering():
            return int(await self.documents.count_documents(_indexed(where)))

    async def tally(self, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        return await self._tally(self.documents, _indexed(where), by, "idx.")

    async def find_facts(
        self, collection: str, where: Where, *, sort: Sort = (), limit: int = 100
    ) -> list[Mapping[str, Any]]:
        async with answering():
            cursor = self.db[collection].find(dict(where)).limit(limit)
            return list(await (cursor.sort(list(sort)) if sort else cursor).to_list(None))

    async def tally_facts(self, collection: str, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        return await self._tally(self.db[collection], dict(where), by, "")

    async def sum_facts(
        self, collection: str, where: Where, by: Sequence[str], of: Sequence[str]
    ) -> dict[tuple[Any, ...], tuple[int, ...]]:
        sums = {f"s{place}": {"$sum": f"${name}"} for place, name in enumerate(of)}
        rows = await self._grouped(self.db[collection], dict(where), by, "", sums)
        return {
            tuple(row["_id"].get(name) for name in by): (row["count"], *(row[each] for each in sums)) for row in rows
        }

    async def _tally(self, collection: Any, where: Any, by: Sequence[str], prefix: str) -> dict[tuple[Any, ...], int]:
        rows = await self._grouped(collection, where, by, prefix, {})
        return {tuple(row["_id"].get(name) for name in by): row["count"] for row in rows}

    @staticmethod
    async def _grouped(collection: Any, where: Any, by: Sequence[str], prefix: str, sums: Mapping[str, Any]) -> Any:
        group = {"_id": {name: f"${prefix}{name}" for name in by}, "count": {"$sum": 1}, **sums}
        async with answering():
            cursor = collection.aggregate([{"$match": where}, {"$group": group}])
            cursor = await cursor if inspect.isawaitable(cursor) else cursor
            return await cursor.to_list(None)


def _indexed(where: Where) -> dict[str, Any]:
    return {f"idx.{name}": value for name, value in where.items()}
