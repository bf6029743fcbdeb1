"""Whether the entries of a chain are the records of the event log, byte for byte: the witness outside the database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from services.supervision.decide.audit import said_in
from services.supervision.proof.chains import Chain, Entry
from services.supervision.proof.findings import Finding
from shared.contracts.envelope import Heard, Record, parse
from shared.contracts.topics import topic_named
from shared.messaging.lookup import Absent, Place, Records


class Compared(NamedTuple):
    """How many records were compared, how many the broker no longer keeps, the first entry that is none of them, and
    what the records say in order, where all of them are there and can be read."""

    entries: int
    gone: int
    found: Finding | None = None
    heard: Sequence[Heard] | None = None


async def compared(chain: Chain, records: Records) -> Compared:
    """Every entry against its record. Raises Unavailable."""
    places = {n: place for n, entry in enumerate(chain.entries, start=1) if (place := _place(entry))}
    found = await records.at(places.values())
    gone, heard = 0, list[Heard]()
    for n, entry in enumerate(chain.entries, start=1):
        record = found.get(places[n]) if n in places else Absent.NEVER
        if record is Absent.GONE:
            gone += 1
        elif not isinstance(record, Record):
            where = "/".join(map(str, places[n])) if n in places else "no place"
            return Compared(n - 1 - gone, gone, chain.found("record_missing", n, where))
        else:
            said = _heard(record)
            if detail := _difference(entry, record, said):
                return Compared(n - 1 - gone, gone, chain.found("record_differs", n, detail))
            heard += [said] if said else []
    every = len(heard) == len(chain.entries)
    return Compared(len(chain.entries) - gone, gone, None, heard if every else None)


def _place(entry: Entry) -> Place | None:
    topic, partition, offset = entry.get("topic"), entry.get("partition"), entry.get("offset")
    if isinstance(topic, str) and isinstance(partition, int) and isinstance(offset, int):
        return topic, partition, offset
    return None


def _heard(record: Record) -> Heard | None:
    """What it says; None for an older version of a type that nobody reads any more: its bytes are the same."""
    row = topic_named(record.topic)
    heard = parse(record, row.known, foreign=row.foreign) if row else None
    return heard if isinstance(heard, Heard) else None


def _difference(entry: Entry, record: Record, heard: Heard | None) -> str:
    """What differs; empty where nothing does. Of the details those count that the entry has: they become more."""
    body = hashlib.sha256(record.value or b"").hexdigest()
    if entry.get("body") != body:
        return f"body: the entry has {entry.get('body')}, the record {body}"
    if heard is None:
        return ""
    said = orjson.loads(orjson.dumps({**said_in(heard), "application": heard.key}, option=orjson.OPT_UTC_Z))
    details, shown = said.pop("details"), entry.get("details")
    shown = shown if isinstance(shown, dict) else {}
    pairs = [(name, entry.get(name), value) for name, value in said.items()]
    pairs += [(f"details.{name}", value, details[name]) for name, value in shown.items() if name in details]
    differing = (f"{name}: the entry has {mine}, the record {theirs}" for name, mine, theirs in pairs if mine != theirs)
    return next(differing, "")
