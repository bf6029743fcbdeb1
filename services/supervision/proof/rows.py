"""Whether the rows that figures are counted from are those of the applications: none missing, changed or too many.

A case's row follows from its state and is worked out again; each of the others stands for an entry or a signal.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from services.supervision.decide.counted import CASES, row_of
from services.supervision.decide.milestones import MILESTONES, REACHED, RECTIFIED, SATISFACTION
from services.supervision.decide.signals import SIGNALS_OF
from services.supervision.decide.signals import row_of as row_of_signal
from services.supervision.decide.weekly import WEEKLY
from services.supervision.decide.weekly import row_of as row_of_week
from services.supervision.model import Supervised
from services.supervision.proof.chains import Chain, Entry, chain_of
from services.supervision.proof.findings import UNREADABLE, Finding
from services.supervision.proof.states import PASSED, name_of, waits
from services.supervision.rules import Rules
from services.supervision.store import Row, coming
from shared.messaging.document import Store

PREFIXES: Mapping[str, tuple[str, ...]] = {
    CASES: ("",),
    MILESTONES: ("submitted/", "accepted/", "ended/", "urged/"),
    SATISFACTION: ("rated/", "rectified/"),
    WEEKLY: ("promised/", "statutory/", "step/", "urged/", "answered/", "late/"),
    SIGNALS_OF: ("",),
}
"""What the ids of an application's rows have before its number, in each collection."""
AT_ONCE = 1_000
NUMBER = re.compile(r"[0-9A-Z]{13}")


class Wanted(NamedTuple):
    """A row that has to be there, and for each field the values that it may have."""

    collection: str
    id: str
    either: Mapping[str, Sequence[Any]]


WantedRows = dict[tuple[str, str], Wanted]
"""By collection and id."""


def wanted_rows(chain: Chain, rules: Rules) -> WantedRows:
    """What is said twice has one row, of whichever was put there first."""
    found: WantedRows = {}
    for each in (*_cases(chain.state, rules), *_of_entries(chain, rules), *_signals(chain.state)):
        place = (each.collection, each.id)
        before = found[place].either if place in found else {}
        either = {name: [*before.get(name, ()), *values] for name, values in each.either.items()}
        found[place] = Wanted(each.collection, each.id, either)
    return found


async def rows_found(store: Store, chain: Chain, wanted: WantedRows) -> Finding | None:
    """The first row of an application that is not there, or another."""
    for collection in PREFIXES:
        ids = [name for place, name in wanted if place == collection]
        there = await _there(store, chain, collection, ids) if ids else {}
        for name in ids:
            row = f"{collection}/{name}"
            if name not in there:
                return Finding("row_missing", chain.application, row=row)
            if detail := _other(there[name], wanted[collection, name].either):
                return Finding("row_differs", chain.application, row=row, detail=detail)
    return None


async def strangers_of(store: Store, chain: Chain, wanted: WantedRows) -> Finding | None:
    """A row of one application that stands for nothing that happened to it."""
    for collection, prefixes in PREFIXES.items():
        for prefix in prefixes:
            mine = {"$gte": f"{prefix}{chain.application}", "$lt": f"{prefix}{chain.application}~"}
            for row in await store.find_facts(collection, {"_id": mine}, limit=AT_ONCE):
                if (collection, str(row["_id"])) not in wanted:
                    return Finding("row_added", chain.application, row=f"{collection}/{row['_id']}")
    return None


async def how_many(store: Store) -> dict[str, int]:
    """The rows of each collection."""
    return {name: sum((await store.tally_facts(name, {}, ())).values()) for name in PREFIXES}


async def strangers(store: Store, rules: Rules, collections: Sequence[str]) -> AsyncIterator[Finding]:
    """Rows that stand for nothing: of nobody's application, or of nothing that happened to it. What an application has
    said and not heard yet has rows already."""
    for collection in collections:
        async for ids in _ids(store, collection):
            for application, names in groupby(sorted(ids, key=_application), key=_application):
                chain = await chain_of(store, application)
                if isinstance(chain, Finding) or (chain is not None and waits(chain)):
                    continue
                try:
                    known = wanted_rows(chain, rules) if chain else {}
                except UNREADABLE:
                    continue  # the application cannot be read, and was named
                for name in names:
                    if (collection, name) not in known:
                        yield Finding("row_added", application, row=f"{collection}/{name}")


