"""Small, well-aimed damage to a sound piece of evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.contracts.envelope import Record, encode
from tests.proof.evidence import Evidence, Told
from tests.proof.reading import Said


def last(evidence: Evidence, source: str) -> int:
    """The last number that a source said."""
    return max(said.heard.seq or 0 for said in evidence.said if said.heard.source == source)


def append(evidence: Evidence, like: Record, **changed: Any) -> Record:
    """One more record on the partition of `like`."""
    records = evidence.records[like.topic]
    offset = max(each.offset for each in records if each.partition == like.partition) + 1
    record = replace(like, offset=offset, **changed)
    records.append(record)
    return fresh(evidence, record)


def fresh(evidence: Evidence, record: Record) -> Record:
    """Forget what was computed from the records before they were changed."""
    for name in ("said", "opinions", "malformed", "sources", "distinct"):
        evidence.__dict__.pop(name, None)
    return record


def say_again(evidence: Evidence, name: str, **changed: Any) -> Said:
    """The first event of this name, said a second time as another event of the same source."""
    first = evidence.events(name)[0]
    source = first.heard.source
    said = encode(
        first.event.model_copy(update=changed), topic=first.record.topic, source=source,
        seq=last(evidence, source) + 1, at=first.heard.at, cause="c", traceparent="",
    )  # fmt: skip
    append(evidence, first.record, key=said.key, value=said.value, headers=said.headers)
    return first


def without(evidence: Evidence, said: Said) -> None:
    """Take a record from its topic."""
    evidence.records[said.record.topic].remove(said.record)
    fresh(evidence, said.record)


def changed(evidence: Evidence, service: str, document: str, **fields: Any) -> None:
    """A document with other fields."""
    documents = evidence.documents[service]
    documents[document] = replace(documents[document], **fields)


def telling(evidence: Evidence, *told: Told) -> Evidence:
    """With more that clients were told."""
    return replace(evidence, told=(*evidence.told, *told))


def rules(violations: list[Any]) -> set[str]:
    """The codes of what was found."""
    return {violation.rule for violation in violations}
