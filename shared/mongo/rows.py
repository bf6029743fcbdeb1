"""How documents, outbox entries and waiting records look in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import InsertOne, UpdateOne

from shared.contracts.envelope import Outgoing, Record
from shared.kernel import Fact
from shared.messaging.document import Codec, Document, Entry, Parked, Remembered, Undecodable, Waiting

BESIDE = {"idx": 0, "writers": 0, "outbox_since": 0}
"""Leaves out of what is read what only queries and saves look for: its instants are dear to decode."""


def document_in(row: Mapping[str, Any], codec: Codec) -> Document:
    """A stored document; a state that does not fit its model comes as `Undecodable`."""
    raw = row.get("state")
    try:
        state = None if raw is None else codec.load(raw)
    except Exception as error:  # a codec is a service's code: its fault is this document's, not the whole find's
        state = Undecodable(f"{row['_id']}: {type(error).__name__}")
    parked = row.get("parked")
    return Document(
        id=row["_id"],
        version=row["version"],
        state=state,
        inbox={mark["source"]: mark["seq"] for mark in row["inbox"]},
        commands=tuple(Remembered(c["key"], c["digest"], c["answer"]) for c in row["commands"]),
        outbox=tuple(entry_in(entry) for entry in row["outbox"]),
        next_seq=row["next_seq"],
        next_entry=row["next_entry"],
        parked=Parked(**parked) if parked else None,
    )


def emptying(name: str, upto: int) -> UpdateOne:
    """Empty an outbox whose last entry is `upto`: the plain case, many times cheaper than `clearing`."""
    last = {"_id": name, "next_entry": upto + 1}
    return UpdateOne(last, {"$set": {"outbox": []}, "$unset": {"outbox_since": ""}})


def clearing(name: str, upto: int) -> UpdateOne:
    """Remove entries up to n; `outbox_since` goes only when none remain. One atomic update."""
    rest = {"$filter": {"input": "$outbox", "cond": {"$gt": ["$$this.n", upto]}}}
    since = {"$cond": [{"$eq": [{"$size": "$outbox"}, 0]}, "$$REMOVE", "$outbox_since"]}
    stale = {"_id": name, "outbox.0.n": {"$lte": upto}}  # in order: the first is the oldest
    return UpdateOne(stale, [{"$set": {"outbox": rest}}, {"$set": {"outbox_since": since}}])


def entry_out(entry: Entry) -> dict[str, Any]:
    """An outbox entry as stored."""
    content = entry.content
    if isinstance(content, Fact):
        edition = {"edition": content.edition} if content.edition else {}
        return {"n": entry.n, "collection": content.collection, "id": content.id, "row": dict(content.row), **edition}
    headers = [[name, value] for name, value in content.headers]
    return {
        "n": entry.n,
        "topic": content.topic,
        "key": content.key,
        "headers": headers,
        "body": content.value,
    }


def entry_in(raw: Mapping[str, Any]) -> Entry:
    """An outbox entry from its stored form."""
    if "collection" in raw:
        return Entry(raw["n"], Fact(raw["collection"], raw["id"], raw["row"], raw.get("edition", 0)))
    headers = tuple((name, bytes(value)) for name, value in raw["headers"])
    return Entry(raw["n"], Outgoing(raw["topic"], bytes(raw["key"]), bytes(raw["body"]), headers))


def putting(fact: Fact) -> InsertOne[Any] | UpdateOne:
    """Put a row: once, or in the place of an older edition. One atomic update by its id alone, which the server tries
    again where two of them insert it at once."""
    if not fact.edition:
        return InsertOne({"_id": fact.id, **fact.row})
    row = {"_id": fact.id, **fact.row, "edition": fact.edition}
    older = {"$lt": [{"$ifNull": ["$edition", 0]}, fact.edition]}
    return UpdateOne({"_id": fact.id}, [{"$replaceWith": {"$cond": [older, {"$literal": row}, "$$ROOT"]}}], upsert=True)


def parked_out(parked: Parked) -> dict[str, Any]:
    """A lane's parking as stored."""
    return {name: getattr(parked, name) for name in Parked.__slots__}


def keeping(waiting: Waiting) -> UpdateOne:
    """Keep a waiting record; what is there already is left, but for its `dead` reason."""
    record = waiting.record
    once = {
        "lane": waiting.lane,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "value": record.value,
        "headers": [[name, value] for name, value in record.headers],
    }
    update: dict[str, Any] = {"$setOnInsert": once}
    if waiting.dead:
        update["$set"] = {"living": False, "dead": waiting.dead, "detail": waiting.detail}
    else:
        once["living"] = True
    return UpdateOne({"_id": waiting.id}, update, upsert=True)


def waiting_in(row: Mapping[str, Any]) -> Waiting:
    """A waiting record from its stored form."""
    record = Record(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        key=row["key"],
        value=row["value"],
        headers=[(name, value) for name, value in row["headers"]],
    )
    return Waiting(row["lane"], record, row.get("dead"), row.get("detail", ""))
