"""The golden samples: one full record of each event as it stands in Kafka, invented data only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.contracts.envelope import Record
from shared.contracts.topics import Topic, topic_named

FOLDER = Path(__file__).parent / "samples"
SAMPLE_KEY = bytes(range(32))
"""Opens the sealed holders of the samples, whose key id is `sample-1`."""


@dataclass(frozen=True)
class Golden:
    """A sample file: topic, key, headers and body."""

    name: str
    topic: str
    key: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def row(self) -> Topic:
        row = topic_named(self.topic)
        assert row is not None, f"{self.name}: no topic {self.topic}"
        return row

    def record(self, **changed: Any) -> Record:
        """The record, or one that differs from it in what is named."""
        record = {
            "topic": self.topic,
            "partition": 0,
            "offset": 0,
            "key": self.key.encode(),
            "value": json.dumps(self.body, ensure_ascii=False).encode(),
            "headers": tuple((name, value.encode()) for name, value in self.headers.items()),
        }
        return Record(**(record | changed))


def golden(path: Path) -> Golden:
    """One sample by its file."""
    return Golden(name=path.name, **json.loads(path.read_text("utf-8")))


SAMPLES = [golden(path) for path in sorted(FOLDER.glob("*.json"))]
