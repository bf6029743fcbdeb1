"""Where uploaded files are kept: GridFS in MongoDB, or memory in tests, behind one port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's bytes and what was noted about it when it was put there (name, type, owner …)."""

    id: str
    content: bytes
    noted: Mapping[str, Any]


class Files(Protocol):
    """Files by id. Every method raises Unavailable when the database does not answer."""

    async def put(self, name: str, content: bytes, noted: Mapping[str, Any]) -> str:
        """Keep a file; returns its id."""

    async def get(self, name: str) -> StoredFile | None:
        """The file of an id, or None."""

    async def noted(self, name: str) -> Mapping[str, Any] | None:
        """What was noted about the file of an id, without its bytes."""
