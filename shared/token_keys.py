"""The public keys of the identity provider: read from its JWKS, kept, read again when a new one appears."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from shared import metrics
from shared.log import logger

AGAIN_AFTER = 15.0  # seconds: tokens with invented key ids must not become a load on the provider
STALE_AFTER = 600.0  # seconds: a key that the provider took back is forgotten after this
_MAX_BYTES = 256 * 1024


class KeysUnavailable(Exception):
    """The keys could not be read and none are kept: nobody can be recognised now."""


class TokenKeys:
    """Keys by their id. `source`: an http(s) address or a file, holding a JWKS (RFC 7517)."""

    def __init__(
        self,
        source: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._source = source
        self._monotonic = monotonic
        self._transport = transport
        self._keys: dict[str, Key] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()

    async def get(self, kid: str) -> Key | None:
        """The key with this id, None when the provider has none. Raises KeysUnavailable."""
        if kid not in self._keys or self._older(self._read_at, STALE_AFTER):
            async with self._lock:
                if kid not in self._keys or self._older(self._read_at, STALE_AFTER):
                    await self._refresh()
        if self._read_at is None:
            raise KeysUnavailable(self._source)
        return self._keys.get(kid)

    def _older(self, instant: float | None, seconds: float) -> bool:
        return instant is None or self._monotonic() - instant >= seconds

    async def _refresh(self) -> None:
        """Reads the keys, at most once in AGAIN_AFTER; a failure keeps the ones already known."""
        if not self._older(self._tried_at, AGAIN_AFTER):
            return
        self._tried_at = self._monotonic()
        try:
            keys = KeySet.import_key_set(await self._load())
        except (OSError, httpx.HTTPError, ValueError, KeyError, TypeError, JoseError) as error:
            metrics.INFRASTRUCTURE_ERRORS.labels("identity", "identity").inc()
            logger("identity").warning("jwks_unreadable", source=self._source, error=type(error).__name__)
            return
        self._keys = {key.kid: key for key in keys if key.kid}
        self._read_at = self._monotonic()

    async def _load(self) -> Any:
        if not self._source.startswith(("http://", "https://")):
            return json.loads(await asyncio.to_thread(Path(self._source).read_bytes))
        async with httpx.AsyncClient(timeout=5.0, transport=self._transport) as client:
            response = await client.get(self._source)
        response.raise_for_status()
        if len(response.content) > _MAX_BYTES:
            raise ValueError("the JWKS is too large")
        return response.json()
