"""The servers that onedoor needs, Kafka and MongoDB: started here as child processes, or given by address."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.local.data import DEFAULT_DATA, PlatformError, announce, claim
from shared.local.kafka import KafkaServer
from shared.local.mongo import MongoServer


class Handle(Protocol):
    """What a test may do to a server that is ours: address and data stay the same throughout."""

    async def start(self) -> None:
        """Start and wait until ready."""

    async def stop(self) -> None:
        """Stop in order."""

    async def kill(self) -> None:
        """kill -9."""

    async def restart(self) -> None:
        """Stop and start."""


@dataclass(frozen=True)
class Servers:
    """Addresses of Kafka (bootstrap servers) and MongoDB (URI), and handles on those that are ours."""

    kafka: str
    mongo_uri: str
    broker: Handle | None = None
    database: Handle | None = None

    async def restart_kafka(self) -> None:
        """Stop and start Kafka; returns when it is ready again."""
        await _ours(self.broker, "Kafka").restart()

    async def kill_kafka(self) -> None:
        """kill -9 Kafka; `restart_kafka` brings it back."""
        await _ours(self.broker, "Kafka").kill()

    async def restart_mongo(self) -> None:
        """Stop and start MongoDB; returns when it is primary again."""
        await _ours(self.database, "MongoDB").restart()

    async def kill_mongo(self) -> None:
        """kill -9 MongoDB; `restart_mongo` brings it back."""
        await _ours(self.database, "MongoDB").kill()


def _ours(handle: Handle | None, name: str) -> Handle:
    if handle is None:
        raise PlatformError(f"{name} 由外部提供(ONEDOOR_KAFKA 或 ONEDOOR_MONGO_URI),不能在这里重启。")
    return handle


@asynccontextmanager
async def platform(
    data: Path,
    *,
    progress: bool = False,
    kafka: str | None = None,
    mongo_uri: str | None = None,
    cache_gb: float = 1,
) -> AsyncIterator[Servers]:
    """Kafka and MongoDB for the length of the block, and sole use of the directory `data`.

    `cache_gb`: the most memory that MongoDB keeps data in; production's own default is half of the machine's.

    `kafka` (bootstrap servers) and `mongo_uri` name existing servers to use instead (ONEDOOR_KAFKA,
    ONEDOOR_MONGO_URI). Enter it on the main thread. Raises AlreadyRunning beside a live run, else
    PlatformError naming what is missing.
    """
    with claim(data):
        broker = KafkaServer(data, progress=progress) if kafka is None else None
        database = MongoServer(data, cache_gb=cache_gb) if mongo_uri is None else None
        async with AsyncExitStack() as stack:
            for server in (database, broker):
                if server is not None:
                    stack.push_async_callback(server.close)
            await _start_together([server for server in (broker, database) if server is not None])
            servers = Servers(
                kafka=broker.address if broker is not None else str(kafka),
                mongo_uri=database.uri if database is not None else str(mongo_uri),
                broker=broker,
                database=database,
            )
            announce(data, kafka=servers.kafka, mongo_uri=servers.mongo_uri)
            yield servers


async def _start_together(servers: list[KafkaServer | MongoServer]) -> None:
    try:
        async with asyncio.TaskGroup() as starting:
            for server in servers:
                starting.create_task(server.start())
    except* PlatformError as failed:
        raise failed.exceptions[0] from None


async def _foreground(data: Path) -> None:
    """Run both servers until SIGINT or SIGTERM, and say where they are."""
    wanted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, wanted.set)
    given = {"kafka": os.environ.get("ONEDOOR_KAFKA"), "mongo_uri": os.environ.get("ONEDOOR_MONGO_URI")}
    async with platform(
        data, progress=sys.stderr.isatty(), kafka=given["kafka"], mongo_uri=given["mongo_uri"]
    ) as servers:
        print(f"ONEDOOR_KAFKA={servers.kafka}\nONEDOOR_MONGO_URI={servers.mongo_uri}", flush=True)
        await wanted.wait()


def main() -> None:
    """`python -m shared.local.platform --data DIR`: the two servers alone, in the foreground."""
    arguments = argparse.ArgumentParser(description=main.__doc__)
    arguments.add_argument("--data", type=Path, default=DEFAULT_DATA)
    try:
        asyncio.run(_foreground(arguments.parse_args().data))
    except PlatformError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
