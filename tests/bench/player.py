"""A script played for any case: the same documents, rows and records, with the application's number put in.

Everything that depends on a case alone is one replacement of thirteen bytes in bytes that were made once, so what a
played case costs is the driver, the protocol and the servers, and nearly nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, ReplaceOne, UpdateOne

from shared.contracts.envelope import Headers, Outgoing
from tests.bench.script import Script, Step

PART = "state."
TOKEN = "bench0000000:1000"
"""As long as the token by which a service's save knows its own."""


@dataclass(frozen=True)
class Take:
    """What the records from one step to another lead to when they come in one batch, for the captured number.

    `next_entry`: after it, to empty the outbox by; 0 where nothing was said.
    """

    doc: str
    looked_for: tuple[str, ...]
    version: int
    content: bytes
    next_entry: int
    records: tuple[Outgoing, ...]
    rows: tuple[tuple[str, bytes, str], ...]
    """Collection, bytes, and the id of a row that takes the place of an earlier edition (else empty)."""


class Player:
    """Plays the steps of one service."""

    def __init__(self, script: Script) -> None:
        self._script, self._number = script, script.number.encode()
        self.length = len(script.steps)
        self.take = cache(self._take)

    def _take(self, first: int, last: int) -> Take:
        """The steps `first` to `last` as one save: the last one's document, and the entries of all."""
        steps = self._script.steps
        taken, final = steps[first : last + 1], steps[last]
        entries = _pages([entry for step in taken for entry in step.entries])
        version = int(steps[first - 1].fields["version"]) if first else 0
        fields = _together(taken)
        content = _update(fields, entries) if first else _insert(final.doc, fields, entries)
        return Take(
            doc=final.doc,
            looked_for=tuple(name for step in taken for name in step.looked_for),
            version=version,
            content=bson.encode(content),
            next_entry=int(final.fields["next_entry"]) if entries else 0,
            records=tuple(_record(entry) for entry in entries if "topic" in entry),
            rows=tuple(_row(entry) for entry in entries if "collection" in entry),
        )

    def write(self, take: Take, number: str) -> InsertOne[Any] | UpdateOne:
        """The compare-and-set of a case."""
        content = RawBSONDocument(take.content.replace(self._number, number.encode()))
        if not take.version:
            return InsertOne(content)
        return UpdateOne({"_id": self.name(take.doc, number), "version": take.version}, content)

    def emptying(self, number: str, next_entry: int) -> UpdateOne:
        """Empty an outbox that nothing was added to since."""
        query = {"_id": self.name(self._script.steps[0].doc, number), "next_entry": next_entry}
        return UpdateOne(query, {"$set": {"outbox": []}, "$unset": {"outbox_since": ""}})

    def rows(self, take: Take, number: str) -> list[tuple[str, InsertOne[Any] | ReplaceOne[Any]]]:
        """The rows of facts of a case, each with its collection."""
        found: list[tuple[str, InsertOne[Any] | ReplaceOne[Any]]] = []
        for collection, raw, name in take.rows:
            row = RawBSONDocument(raw.replace(self._number, number.encode()))
            place = {"_id": self.name(name, number)}
            found.append((collection, ReplaceOne(place, row, upsert=True) if name else InsertOne(row)))
        return found

    def records(self, take: Take, number: str) -> list[Outgoing]:
        """The records that a case says."""
        own, old = number.encode(), self._number
        return [
            Outgoing(each.topic, own, each.value.replace(old, own), _own(each.headers, old, own))
            for each in take.records
        ]

    def name(self, captured: str, number: str) -> str:
        """A captured id with the case's number in it."""
        return captured.replace(self._script.number, number)


def _pages(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The entries of one save: lines of one log are one row there, as a service writes them."""
    pages: dict[str, list[Mapping[str, Any]]] = {}
    others = []
    for entry in entries:
        if "lines" in entry.get("row", ()):
            pages.setdefault(entry["collection"], []).append(entry)
        else:
            others.append(entry)
    for page in pages.values():
        lines = [line for entry in page for line in entry["row"]["lines"]]
        others.append({**page[0], "row": {**page[0]["row"], "lines": lines}})
    return others


def _own(headers: Headers, old: bytes, own: bytes) -> Headers:
    return tuple((name, value.replace(old, own)) for name, value in headers)


def _insert(doc: str, fields: Mapping[str, Any], entries: list[Any]) -> dict[str, Any]:
    since = {"outbox_since": datetime.now(UTC)} if entries else {}
    return {"_id": doc, **fields, "version": fields["version"], **since, "outbox": entries, "writers": [TOKEN]}


def _together(steps: Sequence[Step]) -> dict[str, Any]:
    """The fields that one save writes for all these steps: each writes of the state what it has changed."""
    fields: dict[str, Any] = {}
    for step in steps:
        fields |= step.fields
    if "state" in fields:  # the first of them inserted the document
        state = {name.removeprefix(PART): fields.pop(name) for name in list(fields) if name.startswith(PART)}
        fields["state"] = fields["state"] | state
    return fields


def _update(fields: Mapping[str, Any], entries: list[Any]) -> dict[str, Any]:
    since = {"outbox_since": datetime.now(UTC)} if entries else {}
    unset = {} if entries else {"$unset": {"outbox_since": ""}}
    tokens = {"writers": {"$each": [TOKEN], "$slice": -16}}
    return {"$set": {**fields, **since, "outbox": entries}, "$push": tokens, **unset}


def _record(entry: Mapping[str, Any]) -> Outgoing:
    headers = tuple((name, bytes(value)) for name, value in entry["headers"])
    return Outgoing(entry["topic"], bytes(entry["key"]), bytes(entry["body"]), headers)


def _row(entry: Mapping[str, Any]) -> tuple[str, bytes, str]:
    edition = {"edition": entry["edition"]} if "edition" in entry else {}
    row = {"_id": entry["id"], **entry["row"], **edition}
    return entry["collection"], bson.encode(row), entry["id"] if edition else ""
