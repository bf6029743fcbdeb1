"""The audit chain: every event heard becomes an entry that carries the hash of the one before it.

An entry is a line of text: its hash, and what is in it as canonical JSON, which is what is hashed. So a changed,
missing or added entry shows (GB/T 22239-2019, level 3: an audit that nobody can change unseen). Lines that are saved
together are one row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

import orjson

from services.supervision.model import NOTHING_HEARD, Supervised
from shared.contracts.envelope import Event, Heard
from shared.kernel import Line

COLLECTION = "audit"
Reason = Literal["missing", "changed", "not_following", "head_differs", "added"]

DETAILS: Mapping[str, tuple[str, ...]] = {
    "ApplicationSubmitted": ("matter_name", "channel"),
    "CaseAccepted": ("item_name", "department", "deemed", "receipt_date"),
    "CaseReferred": ("competent_body",),
    "CaseClosed": ("reason", "predecessor"),
    "TaskAssigned": ("task", "step_name", "department"),
    "TaskReassigned": ("task", "department"),
    "OpinionGiven": ("task", "department", "verdict"),
    "ProcedureStarted": ("procedure", "kind", "planned_days", "notice"),
    "ProcedureEnded": ("procedure",),
    "LimitExtended": ("days",),
    "JointLimitExtended": ("days", "approval"),
    "CaseApproved": ("item_name", "department"),
    "CaseRefused": ("item_name", "department"),
    "ResultIssued": ("kind", "name", "number"),
    "LicenceIssued": ("licence", "licence_type"),
    "ResultDelivered": ("method",),
    "RatingInvited": ("department",),
    "LicenceRenewed": ("licence", "successor"),
    "LicenceRevoked": ("licence",),
    "LicenceCancelled": ("licence",),
    "LicenceExpired": ("licence",),
    "RatingGiven": ("department", "level"),
    "RatingDefaulted": ("department",),
    "RectificationOpened": ("department", "level"),
    "RectificationClosed": ("department", "outcome"),
    "ClockStarted": ("subject", "clock", "started_at", "due", "statutory_due", "provisional", "calendar"),
    "ClockPaused": ("subject", "clock", "at"),
    "ClockResumed": ("subject", "clock", "at", "due", "statutory_due", "provisional"),
    "ClockMoved": ("subject", "clock", "at", "due", "due_before", "statutory_due", "provisional", "calendar"),
    "ClockStopped": ("subject", "clock", "at", "light", "on_time"),
    "LightChanged": ("subject", "clock", "light", "at"),
    "DeadlinePassed": ("subject", "clock", "kind", "due"),
    "CountdownPassed": ("subject", "clock", "kind", "due"),
    "UrgeIssued": ("urge", "rung", "automatic", "departments", "reply_by", "cause", "at"),
    "UrgeAnswered": ("urge", "department", "late"),
    "OutcomeRecorded": ("urge", "outcome", "day"),
    "SignalRaised": ("signal", "code", "level", "departments", "cause"),
    "SignalClosed": ("signal", "outcome"),
}
"""The fields of each event that its timeline entry shows: codes and references, never personal data."""


class Break(NamedTuple):
    """The first place at which a chain does not hold; `n` counts from 1."""

    n: int
    reason: Reason


def entered(state: Supervised, heard: Heard, today: date) -> tuple[Supervised, Line]:
    """The state with one more entry at the end of its chain, and the entry. The day never goes back: of two replicas
    whose clocks differ the later one counts."""
    number = state.entries + 1
    text = _canonical(_entry(state, number, heard))
    head = hashlib.sha256(text).hexdigest()
    day = max(today, state.heard_on or today)
    after = state.model_copy(update={"entries": number, "head": head, "heard_on": day})
    return after, Line(COLLECTION, number, f"{head} {text.decode()}")


def opened(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The entries of one row, each with its hash. One that nobody can read has its number and nothing else; a row that
    is none has no entries."""
    lines, first = row.get("lines"), row.get("n")
    for number, line in enumerate(
        lines if isinstance(lines, list) else (), start=first if isinstance(first, int) else 0
    ):
        head, _, text = str(line).partition(" ")
        try:
            entry = orjson.loads(text)
        except orjson.JSONDecodeError:
            entry = None
        yield {**(entry if isinstance(entry, dict) else {"n": number}), "hash": head}


def entry_id(application: str, number: int) -> str:
    """The id under which an entry is kept."""
    return f"{application}/{number:06d}"


def instant(at: datetime) -> str:
    """An instant as entries write it: UTC with microseconds, so that text sorts like time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link(row: Mapping[str, Any]) -> str:
    """The hash of an entry: SHA-256 over the canonical JSON of everything in it but the hash itself."""
    return hashlib.sha256(_canonical({name: value for name, value in row.items() if name != "hash"})).hexdigest()


def _canonical(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def first_break(rows: Sequence[Mapping[str, Any]], entries: int, head: str) -> Break | None:
    """Walk a chain of `entries` entries whose last hash is `head`; `rows` in order of `n`. None: it holds."""
    before = NOTHING_HEARD
    for number in range(1, entries + 1):
        row = rows[number - 1] if number <= len(rows) else None
        if row is None or row.get("n") != number:
            return Break(number, "missing")
        if link(row) != row.get("hash"):
            return Break(number, "changed")
        if row.get("prev") != before:
            return Break(number, "not_following")
        before = row["hash"]
    if before != head:
        return Break(entries, "head_differs")
    return Break(entries + 1, "added") if len(rows) > entries else None


def _entry(state: Supervised, number: int, heard: Heard) -> dict[str, Any]:
    return {"application": state.application, "n": number, "prev": state.head, **said_in(heard)}


def said_in(heard: Heard) -> dict[str, Any]:
    """What an entry has of a record alone: everything but its place in the chain."""
    event = heard.event
    return {
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
    }


def _details(event: Event) -> dict[str, Any]:
    fields = DETAILS.get(type(event).__name__, ())
    return {name: value for name in fields if (value := getattr(event, name)) is not None}
