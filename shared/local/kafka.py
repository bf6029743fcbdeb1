"""A real Apache Kafka as child processes: one node by default, three for tests that lose a broker."""

import asyncio
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.local.cluster import Cluster
from shared.local.data import reserve_port
from shared.local.jars import kafka_jars
from shared.local.kafka_node import cluster_id, node_settings, prepare
from shared.local.process import Child, settled

_PORT = 19092
_CONTROLLER_PORT = 19091


class KafkaServer(Cluster):
    """Apache Kafka 4.3.1 on loopback ports, with its data in `data`/kafka.

    The number of `brokers` is fixed by the first start in that directory.

    All methods are for the main thread (see Child.start).
    """

    def __init__(self, data: Path, *, brokers: int = 1, progress: bool = False) -> None:
        self._data = data = data.resolve()
        self._home = data / "kafka"
        self._progress = progress
        names = {node: "kafka" if brokers == 1 else f"kafka-{node}" for node in range(1, brokers + 1)}
        super().__init__({node: Child(name, data) for node, name in names.items()})

    @property
    def address(self) -> str:
        """Bootstrap servers, `host:port` joined by commas; known after the first start."""
        return ",".join(f"127.0.0.1:{self._port(node)}" for node in self.nodes)

    @property
    def pids(self) -> list[int]:
        """Process ids of the nodes that run."""
        return [child.pid for child in self.nodes.values() if child.pid is not None]

    async def start(self) -> None:
        """Start the nodes that do not run and wait until all are in the cluster.

        Ports stay the same for the life of this object. Raises PlatformError with the log's end.
        """
        jars = await asyncio.to_thread(kafka_jars, progress=self._progress)
        self._reserve_ports()
        cluster = cluster_id(self._home)
        waiting = [node for node, child in self.nodes.items() if not child.alive]
        commands = [asyncio.to_thread(self._command, node, cluster, jars) for node in waiting]
        for node, command in zip(waiting, await asyncio.gather(*commands), strict=True):
            self.nodes[node].start(command)
        await settled(self.nodes.values(), self._well, 90)

    async def stop(self) -> None:
        """Stop all nodes in order, the controller last; 20 s each, then kill."""
        for child in reversed(self.nodes.values()):
            await child.stop(20)

    def _reserve_ports(self) -> None:
        if not self._ports:
            self._ports["controller"] = reserve_port(self._data, "kafka-controller", _CONTROLLER_PORT)
            for node, child in self.nodes.items():
                self._ports[child.name] = reserve_port(self._data, child.name, _PORT + node - 1)

    def settings(self, node: int) -> dict[str, str]:
        """Broker settings of a node; a test's server may add to them."""
        port, controller = self._port(node), self._ports["controller"].number
        return node_settings(self._home / str(node), node, port, controller, len(self.nodes))

    def _command(self, node: int, cluster: str, jars: list[Path]) -> list[str]:
        return prepare(self._home / str(node), self.settings(node), cluster, jars)

    async def _well(self) -> bool:
        return await cluster_is_ready(self.address, len(self.nodes), cluster_id(self._home))


async def cluster_is_ready(bootstrap: str, brokers: int, cluster: str | None = None) -> bool:
    """Whether `brokers` brokers answer under `bootstrap` and belong to `cluster` (any, when None)."""
    for server in bootstrap.split(","):
        host, _, port = server.rpartition(":")
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5000)
    try:
        await admin.start()
        found = await admin.describe_cluster()
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
    return len(found["brokers"]) == brokers and cluster in (None, found["cluster_id"])
