"""Into which numbered shard of the scan an application falls: the same for ever, wherever it is computed."""

from __future__ import annotations

import zlib

SHARDS = 64
"""Far more than replicas, so that shares are even; few enough for one look that merges them all (MongoDB merges up to
200 ranges of an index). It never changes: what is stored bears the number."""


def shard_of(application: str) -> int:
    """CRC-32 of its number, modulo SHARDS."""
    return zlib.crc32(application.encode()) % SHARDS
