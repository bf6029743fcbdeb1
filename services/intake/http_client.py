"""How intake asks others over HTTP: licensing, and the county's gateway for messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx


class HttpClient:
    """Keeps its connections while the service runs. `transport`: instead of the network, for tests."""

    def __init__(self, timeout: httpx.Timeout, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._timeout, self._transport = timeout, transport
        self._http: httpx.AsyncClient | None = None

    @property
    def http(self) -> httpx.AsyncClient:
        """Raises httpx.RequestError before and after the service runs."""
        if self._http is None:
            raise httpx.RequestError("not opened")
        return self._http

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Holds the connections."""
        async with httpx.AsyncClient(timeout=self._timeout, trust_env=False, transport=self._transport) as http:
            self._http = http
            try:
                yield
            finally:
                self._http = None
