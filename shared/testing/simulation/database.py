"""A service's database, which outlives its processes, and a process's way to it behind the Store port."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from shared.kernel import Fact
from shared.messaging.document import Change, Codec, Document, Intervention, Row, Sort, Unstorable, Waiting, Where
from shared.messaging.leases import Board
from shared.testing.memory import MemoryStore
from shared.testing.simulation.wire import Piece, Wire
from shared.testing.simulation.world import Process, World

T = TypeVar("T")
STALE = 0.5
"""Virtual seconds for which a majority may lag behind what was acknowledged."""
Saved = Callable[[str, Document | None, Document], None]


class Database(MemoryStore):
    """The documents of one service. `on_save` sees every change that won: service, stored document, its successor."""

    def __init__(self, world: World, service: str, codec: Codec, on_save: Saved) -> None:
        super().__init__(codec, world.uptime)
        self.service, self._on_save = service, on_save
        self._world = world
        self._decoded: dict[int, tuple[Any, Any]] = {}
        self._before: dict[str, tuple[float, Document | None]] = {}
        """What the last save of each document replaced, and when."""

    def read(self, name: str) -> Document:
        """A document as it is at this instant; KeyError where there is none."""
        return self._loaded(self.rows[name])

    def durable(self, name: str) -> Document | None:
        """A document as a majority has it: now and then still as it was before its last save, for a moment."""
        at, before = self._before.get(name, (-STALE, None))
        world = self._world
        if at > world.loop.time() - STALE and world.wire_draw.random() < world.weather.rates["stale_read"]:
            world.diary.count("stale_read")
            return self._loaded(before) if before else None
        return self._loaded(self.rows[name]) if name in self.rows else None

    def _save(self, change: Change) -> bool | Unstorable:
        before = self.rows.get(change.after.id)
        won = super()._save(change)
        if won is True:
            self._before[change.after.id] = self._world.loop.time(), before
            self._on_save(self.service, before, self.rows[change.after.id])
        return won

    def _loaded(self, row: Document) -> Document:
        """Each stored state passes through the codec once: states are frozen, and what was dumped never changes."""
        if row.state is None:
            return row
        raw, state = self._decoded.get(id(row.state), (None, None))
        if raw is not row.state:
            state = super()._loaded(row).state
            self._decoded[id(row.state)] = (row.state, state)
        return replace(row, state=state)


def at_once(coro: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine of the store in memory, which never waits: it takes effect at one instant."""
    try:
        coro.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("the store in memory waited")


class RemoteStore:
    """The Store port of one process: every method is a request to the database."""

    def __init__(self, database: Database, process: Process) -> None:
        self._there, self._wire = database, Wire(process, process.service)

    async def _ask(self, what: str, about: str, asked: Callable[[], Coroutine[Any, Any, T]]) -> T:
        (result,) = await self._wire.ask(what, about, lambda: at_once(asked()))
        found: T = result
        return found

    async def _each(self, what: str, named: Mapping[str, Piece]) -> list[Any]:
        return await self._wire.ask(what, " ".join(named), *named.values()) if named else []

    async def prepare(self) -> None:
        await self._ask("prepare", "", self._there.prepare)

    async def ping(self) -> None:
        await self._ask("ping", "", self._there.ping)

    async def load(self, ids: Sequence[str]) -> dict[str, Document]:
        found = await self._each("load", {name: partial(self._there.durable, name) for name in ids})
        return {name: doc for name, doc in zip(dict.fromkeys(ids), found, strict=True) if doc is not None}

    async def save(self, changes: Sequence[Change]) -> list[bool | Unstorable]:
        named = {f"{each.after.id}@{each.before.version + 1}": partial(self._save, each) for each in changes}
        return await self._each("save", named)

    def _save(self, change: Change) -> bool | Unstorable:
        return at_once(self._there.save([change]))[0]

    async def clear(self, upto: Mapping[str, int]) -> None:
        await self._each("clear", {f"{name}<={n}": partial(self._clear, name, n) for name, n in upto.items()})

    def _clear(self, name: str, n: int) -> None:
        at_once(self._there.clear({name: n}))

    async def put_facts(self, facts: Sequence[Fact]) -> None:
        await self._each("put_facts", {f"{fact.id}/{fact.edition}": partial(self._put, fact) for fact in facts})

    def _put(self, fact: Fact) -> None:
        at_once(self._there.put_facts([fact]))

    async def unpublished(self, older_than: timedelta, limit: int) -> list[str]:
        return await self._ask("sweep", "", lambda: self._there.unpublished(older_than, limit))

    async def outbox_age(self) -> tuple[float, int]:
        return await self._ask("outbox_age", "", self._there.outbox_age)

    async def keep_waiting(self, records: Sequence[Waiting]) -> None:
        await self._each("keep", {f"{each.lane}:{each.id}": partial(self._keep, each) for each in records})

    def _keep(self, waiting: Waiting) -> None:
        at_once(self._there.keep_waiting([waiting]))

    async def waiting(self, lane: str, limit: int) -> list[Waiting]:
        return await self._ask("waiting", lane, lambda: self._there.waiting(lane, limit))

    async def count_waiting(self, lane: str) -> int:
        return await self._ask("count", lane, lambda: self._there.count_waiting(lane))

    async def drop_waiting(self, ids: Sequence[str]) -> None:
        await self._each("drop", {name: partial(self._drop, name) for name in ids})

    def _drop(self, name: str) -> None:
        at_once(self._there.drop_waiting([name]))

    async def parked(self, limit: int) -> list[Document]:
        return await self._ask("parked", "", lambda: self._there.parked(limit))

    async def record_intervention(self, intervention: Intervention) -> None:
        await self._ask("audit", intervention.lane, lambda: self._there.record_intervention(intervention))

    async def interventions(self, limit: int) -> list[Intervention]:
        return await self._ask("audited", "", lambda: self._there.interventions(limit))

    async def leases(self, work: str) -> Board:
        return await self._ask("leases", work, lambda: self._there.leases(work))

    async def lease(self, work: str, seen: Board, member: str, shards: Collection[int], seconds: float) -> bool:
        return await self._ask("lease", work, lambda: self._there.lease(work, seen, member, shards, seconds))

    async def find(self, where: Where, *, sort: Sort = (), limit: int = 100, skip: int = 0) -> list[Document]:
        return await self._ask("find", "", lambda: self._there.find(where, sort=sort, limit=limit, skip=skip))

    async def look(self, where: Where, fields: Sequence[str], *, sort: Sort = (), limit: int = 100) -> list[Row]:
        return await self._ask("look", "", lambda: self._there.look(where, fields, sort=sort, limit=limit))

    async def count(self, where: Where) -> int:
        return await self._ask("find", "", lambda: self._there.count(where))

    async def tally(self, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        return await self._ask("find", "", lambda: self._there.tally(where, by))

    async def find_facts(
        self, collection: str, where: Where, *, sort: Sort = (), limit: int = 100
    ) -> list[Mapping[str, Any]]:
        return await self._ask("find", "", lambda: self._there.find_facts(collection, where, sort=sort, limit=limit))

    async def tally_facts(self, collection: str, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        return await self._ask("find", "", lambda: self._there.tally_facts(collection, where, by))

    async def sum_facts(
        self, collection: str, where: Where, by: Sequence[str], of: Sequence[str]
    ) -> dict[tuple[Any, ...], tuple[int, ...]]:
        return await self._ask("find", "", lambda: self._there.sum_facts(collection, where, by, of))
