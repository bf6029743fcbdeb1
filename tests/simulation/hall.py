"""A simulated hall: the five cores in real runtimes, two replicas each, on one bus and five databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.supervision.scan import WORK, Scanner
from services.supervision.shards import SHARDS
from shared.contracts.envelope import Record
from shared.contracts.topics import SERVICES, SUPERVISION, all_topics, dead_letters, topic_named
from shared.messaging.commands import Overloaded, digest
from shared.messaging.document import Document, Unavailable, Waiting
from shared.messaging.observer import Observer
from shared.messaging.runtime import Runtime
from shared.testing.simulation.bus import Bus, RemotePublisher
from shared.testing.simulation.consumer import Feed
from shared.testing.simulation.database import Database, RemoteStore
from shared.testing.simulation.group import Group
from shared.testing.simulation.heard import HeardUntil
from shared.testing.simulation.world import Process, World
from tests.proof.evidence import Evidence, Told
from tests.simulation.announced import Announced
from tests.simulation.cores import cores
from tests.simulation.matters import DEPARTMENTS
from tests.simulation.watch import Watch

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


class Replica:
    """One process of one service, from its start on."""

    def __init__(self, hall: Hall, service: str, number: int) -> None:
        world, core = hall.world, hall.cores[service]
        self.process = Process(world, f"{service}.{number}", service)
        self.runtime = Runtime(
            service,
            hears=core.hears,
            decide=core.decide,
            rules=core.rules,
            store=RemoteStore(hall.databases[service], self.process),
            publisher=RemotePublisher(hall.bus, self.process),
            clock=world.now,
            observer=Observer(service, world.now),
        )
        self._hall, self._group = hall, hall.groups[service]
        self._feed = Feed(self._group, self.process, self.runtime.ears.topics, self.runtime.insist)
        self.runtime.meter.lag_by_partition = self._feed.subscription.lag
        self.process.run(self._live())

    async def _live(self) -> None:
        while True:
            try:
                await self.runtime.store.prepare()
                break
            except Unavailable:
                await asyncio.sleep(0.3)
        await self.runtime.start()
        if self.process.service == "supervision":
            self.process.run(self._scan())
        await self._feed.forever()

    async def _scan(self) -> None:
        """Pass after pass, as the scanner's own does, but counted, and less often than every virtual second."""
        topics = [name for name in self.runtime.ears.topics if name != SUPERVISION.name]
        scanner = Scanner(self.runtime, HeardUntil(self._group, self.process, topics), member=self.process.name)
        while True:
            try:
                if await scanner.once():
                    self._hall.world.diary.count("scan_said")
            except (Unavailable, Overloaded):
                self._hall.world.diary.count("scan_failed")
            await asyncio.sleep(self._hall.world.life_draw.uniform(0.4, 1.6))

    async def serve(self, doc: str, command: Any, lane: str, key: str | None) -> Any:
        """What HTTP does with a command; the answer still has to travel when it is given."""
        said = digest(command) if key else ""
        answer = await self.runtime.ask(
            doc, command, lane=lane, key=key, digest=said, cause=key or "sim", traceparent=TRACE
        )
        await asyncio.sleep(self._hall.world.life_draw.uniform(0, 0.05))
        return answer


