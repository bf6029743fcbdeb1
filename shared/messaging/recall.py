"""What this process still knows of the documents that it saved and published last, so that it need not ask again.

A recalled document may be out of date, and nothing depends on that: whatever is decided on it is saved by
compare-and-set, and an answer that no save has proved (a refusal) is given only after a fresh look.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.messaging.document import Document

DOCUMENTS = 4_000
"""Documents kept, the last saved: a case passes through a service within seconds when the hall is busy."""
SECONDS = 60.0
"""For how long: what was edited by hand in the database, its version untouched, is noticed after that."""
NUMBERS = 50_000
"""Documents of which it is kept how far they were said."""


class Recall:
    """Documents as they were saved last, and up to which entry the broker has acknowledged what each says."""

    def __init__(self, documents: int = DOCUMENTS) -> None:
        self._most = documents
        self._documents: OrderedDict[str, tuple[float, Document]] = OrderedDict()
        self._said: OrderedDict[str, int] = OrderedDict()
        self._uncleared: dict[str, tuple[int, float]] = {}

    def documents(self, names: Iterable[str]) -> dict[str, Document]:
        """Those of the documents that are known, as they were saved last by this process."""
        since = asyncio.get_running_loop().time() - SECONDS
        kept = ((name, self._documents.get(name)) for name in names)
        return {name: entry[1] for name, entry in kept if entry is not None and entry[0] > since}

    def keep(self, doc: Document) -> None:
        """Remember a document just saved or read. A parked one is always looked at: operators open it behind us."""
        known = self._documents.get(doc.id)
        if doc.parked or (known and known[1].version > doc.version):
            return
        self._documents[doc.id] = (asyncio.get_running_loop().time(), doc)
        self._documents.move_to_end(doc.id)
        if len(self._documents) > self._most:
            self._documents.popitem(last=False)

    def forget(self, names: Iterable[str]) -> None:
        """Another writer won, or nobody knows who did: look again."""
        for name in names:
            self._documents.pop(name, None)

    # -- how far a document was said -----------------------------------------------------------------

    def said(self, name: str) -> int:
        """Up to which entry the broker has acknowledged everything; 0 where that is not known."""
        return self._said.get(name, 0)

    def unsaid(self, doc: Document) -> Document:
        """The document with those entries alone that are still to be said."""
        said = self._said.get(doc.id, 0)
        if not doc.outbox or doc.outbox[0].n > said:
            return doc
        return replace(doc, outbox=tuple(entry for entry in doc.outbox if entry.n > said))

    def now_said(self, upto: Mapping[str, int]) -> None:
        """The broker acknowledged these documents up to these entries, which can be cleared."""
        now = asyncio.get_running_loop().time()
        for name, n in upto.items():
            if n > self._said.get(name, 0):
                self._said[name], self._uncleared[name] = n, (n, now)
                self._said.move_to_end(name)
        while len(self._said) > NUMBERS:
            self._said.popitem(last=False)

    def cleared(self, upto: Mapping[str, int]) -> None:
        """These entries are no longer stored."""
        for name, n in upto.items():
            if name in self._uncleared and self._uncleared[name][0] <= n:
                del self._uncleared[name]

    @property
    def waiting(self) -> int:
        """How many documents wait to be cleared."""
        return len(self._uncleared)

    def uncleared(self, seconds: float = 0.0) -> dict[str, int]:
        """Documents that may still hold entries that were said so long ago, and up to which."""
        before = asyncio.get_running_loop().time() - seconds
        return {name: n for name, (n, at) in self._uncleared.items() if at <= before}
