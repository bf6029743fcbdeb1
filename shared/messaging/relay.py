"""Saying what was decided: publish a document's pending entries in order, then drop them from its outbox.

Whoever saves publishes everything still pending in the document, oldest first, so that replicas cannot overtake each
other; whoever hears skips the repeats.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from shared.contracts.envelope import Outgoing
from shared.kernel import Fact
from shared.messaging.bus import Publisher
from shared.messaging.document import Document, Store, Unavailable

LEFT_BEHIND = timedelta(seconds=5)
"""An outbox entry this old was left by a crash: the sweeper publishes it."""


class Relay:
    """Publishes outboxes. Safe to run twice, anywhere, at any time."""

    def __init__(self, store: Store, publisher: Publisher) -> None:
        self._store, self._publisher = store, publisher

    async def publish(self, documents: Iterable[Document]) -> int:
        """Publish and clear all pending entries; returns how many events the broker acknowledged.

        Raises Unavailable when some could not be sent: they stay in their outboxes, and nothing is lost.
        """
        docs = [doc for doc in documents if doc.outbox]
        if not docs:
            return 0
        facts = [entry.content for doc in docs for entry in doc.outbox if isinstance(entry.content, Fact)]
        if facts:
            await self._store.put_facts(facts)
        events = [[entry for entry in doc.outbox if isinstance(entry.content, Outgoing)] for doc in docs]
        sent = await self._publisher.publish(
            [[entry.content for entry in entries if isinstance(entry.content, Outgoing)] for entries in events]
        )
        upto: dict[str, int] = {}
        for doc, entries, count in zip(docs, events, sent, strict=True):
            if count == len(entries):
                upto[doc.id] = doc.outbox[-1].n
            elif entries[count].n > doc.outbox[0].n:
                upto[doc.id] = entries[count].n - 1
        await self._store.clear(upto)
        if any(count < len(entries) for entries, count in zip(events, sent, strict=True)):
            raise Unavailable("the broker did not acknowledge everything")
        return sum(sent)

    async def sweep(self, limit: int = 200) -> int:
        """Publish what crashes left behind, oldest first; returns how many documents had something."""
        names = await self._store.unpublished(LEFT_BEHIND, limit)
        if names:
            await self.publish((await self._store.load(names)).values())
        return len(names)
