"""What holds once everything that was stopped runs again and nothing is left to be heard.

| Rule | Promise |
|---|---|
| `outbox_left` | every outbox is empty, and no `outbox_since` is left |
| `undecodable` | every stored state fits its model |
| `parked`, `parked_without_dead_letter` | lanes wait for planted poison only, each with its dead letter |
| `kept_without_reason` | no record is kept for a lane that is open |
| `unheard`, `mark_ahead` | each inbox mark is the last number of its source that concerns the document |
| `opinion_unheard` | an agreeing opinion on an open task of its department took effect |
| `index_differs` | what queries look for is what the state says |
| `fact_missing`, `fact_added`, `fact_differs` | rows for lists and numbers are those that the topics say (facts.py) |
| `chain_broken`, `chain_incomplete`, `chain_misplaced` | audit chains hold, each event heard once in them (chain.py) |
| `untold` | nothing was accepted that no client was told of |
| `result_missing`, `result_added`, `ends_disagree` | the services tell the same end of every case (ends.py) |

A lane in which a run planted poison is left out of what its poison holds up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

from shared.contracts.topics import dead_letters, department_of
from shared.messaging.document import Undecodable
from tests.proof.chain import chains
from tests.proof.ends import ends
from tests.proof.evidence import Evidence, Violation
from tests.proof.facts import counted, milestones, ratings, satisfaction
from tests.proof.promises import standing, times_told
from tests.proof.roster import CODECS, hearers

Rule = Callable[[Evidence, Collection[str]], Iterator[Violation]]


def drained(evidence: Evidence, *, poisoned: Collection[str] = (), exact: bool = True) -> list[Violation]:
    """Everything that is broken or missing at the end.

    `poisoned`: lanes of planted poison that reads well (what nobody can read is found on the topics). `exact`: each
    client retried until it was told, so that what exists was told.
    """
    lanes = {*poisoned, *(_key(record.key) for record in evidence.malformed)}
    found = [violation for rule in RULES for violation in rule(evidence, lanes)]
    return found + (list(untold(evidence)) if exact else [])


def outboxes_are_empty(evidence: Evidence, _: Collection[str]) -> Iterator[Violation]:
    """What a crash left behind was published, and its place in the sweeper's index is gone."""
    for service, documents in evidence.documents.items():
        for name, document in documents.items():
            if document.outbox or name in evidence.since.get(service, {}):
                detail = f"{len(document.outbox)} entries, since {evidence.since.get(service, {}).get(name)}"
                yield Violation("broken", "outbox_left", f"{service}/{name}", detail)


def states_are_readable(evidence: Evidence, _: Collection[str]) -> Iterator[Violation]:
    """Every state fits its model."""
    for service, documents in evidence.documents.items():
        for name, document in documents.items():
            if isinstance(document.state, Undecodable):
                yield Violation("broken", "undecodable", f"{service}/{name}", str(document.state))


def nothing_waits(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """Parked lanes are those of planted poison, with a dead letter for what holds them up."""
    for service, documents in evidence.documents.items():
        parked = {name: document.parked for name, document in documents.items() if document.parked}
        letters = {(each.key, each.value) for each in evidence.records.get(dead_letters(service).name, ())}
        waiting = evidence.waiting.get(service, ())
        for name, why in parked.items():
            if name not in poisoned and not name.startswith("unkeyed:"):
                yield Violation("broken", "parked", f"{service}/{name}", f"{why.reason}: {why.detail}")
            dead = [each for each in waiting if each.lane == name and each.dead]
            if not any((each.record.key, each.record.value or b"") in letters for each in dead):
                yield Violation("lost", "parked_without_dead_letter", f"{service}/{name}", why.reason)
        for each in waiting:
            if each.lane not in parked:
                yield Violation("lost", "kept_without_reason", f"{service}/{each.lane}", each.id)


def everything_is_heard(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """Each document's mark of each source is the last number of it that concerns the document."""
    last: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for said in evidence.said:
        for service, document in hearers(said):
            marks = last[service, document]
            marks[said.heard.source] = max(said.heard.seq or 0, marks.get(said.heard.source, 0))
    for (service, name), wanted in last.items():
        found = evidence.documents.get(service, {}).get(name)
        for source, number in wanted.items():
            mark = found.inbox.get(source, 0) if found else 0
            if mark < number and name.partition("-")[0] not in poisoned:
                yield Violation("lost", "unheard", f"{service}/{name}", f"{source}: heard {mark} of {number}")
    for service, documents in evidence.documents.items():
        for name, document in documents.items():
            for source, mark in document.inbox.items():
                if mark > last.get((service, name), {}).get(source, 0):
                    yield Violation("broken", "mark_ahead", f"{service}/{name}", f"{source}: {mark} was never said")


def opinions_are_heard(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """An agreement from the topic of the task's own department leaves no such task open."""
    for said in evidence.opinions:
        state = evidence.state("approval", said.heard.key)
        found = state.task(said.event.task) if state else None
        if found is None or said.event.verdict != "agree" or said.heard.key in poisoned:
            continue
        case, task = found
        if task.department == department_of(said.record.topic) and case.state_of(task) == "open":
            yield Violation("lost", "opinion_unheard", said.place, f"{task.id} is still open")


def indexes_are_right(evidence: Evidence, _: Collection[str]) -> Iterator[Violation]:
    """The stored index fields are those of the state; the database keeps milliseconds."""
    for service, rows in evidence.indexed.items():
        for name, row in rows.items():
            state = evidence.state(service, name)
            wanted = _stored(CODECS[service].index(state)) if state is not None else {}
            if _stored(row) != wanted:
                differing = sorted(each for each in {*wanted, *row} if _stored(row.get(each)) != wanted.get(each))
                yield Violation("broken", "index_differs", f"{service}/{name}", f"in {differing}")


def untold(evidence: Evidence) -> Iterator[Violation]:
    """Each accepted command that the documents show was told to somebody, as often as it is there."""
    told = times_told(evidence)
    applications = {each.application for each in evidence.told if each.service == "intake" and each.what == "withdrawn"}
    for service, what, subject, times in standing(evidence):
        known = subject in applications if what == "withdrawn" else told[service, what, subject] >= times
        if not known:
            detail = f"{what}: {times} in the documents, {told[service, what, subject]} told"
            yield Violation("doubled", "untold", f"{service}/{subject}", detail)


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, dict):
        return {name: _stored(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_stored(each) for each in value]
    return value


def _key(key: bytes | None) -> str:
    return (key or b"").decode("ascii", "replace")


RULES: tuple[Rule, ...] = (
    outboxes_are_empty,
    states_are_readable,
    nothing_waits,
    everything_is_heard,
    opinions_are_heard,
    indexes_are_right,
    ratings,
    milestones,
    satisfaction,
    counted,
    chains,
    ends,
)
