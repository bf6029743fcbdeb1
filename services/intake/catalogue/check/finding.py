"""One fault that a check found, before the loader turns it into a file and a line."""

from dataclasses import dataclass

from services.intake.catalogue.model import Path


@dataclass(frozen=True)
class Finding:
    """`kind` and `key` name the entity (a field of Contents and its key), `at` the place inside it."""

    kind: str
    key: str
    at: Path
    reason: str