async def _ids(store: Store, collection: str) -> AsyncIterator[list[str]]:
    last = ""
    while rows := await store.find_facts(collection, {"_id": {"$gt": last}}, sort=(("_id", 1),), limit=AT_ONCE):
        last = str(rows[-1]["_id"])
        yield [str(row["_id"]) for row in rows]


def _application(name: str) -> str:
    found = NUMBER.search(name)
    return found[0] if found else ""


async def _there(store: Store, chain: Chain, collection: str, ids: Sequence[str]) -> dict[str, Row]:
    """What is in its place, or saved with the document and on its way there; the later edition of both."""
    kept = await store.find_facts(collection, {"_id": {"$in": list(ids)}}, limit=len(ids))
    there = {str(row["_id"]): row for row in kept}
    for name, row in coming(chain.doc, collection).items():
        if name not in there or collection in (CASES, SIGNALS_OF):  # what is on its way is newer
            there[name] = row
    return there


def _other(row: Row, either: Mapping[str, Sequence[Any]]) -> str:
    for name, values in either.items():
        if row.get(name) not in values:
            return f"{name}: the row has {row.get(name)!r}, it is {values[-1]!r}"
    return ""


def _cases(state: Supervised, rules: Rules) -> Iterator[Wanted]:
    """By each calendar that was in force, since a row stays as it was where only days that are over were turned."""
    for case in state.cases:
        if case.accepted_at is not None:
            rows = [row_of(state, case, version) for version in rules.versions]
            yield Wanted(CASES, case.case, {name: [row[name] for row in rows] for name in rows[0]})


def _of_entries(chain: Chain, rules: Rules) -> Iterator[Wanted]:
    for entry in chain.entries:
        name, details = name_of(entry), entry.get("details")
        details = details if isinstance(details, dict) else {}
        subject, time = entry.get("subject"), [entry.get("time")]
        if kind := REACHED.get(name):
            yield Wanted(MILESTONES, f"{kind}/{subject}", {"kind": [kind], "time": time})
        elif name == "UrgeIssued":
            yield Wanted(MILESTONES, f"urged/{subject}/{details.get('urge')}", {"kind": ["urged"], "time": time})
            yield from _urged(chain.state, entry, details, rules)
        elif name == "RatingGiven":
            yield Wanted(SATISFACTION, f"rated/{subject}", {"level": [details.get("level")], "time": time})
        elif name == "RectificationClosed":
            yield Wanted(SATISFACTION, f"rectified/{subject}", {"level": [RECTIFIED], "time": time})
        elif name in PASSED:
            yield from _broken(chain.state, details, rules)


def _broken(state: Supervised, details: Mapping[str, Any], rules: Rules) -> Iterator[Wanted]:
    """A limit that passed. Whose item it is may not have been known yet when it was said."""
    subject, kind, clock = (str(details.get(name)) for name in ("subject", "kind", "clock"))
    if clock == "decision":
        yield _weekly(kind, subject, [state.case(subject).department, ""], details.get("due"), rules)
    elif kind == "step":
        yield _weekly(kind, subject, [state.clock(subject, "step").department], details.get("due"), rules)


def _urged(state: Supervised, entry: Entry, details: Mapping[str, Any], rules: Rules) -> Iterator[Wanted]:
    """What an urge asks for, and what was answered to it."""
    number = details.get("urge")
    for urge in state.urges_of(str(entry.get("subject"))):
        if urge.number == number and urge.asks:
            yield _weekly("urged", f"{urge.case}/{number}", [",".join(urge.departments)], urge.at, rules)
            for answer in urge.answers:
                kind, name = "late" if answer.late else "answered", f"{urge.case}/{number}/{answer.department}"
                yield _weekly(kind, name, [answer.department], answer.at, rules)


def _weekly(kind: str, name: str, departments: Sequence[str], at: Any, rules: Rules) -> Wanted:
    fact = row_of_week(kind, name, "", datetime.fromisoformat(at) if isinstance(at, str) else at, rules)
    either = {field: [value] for field, value in fact.row.items()}
    return Wanted(WEEKLY, fact.id, {**either, "department": departments})


def _signals(state: Supervised) -> Iterator[Wanted]:
    """What it is called may not have been known yet when a signal was raised."""
    for signal in state.signals:
        fact = row_of_signal(state, signal)
        either = {name: [value] for name, value in fact.row.items()}
        yield Wanted(SIGNALS_OF, fact.id, {**either, "matter": ["", state.matter_name]})
