"""The e-licences of whoever is signed in, as licensing lists them: offered instead of typing a number of 70 characters.

Asked with the visitor's own token, so licensing alone decides what is theirs. When it does not answer, nothing is
offered and nothing else changes.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

import httpx
from pydantic import BaseModel, ValidationError

from services.intake.http_client import HttpClient
from services.intake.licences import ROOT
from shared.log import logger
from shared.settings import Settings

TIMEOUT = httpx.Timeout(1.0)
"""Seconds that a page waits at most for each phase of a list that it can do without."""
MOST = 100
"""Results of one list: the newest are offered."""


class Held(BaseModel):
    """A result as its holder sees it at licensing."""

    kind: str
    number: str
    name: str
    issuer: str
    status: str
    valid_until: date | None = None

    def serves(self, code: str) -> bool:
        """Whether it is a valid e-licence of the type with this code."""
        typed = self.number.removeprefix(ROOT).partition(".")[0]
        return (self.kind, self.status) == ("licence", "valid") and typed == code


class _List(BaseModel):
    results: list[Held]


class OwnLicences(Protocol):
    """Asks licensing for everything that is the bearer's."""

    async def __call__(self, token: str) -> list[Held]:
        """The newest results of whoever this token names; empty where licensing does not say."""


class OwnOverHttp(HttpClient):
    """`GET /results` of licensing."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(TIMEOUT, transport)
        self._settings = settings

    async def __call__(self, token: str) -> list[Held]:
        """As `OwnLicences` says."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        try:
            address = self._settings.url_of("licensing", f"/results?size={MOST}")
            answer = await self.http.get(address, headers=headers)
            answer.raise_for_status()
            return _List.model_validate(answer.json()).results
        except (httpx.HTTPError, ValidationError, ValueError) as error:
            logger("intake").warning("own_licences_not_listed", because=type(error).__name__)
            return []
