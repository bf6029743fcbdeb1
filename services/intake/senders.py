"""How a message leaves the site for a phone: nowhere, into a file (development), or to the county's own gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import httpx

from services.intake.http_client import HttpClient
from services.intake.messages import Message
from services.intake.parties import masked_phone
from shared.settings import Settings

TIMEOUT = httpx.Timeout(10.0)
RETRIED = (401, 403, 404, 408, 425, 429)
"""Answers of a gateway that speak of it, or of us, rather than of the message."""


class NotSent(Exception):
    """The message did not leave. `final`: it never will (a number that is none), otherwise it is tried again later."""

    def __init__(self, because: str, *, final: bool = False) -> None:
        super().__init__(because)
        self.final = final


class Sender(Protocol):
    """Sends to one phone. The same `message.id` may come again after a crash: a gateway that knows it drops it."""

    async def send(self, to_phone: str, message: Message) -> None:
        """Returns when the message is handed over. Raises NotSent."""

    def opened(self) -> AbstractAsyncContextManager[None]:
        """Holds its connections while the service runs."""


def sender_of(settings: Settings) -> Sender | None:
    """What `ONEDOOR_SENDER` names: `none`, `file`, or the address of a gateway. Empty: `file` in development only."""
    name = settings.sender or ("none" if settings.production else "file")
    if name == "none":
        return None
    return FileSender(settings.data_dir / "outbox" / "messages.jsonl") if name == "file" else Gateway(settings)


def brief(message: Message, settings: Settings) -> str:
    """The text on a phone: what happened, to which application, and where to look. It names nobody."""
    link = settings.url_of(message.link.service, message.link.path)
    return f"【{settings.hall}】{message.title}。{message.matter_name}，编号 {message.number}。详见 {link}"


class FileSender:
    """Development: one line of JSON for each message, the phone masked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, to_phone: str, message: Message) -> None:
        line = {"id": message.id, "phone": masked_phone(to_phone), "title": message.title, "text": message.text}
        await asyncio.to_thread(self._write, json.dumps(line, ensure_ascii=False))

    def _write(self, line: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise NotSent(type(error).__name__) from error

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """A file needs no connection."""
        yield


class Gateway(HttpClient):
    """Production: `POST` of `{"id", "phone", "text"}` to the county's gateway, which knows SMS, mail or an app."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(TIMEOUT, transport)
        self._settings = settings

    async def send(self, to_phone: str, message: Message) -> None:
        body = {"id": message.id, "phone": to_phone, "text": brief(message, self._settings)}
        headers = {"Idempotency-Key": message.id}
        try:
            (await self.http.post(self._settings.sender, json=body, headers=headers)).raise_for_status()
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            raise NotSent(str(status), final=400 <= status < 500 and status not in RETRIED) from error
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from error
