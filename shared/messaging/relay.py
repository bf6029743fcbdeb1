"""Saying what was decided: publish a document's pending entries in order, then drop them from its outbox.

Whoever saves publishes everything still pending in the document, oldest first, so that replicas cannot overtake each
other; whoever hears skips the repeats. Within one process a document has its turns: what one publish said, the next
one, which saw the outbox before it was cleared, does not say again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from weakref import WeakValueDictionary

from shared.contracts.envelope import Outgoing
from shared.kernel import Fact
from shared.messaging.bus import Publisher
from shared.messaging.document import Document, Store, Unavailable
from shared.messaging.recall import Recall

LEFT_BEHIND = timedelta(seconds=10)
"""An outbox entry this old was left by a crash: the sweeper publishes it."""
CLEAR_AFTER = 4.0
"""Seconds after which a sweep clears what was said: by then most documents were saved again, which clears it too.
With two rounds of the sweeper it is less than LEFT_BEHIND."""
UNCLEARED = 20_000
"""Documents whose entries were said and are not cleared: more are not left to the next sweep. A burst of deadlines says
some thousands a second, and what supervision then hears of them clears most."""
AT_ONCE = 500


class Relay:
    """Publishes outboxes. Safe to run twice, anywhere, at any time."""

    def __init__(self, store: Store, publisher: Publisher, recall: Recall) -> None:
        self._store, self._publisher, self._recall = store, publisher, recall
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._clearing = asyncio.Lock()

    async def publish(self, documents: Iterable[Document]) -> int:
        """Publish all pending entries; returns how many events the broker acknowledged.

        Waits for earlier publishes of the same documents in this process, and leaves out what they said; what they
        could not say is said first. What was said is cleared by the document's next save, or by the next sweep.
        Raises Unavailable when some could not be sent: they stay in their outboxes, and nothing is lost.
        """
        pending = {doc.id: doc for doc in documents if doc.outbox}
        docs = [pending[name] for name in sorted(pending)]
        turns = [self._turns.setdefault(doc.id, asyncio.Lock()) for doc in docs]
        async with AsyncExitStack() as stack:
            for turn in turns:  # by id: so no two publishes can wait for each other
                await stack.enter_async_context(turn)
            sent = await self._publish([self._recall.unsaid(doc) for doc in docs])
        await self.clear(above=UNCLEARED)
        return sent

    async def _publish(self, docs: Sequence[Document]) -> int:
        facts = [entry.content for doc in docs for entry in doc.outbox if isinstance(entry.content, Fact)]
        if facts:
            await self._store.put_facts(facts)
        events = [[entry for entry in doc.outbox if isinstance(entry.content, Outgoing)] for doc in docs]
        sent = [0] * len(docs)
        if any(events):
            sent = await self._publisher.publish(
                [[entry.content for entry in entries if isinstance(entry.content, Outgoing)] for entries in events]
            )
        said = {}
        for doc, entries, count in zip(docs, events, sent, strict=True):
            if count < len(entries):
                said[doc.id] = entries[count].n - 1
            elif doc.outbox:
                said[doc.id] = doc.outbox[-1].n
        self._recall.now_said(said)
        if any(count < len(entries) for entries, count in zip(events, sent, strict=True)):
            raise Unavailable("the broker did not acknowledge everything")
        return sum(sent)

    async def clear(self, seconds: float = 0.0, above: int = 0) -> None:
        """Drop from the stored outboxes what was said so long ago and no later save has dropped, if there are more
        than so many. One at a time: who waited finds it done."""
        if self._recall.waiting <= above:
            return
        async with self._clearing:
            if self._recall.waiting <= above:
                return
            waiting = list(self._recall.uncleared(seconds).items())
            for start in range(0, len(waiting), AT_ONCE):
                part = dict(waiting[start : start + AT_ONCE])
                await self._store.clear(part)
                self._recall.cleared(part)

    async def sweep(self, limit: int = 200) -> int:
        """Clear what was said, then publish what crashes left behind, oldest first; returns how many documents had
        something left."""
        await self.clear(CLEAR_AFTER)
        names = await self._store.unpublished(LEFT_BEHIND, limit)
        if names:
            await self.publish((await self._store.load(names)).values())
            await self.clear()
        return len(names)
