"""Where uploaded files are kept: GridFS in MongoDB, or memory in tests, behind one port.

A file is loose until somebody keeps it: the loose ones are swept after a while, and only they are ever looked through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's bytes and what was noted about it when it was put there (name, type, owner …)."""

    id: str
    content: bytes
    noted: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotedFile:
    """What was noted about a file, without its bytes."""

    id: str
    noted: Mapping[str, Any]


class Files(Protocol):
    """Files by id. Every method raises Unavailable when the database does not answer.

    Of what is noted, `owner` and `kind` can be asked for, and `uploaded_at` (ISO 8601 in UTC) tells a file's age.
    """

    async def prepare(self) -> None:
        """Create what is missing (indexes); safe to repeat."""

    async def put(self, name: str, content: bytes, noted: Mapping[str, Any]) -> str:
        """Keep a file; returns its id. It is loose."""

    async def get(self, name: str) -> StoredFile | None:
        """The file of an id, or None."""

    async def noted(self, name: str) -> Mapping[str, Any] | None:
        """What was noted about the file of an id, without its bytes."""

    async def amend(self, names: Sequence[str], changes: Mapping[str, Any], where: Mapping[str, Any]) -> int:
        """Note `changes` about these files, over what was noted under the same names; returns how many it reached.

        Only those of which all of `where` is noted still: two who change one file do not undo each other's.
        """

    async def owned(self, owner: str, kind: str) -> list[NotedFile]:
        """The files of one kind that belong to `owner`, the newest first; at most 100."""

    async def loose(self, before: datetime, limit: int) -> list[NotedFile]:
        """Loose files that were uploaded before an instant, the oldest first."""

    async def keep(self, name: str) -> None:
        """No longer loose: it stays. Nothing happens where there is no such file."""

    async def delete(self, name: str) -> None:
        """Remove a file. Nothing happens where there is no such file."""
