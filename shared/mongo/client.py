"""Clients of either driver, and their errors as Unavailable.

The driver is Motor, as required; it is past its end of life, so it stays behind this package and the `store.py` files,
and `driver="pymongo"` switches to PyMongo's own async client.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from shared.messaging.document import Unavailable

Driver = Literal["motor", "pymongo"]
MAJORITY = WriteConcern(w="majority", j=True, wtimeout=30_000)


def connect(uri: str, driver: Driver = "motor") -> Any:
    """A client of either driver, with zone-aware UTC datetimes and short server selection."""
    options: dict[str, Any] = {
        "tz_aware": True,
        "serverSelectionTimeoutMS": 5_000,
        "connectTimeoutMS": 5_000,
        "socketTimeoutMS": 45_000,  # longer than `wtimeout`; without it a silent peer would hold a batch for ever
    }
    if driver == "pymongo":
        return AsyncMongoClient(uri, **options)
    from motor.motor_asyncio import AsyncIOMotorClient

    return AsyncIOMotorClient(uri, **options)


async def disconnect(client: Any) -> None:
    """Close a client of either driver."""
    closing = client.close()
    if closing is not None:
        await closing


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Turns the driver's errors into Unavailable."""
    try:
        yield
    except PyMongoError as error:
        raise Unavailable(f"{type(error).__name__}: {error}"[:300]) from error
