"""Make one mongod a replica set of one and tell whether it is primary; onedoor needs majority writes."""

import asyncio
import sys
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

SET_NAME = "rs0"
_NOT_YET_INITIALIZED = 94


def replica_uri(address: str) -> str:
    """The connection string of the set whose one member is `address` (`host:port`)."""
    return f"mongodb://{address}/?replicaSet={SET_NAME}"


async def primary_is_ready(address: str, pid: int | None = None) -> bool:
    """Whether the mongod at `address` (process `pid`, when given) is a writable primary; to be polled.

    Initiates the set once, and renames its member when the port has changed since.
    """
    # Not the driver's async client: closed this soon, it leaks the socket that its monitor is opening.
    return await asyncio.to_thread(_primary_is_ready, address, pid)


def _primary_is_ready(address: str, pid: int | None) -> bool:
    uri = f"mongodb://{address}/?directConnection=true"
    client: MongoClient[dict[str, Any]] = MongoClient(uri, serverSelectionTimeoutMS=1000)
    with client:
        try:
            if pid is not None and client.admin.command("serverStatus")["pid"] != pid:
                return False
            _ensure_member(client, address)
            return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False


def _ensure_member(client: MongoClient[dict[str, Any]], address: str) -> None:
    wanted: dict[str, Any] = {"_id": SET_NAME, "members": [{"_id": 0, "host": address}]}
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        client.admin.command({"replSetInitiate": wanted})
        return
    if config["members"][0]["host"] != address:
        wanted["version"] = config["version"] + 1
        client.admin.command({"replSetReconfig": wanted, "force": True})


if __name__ == "__main__":
    sys.exit(0 if _primary_is_ready(sys.argv[1], None) else 1)
