"""The two ways to have real servers in tests: local child processes, and containers of our own images."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage

from shared.local.data import ROOT, reserve_port
from shared.local.kafka import cluster_is_ready
from shared.local.platform import Servers, platform
from shared.local.process import until
from shared.local.replica import SET_NAME, primary_is_ready, replica_uri


@contextmanager
def local_servers(data: Path) -> Iterator[Servers]:
    """Kafka and MongoDB as child processes; started on the main thread, so that they live as long as it."""
    with asyncio.Runner() as runner:
        running = platform(data)
        servers = runner.run(running.__aenter__())
        try:
            yield servers
        finally:
            runner.run(running.__aexit__(None, None, None))


@contextmanager
def container_servers(data: Path) -> Iterator[Servers]:
    """Kafka and MongoDB as containers on the engine that DOCKER_HOST names, which must run on this machine.

    Ports are the same inside and outside, because both servers tell clients their own address.
    """
    kafka_image, mongo_image = _image("kafka"), _image("mongo")
    reserved = [reserve_port(data, "kafka", 19092), reserve_port(data, "mongo", 27117)]
    kafka_port, mongo_port = (port.number for port in reserved)
    kafka, mongo = f"127.0.0.1:{kafka_port}", f"127.0.0.1:{mongo_port}"
    broker = (
        DockerContainer(kafka_image)
        .with_env("KAFKA_LISTENERS", f"PLAINTEXT://0.0.0.0:{kafka_port},CONTROLLER://127.0.0.1:9193")
        .with_env("KAFKA_ADVERTISED_LISTENERS", f"PLAINTEXT://{kafka}")
        .with_env("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@127.0.0.1:9193")
        .with_bind_ports(kafka_port, kafka_port)
    )
    database = (
        DockerContainer(mongo_image)
        .with_command(["mongod", "--replSet", SET_NAME, "--bind_ip_all", "--port", str(mongo_port)])
        .with_bind_ports(mongo_port, mongo_port)
    )
    with ExitStack() as stack:
        for port in reserved:
            stack.callback(port.release)
        stack.enter_context(broker)
        stack.enter_context(database)
        servers = Servers(
            kafka=kafka,
            mongo_uri=replica_uri(mongo),
            broker=ContainerHandle(broker, lambda: cluster_is_ready(kafka, 1)),
            database=ContainerHandle(database, lambda: primary_is_ready(mongo)),
        )
        asyncio.run(_both_ready(servers))
        yield servers


class ContainerHandle:
    """A running container as a server handle; its data live as long as the container."""

    def __init__(self, container: DockerContainer, ready: Callable[[], Awaitable[bool]]) -> None:
        self._container = container
        self._ready = ready

    async def start(self) -> None:
        """Start unless it runs, and wait until ready; AssertionError with the log's end after two minutes."""
        self._container.get_wrapped_container().start()
        try:
            await until(self._ready, 120)
        except TimeoutError:
            out, err = self._container.get_logs()
            raise AssertionError(f"the container is not ready:\n{(out + err).decode()[-3000:]}") from None

    async def stop(self) -> None:
        """SIGTERM, then kill after 20 s."""
        self._container.get_wrapped_container().stop(timeout=20)

    async def kill(self) -> None:
        """kill -9."""
        self._container.get_wrapped_container().kill()
        self._container.get_wrapped_container().wait()

    async def restart(self) -> None:
        """Stop and start on the same ports with the same data."""
        await self.stop()
        await self.start()


async def _both_ready(servers: Servers) -> None:
    assert servers.broker is not None
    assert servers.database is not None
    await asyncio.gather(servers.broker.start(), servers.database.start())


def _image(name: str) -> str:
    """Tag of the image: the one that ONEDOOR_<NAME>_IMAGE names, else built from deploy/images/<name>."""
    given = os.environ.get(f"ONEDOOR_{name.upper()}_IMAGE")
    if given:
        return given
    tag = f"onedoor-test-{name}"
    dockerfile = f"deploy/images/{name}/Dockerfile"
    DockerImage(path=ROOT, tag=tag, dockerfile_path=dockerfile, clean_up=False, forcerm=True).build()
    return tag


BACKENDS = {"local": local_servers, "containers": container_servers}
