"""A change as one compare-and-set, and what MongoDB has against its content: those are data errors, never outages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import bson
from bson.errors import BSONError
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared.messaging.document import Change, Codec
from shared.mongo.rows import entry_out, parked_out

UNENCODABLE = (BSONError, OverflowError, UnicodeError, RecursionError, TypeError)
"""What the driver raises before it sends: too large, integers of more than 8 bytes, lone surrogates, unknown types."""
LARGEST = 16 * 1024 * 1024
WRITERS = 16
"""Tokens kept in a document: more than other writers can save while one asks whether it won."""
DUPLICATE_KEY = 11000
REFUSED_CONTENT = {2, 9, 14, 15, 52, 56, 57, 66, 121, 171, 10334, 16755, 17280, 17419, 17420}
"""Server errors about the content: bad values and field names, validation, indexes of two lists, too large."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One write, and what it carries."""

    write: Any
    content: Mapping[str, Any]

    def unencodable(self) -> str | None:
        """Why the content cannot be sent, or None."""
        try:
            return "document_too_large" if len(bson.encode(self.content)) > LARGEST else None
        except UNENCODABLE as error:
            return type(error).__name__


def saving(change: Change, codec: Codec, token: str, now: datetime) -> Operation:
    """The compare-and-set of one document. Raises whatever the codec raises."""
    before, after = change.before, change.after
    whole, gone = change.said > 0, set[str]()
    new = [entry_out(entry) for entry in (after.outbox if whole else after.outbox[len(before.outbox) :])]
    fields: dict[str, Any] = {
        "version": before.version + 1,
        "inbox": [{"source": source, "seq": seq} for source, seq in after.inbox.items()],
        "commands": [{"key": c.key, "digest": c.digest, "answer": dict(c.answer)} for c in after.commands],
        "next_seq": after.next_seq,
        "next_entry": after.next_entry,
    }
    if after.state is not before.state:
        written, gone = _written(change, codec)
        fields |= written
        fields["idx"] = dict(codec.index(after.state))
    if after.parked:
        fields["parked"] = parked_out(after.parked)
    if before.version == 0:
        since = {"outbox_since": now} if new else {}
        row = {"_id": after.id, **fields, **since, "outbox": new, "writers": [token]}
        return Operation(InsertOne(row), row)
    update: dict[str, Any] = {"$set": fields, "$push": {"writers": {"$each": [token], "$slice": -WRITERS}}}
    unset = dict.fromkeys(gone, "") | ({"parked": ""} if before.parked and not after.parked else {})
    if whole:
        fields["outbox"] = new
    elif new:
        update["$push"]["outbox"] = {"$each": new}
    if whole and not new:
        unset["outbox_since"] = ""
    elif whole and not before.outbox:
        fields["outbox_since"] = now  # all that is older was said
    elif new:
        update["$min"] = {"outbox_since": now}  # what `before` still held may be cleared by now, and the mark with it
    if unset:
        update["$unset"] = unset
    return Operation(UpdateOne({"_id": after.id, "version": before.version}, update), update)


def _written(change: Change, codec: Codec) -> tuple[dict[str, Any], set[str]]:
    """Of the state what has changed: what is set by its path, and the paths that stand at their default again."""
    names = change.fields
    if names is None:
        return {"state": codec.dump(change.after.state)}, set()
    dumped = codec.dump(change.after.state, names)
    return {f"state.{name}": value for name, value in dumped.items()}, {
        f"state.{name}" for name in names - dumped.keys()
    }


def content_errors(error: BulkWriteError) -> list[tuple[int, str]]:
    """(index, reason) of the writes whose content was refused. An insert that finds its id taken lost a race.

    Raises the error itself for anything else: the database's trouble, and a write that no majority confirmed.
    """
    details = error.details or {}
    failed = [each for each in details.get("writeErrors", []) if each.get("code") != DUPLICATE_KEY]
    if details.get("writeConcernErrors") or any(each.get("code") not in REFUSED_CONTENT for each in failed):
        raise error
    return [(each["index"], f"refused_by_database_{each['code']}") for each in failed]
