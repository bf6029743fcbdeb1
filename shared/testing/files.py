"""Files in memory, behind the same port as GridFS."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.files import NotedFile, StoredFile


class MemoryFiles:
    """The Files port over a dictionary."""

    def __init__(self) -> None:
        self.held: dict[str, StoredFile] = {}
        self.loosely: set[str] = set()

    async def prepare(self) -> None:
        """Nothing to prepare."""

    async def put(self, name: str, content: bytes, noted: Mapping[str, Any]) -> str:  # noqa: ARG002  GridFS names files
        key = uuid.uuid4().hex
        self.held[key] = StoredFile(key, content, dict(noted))
        self.loosely.add(key)
        return key

    async def get(self, name: str) -> StoredFile | None:
        return self.held.get(name)

    async def noted(self, name: str) -> Mapping[str, Any] | None:
        found = self.held.get(name)
        return found.noted if found else None

    async def amend(self, names: Sequence[str], changes: Mapping[str, Any], where: Mapping[str, Any]) -> int:
        found = [self.held[name] for name in names if name in self.held]
        due = [file for file in found if where.items() <= file.noted.items()]
        for file in due:
            self.held[file.id] = StoredFile(file.id, file.content, {**file.noted, **changes})
        return len(due)

    async def owned(self, owner: str, kind: str) -> list[NotedFile]:
        mine = [f for f in self._by_age() if (f.noted.get("owner"), f.noted.get("kind")) == (owner, kind)]
        return mine[::-1][:100]

    async def loose(self, before: datetime, limit: int) -> list[NotedFile]:
        old = [f for f in self._by_age() if f.id in self.loosely and _uploaded(f) < before.isoformat()]
        return old[:limit]

    async def keep(self, name: str) -> None:
        self.loosely.discard(name)

    async def delete(self, name: str) -> None:
        self.held.pop(name, None)
        self.loosely.discard(name)

    def _by_age(self) -> list[NotedFile]:
        return sorted((NotedFile(f.id, f.noted) for f in self.held.values() if _uploaded(f)), key=_uploaded)


def _uploaded(file: StoredFile | NotedFile) -> str:
    return str(file.noted.get("uploaded_at", ""))
