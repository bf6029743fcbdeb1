"""Whether the entries of a chain are the records of the event log, byte for byte: the witness outside the database."""

from __future__ import annotations

import hashlib

import orjson

from services.supervision.decide.audit import said_in
from services.supervision.proof.chains import Chain, Entry
from services.supervision.proof.findings import Finding
from shared.contracts.envelope import Heard, Record, parse
from shared.contracts.topics import topic_named
from shared.messaging.lookup import Absent, Place, Records


async def compared(chain: Chain, records: Records) -> tuple[int, int, Finding | None]:
    """How many records were compared, how many the broker no longer keeps, and the first entry that is none of them.

    Raises Unavailable.
    """
    places = {n: place for n, entry in enumerate(chain.entries, start=1) if (place := _place(entry))}
    found = await records.at(places.values())
    gone = 0
    for n, entry in enumerate(chain.entries, start=1):
        record = found.get(places[n]) if n in places else Absent.NEVER
        if record is Absent.GONE:
            gone += 1
        elif not isinstance(record, Record):
            where = "/".join(map(str, places[n])) if n in places else "no place"
            return n - 1 - gone, gone, chain.found("record_missing", n, where)
        elif detail := _difference(entry, record):
            return n - 1 - gone, gone, chain.found("record_differs", n, detail)
    return len(chain.entries) - gone, gone, None


def _place(entry: Entry) -> Place | None:
    topic, partition, offset = entry.get("topic"), entry.get("partition"), entry.get("offset")
    if isinstance(topic, str) and isinstance(partition, int) and isinstance(offset, int):
        return topic, partition, offset
    return None


def _difference(entry: Entry, record: Record) -> str:
    """What differs; empty where nothing does. Of the details those count that the entry has: they become more."""
    body = hashlib.sha256(record.value or b"").hexdigest()
    if entry.get("body") != body:
        return f"body: the entry has {entry.get('body')}, the record {body}"
    row = topic_named(record.topic)
    heard = parse(record, row.known, foreign=row.foreign) if row else None
    if not isinstance(heard, Heard):
        return ""  # an older version of a type that nobody reads any more: its bytes are the same
    said = orjson.loads(orjson.dumps({**said_in(heard), "application": heard.key}, option=orjson.OPT_UTC_Z))
    details, shown = said.pop("details"), entry.get("details")
    shown = shown if isinstance(shown, dict) else {}
    pairs = [(name, entry.get(name), value) for name, value in said.items()]
    pairs += [(f"details.{name}", value, details[name]) for name, value in shown.items() if name in details]
    differing = (f"{name}: the entry has {mine}, the record {theirs}" for name, mine, theirs in pairs if mine != theirs)
    return next(differing, "")
