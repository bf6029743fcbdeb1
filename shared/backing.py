"""What a service stands on: its store, its files and its broker. Real by default; tests bring their own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gridfs.errors import NoFile

from shared.files import Files, StoredFile
from shared.messaging.broker import KafkaPublisher
from shared.messaging.bus import Publisher
from shared.messaging.connected import Connected
from shared.messaging.document import Codec, Index, Store
from shared.messaging.runtime import Runtime
from shared.mongo import MongoStore, answering, connect, disconnect
from shared.settings import Settings


class Connection(Protocol):
    """A runtime joined to a broker."""

    async def start(self) -> None:
        """Prepare the store, connect, consume. Raises Unavailable."""

    async def stop(self) -> None:
        """Finish and commit the batch, answer commands, publish, disconnect."""


class Backing(Protocol):
    """Makes the parts of one service."""

    def store(self, codec: Codec, indexes: Sequence[Index] = ()) -> Store:
        """The service's documents."""

    def files(self) -> Files:
        """The service's files."""

    def publisher(self) -> Publisher:
        """The way to the topics."""

    def connect(self, runtime: Runtime) -> Connection:
        """Join the runtime to the broker; nothing moves before `start`."""


class RealBacking:
    """MongoDB and Kafka, as the settings name them, for one service."""

    def __init__(self, service: str, settings: Settings) -> None:
        self._service, self._settings = service, settings
        self._client = connect(settings.mongo_uri, settings.mongo_driver)
        self._publisher = KafkaPublisher(settings.kafka, f"onedoor-{service}")
        self._store: MongoStore | None = None

    def store(self, codec: Codec, indexes: Sequence[Index] = ()) -> MongoStore:
        self._store = MongoStore(self._client, self._settings.database(self._service), codec, indexes)
        return self._store

    def files(self) -> Files:
        return GridFiles(self._client.get_database(self._settings.database(self._service)))

    def publisher(self) -> KafkaPublisher:
        return self._publisher

    def connect(self, runtime: Runtime) -> Connected:
        return Connected(runtime, self._publisher, self._store, self._settings.kafka, self.close)

    async def close(self) -> None:
        """Disconnect from MongoDB."""
        await disconnect(self._client)


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

    async def drop(self, name: str) -> None:
        async with answering():
            try:
                await self._bucket.delete(name)
            except NoFile:
                return
