"""MongoDB behind the Store and Files ports: the only place, with the `store.py` files, that knows the driver."""

from shared.mongo.client import Driver, answering, connect, disconnect
from shared.mongo.files import GridFiles
from shared.mongo.store import MongoStore

__all__ = ["Driver", "GridFiles", "MongoStore", "answering", "connect", "disconnect"]
