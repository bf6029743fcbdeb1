"""The audit chain: every event heard becomes an entry that carries the hash of the one before it.

An entry is a fact row. What is in it is hashed as canonical JSON, so a changed, missing or added row shows (GB/T
22239-2019, level 3: an audit that nobody can change unseen).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

import orjson

from services.supervision.model import NOTHING_HEARD, Supervised
from shared.contracts.envelope import Event, Heard
from shared.kernel import Fact

COLLECTION = "audit"
Reason = Literal["missing", "changed", "not_following", "head_differs", "added"]

DETAILS: Mapping[str, tuple[str, ...]] = {
    "ApplicationSubmitted": ("matter_name", "channel"),
    "CaseAccepted": ("item_name", "department", "deemed", "receipt_date"),
    "CaseReferred": ("competent_body",),
    "CaseClosed": ("reason", "predecessor"),
    "TaskAssigned": ("task", "step_name", "department"),
    "OpinionGiven": ("task", "department", "verdict"),
    "CaseApproved": ("item_name", "department"),
    "CaseRefused": ("item_name", "department"),
    "ResultIssued": ("kind", "name", "number"),
    "LicenceIssued": ("licence", "licence_type"),
    "ResultDelivered": ("method",),
    "RatingInvited": ("department",),
    "RatingGiven": ("department", "level"),
    "ClockStarted": ("subject", "clock", "started_at", "due", "statutory_due", "provisional", "calendar"),
    "ClockPaused": ("subject", "clock", "at"),
    "ClockResumed": ("subject", "clock", "at", "due", "statutory_due", "provisional"),
    "ClockStopped": ("subject", "clock", "at", "light", "on_time"),
    "LightChanged": ("subject", "clock", "light", "at"),
    "DeadlinePassed": ("subject", "clock", "kind", "due"),
}
"""The fields of each event that its timeline entry shows: codes and references, never personal data."""


class Break(NamedTuple):
    """The first place at which a chain does not hold; `n` counts from 1."""

    n: int
    reason: Reason


def entered(state: Supervised, heard: Heard) -> tuple[Supervised, Fact]:
    """The state with one more entry at the end of its chain, and the entry as a fact."""
    number = state.entries + 1
    row = _entry(state, number, heard)
    row["hash"] = _hash(row)
    after = state.model_copy(update={"entries": number, "head": row["hash"]})
    return after, Fact(COLLECTION, entry_id(state.application, number), row)


def entry_id(application: str, number: int) -> str:
    """The id under which an entry is kept."""
    return f"{application}/{number:06d}"


def instant(at: datetime) -> str:
    """An instant as entries write it: UTC with microseconds, so that text sorts like time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link(row: Mapping[str, Any]) -> str:
    """The hash of an entry: SHA-256 over the canonical JSON of everything in it but its id and the hash itself."""
    content = {name: value for name, value in row.items() if name not in ("_id", "hash")}
    return _hash(content)


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def first_break(rows: Sequence[Mapping[str, Any]], entries: int, head: str) -> Break | None:
    """Walk a chain of `entries` entries whose last hash is `head`; `rows` in order of `n`. None: it holds."""
    before = NOTHING_HEARD
    for number in range(1, entries + 1):
        row = rows[number - 1] if number <= len(rows) else None
        if row is None or row.get("n") != number:
            return Break(number, "missing")
        if link(row) != row.get("hash"):
            return Break(number, "changed")
        if row["prev"] != before:
            return Break(number, "not_following")
        before = row["hash"]
    if before != head:
        return Break(entries, "head_differs")
    return Break(entries + 1, "added") if len(rows) > entries else None


def _entry(state: Supervised, number: int, heard: Heard) -> dict[str, Any]:
    event = heard.event
    return {
        "application": state.application,
        "n": number,
        "event": heard.id,
        "type": event.type_name(),
        "source": heard.source,
        "seq": heard.seq,
        "topic": heard.topic,
        "partition": heard.partition,
        "offset": heard.offset,
        "time": instant(heard.at),
        "cause": heard.cause,
        "subject": event.about(),
        "body": hashlib.sha256(heard.value).hexdigest(),
        "details": _details(event),
        "prev": state.head,
    }


def _details(event: Event) -> dict[str, Any]:
    fields = DETAILS.get(type(event).__name__, ())
    return {name: _plain(value) for name in fields if (value := getattr(event, name)) is not None}


def _plain(value: Any) -> Any:
    """As events write it: instants in UTC with a Z."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
