"""The hall under measurement: real Kafka and MongoDB, and every service as a process of its own, on this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import AsyncMongoClient

from shared.contracts.topics import SERVICES
from shared.local.data import Port, reserve_port
from shared.local.hall import departments
from shared.local.issuer import DevelopmentIssuer
from shared.local.platform import Servers, platform
from shared.local.process import Child
from shared.messaging.topics import create_topics
from shared.settings import Settings, load_settings, variable
from tests.bench.feeding import FED, feeder_topic
from tests.bench.matters import write_catalogue

READY_SECONDS = 90
CACHE_GB = 8
"""Memory for MongoDB's data: a third of a machine of 24 GB, less than its own default of half."""
ROOT = Path(__file__).parents[2]


@dataclass
class Hall:
    """Servers, and the services that run on them: their processes and their addresses."""

    data: Path
    settings: Settings
    servers: Servers
    catalogue: Path
    issuer: DevelopmentIssuer
    children: dict[str, Child] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    _ports: dict[str, Port] = field(default_factory=dict)

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of every part by its name: the five services, `kafka` and `mongod`."""
        parts = {name: child.pid for name, child in self.children.items() if child.pid}
        assert self.servers.broker is not None
        assert self.servers.database is not None
        return parts | {"kafka": self.servers.broker.pids[0], "mongod": self.servers.database.pids[0]}

    async def start(
        self, names: Iterable[str] = SERVICES, module: str = "tests.bench.served", more: Sequence[str] = ()
    ) -> None:
        """Start these services, or what stands in for them, with `more` arguments, and wait until each is ready.

        `supervision-2` is another replica of supervision.
        """
        environment = self._environment()
        for name in names:
            if name not in self._ports:
                self._ports[name] = reserve_port(self.data, name, 18000 + len(self._ports))
            port = self._ports[name].number
            child = self.children[name] = Child(name, self.data)
            arguments = [name.partition("-")[0], "--port", str(port), "--catalogue", str(self.catalogue), *more]
            child.start([sys.executable, "-m", module, *arguments], environment)
            self.addresses[name] = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as client:
            await asyncio.gather(*(self._ready(client, name) for name in names))

    async def stop(self, names: Iterable[str] | None = None) -> None:
        """Stop these services in order, or all."""
        wanted = [name for name in (names or list(self.children)) if name in self.children]
        await asyncio.gather(*(self.children[name].stop(60) for name in wanted))
        for name in wanted:
            del self.children[name]

    def cpu_seconds(self) -> dict[str, float]:
        """CPU that each part has used so far, and this process as `client`."""
        used = {name: psutil.Process(pid).cpu_times() for name, pid in self.pids.items()}
        used["client"] = psutil.Process().cpu_times()
        return {name: times.user + times.system for name, times in used.items()}

    @property
    def database(self) -> AsyncMongoClient[Any]:
        """A client of the hall's MongoDB, to be closed by who takes it."""
        return AsyncMongoClient(self.settings.mongo_uri, tz_aware=True)

    def memory(self) -> dict[str, int]:
        """Resident bytes of each part."""
        return {name: psutil.Process(pid).memory_info().rss for name, pid in self.pids.items()}

    def _environment(self) -> Mapping[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ONEDOOR_")}
        fields = ("kafka", "mongo_uri", "data_dir", "mongo_driver")
        ours = {variable(each): str(getattr(self.settings, each)) for each in fields}
        return clean | ours | {"PYTHONPATH": str(ROOT)}

    async def _ready(self, client: aiohttp.ClientSession, name: str) -> None:
        async with asyncio.timeout(READY_SECONDS):
            while True:
                if not self.children[name].alive:
                    raise self.children[name].failure("did not start")
                try:
                    async with client.get(f"{self.addresses[name]}/healthz/ready") as reply:
                        if reply.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)


@asynccontextmanager
async def hall(data: Path) -> AsyncIterator[Hall]:
    """Servers with all topics, and no service yet. Everything is stopped at the end; the data stay."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(platform(data, cache_gb=CACHE_GB))
        settings = load_settings(data_dir=data, kafka=servers.kafka, mongo_uri=servers.mongo_uri)
        issuer = DevelopmentIssuer(settings, departments())
        await create_topics(settings.kafka, departments())
        await _feeder_topics(settings.kafka)
        found = Hall(data, settings, servers, write_catalogue(data / "catalogue"), issuer)
        stack.push_async_callback(found.stop)
        yield found


@asynccontextmanager
async def fresh_hall() -> AsyncIterator[Hall]:
    """A hall on a data directory of its own, which is removed afterwards."""
    data = Path(tempfile.mkdtemp(prefix="onedoor-bench-"))
    try:
        async with hall(data) as running:
            yield running
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def _feeder_topics(kafka: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        wanted = [name for service in FED if (name := feeder_topic(service)) not in there]
        limit = {"max.message.bytes": str(1024 * 1024)}
        if wanted:
            await admin.create_topics([NewTopic(name, 12, 1, topic_configs=limit) for name in wanted])
    finally:
        await admin.close()
