"""Commands from people: whatever arrives while a batch is being written forms the next batch (group commit).

Each caller is answered after its own save; publishing goes on behind the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel

from shared.kernel import Refused
from shared.messaging.document import Unavailable
from shared.messaging.draft import Step

MAX_WAITING = 2_000
MAX_BATCH = 500


class Overloaded(Exception):
    """Too much is waiting: answer 503 with Retry-After."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command on its way to its document, and the future of the one who waits for the answer."""

    step: Step
    answer: asyncio.Future[Mapping[str, Any] | Refused]


def digest(body: BaseModel | Mapping[str, Any]) -> str:
    """What tells a repeated body from a changed one, and from another kind of command with the same fields: SHA-256 of
    its kind and canonical JSON."""
    plain = [type(body).__name__, body.model_dump(mode="json")] if isinstance(body, BaseModel) else body
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


class CommandDesk:
    """Takes commands, and hands whatever waits to `write` as one batch after another."""

    def __init__(self, write: Callable[[Sequence[Asked]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[Asked] = []
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to take commands."""
        self._task = asyncio.create_task(self._run(), name="commands")

    async def close(self) -> None:
        """Answer what waits, take nothing more. When this is cancelled, whoever still waits is told Unavailable."""
        self._closed = True
        self._arrived.set()
        try:
            if self._task:
                await self._task
        finally:
            _fail(self._waiting, Unavailable("the service stops"))

    async def ask(self, step: Step) -> Mapping[str, Any] | Refused:
        """The answer, after the save. Raises Overloaded, or Unavailable when the database does not answer."""
        if self._closed or len(self._waiting) >= MAX_WAITING:
            raise Overloaded
        asked = Asked(step, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        self._arrived.set()
        return await asked.answer

    async def _run(self) -> None:
        while not (self._closed and not self._waiting):
            await self._arrived.wait()
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            if not self._waiting and not self._closed:
                self._arrived.clear()
            if batch:
                await self._written(batch)

    async def _written(self, batch: Sequence[Asked]) -> None:
        try:
            await self._write(batch)
            problem: Exception = RuntimeError("the command was not answered")
        except Unavailable as error:
            problem = error
        except asyncio.CancelledError:
            _fail(batch, Unavailable("the service stops"))
            raise
        except Exception as error:  # a fault of ours must reach every caller, and must not end the desk
            problem = error
        _fail(batch, problem)


def _fail(batch: Sequence[Asked], problem: Exception) -> None:
    for asked in batch:
        if not asked.answer.done():
            asked.answer.set_exception(problem)
