"""A client that does not give up: the same request with the same key, at either replica, until there is an answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from typing import Any, NamedTuple

import aiohttp

from shared.local.issuer import DevelopmentIssuer
from tests.chaos.hall import Hall

PATIENCE = 6.0
"""Seconds for one attempt."""


class Answer(NamedTuple):
    """A final answer: a status below 500, and its body."""

    status: int
    body: Any

    @property
    def accepted(self) -> bool:
        """Whether what was asked was done."""
        return self.status < 300


class Client:
    """Everybody's HTTP. Counts what was answered on the way, and the longest time without any accepted command."""

    def __init__(self, hall: Hall, issuer: DevelopmentIssuer, seed: int) -> None:
        self._hall, self._issuer = hall, issuer
        self._random = random.Random(f"client/{seed}")  # noqa: S311
        self._tokens: dict[str, str] = {}
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=PATIENCE), connector=aiohttp.TCPConnector(limit=0)
        )
        self.statuses: Counter[str] = Counter()
        self.faults: list[str] = []
        self.silence, self._heard = 0.0, time.monotonic()

    async def close(self) -> None:
        """End all connections."""
        await self._http.close()

    async def ask(self, method: str, service: str, path: str, who: str | None = None, **more: Any) -> Answer:
        """Ask until there is a final answer: 5xx and broken connections are tried again at another replica."""
        headers = {"Authorization": f"Bearer {self._token(who)}"} if who else {}
        if key := more.pop("key", None):
            headers["Idempotency-Key"] = key
        pause = 0.1
        while True:
            replica = self._random.choice(self._hall.of(service))
            try:
                url = f"{replica.address}/{service}{path}"
                body = {"data": _form(more["file"])} if "file" in more else more
                async with self._http.request(method, url, headers=headers, **body) as reply:
                    text = await reply.read()
                    self._count(replica.name, method, path, reply.status, text)
                    if reply.status < 500:
                        return Answer(reply.status, await reply.json())
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.statuses[type(error).__name__] += 1
            await asyncio.sleep(pause * self._random.uniform(0.5, 1.5))
            pause = min(pause * 2, 1.0)

    def _count(self, replica: str, method: str, path: str, status: int, text: bytes) -> None:
        self.statuses[str(status)] += 1
        if status >= 500 and status != 503:
            self.faults.append(
                f"{replica} answered {status} to {method} {path}: {text[:200].decode('utf-8', 'replace')}"
            )
        if method == "POST" and status < 300:
            now = time.monotonic()
            self.silence, self._heard = max(self.silence, now - self._heard), now

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            self._tokens[who] = self._issuer.mint(who)
        return self._tokens[who]


def _form(content: bytes) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="样例.pdf", content_type="application/pdf")
    return form
