"""Uploaded files in GridFS, with either driver."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from gridfs.errors import NoFile

from shared.files import StoredFile
from shared.mongo.client import answering


class GridFiles:
    """The Files port over GridFS, with either driver."""

    def __init__(self, database: Any) -> None:
        if type(database).__module__.startswith("motor"):
            from motor.motor_asyncio import AsyncIOMotorGridFSBucket

            self._bucket: Any = AsyncIOMotorGridFSBucket(database)
        else:
            from gridfs.asynchronous import AsyncGridFSBucket

            self._bucket = AsyncGridFSBucket(database)

    async def put(self, name: str, content: bytes, noted: Mapping[str, Any]) -> str:
        key = uuid.uuid4().hex
        async with answering():
            await self._bucket.upload_from_stream_with_id(key, name, content, metadata=dict(noted))
        return key

    async def get(self, name: str) -> StoredFile | None:
        async with answering():
            try:
                stream = await self._bucket.open_download_stream(name)
            except NoFile:
                return None
            return StoredFile(name, await stream.read(), dict(stream.metadata or {}))

    async def noted(self, name: str) -> Mapping[str, Any] | None:
        async with answering():
            async for found in self._bucket.find({"_id": name}):
                return dict(found.metadata or {})
        return None
