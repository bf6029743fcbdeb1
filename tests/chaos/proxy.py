"""A TCP proxy that knows bytes and no protocols: it delays, resets, cuts in mid-stream, and swallows for a while."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import Counter
from typing import Literal

Weather = Literal["fair", "delay", "cut", "hole"]
_CHUNK = 16 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)


class Proxy:
    """One listening port before one server on loopback; `weather` is what happens to every chunk from now on.

    `delay`: each chunk waits up to `seconds`. `cut`: the next chunk of each connection is forwarded in part, and both
    ends are reset. `hole`: nothing is forwarded, in either direction, until the weather changes.
    """

    def __init__(self, port: int, target: int, seed: int) -> None:
        self.port, self.target = port, target
        self.weather: Weather = "fair"
        self.seconds = 0.3
        self.done: Counter[str] = Counter()
        self._random = random.Random(f"{seed}/{port}")  # noqa: S311
        self._fair = asyncio.Event()
        self._fair.set()
        self._server: asyncio.Server | None = None
        self._streams: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Stop listening and end all connections."""
        if self._server is not None:
            self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def turn(self, weather: Weather) -> None:
        """Change the weather; what a hole held back goes on when it ends."""
        self.weather = weather
        if weather == "hole":
            self._fair.clear()
        else:
            self._fair.set()

    def reset(self) -> None:
        """Reset all connections now (RST, no goodbye)."""
        for writer in list(self._streams):
            _reset(writer)
            self.done["reset"] += 1

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _reset(writer)
            return
        self._streams |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back, writer), self._pump(there, writer, back))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._streams -= {writer, back}
            for each in (writer, back):
                each.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, other: asyncio.StreamWriter
    ) -> None:
        """One direction, until it ends; an end is passed on."""
        while data := await reader.read(_CHUNK):
            await self._fair.wait()
            if self.weather == "delay":
                self.done["delayed"] += 1
                await asyncio.sleep(self._random.uniform(0, self.seconds))
            if self.weather == "cut":
                self.done["cut"] += 1
                writer.write(data[: self._random.randrange(len(data))])
                await asyncio.sleep(0.002)  # let the part leave before the reset
                _reset(writer)
                _reset(other)
                return
            writer.write(data)
            await writer.drain()
        await self._fair.wait()
        if writer.can_write_eof() and not writer.is_closing():
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: pending bytes are dropped, and the other end sees a reset."""
    end = writer.get_extra_info("socket")
    if end is not None and end.fileno() >= 0:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    writer.transport.abort()
