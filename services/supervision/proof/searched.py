"""Whether an application is found by what it is: the fields that scan, sealing, permissions and pages search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from services.supervision.model import BOOK, CalendarBook, Supervised
from services.supervision.proof.chains import Chain
from services.supervision.proof.findings import Finding
from services.supervision.proof.states import plain
from services.supervision.rules import Rules
from services.supervision.sealing.sealed import leaves_of, state_of
from services.supervision.store import SupervisionCodec
from shared.clock import shanghai
from shared.messaging.document import Store

AT_ONCE = 200
SEARCHED = ("next_change", "owner", "open", "departments", "heard_on")
"""What no rule ever leaves out."""
LISTED = ("lit", "lights", "over", "soon", "calendar")
"""What was saved before these lists has otherwise, or not at all, until it is saved again."""


async def index_found(store: Store, chain: Chain, rules: Rules) -> Finding | None:
    """Whether the fields that are searched are those of the state: without them the scan never finds it."""
    if chain.state.application != chain.application:
        return chain.found("state_differs", 1, f"application: the state has {chain.state.application!r}")
    fields, mine = SupervisionCodec().index(chain.state), {"application": chain.application}
    wanted = [("application", mine), *((name, {**mine, name: fields[name]}) for name in SEARCHED)]
    wanted.append(("shard", {**mine, "shard": {"$in": [fields["shard"], None]}}))  # None: saved before there were any
    for name, where in wanted:
        if await store.count(where) != 1:
            return chain.found("index_differs", len(chain.entries), f"{name} is not {plain(fields[name])}")
    (there,) = await store.look(mine, LISTED, limit=1)
    for name in LISTED:
        if not _same(there, fields, name):
            return chain.found("index_differs", len(chain.entries), f"{name} is not {plain(fields.get(name))}")
    return await _counted_ahead(store, chain, rules)


def _same(there: Mapping[str, Any], fields: Mapping[str, Any], name: str) -> bool:
    value = there.get(name)
    if name not in there or plain(value) == plain(fields.get(name)):
        return True
    if name == "lit":
        return isinstance(value, list) and bool(value) and all(":" not in str(mark) for mark in value)
    return name == "lights" and isinstance(value, str) and value != "" and ":" not in value


async def hidden(store: Store, walked: int, total: int) -> AsyncIterator[Finding]:
    """Applications that nobody comes by, who goes through all of them by their numbers. `total`: documents that there
    were before, `walked` of which were applications; what is none has no number."""
    others = 0
    while docs := await store.find({"application": None}, limit=AT_ONCE, skip=others):
        others += len(docs)
        for doc in docs:
            if isinstance(doc.state, Supervised):
                yield Finding("index_differs", doc.id, row=doc.id, detail="application is not there")
    if walked + others < total:
        yield Finding("index_differs", row="application", detail=f"{total - walked - others} documents have no number")


async def _counted_ahead(store: Store, chain: Chain, rules: Rules) -> Finding | None:
    """A clock that counts by a calendar that there is not would never be counted again. Whoever looks may be behind the
    book for some seconds, so that is read then."""
    ahead = max(chain.state.clocks, key=lambda clock: clock.calendar, default=None)
    if ahead is None or ahead.calendar <= rules.number:
        return None
    document = (await store.load([BOOK])).get(BOOK)
    book = document.state if document else None
    newest = book.latest.number if isinstance(book, CalendarBook) else 0
    if ahead.calendar <= newest:
        return None
    detail = f"{ahead.key} of {ahead.subject} is counted by calendar {ahead.calendar}, and the newest is {newest}"
    return chain.found("state_differs", len(chain.entries), detail)


async def heard_on_found(store: Store, chain: Chain) -> Finding | None:
    """Whether the day by which the sealing finds it can be right: not before its newest event was said, a day allowed
    for clocks that differ; none at all only where its whole chain was sealed since."""
    said = [at for entry in chain.entries if (at := _instant(entry.get("time")))]
    if not said:
        return None
    heard, earliest = chain.state.heard_on, shanghai(max(said)).date() - timedelta(days=1)
    if heard is not None and heard >= earliest:
        return None
    if heard is None:
        sealed = max((each.leaf.entries for each in await leaves_of(store, chain.application)), default=0)
        if (await state_of(store)).day is None or sealed >= chain.state.entries:
            return None
    detail = f"heard_on is {heard}, and the newest event was said on {shanghai(max(said)).date()}"
    return chain.found("state_differs", len(chain.entries), detail)


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
