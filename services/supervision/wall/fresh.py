"""What is worked out once for any number of readers, and again only when it has grown old."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
FRESH_SECONDS = 1.0
"""How long an answer counts as fresh."""


class Fresh(Generic[T]):
    """`work` runs at most once in FRESH_SECONDS and never twice at a time; all who ask meanwhile get the same answer,
    or the same error. It must not depend on who asks."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._begun = float("-inf")
        self._answer: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """The answer, begun at most FRESH_SECONDS ago unless it took longer. Raises what the work raises."""
        if self._answer is None or (self._answer.done() and time.monotonic() - self._begun >= FRESH_SECONDS):
            self._begun = time.monotonic()
            self._answer = asyncio.create_task(self._work())
        return await asyncio.shield(self._answer)  # who leaves takes nothing from the others
