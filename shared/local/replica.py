"""Make one mongod a replica set of one and tell whether it is primary; onedoor needs majority writes."""

import asyncio
import sys

from pymongo import AsyncMongoClient
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
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(
        f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=1000
    )
    try:
        if pid is not None and (await client.admin.command("serverStatus"))["pid"] != pid:
            return False
        await _ensure_member(client, address)
        return bool((await client.admin.command("hello"))["isWritablePrimary"])
    except PyMongoError:
        return False
    finally:
        await client.close()


async def _ensure_member(client: AsyncMongoClient[dict[str, object]], address: str) -> None:
    wanted = {"_id": SET_NAME, "members": [{"_id": 0, "host": address}]}
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        await client.admin.command({"replSetInitiate": wanted})
        return
    if config["members"][0]["host"] != address:
        wanted["version"] = config["version"] + 1
        await client.admin.command({"replSetReconfig": wanted, "force": True})


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(primary_is_ready(sys.argv[1])) else 1)
