"""Inserts copies of one open case, one replacement of bytes each: a process of its own, so that several can work.

`python -m tests.bench.copying URI FOLDER NUMBER FIRST COUNT`: FOLDER holds `<database>.<collection>.bson`. Of
`documents` each copy gets one of the rows in turn, of all else every row. Written without waiting for a majority:
only what is measured must be durable.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.write_concern import WriteConcern

from services.intake.number import new_number
from services.supervision.shards import shard_of
from tests.bench.matters import subject

AT_ONCE = 1_000
OWNERS = 100_000
OWNER = subject(0).encode()
SHARD = b"\x10shard\x00"
"""A field of supervision's index as BSON, before its 32-bit integer."""


def copies(rows: list[bytes], numbers: dict[int, bytes], old: bytes, *, every: bool) -> Iterator[RawBSONDocument]:
    """The rows of each number with it, and an owner of its own, put in."""
    for n, number in numbers.items():
        owner = b"sample:o%06d" % (n % OWNERS)
        for row in rows if every else (rows[n % len(rows)],):
            yield RawBSONDocument(_sharded(row.replace(old, number).replace(OWNER, owner), number))


def _sharded(row: bytes, number: bytes) -> bytes:
    """In the number's own shard of the scan, where the row has one."""
    place = row.find(SHARD) + len(SHARD)
    return row[:place] + struct.pack("<i", shard_of(number.decode())) + row[place + 4 :] if SHARD in row else row


def main(uri: str, folder: Path, old: bytes, first: int, count: int) -> None:
    """Insert them all."""
    places = {file.stem: [bson.encode(row) for row in bson.decode_all(file.read_bytes())] for file in _files(folder)}
    with MongoClient[dict[str, Any]](uri) as client:
        for start in range(first, first + count, AT_ONCE):
            these = range(start, min(start + AT_ONCE, first + count))
            numbers = {n: new_number(b"bench", "open", str(n)).encode() for n in these}
            for place, rows in places.items():
                database, _, name = place.partition(".")
                collection = client[database].get_collection(name, write_concern=WriteConcern(w=1))
                collection.insert_many(copies(rows, numbers, old, every=name != "documents"), ordered=False)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.bson"))


if __name__ == "__main__":
    uri, folder, old, first, count = sys.argv[1:]
    main(uri, Path(folder), old.encode(), int(first), int(count))
