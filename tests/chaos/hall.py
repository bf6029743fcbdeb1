"""The hall as processes: two replicas of each service, and whoever starts them again when they end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from shared.contracts.topics import SERVICES
from shared.local.data import Port, reserve_port
from shared.local.process import Child
from tests.chaos.proxy import Proxy
from tests.chaos.replica import arming

REPLICAS = 2
PROBE_SECONDS = 5.0


class Replica:
    """One process of a service. `down`: somebody hurts it, and will start it again."""

    def __init__(self, service: str, number: int, data: Path, environment: Mapping[str, str]) -> None:
        self.service, self.name, self.down = service, f"{service}-{number}", False
        self._data, self._environment, self._starts = data, environment, 0
        self._child = Child(self.name, data)
        self._port: Port = reserve_port(data, self.name, 18200 + 10 * number + SERVICES.index(service))
        self.proxy: Proxy | None = None

    @property
    def port(self) -> int:
        """Its own HTTP port."""
        return self._port.number

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.proxy.port if self.proxy else self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs, or is stopped."""
        return self._child.alive

    def start(self) -> None:
        """Start the process; the logs of its earlier lives are kept."""
        if self._child.log.exists():
            self._child.log.replace(self._child.log.with_suffix(f".{self._starts}.log"))
        self._starts += 1
        command = [sys.executable, "-m", "tests.chaos.replica", self.service, "--port", str(self.port)]
        self._child.start(command, self._environment)

    async def kill(self) -> None:
        """kill -9."""
        await self._child.kill()

    async def stop(self) -> None:
        """As an orchestrator stops it."""
        await self._child.stop(30)

    def signal(self, number: int) -> None:
        """Send a signal to its process, if it runs."""
        if self._child.pid is not None:
            os.kill(self._child.pid, number)

    def arm(self, moment: str) -> None:
        """Let it die at the next such moment."""
        self.signal(arming(moment))

    def tell_tasks(self) -> None:
        """Have it write to its log what it is waiting for."""
        self.signal(signal.SIGUSR1)

    def release(self) -> None:
        """Let others have the port."""
        self._port.release()


class Hall:
    """Ten replicas, watched: one that ended is started again, and so is one that says it is not live."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        every = {**os.environ, **environment}
        self.replicas = [Replica(name, number, data, every) for name in SERVICES for number in range(1, REPLICAS + 1)]
        self.restarted: Counter[str] = Counter()
        self._watching: asyncio.Task[None] | None = None

    def of(self, service: str) -> list[Replica]:
        """The replicas of a service."""
        return [each for each in self.replicas if each.service == service]

    async def start(self) -> None:
        """Start them all and wait until every one is ready. Raises TimeoutError after five minutes."""
        for replica in self.replicas:
            replica.start()
        self._watching = asyncio.create_task(self._watch())
        await self.ready(300)

    async def ready(self, seconds: float) -> None:
        """Wait until every replica says that it is ready."""
        async with asyncio.timeout(seconds), aiohttp.ClientSession() as http:
            for replica in self.replicas:
                while await _probe(http, replica, "ready") != 200:
                    await asyncio.sleep(0.3)

    async def stop(self) -> None:
        """Stop them all."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        for replica in self.replicas:
            replica.signal(signal.SIGCONT)
        await asyncio.gather(*(replica.stop() for replica in self.replicas))
        for replica in self.replicas:
            replica.release()

    async def _watch(self) -> None:
        """What an orchestrator does."""
        async with aiohttp.ClientSession() as http:
            probed = time.monotonic()
            while True:
                await asyncio.sleep(0.25)
                for replica in self.replicas:
                    if not replica.alive and not replica.down:
                        self.restarted["ended"] += 1
                        replica.start()
                if time.monotonic() - probed > PROBE_SECONDS:
                    probed = time.monotonic()
                    await asyncio.gather(*(self._revive(http, each) for each in self.replicas if not each.down))

    async def _revive(self, http: aiohttp.ClientSession, replica: Replica) -> None:
        if await _probe(http, replica, "live") == 503 and not replica.down:
            self.restarted["not_live"] += 1
            await replica.kill()


async def _probe(http: aiohttp.ClientSession, replica: Replica, what: str) -> int:
    """The status that its probe answers; 0 where it does not answer."""
    url = f"http://127.0.0.1:{replica.port}/{replica.service}/healthz/{what}"
    try:
        async with http.get(url, timeout=aiohttp.ClientTimeout(total=4)) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return 0
