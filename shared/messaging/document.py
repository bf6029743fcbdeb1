"""The document that every service keeps its state in, and the store that saves it by compare-and-set.

One document holds everything that a message does: the new state, the mark that the message was seen, and the events
that follow from it. So one compare-and-set of one document is all the atomicity that the hall needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.contracts.envelope import Outgoing, Record
from shared.kernel import Fact, Frozen
from shared.messaging.leases import LeaseStore

REMEMBERED_COMMANDS = 32
Fields = set[str] | None
"""Names of fields of a state; None: all of them."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """An accepted command: its idempotency key, the digest of its body, and the answer it got."""

    key: str
    digest: str
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing still to be said: `n` counts all entries of the document. Bytes are final."""

    n: int
    content: Outgoing | Fact


@dataclass(frozen=True, slots=True)
class Parked:
    """Why a lane waits, since when, and how many records wait in it (the poison record included)."""

    reason: str
    detail: str
    since: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document as loaded, or as it shall be saved. `version` 0: it does not exist yet. `state` None: a stub."""

    id: str
    version: int = 0
    state: Any = None
    inbox: Mapping[str, int] = field(default_factory=dict)
    commands: tuple[Remembered, ...] = ()
    outbox: tuple[Entry, ...] = ()
    next_seq: int = 1
    next_entry: int = 1
    parked: Parked | None = None

    def remembered(self, key: str) -> Remembered | None:
        """The answer given to this idempotency key, if it is one of the last 32."""
        return next((command for command in self.commands if command.key == key), None)


@dataclass(frozen=True, slots=True)
class Change:
    """A compare-and-set: `after` replaces `before` only if the stored version is still that of `before`.

    `said` above 0: entries up to it were said, and are dropped by the same write. It then stores exactly the outbox
    of `after`; otherwise it adds to the stored one what `after` has more than `before`.
    """

    before: Document
    after: Document
    said: int = 0

    @property
    def fields(self) -> Fields:
        """Which fields of the state are others than before: rules pass on as it is what they leave alone."""
        before, after = self.before.state, self.after.state
        if type(before) is not type(after) or not isinstance(after, Frozen):
            return None
        known = vars(before)
        return {name for name, value in vars(after).items() if value is not known[name]}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record kept for a parked lane, by its position. `dead` names the reason where this record is the poison."""

    lane: str
    record: Record
    dead: str | None = None
    detail: str = ""

    @property
    def id(self) -> str:
        """The record's position, which is unique."""
        return f"{self.record.topic}/{self.record.partition:06d}/{self.record.offset:018d}"


@dataclass(frozen=True, slots=True)
class Intervention:
    """What an operator did to a parked lane: kept for the audit."""

    lane: str
    action: str
    by: str
    at: datetime
    position: str
    outcome: str


class Unavailable(Exception):
    """The database or the broker does not answer: nobody's fault in the data; wait and try again."""


class Unstorable(Exception):
    """The database refuses a document for what is in it: a data error of the message that changed it. False, because
    nothing was saved."""

    def __bool__(self) -> bool:
        return False


class Undecodable(Exception):
    """A stored document does not fit its model: a data error of that document, which is parked."""


Where = Mapping[str, Any]
Row = Mapping[str, Any]
Sort = Sequence[tuple[str, int]]
"""(field, 1 or -1) pairs."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a service: fields of `Codec.index`, or of a fact collection when it is named.

    `lists.$**` indexes every key of a field that is a mapping: `where` and `sort` then name one of them, `lists.open`.
    `sparse`: what does not have the field has no entry.
    """

    fields: Sort
    collection: str = "documents"
    sparse: bool = False


class Codec(Protocol):
    """How a service's state becomes a stored value, and which of it is indexed (under `idx`)."""

    def dump(self, state: Any, fields: Fields = None) -> Any:
        """Plain BSON values by field: of these alone, or of the whole state.

        What is not changed is never written again, so no default of a stored model may ever change.
        """

    def load(self, raw: Any) -> Any:
        """The state; raises ValueError when the stored value does not fit the model."""

    def index(self, state: Any) -> Mapping[str, Any]:
        """The fields that queries look for."""


class Store(LeaseStore, Protocol):
    """Where one service keeps its documents. Every method raises Unavailable when the database does not answer."""

    async def prepare(self) -> None:
        """Create what is missing (indexes); safe to repeat."""

    async def ping(self) -> None:
        """Raises Unavailable when the database does not answer."""

    async def load(self, ids: Sequence[str]) -> dict[str, Document]:
        """The documents that exist, by id, as a majority has them: what is published from them cannot be rolled back.

        A state that does not fit its model comes as an `Undecodable` object.
        """

    async def save(self, changes: Sequence[Change]) -> list[bool | Unstorable]:
        """Compare-and-set each; True where it was ours that won. Durable on a majority when it returns.

        Where the content itself is refused (too large, or not to be encoded), the answer is an `Unstorable`.
        """

    async def clear(self, upto: Mapping[str, int]) -> None:
        """Drop each document's outbox entries up to `n`, in one atomic update per document."""

    async def put_facts(self, facts: Sequence[Fact]) -> None:
        """Insert rows under their own ids; a row that is there already is left as it is, or replaced where the new one
        has a later edition."""

    async def unpublished(self, older_than: timedelta, limit: int) -> list[str]:
        """Ids of documents with an outbox entry saved longer ago than this, oldest first."""

    async def outbox_age(self) -> tuple[float, int]:
        """Seconds since the oldest unpublished entry was saved (0 when none), and how many documents have some."""

    async def keep_waiting(self, records: Sequence[Waiting]) -> None:
        """Keep records of parked lanes; a record that is kept already is left, but for its `dead` reason."""

    async def waiting(self, lane: str, limit: int) -> list[Waiting]:
        """The lane's records in order: poison first, then by topic, partition and offset."""

    async def count_waiting(self, lane: str) -> int:
        """How many records wait in a lane."""

    async def drop_waiting(self, ids: Sequence[str]) -> None:
        """Forget records that were handled or discarded."""

    async def parked(self, limit: int) -> list[Document]:
        """Parked documents, oldest first."""

    async def record_intervention(self, intervention: Intervention) -> None:
        """Add to the audit of replays and discards."""

    async def interventions(self, limit: int) -> list[Intervention]:
        """The audit, newest first."""

    # -- queries: `where` is equality (a list field matches by member) or {"$in" | "$lte" | "$lt" | "$gte" | "$gt"} ----

    async def find(self, where: Where, *, sort: Sort = (), limit: int = 100, skip: int = 0) -> list[Document]:
        """Documents by their indexed fields (Codec.index)."""

    async def look(self, where: Where, fields: Sequence[str], *, sort: Sort = (), limit: int = 100) -> list[Row]:
        """Indexed fields alone, of the documents that `find` would see: where one index holds the condition, the order
        and the fields, no document is read."""

    async def count(self, where: Where) -> int:
        """How many documents `find` would see."""

    async def tally(self, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        """How many documents for each combination of the indexed fields `by`."""

    async def find_facts(
        self, collection: str, where: Where, *, sort: Sort = (), limit: int = 100
    ) -> list[Mapping[str, Any]]:
        """Fact rows by their fields; `_id` is the fact's id."""

    async def tally_facts(self, collection: str, where: Where, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
        """How many rows for each combination of the fields `by`."""

    async def sum_facts(
        self, collection: str, where: Where, by: Sequence[str], of: Sequence[str]
    ) -> dict[tuple[Any, ...], tuple[int, ...]]:
        """For each combination of the fields `by`: how many rows, and then the sum of each of the fields `of`."""
