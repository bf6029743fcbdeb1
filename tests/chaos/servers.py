"""The three stages on which the hall is hurt: one of each server, three of each, and one of each behind proxies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.local.data import reserve_port
from shared.local.kafka import KafkaServer
from shared.local.mongo import MongoServer
from shared.local.mongo_set import MongoSet
from tests.chaos.proxy import Proxy

PROFILES = ("one", "three", "proxy")


@dataclass
class Servers:
    """`kafka` and `mongo_uri` are what the services use; `direct` is the broker's address for the checker."""

    broker: KafkaServer
    database: MongoServer | MongoSet
    kafka: str
    mongo_uri: str
    direct: str
    proxies: dict[str, Proxy] = field(default_factory=dict)


class ProxiedKafka(KafkaServer):
    """A broker with a second listener that tells its clients to come through a proxy."""

    def __init__(self, data: Path, through: int, behind: int) -> None:
        super().__init__(data)
        self._through, self._behind = through, behind

    def settings(self, node: int) -> dict[str, str]:
        """With the listener that is advertised as the proxy's port."""
        own = super().settings(node)
        return own | {
            "listeners": f"{own['listeners']},THROUGH://127.0.0.1:{self._behind}",
            "advertised.listeners": f"{own['advertised.listeners']},THROUGH://127.0.0.1:{self._through}",
            "listener.security.protocol.map": f"{own['listener.security.protocol.map']},THROUGH:PLAINTEXT",
        }


@asynccontextmanager
async def stage(profile: str, data: Path, seed: int) -> AsyncIterator[Servers]:
    """The servers of a profile for the length of the block."""
    async with AsyncExitStack() as stack:
        if profile == "proxy":
            yield await _proxied(stack, data, seed)
            return
        broker = KafkaServer(data, brokers=3 if profile == "three" else 1)
        database = MongoSet(data) if profile == "three" else MongoServer(data)
        await _started(stack, broker, database)
        yield Servers(broker, database, broker.address, database.uri, broker.address)


async def _proxied(stack: AsyncExitStack, data: Path, seed: int) -> Servers:
    numbers = {}
    for wanted, name in enumerate(("kafka-proxy", "kafka-behind", "mongo-proxy"), start=18300):
        port = reserve_port(data, name, wanted)
        stack.callback(port.release)
        numbers[name] = port.number
    broker = ProxiedKafka(data, numbers["kafka-proxy"], numbers["kafka-behind"])
    database = MongoServer(data)
    await _started(stack, broker, database)
    mongod = int(database.uri.partition("127.0.0.1:")[2].partition("/")[0])
    proxies = {
        "kafka": Proxy(numbers["kafka-proxy"], numbers["kafka-behind"], seed),
        "mongo": Proxy(numbers["mongo-proxy"], mongod, seed),
    }
    for proxy in proxies.values():
        await proxy.start()
        stack.push_async_callback(proxy.stop)
    kafka, mongo = f"127.0.0.1:{numbers['kafka-proxy']}", f"127.0.0.1:{numbers['mongo-proxy']}"
    uri = f"mongodb://{mongo}/?directConnection=true"
    return Servers(broker, database, kafka, uri, broker.address, proxies)


async def _started(stack: AsyncExitStack, broker: KafkaServer, database: MongoServer | MongoSet) -> None:
    for server in (broker, database):
        stack.push_async_callback(server.close)
        await server.start()
