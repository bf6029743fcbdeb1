"""The Store port on MongoDB: documents saved by compare-and-set in bulk, durable on a majority."""

from __future__ import annotations

import inspect
import itertools
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from shared.kernel import Fact
from shared.messaging.document import Change, Codec, Document, Index, Intervention, Sort, Waiting, Where
from shared.mongo.client import MAJORITY, answering
from shared.mongo.rows import (
    clearing,
    document_in,
    entry_out,
    keeping,
    parked_out,
    waiting_in,
)

DUPLICATE_KEY = 11000


class MongoStore:
    """One service's documents, waiting records, interventions and facts, in one database."""

    def __init__(self, client: Any, database: str, codec: Codec, indexes: Sequence[Index] = ()) -> None:
        self.db = client.get_database(
            database,
            codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
            write_concern=MAJORITY,
            read_concern=ReadConcern("local"),
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
                await collection.create_index([(f"{prefix}{name}", way) for name, way in index.fields])

    async def ping(self) -> None:
        """Raises Unavailable when the primary does not answer."""
        async with answering():
            await self.db.command("ping")

    # -- documents -----------------------------------------------------------------------

    async def load(self, ids: Sequence[str]) -> dict[str, Document]:
        async with answering():
            rows = await self.documents.find({"_id": {"$in": list(ids)}}).to_list(None)
        return {row["_id"]: document_in(row, self._codec) for row in rows}

    async def save(self, changes: Sequence[Change]) -> list[bool]:
        if not changes:
            return []
        now = datetime.now(UTC)
        tokens = [f"{self._writer}:{next(self._saves)}" for _ in changes]
        operations = [self._operation(*each, now) for each in zip(changes, tokens, strict=True)]
        async with answering():
            try:
                result = await self.documents.bulk_write(operations, ordered=False)
                if result.matched_count + result.inserted_count == len(changes):
                    return [True] * len(changes)
            except BulkWriteError as error:
                _only_duplicates(error)
            return await self._who_won(changes, tokens)

    async def _who_won(self, changes: Sequence[Change], tokens: Sequence[str]) -> list[bool]:
        """A bulk write counts its hits without naming them: the writer's token in the documents does."""
        cursor = self.documents.find({"_id": {"$in": [change.after.id for change in changes]}}, {"writer": 1})
        stored = {row["writer"] for row in await cursor.to_list(None)}
        return [token in stored for token in tokens]

    def _operation(self, change: Change, token: str, now: datetime) -> Any:
        before, after = change.before, change.after
        new = [entry_out(entry) for entry in after.outbox[len(before.outbox) :]]
        fields: dict[str, Any] = {
            "version": before.version + 1,
            "writer": token,
            "inbox": [{"source": source, "seq": seq} for source, seq in after.inbox.items()],
            "commands": [{"key": c.key, "digest": c.digest, "answer": dict(c.answer)} for c in after.commands],
            "next_seq": after.next_seq,
            "next_entry": after.next_entry,
        }
        if after.state is not before.state:
            fields["state"] = self._codec.dump(after.state)
            fields["idx"] = dict(self._codec.index(after.state))
        if after.parked:
            fields["parked"] = parked_out(after.parked)
        if new and not before.outbox:
            fields["outbox_since"] = now
        if before.version == 0:
            return InsertOne({"_id": after.id, **fields, "outbox": new})
        update: dict[str, Any] = {"$set": fields}
        if new:
            update["$push"] = {"outbox": {"$each": new}}
        if before.parked and not after.parked:
            update["$unset"] = {"parked": ""}
        return UpdateOne({"_id": after.id, "version": before.version}, update)

    async def clear(self, upto: Mapping[str, int]) -> None:
        if not upto:
            return
        async with answering():
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
            row = {"_id": fact.id, **fact.row}
            by_collection.setdefault(fact.collection, []).append(InsertOne(row))
        async with answering():
            for name, operations in by_collection.items():
                try:
                    await self.db[name].bulk_write(operations, ordered=False)
                except BulkWriteError as error:
                    _only_duplicates(error)

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
            cursor = self.documents.find({"parked.since": {"$exists": True}}).sort("parked.since", 1)
            return [document_in(row, self._codec) for row in await cursor.limit(limit).to_list(None)]

    async def record_intervention(self, intervention: Intervention) -> None:
        async with answering():
            row = {name: getattr(intervention, name) for name in Intervention.__slots__}
            await self.db["interventions"].insert_one(row)

    # -- queries -------------------------------------------------------------------------

    async def find(self, where: Where, *, sort: Sort = (), limit: int = 100, skip: int = 0) -> list[Document]:
        async with answering():
            cursor = self.documents.find(_indexed(where)).skip(skip).limit(limit)
            cursor = cursor.sort([(f"idx.{name}", way) for name, way in sort]) if sort else cursor
            return [document_in(row, self._codec) for row in await cursor.to_list(None)]

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

    async def _tally(self, collection: Any, where: Any, by: Sequence[str], prefix: str) -> dict[tuple[Any, ...], int]:
        group = {"_id": {name: f"${prefix}{name}" for name in by}, "count": {"$sum": 1}}
        async with answering():
            cursor = collection.aggregate([{"$match": where}, {"$group": group}])
            cursor = await cursor if inspect.isawaitable(cursor) else cursor
            rows = await cursor.to_list(None)
        return {tuple(row["_id"].get(name) for name in by): row["count"] for row in rows}


def _indexed(where: Where) -> dict[str, Any]:
    return {f"idx.{name}": value for name, value in where.items()}


def _only_duplicates(error: BulkWriteError) -> None:
    """An insert that finds its id taken lost a race; anything else is the database's trouble."""
    details = error.details or {}
    others = [each for each in details.get("writeErrors", []) if each.get("code") != DUPLICATE_KEY]
    if others or details.get("writeConcernErrors"):
        raise error
