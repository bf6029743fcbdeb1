"""How a rating file is kept and found: the codec, the indexes, and every read query of 好差评."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from services.ratings.model import RatedCase, RatingFile
from shared.kernel import Frozen
from shared.messaging.document import Fields, Index, Store

MOST = 100
By = Literal["department", "desk"]

INDEXES = (
    Index((("application", 1), ("owner", 1))),
    Index((("owner", 1), ("invited", 1), ("invited_at", -1))),
    Index((("default", 1), ("place", -1)), "ratings"),
    Index((("default", 1), ("department", 1), ("place", -1)), "ratings"),
    Index((("default", 1), ("level", 1), ("place", -1)), "ratings"),
    Index((("default", 1), ("desk", 1), ("place", -1)), "ratings"),
    Index((("default", 1), ("month", 1), ("department", 1), ("level", 1)), "ratings"),
)


class RatingsCodec:
    """State ↔ plain values."""

    def dump(self, state: RatingFile, fields: Fields = None) -> Any:
        """Plain values."""
        return state.model_dump(mode="json", include=fields)

    def load(self, raw: Any) -> RatingFile:
        """The state; ValueError when the stored value does not fit."""
        return RatingFile.model_validate(raw)

    def index(self, state: RatingFile) -> Mapping[str, Any]:
        """By owner, and whether an invitation is open and since when."""
        waiting = [case.invited_at for case in state.cases if case.status == "invited" and case.invited_at]
        return {
            "application": state.application,
            "owner": state.owner,
            "departments": sorted({case.outline.department for case in state.cases if case.outline}),
            "invited": bool(waiting),
            "invited_at": max(waiting, default=None),
        }


class Score(Frozen):
    """How one department, or the whole hall, was rated; only ratings that somebody gave are counted.

    `satisfied`: share of levels 3 and above, 0 to 1; it and `average` are None where nothing was rated.
    """

    count: int
    average: float | None
    satisfied: float | None
    bad: int
    by_level: Mapping[int, int]


async def own_case(store: Store, case: str, owners: Sequence[str]) -> RatedCase | None:
    """The case, if the asker owns it; None for somebody else's and for none at all."""
    where = {"application": case.partition("-")[0], "owner": {"$in": list(owners)}}
    found = await store.find(where, limit=1)
    state = found[0].state if found else None
    return state.case(case) if isinstance(state, RatingFile) else None


async def open_invitations(store: Store, owners: Sequence[str]) -> list[RatedCase]:
    """The asker's cases that wait for a rating, newest application first; of the MOST newest applications."""
    where = {"owner": {"$in": list(owners)}, "invited": True}
    found = await store.find(where, sort=(("invited_at", -1),), limit=MOST)
    states = [doc.state for doc in found if isinstance(doc.state, RatingFile)]
    return [case for state in states for case in state.cases if case.status == "invited"]


async def scores(store: Store, month: str | None = None, by: By = "department") -> dict[str, Score]:
    """Department code, or window → its score, of one month (`2026-03`) or of all time."""
    where = {"default": False} | ({"month": month} if month else {}) | ({"desk": {"$gt": ""}} if by == "desk" else {})
    counted = await store.tally_facts("ratings", where, (by, "level"))
    grouped: dict[str, dict[int, int]] = {}
    for (name, level), count in counted.items():
        if name is not None:
            grouped.setdefault(name, {})[level] = count
    return {name: score(levels) for name, levels in sorted(grouped.items())}


async def department_names(store: Store) -> dict[str, str]:
    """Code → name of every department that was rated; the code where no event told the name."""
    counted = await store.tally_facts("ratings", {"default": False}, ("department", "department_name"))
    return {code: name or code for code, name in sorted(counted, key=lambda pair: pair[1] or "")}


async def rated_since(store: Store) -> list[str]:
    """The months in which anything was rated, newest first."""
    return sorted(
        (month for (month,) in await store.tally_facts("ratings", {"default": False}, ("month",))), reverse=True
    )


async def file_of(store: Store, application: str, sights: Sequence[Mapping[str, Any]]) -> RatingFile | None:
    """The application's file, if one of the conditions lets the asker see it."""
    for sight in sights:
        for document in await store.find({"application": application, **sight}, limit=1):
            if isinstance(document.state, RatingFile):
                return document.state
    return None


async def rated_by(store: Store, owners: Sequence[str]) -> list[RatingFile]:
    """The asker's applications, the last invited first; at most MOST."""
    found = await store.find({"owner": {"$in": list(owners)}}, sort=(("invited_at", -1),), limit=MOST)
    return [document.state for document in found if isinstance(document.state, RatingFile)]


def score(levels: Mapping[int, int]) -> Score:
    """The score of these counts by level."""
    total = sum(levels.values())
    bad = sum(count for level, count in levels.items() if level <= 2)
    points = sum(level * count for level, count in levels.items())
    return Score(
        count=total,
        average=round(points / total, 2) if total else None,
        satisfied=round((total - bad) / total, 4) if total else None,
        bad=bad,
        by_level={level: levels.get(level, 0) for level in (5, 4, 3, 2, 1)},
    )


def together(scored: Mapping[str, Score]) -> Score:
    """The whole hall's score."""
    levels: Counter[int] = Counter()
    for each in scored.values():
        levels.update(each.by_level)
    return score(levels)


async def newest(
    store: Store,
    department: str | None,
    level: int | None,
    before: str | None,
    limit: int,
    desk: str | None = None,
) -> list[tuple[Mapping[str, Any], str | None]]:
    """The newest ratings that somebody gave, each fact with its comment as written; `before`: a `place` to go on from.

    Comments stand in the documents only, and so have one place from which they can be taken away.
    """
    where: dict[str, Any] = {"default": False}
    where |= {"department": department} if department else {}
    where |= {"desk": desk} if desk else {}
    where |= {"level": level} if level else {}
    where |= {"place": {"$lt": before}} if before else {}
    rows = await store.find_facts("ratings", where, sort=(("place", -1),), limit=limit)
    files = await store.load(list({row["_id"].partition("-")[0] for row in rows}))
    comments: dict[str, str] = {}
    for doc in files.values():
        cases = doc.state.cases if isinstance(doc.state, RatingFile) else ()
        comments |= {case.case: case.rating.comment for case in cases if case.rating and case.rating.comment}
    return [(row, comments.get(row["_id"])) for row in rows]
