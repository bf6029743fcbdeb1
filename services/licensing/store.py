"""Results in the store, and the queries over them: by owner, by case within a reader's reach, by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.licensing.model import Result
from shared.messaging.document import Document, Fields, Index, Store, Undecodable, Where

INDEXES = (
    Index((("owner", 1), ("issued_at", -1))),
    Index((("case", 1),)),
    Index((("number", 1),)),
    Index((("delivered", 1), ("issued_at", 1))),
    Index((("found_by", 1),)),
)


class ResultCodec:
    """State ↔ plain values."""

    def dump(self, state: Result, fields: Fields = None) -> Mapping[str, Any]:
        """JSON values: days and instants as text, so that they come back exactly as they were signed."""
        return state.model_dump(mode="json", include=fields)

    def load(self, raw: Mapping[str, Any]) -> Result:
        """The state; ValueError (pydantic's) when the stored value does not fit."""
        return Result.model_validate(raw)

    def index(self, state: Result) -> Mapping[str, Any]:
        """What results are looked for by. `found_by`: keyed hashes of the holder's name."""
        facts = state.facts
        return {
            "owner": state.owner,
            "case": facts.case,
            "number": facts.number,
            "department": facts.department,
            "issued_at": facts.issued_at,
            "delivered": bool(state.deliveries),
            "found_by": list(state.found_by),
        }


async def owned(store: Store, owners: Sequence[str], *, skip: int, limit: int) -> tuple[list[Result], int]:
    """One page of these owners' results, newest first, and how many there are in all."""
    where = {"owner": {"$in": list(owners)}}
    found = await store.find(where, sort=(("issued_at", -1), ("case", 1)), skip=skip, limit=limit)
    return [_result(document) for document in found], await store.count(where)


async def of_case(store: Store, case: str, reaches: Iterable[Where]) -> Result | None:
    """The result of a case, if any one of the conditions lets the asker see it."""
    for reach in reaches:
        for document in await store.find({**reach, "case": case}, limit=1):
            return _result(document)
    return None


async def of_cases(store: Store, cases: Sequence[str], reaches: Iterable[Where]) -> list[Result]:
    """The results of these cases that any one of the conditions lets the asker see."""
    found = [await store.find({**reach, "case": {"$in": list(cases)}}, limit=len(cases)) for reach in reaches]
    return list({document.id: _result(document) for documents in found for document in documents}.values())


async def waiting(store: Store, *, skip: int, limit: int) -> tuple[list[Result], int]:
    """One page of what has reached nobody yet, the longest issued first, and how many there are in all."""
    where = {"delivered": False}
    found = await store.find(where, sort=(("issued_at", 1),), skip=skip, limit=limit)
    return [_result(document) for document in found], await store.count(where)


async def of_holder(store: Store, token: str, reach: Where, *, skip: int, limit: int) -> tuple[list[Result], int]:
    """One page of the results of whoever this token stands for, what waits to be collected first, then the newest; and
    how many there are in all."""
    where = {**reach, "found_by": token}
    sort = (("delivered", 1), ("issued_at", -1), ("case", 1))
    found = await store.find(where, sort=sort, skip=skip, limit=limit)
    return [_result(document) for document in found], await store.count(where)


async def numbered(store: Store, number: str) -> Result | None:
    """The result with this identifier or notice number."""
    found = await store.find({"number": number}, limit=1)
    return _result(found[0]) if found else None


def _result(document: Document) -> Result:
    if isinstance(document.state, Undecodable):
        raise document.state
    assert isinstance(document.state, Result)  # noqa: S101  only documents with a state are indexed
    return document.state
