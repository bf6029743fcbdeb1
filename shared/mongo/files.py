"""Uploaded files in GridFS, with either driver."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gridfs.errors import NoFile

from shared.files import NotedFile, StoredFile
from shared.mongo.client import answering

LOOSE, UPLOADED, KIND = "loose", "metadata.uploaded_at", "metadata.kind"
MOST_OWNED = 100


class GridFiles:
    """The Files port over GridFS, with either driver. The mark of a loose file stands beside what was noted."""

    def __init__(self, database: Any) -> None:
        if type(database).__module__.startswith("motor"):
            from motor.motor_asyncio import AsyncIOMotorGridFSBucket

            self._bucket: Any = AsyncIOMotorGridFSBucket(database)
        else:
            from gridfs.asynchronous import AsyncGridFSBucket

            self._bucket = AsyncGridFSBucket(database)
        self._files = database["fs.files"]

    async def prepare(self) -> None:
        async with answering():
            await self._files.create_index(
                [(UPLOADED, 1)], name="loose_by_age", partialFilterExpression={f"metadata.{LOOSE}": True}
            )
            await self._files.create_index(
                [("metadata.owner", 1), (KIND, 1), (UPLOADED, -1)],
                name="owned_by_kind",
                partialFilterExpression={KIND: {"$exists": True}},
            )

    async def put(self, name: str, content: bytes, noted: Mapping[str, Any]) -> str:
        key = uuid.uuid4().hex
        async with answering():
            await self._bucket.upload_from_stream_with_id(key, name, content, metadata={**noted, LOOSE: True})
        return key

    async def get(self, name: str) -> StoredFile | None:
        async with answering():
            try:
                stream = await self._bucket.open_download_stream(name)
            except NoFile:
                return None
            return StoredFile(name, await stream.read(), _noted(stream.metadata))

    async def noted(self, name: str) -> Mapping[str, Any] | None:
        async with answering():
            found = await self._files.find_one({"_id": name})
        return None if found is None else _noted(found.get("metadata"))

    async def amend(self, names: Sequence[str], changes: Mapping[str, Any], where: Mapping[str, Any]) -> int:
        still = {f"metadata.{name}": value for name, value in where.items()}
        update = {"$set": {f"metadata.{name}": value for name, value in changes.items()}}
        async with answering():
            reached = await self._files.update_many({"_id": {"$in": list(names)}, **still}, update)
        return int(reached.matched_count)

    async def owned(self, owner: str, kind: str) -> list[NotedFile]:
        async with answering():
            found = self._files.find({"metadata.owner": owner, KIND: kind}).sort(UPLOADED, -1).limit(MOST_OWNED)
            return [NotedFile(row["_id"], _noted(row["metadata"])) for row in await found.to_list(None)]

    async def loose(self, before: datetime, limit: int) -> list[NotedFile]:
        where = {f"metadata.{LOOSE}": True, UPLOADED: {"$lt": before.isoformat()}}
        async with answering():
            found = self._files.find(where).sort(UPLOADED, 1).limit(limit)
            return [NotedFile(row["_id"], _noted(row["metadata"])) for row in await found.to_list(None)]

    async def keep(self, name: str) -> None:
        async with answering():
            await self._files.update_one({"_id": name}, {"$unset": {f"metadata.{LOOSE}": ""}})

    async def delete(self, name: str) -> None:
        async with answering():
            try:
                await self._bucket.delete(name)
            except NoFile:
                return


def _noted(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (metadata or {}).items() if name != LOOSE}