class Hall:
    """Everything that stands in one world. `told`: what clients were told."""

    def __init__(self, world: World, off: Collection[str] = ()) -> None:
        self.world, self.off = world, frozenset(off)
        self.sick = ""
        """The application for which licensing's signer fails now."""
        self.cores = cores(lambda: self.sick)
        self.watch = Watch(world.diary)
        self.announced = Announced(self.watch, world.now)
        topics = dict(all_topics(DEPARTMENTS))
        self.bus = Bus(world, topics, self._appended)
        self.databases = {
            name: Database(world, name, core.codec, self.watch.saved) for name, core in self.cores.items()
        }
        self.groups = {name: Group(self.bus, name, self._places(name)) for name in SERVICES}
        self.replicas: dict[str, list[Replica]] = {name: [] for name in SERVICES}
        self.wanted = dict.fromkeys(SERVICES, 2)
        self.absent: set[str] = set()
        """Services that nobody starts for now."""
        self.told: list[Told] = []
        self._started = 0

    def _appended(self, record: Record) -> None:
        self.watch.appended(record)
        self.announced.appended(record)

    def _places(self, service: str) -> list[tuple[str, int]]:
        heard = {row.topic.name for row in self.cores[service].hears}
        rows = ((place, topic_named(place[0])) for place in self.bus.logs)
        return [place for place, row in rows if row is not None and row.name in heard]

    # -- replicas --------------------------------------------------------------------------

    def alive(self, service: str) -> list[Replica]:
        """The replicas that run, or are stopped for a while."""
        return [each for each in self.replicas[service] if each.process.alive]

    async def keep_running(self) -> None:
        """The orchestrator: starts what is missing after a while, and kills what is too many."""
        for service in SERVICES:
            for _ in range(self.wanted[service]):
                self._start(service)
        while True:
            await asyncio.sleep(self.world.life_draw.uniform(0.2, 0.8))
            for service in SERVICES:
                if service in self.absent:
                    continue
                running = self.alive(service)
                if len(running) < self.wanted[service]:
                    self._start(service)
                elif len(running) > self.wanted[service]:
                    running[0].process.kill("scaled_down")

    def send_away(self, service: str) -> None:
        """Kill all its replicas; none is started until it is no longer `absent`."""
        self.absent.add(service)
        for replica in self.alive(service):
            replica.process.kill("sent_away")

    def _start(self, service: str) -> None:
        self._started += 1
        self.replicas[service] = [*self.alive(service), Replica(self, service, self._started)]

    async def disturb(self) -> None:
        """What happens to processes and groups by itself."""
        draw, rates = self.world.life_draw, self.world.weather
        kinds: Mapping[str, Callable[[str], None]] = {
            "crash_anywhere": lambda name: self._any(name, lambda one: one.process.kill("crash_anywhere")),
            "stall": lambda name: self._any(name, lambda one: one.process.stall(draw.choice((0.5, 2.0, 9.0)))),
            "rebalance": lambda name: self.groups[name].rebalance(),
            "scale": self._scale,
            "outage": lambda name: self.world.outage(draw.choice((name, "broker")), draw.uniform(0.3, 3.0)),
            "rewind": lambda name: self.groups[name].rewind(),
        }
        while True:
            await asyncio.sleep(draw.uniform(0.0, 0.2))
            for kind, strike in kinds.items():
                if draw.random() < rates.rates[kind] * 0.1:
                    strike(draw.choice(SERVICES))

    def _any(self, service: str, strike: Callable[[Replica], None]) -> None:
        if running := self.alive(service):
            strike(self.world.life_draw.choice(running))

    def _scale(self, service: str) -> None:
        self.wanted[service] = self.world.life_draw.choice((1, 2, 2, 3))
        self.world.diary.count("scale")

    def calm(self) -> None:
        """Nothing goes wrong any more, and whatever stood still goes on."""
        self.world.diary.note("world", "calm")
        self.world.weather.calm()
        self.world.away.clear()
        self.absent.clear()
        for service in SERVICES:
            for replica in self.alive(service):
                replica.process.resume()

    # -- what is there ---------------------------------------------------------------------

    def look(self, service: str, name: str) -> Any:
        """The state of a document, as a page shows it; None where there is none."""
        database = self.databases[service]
        return database.read(name).state if name in database.rows else None

    def parked(self, service: str) -> list[Document]:
        """Lanes that wait for an operator."""
        return [row for row in self.databases[service].rows.values() if row.parked]

    def busy(self) -> str:
        """What is still on its way; nothing when everything was said and heard."""
        behind = [f"{name} hears" for name, group in self.groups.items() if group.lag()]
        if self._unscanned():
            behind.append("supervision scans")
        return ", ".join(behind + [f"{name} speaks" for name, each in self.databases.items() if each.since])

    def _unscanned(self) -> int:
        """Shards on which no living replica holds a lease: those of a dead one wait until its lease has ended."""
        board = self.databases["supervision"].boards.get(WORK)
        living = {each.process.name for each in self.alive("supervision")}
        terms = [term for term in board.terms if term.member in living] if board else []
        return SHARDS - len(frozenset[int]().union(*(term.shards for term in terms)))

    def evidence(self) -> Evidence:
        """What stands on the topics and in the databases at this instant, without the poison that was planted."""
        planted = self.watch.planted
        return Evidence(
            records={
                name: [each for each in records if (name, each.partition, each.offset) not in planted]
                for name, records in self.bus.records().items()
            },
            documents={name: {id_: each.read(id_) for id_ in each.rows} for name, each in self.databases.items()},
            facts={name: dict(each.facts) for name, each in self.databases.items()},
            waiting={name: self._waiting(name) for name in self.databases},
            told=list(self.told),
            indexed={name: dict(each.index) for name, each in self.databases.items()},
            since={name: dict(each.since) for name, each in self.databases.items()},
        )

    def _waiting(self, service: str) -> list[Waiting]:
        """Records kept for parked lanes. A copy that a crash left behind in an open lane is allowed where it is a
        repeat at worst: the document has its number already, or nobody can read it and its dead letter is there."""
        database = self.databases[service]
        letters = {(each.key, each.value) for each in self.bus.logs[(dead_letters(service).name, 0)]}
        found = []
        for waiting in database.kept.values():
            record, lane = waiting.record, database.rows.get(waiting.lane)
            headers = dict(record.headers)
            mark = headers.get("ce_source", b"").decode(), int(headers.get("ce_seq", b"0"))
            known = any(doc.inbox.get(mark[0], 0) >= mark[1] > 0 for doc in database.rows.values())
            unreadable = (record.topic, record.partition, record.offset) in self.watch.planted
            dead = unreadable and (record.key, record.value) in letters
            if (lane is None or lane.parked is None) and (known or dead):
                self.world.diary.count("copy_left_behind")
                continue
            found.append(waiting)
        return found


LEAST, MOST = timedelta(hours=2), timedelta(hours=30)


async def turn_the_calendar(world: World) -> None:
    """Days pass in leaps, so that clocks run out while delivery takes its seconds."""
    draw = world.draw("calendar")
    while True:
        await asyncio.sleep(draw.uniform(0.1, 1.0))
        world.leap(LEAST + (MOST - LEAST) * draw.random())
