"""One application as it is stored, read at rest: its document and the rows of its chain, and where the chain breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.supervision.decide.audit import entry_id, first_break, opened
from services.supervision.model import Supervised
from services.supervision.proof.findings import Finding
from services.supervision.sealing.sealed import Sealed
from services.supervision.store import Row, chain_rows
from shared.messaging.document import Document, Store

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chain:
    """`rows[i]` is the id of the row that holds `entries[i]`."""

    doc: Document
    state: Supervised
    entries: Sequence[Entry]
    rows: Sequence[str]

    @property
    def application(self) -> str:
        """Its number."""
        return self.doc.id

    def hash_at(self, n: int) -> str:
        """The hash of the n-th entry; empty where there is none."""
        return str(self.entries[n - 1].get("hash", "")) if 0 < n <= len(self.entries) else ""

    def row_at(self, n: int) -> str:
        """The id of the row that holds the n-th entry, or that would: it begins there, or before."""
        if 0 < n <= len(self.rows):
            return self.rows[n - 1]
        return self.rows[-1] if self.rows and n > len(self.rows) else entry_id(self.application, 1)

    def found(self, reason: str, n: int, detail: str = "", day: str = "") -> Finding:
        """Something that does not hold at the n-th entry."""
        return Finding(reason, self.application, n, day, self.row_at(n), detail)


async def chain_of(store: Store, application: str) -> Chain | Finding | None:
    """The application, read before and after, so that what is heard meanwhile does not look like a break. A finding
    where its document cannot be read, None where there is none."""
    while True:
        try:
            before = (await store.load([application])).get(application)
        except (KeyError, TypeError, ValueError) as error:  # somebody has changed what every document has
            return Finding("unreadable", application, row=application, detail=repr(error)[:200])
        if before is None:
            return None
        if not isinstance(before.state, Supervised):
            return None if before.state is None else Finding("unreadable", application, row=application)
        rows = await chain_rows(store, before)
        after = (await store.load([application])).get(application)
        if after is not None and after.version == before.version:
            return _chain(before, before.state, rows)


def _chain(doc: Document, state: Supervised, rows: Iterable[Row]) -> Chain:
    pairs = [(entry, str(row["_id"])) for row in rows for entry in opened(row)]
    return Chain(doc, state, [entry for entry, _ in pairs], [row for _, row in pairs])


def first_found(chain: Chain, leaves: Iterable[Sealed], *exact: Finding | None) -> Finding | None:
    """The first place at which a chain does not hold: in itself, or at one of the places that were found `exact`ly
    otherwise, unless a seal shows that it was another one before."""
    places = [each for each in (_broken(chain), *exact) if each is not None]
    first = min(places, key=lambda each: each.n or 0, default=None)
    upto, sealed = _against(chain, leaves)
    return sealed if first is None or (sealed is not None and upto < (first.n or 0)) else first


def _broken(chain: Chain) -> Finding | None:
    found = first_break(chain.entries, chain.state.entries, chain.state.head)
    if found is None:
        return None
    detail = ""
    there = chain.entries[found.n - 1] if found.n <= len(chain.entries) else None
    if found.reason == "missing" and there is not None:
        detail = f"entry {there.get('n')} stands in its place"
    if found.reason == "head_differs":
        detail = f"the application names {chain.state.head}, the entry is {chain.hash_at(found.n)}"
    return chain.found(found.reason, found.n, detail)


def _against(chain: Chain, leaves: Iterable[Sealed]) -> tuple[int, Finding | None]:
    """The first sealed head that the chain does not have: it was cut off, or built anew from some entry on, which is
    that of the number returned at the latest."""
    good = 0
    for sealed in sorted(leaves, key=lambda each: each.leaf.entries):
        n, day = sealed.leaf.entries, sealed.day.isoformat()
        if n > max(chain.state.entries, len(chain.entries)):
            have = chain.state.entries
            return have + 1, chain.found("cut_off", have + 1, f"{n} entries were sealed, {have} are there", day)
        if chain.hash_at(n) != sealed.leaf.head:
            span = f"entry {n}" if n == good + 1 else f"one of the entries {good + 1} to {n}"
            detail = f"{span}: sealed {sealed.leaf.head}, now {chain.hash_at(n) or 'nothing'}"
            return n, chain.found("sealed_head_differs", good + 1, detail, day)
        good = n
    return 0, None
