"""Services on memory: the same apps as in production, with a bus and stores that a test can look into and pump."""

from __future__ import annotations

from collections.abc import Sequence

from shared.attempts import Attempts, counted_in_memory
from shared.contracts.envelope import Record
from shared.contracts.topics import TOPICS, topic_named
from shared.messaging.document import Codec, Index
from shared.messaging.runtime import Runtime
from shared.testing.feed import MemoryFeed
from shared.testing.files import MemoryFiles
from shared.testing.memory import MemoryBus, MemoryStore


class MemoryHall:
    """One bus for any number of services. `backing(name)` goes to a service's `create_app`; `pump()` delivers."""

    def __init__(self) -> None:
        self.bus = MemoryBus()
        self.backings: dict[str, MemoryBacking] = {}

    def backing(self, service: str) -> MemoryBacking:
        """The backing of one service."""
        return self.backings.setdefault(service, MemoryBacking(self.bus))

    async def pump(self) -> int:
        """Deliver until nobody has anything left to hear; returns how many records were handled."""
        total = 0
        while True:
            for backing in self.backings.values():
                await backing.settle_down()
            handled = sum([await backing.deliver() for backing in self.backings.values()])
            total += handled
            if not handled:
                return total


class MemoryBacking:
    """The Backing port over memory."""

    def __init__(self, bus: MemoryBus) -> None:
        self.bus = bus
        self.documents: MemoryStore | None = None
        self.kept = MemoryFiles()
        self.tried = counted_in_memory()
        self.runtime: Runtime | None = None
        self._read: dict[tuple[str, int], int] = {}

    def store(self, codec: Codec, indexes: Sequence[Index] = ()) -> MemoryStore:  # noqa: ARG002  memory needs none
        self.documents = self.documents or MemoryStore(codec)
        return self.documents

    def files(self) -> MemoryFiles:
        return self.kept

    def attempts(self) -> Attempts:
        return self.tried

    def publisher(self) -> MemoryBus:
        return self.bus

    def connect(self, runtime: Runtime) -> MemoryBacking:
        self.runtime = runtime
        return self

    def feed(self, runtime: Runtime) -> MemoryFeed:
        own = {topic.name for topic in TOPICS if topic.owner == runtime.name}
        return MemoryFeed(self.bus, own, runtime.ears.topics, lambda: self._read)

    async def start(self) -> None:
        """Take commands; records move when the hall is pumped."""
        assert self.runtime is not None
        await self.runtime.start()

    async def stop(self) -> None:
        """Answer what waits."""
        assert self.runtime is not None
        await self.runtime.stop()

    async def settle_down(self) -> None:
        """Let publishing behind the answers finish."""
        if self.runtime is not None:
            await self.runtime.published()

    async def deliver(self) -> int:
        """Hand over everything that this service has not read yet."""
        if self.runtime is None:
            return 0
        records: list[Record] = []
        for place, log in list(self.bus.logs.items()):
            topic = topic_named(place[0])
            if topic is not None and topic.name in self.runtime.ears.topics:
                records += log[self._read.get(place, 0) :]
                self._read[place] = len(log)
        if records:
            await self.runtime.handle(records)
        return len(records)
