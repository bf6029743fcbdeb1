"""Audit chains computed anew: every event that supervision hears stands in its application's chain once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from services.supervision.model import SEALS, Supervised
from shared.contracts.topics import CATALOGUE
from tests.proof.evidence import Evidence, Violation
from tests.proof.reading import Said
from tests.proof.roster import hearers

Row = Mapping[str, Any]


def chains(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """Each chain holds, is as long as its document says, and holds each event heard once, at a place of it."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for name, row in evidence.facts.get("supervision", {}).get("audit", {}).items():
        rows[name.partition("/")[0]] += _entries(row)
    heard: dict[str, list[Said]] = defaultdict(list)
    for said in evidence.said:
        for service, application in hearers(said):
            # neither an item nor the sealing of days has a chain
            if service == "supervision" and said.record.topic != CATALOGUE.name and application != SEALS:
                heard[application].append(said)
    states = {name: state for name, state in evidence.states("supervision") if isinstance(state, Supervised)}
    for application in sorted({*rows, *states, *heard} - set(poisoned)):
        state = states.get(application)
        entries, head = (state.entries, state.head) if state else (0, "0" * 64)
        chain = sorted(rows[application], key=lambda row: row["n"])
        where = f"supervision/{application}"
        if broken := _break(chain, entries, head):
            yield Violation("broken", "chain_broken", where, broken)
        yield from _compared(where, chain, heard[application])


def _entries(row: Row) -> Iterator[Row]:
    """The lines of a row: a hash, a space, and the JSON that was hashed."""
    for number, line in enumerate(row["lines"], start=row["n"]):
        head, _, text = line.partition(" ")
        whole = text.startswith("{") and text.endswith("}")
        yield {"n": number, **(json.loads(text) if whole else {}), "hash": head, "text": text}


def _break(chain: Sequence[Row], entries: int, head: str) -> str | None:
    """The first place at which the chain does not hold."""
    if len(chain) != entries:
        return f"{len(chain)} rows, and the document has {entries} entries"
    before = "0" * 64
    for number, row in enumerate(chain, start=1):
        if row["n"] != number or row.get("prev") != before:
            return f"entry {number} does not follow"
        if sha256(row["text"].encode()).hexdigest() != row["hash"]:
            return f"entry {number} was changed"
        before = row["hash"]
    return None if before == head else "its end is not the document's head"


def _compared(where: str, chain: Sequence[Row], heard: Sequence[Said]) -> Iterator[Violation]:
    """The chain's events are those of the topics, each at a place where it really stands."""
    places = {(said.record.topic, said.record.partition, said.record.offset): said for said in heard}
    entered = Counter(row["event"] for row in chain)
    said_ids = {said.heard.id for said in heard}
    if missing := said_ids - set(entered):
        yield Violation(
            "lost", "chain_incomplete", where, f"{len(missing)} events are not in it: {sorted(missing)[:3]}"
        )
    if twice := sorted(name for name, count in entered.items() if count > 1):
        yield Violation("doubled", "chain_incomplete", where, f"entered twice: {twice[:3]}")
    for row in chain:
        said = places.get((row["topic"], row["partition"], row["offset"]))
        if said is None or said.heard.id != row["event"]:
            yield Violation("broken", "chain_misplaced", where, f"entry {row['n']} names a place where it is not")
        elif sha256(said.record.value or b"").hexdigest() != row["body"]:
            yield Violation("broken", "chain_misplaced", where, f"entry {row['n']} has another body than its record")
