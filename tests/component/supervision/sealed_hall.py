"""Supervision's core on any store: what the others say, scans, sealing and proof, on a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.supervision.decide import decide
from services.supervision.decide import sealing as decide_sealing
from services.supervision.handlers import HEARS
from services.supervision.model import Scan
from services.supervision.proof import Cases, Days, Report, SealChecks
from services.supervision.rules import Rules
from services.supervision.sealing import sealer
from services.supervision.sealing.sealer import Sealer
from services.supervision.store import SupervisionCodec
from shared.contracts.envelope import Event, Record, encode
from shared.contracts.topics import topic_named
from shared.messaging.lookup import Absent
from shared.messaging.runtime import Runtime
from shared.signing import Ed25519Signer
from shared.testing.memory import MemoryBus, MemoryStore
from tests.unit.supervision.sample import RULES, TOPIC_OF, at, source_of

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@contextmanager
def pages_of(leaves: int):
    """Pages hold so few leaves (a power of two) inside the block."""
    with patch.object(sealer, "PAGE", leaves), patch.object(decide_sealing, "PAGE", leaves):
        yield


class BusRecords:
    """Looks records up on a bus in memory."""

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus

    async def at(self, places) -> Mapping[tuple[str, int, int], Record | Absent]:
        logs = self._bus.logs
        return {
            place: logs[place[:2]][place[2]] if 0 <= place[2] < len(logs.get(place[:2], ())) else Absent.NEVER
            for place in places
        }


class SealedHall:
    """`skew`: by how much the clock of the replica that hears differs from that of the one that seals. `rules` may be
    changed at any time, as when a calendar is published."""

    def __init__(self, store=None, begins: datetime | None = None, rules: Rules = RULES) -> None:
        self.rules = rules
        self.now, self.skew = begins or at("02-12 10:00"), timedelta(0)
        self.store, self.bus = store or MemoryStore(SupervisionCodec()), MemoryBus()
        self.runtime = self._runtime(lambda: self.now + self.skew)
        self.sealer = Sealer(self._runtime(lambda: self.now), SIGNER)
        self.numbers: dict[str, int] = {}
        self._read: dict[tuple[str, int], int] = {}

    def _runtime(self, clock: Callable[[], datetime]) -> Runtime:
        return Runtime(
            "supervision", hears=HEARS, decide=decide, rules=lambda: self.rules, store=self.store, publisher=self.bus,
            clock=clock,
        )  # fmt: skip

    async def __aenter__(self) -> SealedHall:
        await self.store.prepare()
        for runtime in (self.runtime, self.sealer._runtime):
            runtime._desk.start()
        return self

    async def __aexit__(self, *error) -> None:
        for runtime in (self.runtime, self.sealer._runtime):
            await runtime._desk.close()
            await runtime.said()

    async def hear(self, *events: Event) -> None:
        """The other services say these, and everything is heard."""
        self.say(*events)
        await self.pump()

    def say(self, *events: Event) -> None:
        """The other services say these."""
        for event in events:
            source = source_of(event)
            number = self.numbers[source] = self.numbers.get(source, 0) + 1
            said = encode(event, topic=TOPIC_OF[type(event)], source=source, seq=number, at=self.now, cause="c",
                          traceparent=TRACE)  # fmt: skip
            self.bus.append(said.topic, said.key, said.value, said.headers)

    async def pump(self) -> None:
        """Deliver until there is nothing left to hear."""
        while True:
            for runtime in (self.runtime, self.sealer._runtime):
                await runtime.published()
            records = []
            for place, log in list(self.bus.logs.items()):
                if topic_named(place[0]) is not None:
                    records += log[self._read.get(place, 0) :]
                    self._read[place] = len(log)
            if not records:
                return
            await self.runtime.handle(records)

    async def ask(self, application: str, command: object) -> Any:
        """Somebody's command, and everything that comes of it is heard; returns the answer."""
        answer = await self.runtime.ask(application, command, cause="person", traceparent=TRACE)
        await self.pump()
        return answer

    async def scan(self, *applications: str) -> None:
        """What came due until now is said."""
        for application in applications:
            await self.runtime.ask(application, Scan(instant=self.now), cause="scan", traceparent=TRACE)
        await self.pump()

    async def seal(self, when: datetime | None = None) -> int:
        """The clock goes there, and what is due is sealed."""
        self.now = max(self.now, when or self.now)
        done = await self.sealer.once()
        await self.pump()
        return done

    # -- proof -------------------------------------------------------------------------------------------

    def cases(self, *, log: bool = True) -> Cases:
        records = BusRecords(self.bus) if log else None
        return Cases(self.store, SealChecks(self.store, {SIGNER.key_id: SIGNER.public}, records), self.rules, records)

    async def case(self, application: str, *, log: bool = True) -> Report:
        report = await self.cases(log=log).proof(application)
        assert report is not None
        return report

    async def day(self, day: datetime, *, log: bool = True) -> Report:
        report = await Days(self.cases(log=log)).day(day)
        assert report is not None
        return report

    async def everything(self, *, log: bool = True) -> Report:
        return await Days(self.cases(log=log)).everything()
