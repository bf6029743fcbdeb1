"""How people of the sample reach the services: over HTTP, each with a token of their own."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx

from shared.local.data import PlatformError
from shared.local.issuer import DevelopmentIssuer
from shared.log import logger

ATTEMPTS, PAUSE = 40, 0.25
"""How often somebody who is asked to come back later comes back, and after how many seconds."""


class Doors:
    """Sends as a sample person. What a rule refuses is counted, and its affair goes on without it."""

    def __init__(self, client: httpx.AsyncClient, issuer: DevelopmentIssuer) -> None:
        self._client, self._issuer = client, issuer
        self._tokens: dict[str, str] = {}
        self.refused: Counter[str] = Counter()

    async def post(self, person: str, path: str, body: Any = None, *, key: str = "", **more: Any) -> Any:
        """The answer, or None for a refusal. Raises PlatformError when the services do not answer."""
        return await self._send("POST", person, path, key=key, json=body, **more)

    async def get(self, person: str, path: str) -> Any:
        """Likewise; a PDF comes as its bytes."""
        return await self._send("GET", person, path)

    async def _send(self, method: str, person: str, path: str, *, key: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token(person)}"} | ({"Idempotency-Key": key} if key else {})
        for _ in range(ATTEMPTS):
            reply = await self._client.request(method, path, headers=headers, **more)
            if reply.status_code != 503:
                break
            await asyncio.sleep(PAUSE)
        if reply.status_code >= 500:
            raise PlatformError(f"{method} {path} 回答 {reply.status_code}:{reply.text[:200]}")
        if reply.is_success:
            return reply.json() if reply.headers["content-type"].startswith("application/json") else reply.content
        self._note(reply, method, path)
        return None

    def _note(self, reply: httpx.Response, method: str, path: str) -> None:
        problem = reply.json() if "json" in reply.headers.get("content-type", "") else {}
        code = str(problem.get("code", reply.status_code))
        self.refused[code] += 1
        fields = [each["field"] for each in problem.get("errors", [])]
        logger("sample").warning("refused", code=code, method=method, path=path, fields=fields)

    def _token(self, person: str) -> str:
        if person not in self._tokens:
            self._tokens[person] = self._issuer.mint(person)
        return self._tokens[person]
