"""Saying what was decided: publish a document's pending entries in order, then drop them from its outbox.

Whoever saves publishes everything still pending in the document, oldest first, so that replicas cannot overtake each
other; whoever hears skips the repeats. Within one process a document has its turns: what one publish said, the next
one, which was loaded before the outbox was cleared, does not say again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from weakref import WeakValueDictionary

from shared.contracts.envelope import Outgoing
from shared.kernel import Fact
from shared.messaging.bus import Publisher
from shared.messaging.document import Document, Store, Unavailable

LEFT_BEHIND = timedelta(seconds=5)
"""An outbox entry this old was left by a crash: the sweeper publishes it."""
REMEMBERED_SECONDS = 5.0
"""For whoever loaded a document before its outbox was cleared, and saves it after."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Turn:
    """Whose turn it is to publish one document. `said`: up to which entry the broker acknowledged all of it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    said: int = 0


class Relay:
    """Publishes outboxes. Safe to run twice, anywhere, at any time."""

    def __init__(self, store: Store, publisher: Publisher) -> None:
        self._store, self._publisher = store, publisher
        self._turns: WeakValueDictionary[str, Turn] = WeakValueDictionary()

    async def publish(self, documents: Iterable[Document]) -> int:
        """Publish and clear all pending entries; returns how many events the broker acknowledged.

        Waits for earlier publishes of the same documents in this process, and leaves out what they said; what they
        could not say is said first. Raises Unavailable when some could not be sent: they stay in their outboxes, and
        nothing is lost.
        """
        pending = {doc.id: doc for doc in documents if doc.outbox}
        docs = [pending[name] for name in sorted(pending)]
        turns = [self._turns.setdefault(doc.id, Turn()) for doc in docs]
        async with AsyncExitStack() as stack:
            for turn in turns:  # by id: so no two publishes can wait for each other
                await stack.enter_async_context(turn.lock)
            return await self._publish(docs, turns)

    async def _publish(self, docs: Sequence[Document], turns: Sequence[Turn]) -> int:
        left = [_unsaid(doc, turn) for doc, turn in zip(docs, turns, strict=True)]
        facts = [entry.content for doc in left for entry in doc.outbox if isinstance(entry.content, Fact)]
        if facts:
            await self._store.put_facts(facts)
        events = [[entry for entry in doc.outbox if isinstance(entry.content, Outgoing)] for doc in left]
        sent = [0] * len(left)
        if any(events):
            sent = await self._publisher.publish(
                [[entry.content for entry in entries if isinstance(entry.content, Outgoing)] for entries in events]
            )
        for doc, turn, entries, count in zip(left, turns, events, sent, strict=True):
            if count < len(entries):
                turn.said = max(turn.said, entries[count].n - 1)
            elif doc.outbox:
                turn.said = doc.outbox[-1].n
        asyncio.get_running_loop().call_later(REMEMBERED_SECONDS, _let_go, turns)
        await self._store.clear({doc.id: turn.said for doc, turn in zip(docs, turns, strict=True) if turn.said})
        if any(count < len(entries) for entries, count in zip(events, sent, strict=True)):
            raise Unavailable("the broker did not acknowledge everything")
        return sum(sent)

    async def sweep(self, limit: int = 200) -> int:
        """Publish what crashes left behind, oldest first; returns how many documents had something."""
        names = await self._store.unpublished(LEFT_BEHIND, limit)
        if names:
            await self.publish((await self._store.load(names)).values())
        return len(names)


def _let_go(_: Sequence[Turn]) -> None:
    """A turn is forgotten with its last reference, and until now the timer had one."""


def _unsaid(doc: Document, turn: Turn) -> Document:
    return replace(doc, outbox=tuple(entry for entry in doc.outbox if entry.n > turn.said))
