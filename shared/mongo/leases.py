"""Boards of leases in MongoDB: one row for each kind of work, all of its instants by the server's clock."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from shared.messaging.leases import Board, Term
from shared.mongo.client import answering


async def board_of(collection: Any, work: str) -> Board:
    """The board, and what the server's clock says now."""
    async with answering():
        cursor = collection.aggregate([{"$match": {"_id": work}}, {"$set": {"at": "$$NOW"}}])
        cursor = await cursor if inspect.isawaitable(cursor) else cursor
        rows = await cursor.to_list(None)
    if not rows:
        return Board(0, datetime.now(UTC))
    return Board(rows[0]["version"], rows[0]["at"], tuple(_term_in(each) for each in rows[0]["terms"]))


async def turned(collection: Any, work: str, seen: Board, member: str, shards: Collection[int], seconds: float) -> bool:
    """One compare-and-set of the board."""
    ours = {
        "member": {"$literal": member},
        "shards": {"$literal": sorted(shards)},
        "until": {"$add": ["$$NOW", int(seconds * 1000)]},
    }
    others = [{"$literal": _term_out(term)} for term in seen.living if term.member != member]
    terms = [*others, ours] if seconds else others
    async with answering():
        try:
            written = await collection.update_one(
                {"_id": work, "version": seen.version},
                [{"$set": {"version": seen.version + 1, "terms": terms}}],
                upsert=seen.version == 0,
            )
        except DuplicateKeyError:  # the first one of all, and another was first
            return False
    return bool(written.matched_count or written.upserted_id is not None)


def _term_out(term: Term) -> dict[str, Any]:
    return {"member": term.member, "shards": sorted(term.shards), "until": term.until}


def _term_in(row: Mapping[str, Any]) -> Term:
    return Term(row["member"], frozenset(row["shards"]), row["until"])
