"""Records as the checker reads them: by the published contracts alone, each record once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.contracts.envelope import Heard, Record, parse
from shared.contracts.topics import topic_named

_KEPT = 200_000
_seen: dict[int, tuple[Record, Said | None]] = {}
"""By identity, holding the record, so that a run that is looked at often parses each record once."""


@dataclass(frozen=True, slots=True)
class Said:
    """A well-formed record and what it says."""

    record: Record
    heard: Heard

    @property
    def event(self) -> Any:
        """The event itself."""
        return self.heard.event

    @property
    def name(self) -> str:
        """The event's name, without service and version."""
        return type(self.heard.event).__name__

    @property
    def place(self) -> str:
        """`topic/partition/offset`."""
        return f"{self.record.topic}/{self.record.partition}/{self.record.offset}"

    @property
    def content(self) -> tuple[bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]:
        """Everything that a repeat must repeat: key, value and headers."""
        headers = tuple((name, bytes(value)) for name, value in self.record.headers)
        return self.record.key, self.record.value, headers


def read(record: Record) -> Said | None:
    """The record as its topic's contracts read it; None for what they cannot read or do not know."""
    kept = _seen.get(id(record))
    if kept is not None:
        return kept[1]
    topic = topic_named(record.topic)
    heard = parse(record, topic.known, foreign=topic.foreign) if topic else None
    said = Said(record, heard) if isinstance(heard, Heard) else None
    if len(_seen) >= _KEPT:
        _seen.clear()
    _seen[id(record)] = (record, said)
    return said
