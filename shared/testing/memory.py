"""A store and a bus in memory, with the same promises as MongoDB and Kafka behind the same ports."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.clock import system_clock
from shared.contracts.envelope import Outgoing, Record
from shared.contracts.topics import dead_letters
from shared.kernel import Fact
from shared.messaging.document import (
    Change,
    Codec,
    Document,
    Intervention,
    Row,
    Sort,
    Undecodable,
    Unstorable,
    Waiting,
    Where,
)
from shared.messaging.leases import Board, Term


class MemoryStore:
    """The Store port over dictionaries. States pass through the codec, as they do in MongoDB.

    `clock`: what tells how old an outbox is.
    """

    def __init__(self, codec: Codec, clock: Callable[[], datetime] = system_clock) -> None:
        self.codec, self._clock = codec, clock
        self.rows: dict[str, Document] = {}
        self.index: dict[str, Mapping[str, Any]] = {}
        self.since: dict[str, datetime] = {}
        self.facts: dict[str, dict[str, Mapping[str, Any]]] = {}
        self.kept: dict[str, Waiting] = {}
        self.audit: list[Intervention] = []
        self.boards: dict[str, Board] = {}

    async def prepare(self) -> None:
        """Nothing to prepare."""

    async def ping(self) -> None:
        """Memory answers."""

    async def load(self, ids: Sequence[str]) -> dict[str, Document]:
        return {name: self._loaded(self.rows[name]) for name in ids if name in self.rows}

    def _loaded(self, row: Document) -> Document:
        try:
            return replace(row, state=None if row.state is None else self.codec.load(row.state))
        except Exception as error:  # as in MongoDB: a codec's fault is this document's
            return replace(row, state=Undecodable(f"{row.id}: {type(error).__name__}"))

    async def save(self, changes: Sequence[Change]) -> list[bool | Unstorable]:
        return [self._save(change) for change in changes]

    def _save(self, change: Change) -> bool | Unstorable:
        before, after = change.before, change.after
        stored = self.rows.get(after.id)
        if (stored.version if stored else 0) != before.version:
            return False
        new = after.outbox if change.said else after.outbox[len(before.outbox) :]
        state = stored.state if stored else None
        if after.state is not before.state:
            try:
                state = self._state(change, state)
            except Exception as error:  # as in MongoDB: what cannot be stored is refused alone
                return Unstorable(type(error).__name__)
            self.index[after.id] = self.codec.index(after.state)
        outbox = (*(stored.outbox if stored and not change.said else ()), *new)
        self.rows[after.id] = replace(after, version=before.version + 1, state=state, outbox=outbox)
        if not outbox or (change.said and not before.outbox):  # nothing older is left
            self.since.pop(after.id, None)
        if new:
            self.since.setdefault(after.id, self._clock())
        return True

    def _state(self, change: Change, stored: Any) -> Any:
        """What is stored after a change: as in MongoDB, only the fields that have changed are written."""
        names = change.fields
        if names is None:
            return self.codec.dump(change.after.state)
        left = {name: value for name, value in stored.items() if name not in names}
        return left | self.codec.dump(change.after.state, names)

    async def clear(self, upto: Mapping[str, int]) -> None:
        for name, n in upto.items():
            left = tuple(entry for entry in self.rows[name].outbox if entry.n > n)
            self.rows[name] = replace(self.rows[name], outbox=left)
            if not left:
                self.since.pop(name, None)

    async def unpublished(self, older_than: timedelta, limit: int) -> list[str]:
        before = self._clock() - older_than
        old = [(since, name) for name, since in self.since.items() if since < before]
        return [name for _, name in sorted(old)][:limit]

    async def outbox_age(self) -> tuple[float, int]:
        if not self.since:
            return 0.0, 0
        return (self._clock() - min(self.since.values())).total_seconds(), len(self.since)

    async def put_facts(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            rows = self.facts.setdefault(fact.collection, {})
            if not fact.edition:
                rows.setdefault(fact.id, fact.row)
            elif rows.get(fact.id, {}).get("edition", 0) < fact.edition:
                rows[fact.id] = {**fact.row, "edition": fact.edition}

    async def keep_waiting(self, records: Sequence[Waiting]) -> None:
        for waiting in records:
            if waiting.dead or waiting.id not in self.kept:
                self.kept[waiting.id] = waiting

    async def waiting(self, lane: str, limit: int) -> list[Waiting]:
        mine = [waiting for waiting in self.kept.values() if waiting.lane == lane]
        return sorted(mine, key=lambda waiting: (waiting.dead is None, waiting.id))[:limit]

    async def count_waiting(self, lane: str) -> int:
        return len(await self.waiting(lane, len(self.kept)))

    async def drop_waiting(self, ids: Sequence[str]) -> None:
        for name in ids:
            self.kept.pop(name, None)

    async def parked(self, limit: int) -> list[Document]:
        found = [(row.parked.since, name) for name, row in self.rows.items() if row.parked]
        return [self._loaded(self.rows[name]) for _, name in sorted(found)][:limit]

    async def record_intervention(self, intervention: Intervention) -> None:
        self.audit.append(intervention)

    async def interventions(self, limit: int) -> list[Intervention]:
        newest = sorted(enumerate(self.audit), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
        return [each for _, each in newest[:limit]]

    async def leases(self, work: str) -> Board:
        return replace(self.boards.get(work) or Board(0, self._clock()), at=self._clock())

    async def lease(self, work: str, seen: Board, member: str, shards: Collection[int], seconds: float) -> bool:
        if (self.boards[work].version if work in self.boards else 0) != seen.version:
            return False
        others = [term for term in seen.living if term.member != member]
        ours = Term(member, frozenset(shards), self._clock() + timedelta(seconds=seconds))
        self.boards[work] = Board(seen.version + 1, self._clock(), (*others, *([ours] if seconds else [])))
        return True

    async def find(self, where: Where, *, sort: Sort = (), limit: int = 100, skip: int = 0) -> list[Document]:
        rows = _sorted([{**row, "": name} for name, row in self.index.items() if _matches(row, where)], sort)
        return [self._loaded(self.rows[row[""]]) for row in rows[skip : skip + limit]]

    async def look(self, where: Where, fields: Sequence[str], *, sort: Sort = (), limit: int = 100) -> list[Row]:
        rows = _sorted([row for row in self.index.values() if _matches(row, where)], sort)[:limit]
        return [{name: row[name] for name in fields if name in row} for row in rows]

    async def count(self, where: Where) -> int:
        return sum(_matches(row, where) for row in self.index.values())

    async def tally(self, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        return _tally(self.index.values(), where, by)

    async def find_facts(
        self, collection: str, where: Where, *, sort: Sort = (), limit: int = 100
    ) -> list[Mapping[str, Any]]:
        rows = [{"_id": name, **row} for name, row in self.facts.get(collection, {}).items()]
        return _sorted([row for row in rows if _matches(row, where)], sort)[:limit]

    async def tally_facts(self, collection: str, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        return _tally(self.facts.get(collection, {}).values(), where, by)

    async def sum_facts(
        self, collection: str, where: Where, by: Sequence[str], of: Sequence[str]
    ) -> dict[tuple[Any, ...], tuple[int, ...]]:
        groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
        for row in self.facts.get(collection, {}).values():
            if _matches(row, where):
                groups.setdefault(tuple(row.get(name) for name in by), []).append(row)
        return {
            key: (len(rows), *(sum(row.get(name, 0) for row in rows) for name in of)) for key, rows in groups.items()
        }


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "$in": lambda value, wanted: any(each in wanted for each in (value if isinstance(value, list) else [value])),
    "$lte": lambda value, bound: value is not None and value <= bound,
    "$lt": lambda value, bound: value is not None and value < bound,
    "$gte": lambda value, bound: value is not None and value >= bound,
    "$gt": lambda value, bound: value is not None and value > bound,
}


def _matches(row: Mapping[str, Any], where: Where) -> bool:
    for name, wanted in where.items():
        value = _value(row, name)
        if isinstance(wanted, Mapping):
            if not all(_COMPARE[operator](value, bound) for operator, bound in wanted.items()):
                return False
        elif not (value == wanted or (isinstance(value, list) and wanted in value)):
            return False
    return True


def _value(row: Mapping[str, Any], name: str) -> Any:
    """A field, or what a field holds under a key of its own (`desk.xfdd`)."""
    whole, _, part = name.partition(".")
    found = row.get(whole)
    return found.get(part) if part and isinstance(found, Mapping) else found


def _sorted(rows: list[Any], sort: Sort) -> list[Any]:
    for name, way in reversed(sort):
        rows.sort(key=lambda row: ((value := _value(row, name)) is not None, value), reverse=way < 0)
    return rows


def _tally(rows: Iterable[Mapping[str, Any]], where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
    return dict(Counter(tuple(row.get(name) for name in by) for row in rows if _matches(row, where)))


class MemoryBus:
    """The Publisher port over lists: every topic a log, with partitions by key."""

    def __init__(self, partitions: int = 4) -> None:
        self.partitions = partitions
        self.logs: dict[tuple[str, int], list[Record]] = {}

    async def publish(self, sequences: Sequence[Sequence[Outgoing]]) -> list[int]:
        for sequence in sequences:
            for outgoing in sequence:
                self.append(outgoing.topic, outgoing.key, outgoing.value, outgoing.headers)
        return [len(sequence) for sequence in sequences]

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Record:
        """Put any record on a topic, well-formed or not."""
        partition = zlib.crc32(key or b"") % self.partitions
        log = self.logs.setdefault((topic, partition), [])
        record = Record(topic, partition, len(log), key, value, tuple(headers))
        log.append(record)
        return record

    async def ping(self) -> None:
        """Memory answers."""

    async def dead_letter(self, group: str, record: Record, reason: str, detail: str) -> None:
        headers = [*record.headers, ("onedoor_reason", reason.encode()), ("onedoor_detail", detail.encode())]
        self.append(dead_letters(group).name, record.key, record.value, headers)

    def records(self, topic: str) -> list[Record]:
        """Everything on a topic, partition by partition."""
        return [record for (name, _), log in sorted(self.logs.items()) if name == topic for record in log]
