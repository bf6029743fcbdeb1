"""A real Apache Kafka as child processes: one node by default, three for tests that lose a broker."""

import asyncio
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.local.data import Port, reserve_port
from shared.local.jars import kafka_jars
from shared.local.kafka_node import cluster_id, node_settings, prepare
from shared.local.process import Child, until

_PORT = 19092
_CONTROLLER_PORT = 19091


class KafkaServer:
    """Apache Kafka 4.3.1 on loopback ports, with its data in `data`/kafka.

    The number of `brokers` is fixed by the first start in that directory.

    All methods are for the main thread (see Child.start).
    """

    def __init__(self, data: Path, *, brokers: int = 1, progress: bool = False) -> None:
        self._data = data = data.resolve()
        self._home = data / "kafka"
        self._progress = progress
        self._ports: dict[str, Port] = {}
        self.nodes = {node: Child("kafka" if brokers == 1 else f"kafka-{node}", data) for node in range(1, brokers + 1)}

    @property
    def address(self) -> str:
        """Bootstrap servers, `host:port` joined by commas; known after the first start."""
        return ",".join(f"127.0.0.1:{self._ports[child.name].number}" for child in self.nodes.values())

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
        try:
            await until(self._settled, 90)
        except TimeoutError:
            raise self.nodes[1].failure("在 90 秒内没有就绪") from None
        for child in self.nodes.values():
            if not child.alive:
                raise child.failure("没有启动成功")

    async def start_node(self, node: int) -> None:
        """Start one stopped node of a running cluster and wait until it is back."""
        if node not in self.nodes:
            raise ValueError(f"no node {node} among {sorted(self.nodes)}")
        await self.start()

    async def stop(self) -> None:
        """Stop all nodes in order, the controller last; 20 s each, then kill."""
        for child in reversed(self.nodes.values()):
            await child.stop(20)

    async def kill(self, node: int | None = None) -> None:
        """kill -9 one node, or all."""
        for number, child in self.nodes.items():
            if node in (None, number):
                await child.kill()

    async def restart(self) -> None:
        """Stop and start again on the same ports with the same data."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop for good: others may have the ports."""
        await self.stop()
        for port in self._ports.values():
            port.release()
        self._ports = {}

    def _reserve_ports(self) -> None:
        if not self._ports:
            self._ports["controller"] = reserve_port(self._data, "kafka-controller", _CONTROLLER_PORT)
            for node, child in self.nodes.items():
                self._ports[child.name] = reserve_port(self._data, child.name, _PORT + node - 1)

    def settings(self, node: int) -> dict[str, str]:
        """Broker settings of a node; a test's server may add to them."""
        port, controller = self._ports[self.nodes[node].name].number, self._ports["controller"].number
        return node_settings(self._home / str(node), node, port, controller, len(self.nodes))

    def _command(self, node: int, cluster: str, jars: list[Path]) -> list[str]:
        return prepare(self._home / str(node), self.settings(node), cluster, jars)

    async def _settled(self) -> bool:
        ended = not all(child.alive for child in self.nodes.values())
        return ended or await cluster_is_ready(self.address, len(self.nodes), cluster_id(self._home))


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
