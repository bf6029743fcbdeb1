"""Seven known faults, planted on purpose: each breaks one promise of the delivery core, and the simulation must see it.

Each is a context manager that replaces one function while it is open. None changes production code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

from shared.messaging import subscription
from shared.messaging.document import Change, Document, Unstorable
from shared.messaging.relay import Relay
from shared.messaging.settle import Settler
from shared.testing.memory import MemoryStore
from shared.testing.simulation.heard import HeardUntil


class Settling:
    """A store as the settler of a faulty core uses it; everything but what a fault changes goes through."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Unmarked(Settling):
    """Saves what follows from a message, but not that it was seen."""

    async def save(self, changes: Sequence[Change]) -> Any:
        unmarked = [Change(each.before, replace(each.after, inbox=each.before.inbox)) for each in changes]
        return await self._store.save(unmarked)


class MarkedApart(Settling):
    """Saves first that a message was seen, and then, in a write of its own, what follows from it."""

    async def save(self, changes: Sequence[Change]) -> Any:
        seen = [Change(each.before, replace(each.before, inbox=each.after.inbox)) for each in changes]
        won: list[bool | Unstorable] = await self._store.save(seen)
        after = [
            Change(replace(each.before, version=each.before.version + 1, inbox=each.after.inbox), each.after)
            for each, ours in zip(changes, won, strict=True)
            if ours
        ]
        written = iter(await self._store.save(after) if after else ())
        return [next(written) if ours else ours for ours in won]


class OnlyNew(Settling):
    """Loads documents without what is pending in them, so that only what is new is published and cleared."""

    async def load(self, ids: Sequence[str]) -> dict[str, Document]:
        loaded: Mapping[str, Document] = await self._store.load(ids)
        return {name: replace(doc, outbox=()) for name, doc in loaded.items()}


def _settling(kind: Callable[[Any], Settling]) -> AbstractContextManager[Any]:
    made = Settler.__init__

    def init(self: Settler, voice: Any, store: Any, *rest: Any) -> None:
        made(self, voice, kind(store), *rest)

    return mock.patch.object(Settler, "__init__", init)


def skip_the_inbox_mark() -> AbstractContextManager[Any]:
    """An event takes effect again whenever it is delivered again."""
    return _settling(Unmarked)


def mark_seen_outside_the_write() -> AbstractContextManager[Any]:
    """A crash between the two writes leaves an event marked that never took effect."""
    return _settling(MarkedApart)


def publish_only_new_events() -> AbstractContextManager[Any]:
    """What a crash left in the outbox is passed over, and then cleared as if it had been said."""
    return _settling(OnlyNew)


def clear_before_publish() -> AbstractContextManager[Any]:
    """A crash between the two loses what was cleared."""
    publish = Relay.publish

    async def cleared(self: Relay, documents: Iterable[Document]) -> int:
        docs = [doc for doc in documents if doc.outbox]
        await self._store.clear({doc.id: doc.outbox[-1].n for doc in docs})
        return await publish(self, docs)

    return mock.patch.object(Relay, "publish", cleared)


def commit_before_save() -> AbstractContextManager[Any]:
    """A crash after the commit loses the batch."""
    on_batch = subscription.Subscription._on_batch

    async def committed(self: subscription.Subscription, message: Any) -> None:
        await subscription._commit(message.consumer, message.raw_message)
        await on_batch(self, message)

    return mock.patch.object(subscription.Subscription, "_on_batch", committed)


def announce_before_hearing() -> AbstractContextManager[Any]:
    """The scan takes the clock's word, and does not wait until everything up to it was heard."""

    async def now(self: HeardUntil) -> datetime:
        return self._world.now()

    return mock.patch.object(HeardUntil, "__call__", now)


@contextmanager
def ignore_the_version() -> Iterator[None]:
    """The later of two writers wins, and what the other saved is gone."""
    save = MemoryStore._save

    def over(self: MemoryStore, change: Change) -> bool | Unstorable:
        stored = self.rows.get(change.after.id)
        version = stored.version if stored else 0
        return save(self, Change(replace(change.before, version=version), change.after))

    with mock.patch.object(MemoryStore, "_save", over):
        yield


FAULTS: Mapping[str, Callable[[], AbstractContextManager[Any]]] = {
    "skip_the_inbox_mark": skip_the_inbox_mark,
    "clear_before_publish": clear_before_publish,
    "commit_before_save": commit_before_save,
    "ignore_the_version": ignore_the_version,
    "publish_only_new_events": publish_only_new_events,
    "mark_seen_outside_the_write": mark_seen_outside_the_write,
    "announce_before_hearing": announce_before_hearing,
}
