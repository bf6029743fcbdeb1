"""A real MongoDB replica set of three members as child processes: for tests that lose the primary."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from shared.local.cluster import Cluster
from shared.local.data import reserve_port
from shared.local.mongo import mongod
from shared.local.process import Child, settled
from shared.local.replica import SET_NAME

_PORT = 27127
_CACHE_GB = 0.25
_ALREADY_INITIALIZED = 23


class MongoSet(Cluster):
    """Three mongods on loopback ports as replica set rs0, with their data in `data`/mongo-1 to -3.

    All methods are for the main thread (see Child.start).
    """

    def __init__(self, data: Path) -> None:
        self._data = data.resolve()
        super().__init__({node: Child(f"mongo-{node}", self._data) for node in (1, 2, 3)})

    @property
    def uri(self) -> str:
        """Connection string naming all members; known after the first start."""
        return f"mongodb://{','.join(self._addresses.values())}/?replicaSet={SET_NAME}"

    @property
    def _addresses(self) -> dict[int, str]:
        return {node: f"127.0.0.1:{self._port(node)}" for node in self.nodes}

    async def start(self) -> None:
        """Start the members that do not run and wait for a primary and for every member to follow it.

        Ports stay the same for the life of this object. Raises PlatformError with a log's end.
        """
        for node, child in self.nodes.items():
            if child.name not in self._ports:
                self._ports[child.name] = reserve_port(self._data, child.name, _PORT + node - 1)
            if not child.alive:
                home = self._data / child.name
                home.mkdir(parents=True, exist_ok=True)
                child.start(*mongod(self._data, self._port(node), home, cache_gb=_CACHE_GB))
        await settled(self.nodes.values(), self._well, 120)

    async def primary(self) -> int | None:
        """The member that is primary now, None while there is none."""
        return await asyncio.to_thread(self._primary)

    async def step_down(self) -> int | None:
        """Ask the primary to step down for ten seconds; returns which member it was, None where there was none."""
        return await asyncio.to_thread(self._step_down)

    async def stop(self) -> None:
        """Stop all members in order; 20 s each, then kill."""
        await asyncio.gather(*(child.stop(20) for child in self.nodes.values()))

    async def _well(self) -> bool:
        return await asyncio.to_thread(self._whole)

    def _whole(self) -> bool:
        """Whether one member is a primary that takes writes and the others follow it; initiates the set once."""
        try:
            with self._direct(1) as client:
                states = self._states(client)
        except PyMongoError:
            return False
        return sorted(states) == ["PRIMARY", "SECONDARY", "SECONDARY"] and self._primary() is not None

    def _states(self, client: MongoClient[dict[str, Any]]) -> list[str]:
        try:
            status = client.admin.command("replSetGetStatus")
        except OperationFailure:
            self._initiate(client)
            return []
        return [member["stateStr"] for member in status["members"]]

    def _initiate(self, client: MongoClient[dict[str, Any]]) -> None:
        members = [{"_id": number, "host": address} for number, address in self._addresses.items()]
        wanted = {"_id": SET_NAME, "members": members, "settings": {"electionTimeoutMillis": 3000}}
        try:
            client.admin.command({"replSetInitiate": wanted})
        except OperationFailure as error:
            if error.code != _ALREADY_INITIALIZED:
                raise

    def _primary(self) -> int | None:
        for number, child in self.nodes.items():
            if child.alive:
                try:
                    with self._direct(number) as client:
                        if client.admin.command("hello")["isWritablePrimary"]:
                            return number
                except PyMongoError:
                    continue
        return None

    def _step_down(self) -> int | None:
        number = self._primary()
        if number is not None:
            try:
                with self._direct(number) as client:
                    client.admin.command({"replSetStepDown": 10, "secondaryCatchUpPeriodSecs": 5, "force": True})
            except PyMongoError:  # it may end the connection while it steps down
                pass
        return number

    def _direct(self, number: int) -> MongoClient[dict[str, Any]]:
        uri = f"mongodb://{self._addresses[number]}/?directConnection=true"
        return MongoClient(uri, serverSelectionTimeoutMS=1000, socketTimeoutMS=15_000)
