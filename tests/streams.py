"""A browser's side of a stream of events, straight at an application: the test client of httpx waits for the end."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Stream:
    """An answer while it comes."""

    def __init__(self) -> None:
        self.status, self.headers, self.ended = 0, {}, False
        self._events: asyncio.Queue[str | None] = asyncio.Queue()
        self._text = ""

    def take(self, message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            *events, self._text = (self._text + message.get("body", b"").decode()).split("\n\n")
            for event in events:
                self._events.put_nowait(event)
            if not message.get("more_body"):
                self.ended = True
                self._events.put_nowait(None)

    async def next(self, seconds: float = 10) -> dict[str, str] | None:
        """The next event's fields; None when the stream has ended."""
        event = await asyncio.wait_for(self._events.get(), seconds)
        return event if event is None else dict(line.split(": ", 1) for line in event.split("\n"))

    async def until(self, name: str, seconds: float = 15) -> dict[str, str]:
        """The next event of this name, whatever comes before."""
        async with asyncio.timeout(seconds):
            while True:
                event = await self.next(seconds)
                assert event is not None, "the stream has ended"
                if event.get("event") == name:
                    return event


@asynccontextmanager
async def opened(app, address: str, headers=None, scope=None):
    """Ask for a stream, as a browser that stays for the length of the block."""
    parts, stream, left = urlsplit(address), Stream(), asyncio.Event()
    asked = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("hall", 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }  # fmt: skip
    begun = False

    async def receive():
        nonlocal begun
        if not begun:
            begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        stream.take(message)

    answering = asyncio.create_task(app(asked | (scope or {}), receive, send))
    try:
        async with asyncio.timeout(10):
            while not stream.status and not answering.done():
                await asyncio.sleep(0.005)
        yield stream
    finally:
        left.set()
        async with asyncio.timeout(10):
            await answering
