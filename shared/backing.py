"""What a service stands on: its store, its files and its broker. Real by default; tests bring their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.attempts import Attempts, counted_in_mongo
from shared.contracts.topics import TOPICS
from shared.files import Files
from shared.messaging.broker import KafkaPublisher
from shared.messaging.bus import Publisher
from shared.messaging.connected import Connected
from shared.messaging.document import Codec, Index, Store
from shared.messaging.feed import KafkaFeed
from shared.messaging.runtime import Runtime
from shared.messaging.tail import Feed
from shared.mongo import GridFiles, MongoStore, connect, disconnect
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

    def attempts(self) -> Attempts:
        """How often something was tried, over all replicas."""

    def publisher(self) -> Publisher:
        """The way to the topics."""

    def connect(self, runtime: Runtime) -> Connection:
        """Join the runtime to the broker; nothing moves before `start`."""

    def feed(self, runtime: Runtime) -> Feed:
        """What pages that keep themselves fresh follow."""


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

    def attempts(self) -> Attempts:
        return counted_in_mongo(self._settings, self._service)

    def publisher(self) -> KafkaPublisher:
        return self._publisher

    def connect(self, runtime: Runtime) -> Connected:
        return Connected(runtime, self._publisher, self._store, self._settings.kafka, self.close)

    def feed(self, runtime: Runtime) -> KafkaFeed:
        own = [topic.name for topic in TOPICS if topic.owner == runtime.name]
        return KafkaFeed(self._settings.kafka, runtime.name, own, runtime.ears.topics)

    async def close(self) -> None:
        """Disconnect from MongoDB."""
        await disconnect(self._client)
