"""What every process under measurement does beside its work: say that it is ready, and how its producer sends."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path

from aiokafka import AIOKafkaProducer


def arguments_of(about: str | None) -> argparse.ArgumentParser:
    """The command line that `Hall.start` uses."""
    arguments = argparse.ArgumentParser(description=about)
    arguments.add_argument("service")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--catalogue", type=Path)
    return arguments


def note_producer(data: Path, name: str, producer: AIOKafkaProducer) -> None:
    """Write down how this process really sends: what its live producer has."""
    folder = data / "durability"
    folder.mkdir(exist_ok=True)
    found = {"acks": producer._sender._acks, "idempotent": producer._txn_manager is not None}
    (folder / f"{name}.json").write_text(json.dumps(found))


async def until_stopped(port: int, *working: asyncio.Task[None]) -> None:
    """Answer `ready` on a port until SIGTERM. Raises what the work raises: a stand-in that fails is seen at once."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    server = await asyncio.start_server(_ready, "127.0.0.1", port)
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({waiting, *working}, return_when=asyncio.FIRST_COMPLETED)
    server.close()
    for task in (waiting, *working):
        task.cancel()
    for result in await asyncio.gather(*working, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


async def _ready(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()
