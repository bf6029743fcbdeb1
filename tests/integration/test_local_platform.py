"""The local platform keeps its promises: data survive, nothing stays behind, and what is wrong is said."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from shared.local import jars, mongo
from shared.local.data import (
    ROOT,
    AlreadyRunning,
    PlatformError,
    announce,
    claim,
    live_run,
    reserve_port,
    start_over,
)
from shared.local.jars import kafka_jars
from shared.local.kafka import KafkaServer
from shared.local.mongo import find_mongod
from shared.local.platform import Servers, platform


async def write_one_of_each(servers: Servers, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all", enable_idempotence=True)
    await producer.start()
    await producer.send_and_wait(name, b"kept")
    await producer.stop()
    with MongoClient[dict[str, str]](servers.mongo_uri) as client:
        client[name]["documents"].insert_one({"_id": "kept"})


async def assert_one_of_each(servers: Servers, name: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=servers.kafka, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(name, 0)])
    record = await asyncio.wait_for(consumer.getone(), 20)
    await consumer.stop()
    assert record.value == b"kept"
    with MongoClient[dict[str, str]](servers.mongo_uri) as client:
        assert client[name]["documents"].find_one() == {"_id": "kept"}


@contextmanager
def platform_in_a_process_of_its_own(data: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "shared.local.platform", "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        try:
            yield run
        finally:
            run.kill()


def wait_for_line(run: subprocess.Popen[str], start: str) -> str:
    assert run.stdout is not None
    seen = []
    for line in run.stdout:
        seen.append(line)
        if line.startswith(start):
            return line.strip().removeprefix(start)
    raise AssertionError(f"no line {start!r} in: {''.join(seen)}")


def pids_of(data: Path) -> list[int]:
    return [int(file.read_text()) for file in (data / "run").glob("*.pid")]


def is_alive(pid: int) -> bool:
    try:
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
        return threads > 1 or "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while alive := [pid for pid in pids if is_alive(pid)]:
        assert time.monotonic() < deadline, f"still running: {alive}"
        time.sleep(0.05)


@pytest.mark.containers
async def test_a_topic_and_a_document_survive_a_restart_of_both_servers(servers: Servers) -> None:
    name = f"survivor-{uuid4().hex[:8]}"
    await write_one_of_each(servers, name)

    await servers.restart_kafka()
    await servers.restart_mongo()

    await assert_one_of_each(servers, name)


@pytest.mark.containers
async def test_a_topic_and_a_document_survive_kill_9_of_both_servers(servers: Servers) -> None:
    name = f"survivor-{uuid4().hex[:8]}"
    await write_one_of_each(servers, name)

    await servers.kill_kafka()
    await servers.kill_mongo()
    await servers.restart_kafka()
    await servers.restart_mongo()

    await assert_one_of_each(servers, name)


async def test_kill_9_of_the_parent_leaves_no_child_and_the_next_run_finds_its_data_on_other_ports(
    tmp_path: Path,
) -> None:
    with platform_in_a_process_of_its_own(tmp_path) as run:
        kafka = wait_for_line(run, "ONEDOOR_KAFKA=")
        first = Servers(kafka, wait_for_line(run, "ONEDOOR_MONGO_URI="))
        await write_one_of_each(first, "survivor")
        pids = pids_of(tmp_path)
        assert len(pids) == 2
        assert all(is_alive(pid) for pid in pids)

        with pytest.raises(AlreadyRunning, match=f"进程号 {run.pid},地址 {kafka}"):
            async with platform(tmp_path):
                raise AssertionError("a second run started beside a live one")

        run.send_signal(signal.SIGKILL)
        run.wait()
        wait_until_gone(pids)

    with socket.create_server(("127.0.0.1", int(kafka.split(":")[1]))):
        async with platform(tmp_path) as second:
            assert second.kafka != first.kafka
            await assert_one_of_each(second, "survivor")


def test_ctrl_c_stops_both_servers_in_order(tmp_path: Path) -> None:
    with platform_in_a_process_of_its_own(tmp_path) as run:
        wait_for_line(run, "ONEDOOR_MONGO_URI=")
        pids = pids_of(tmp_path)

        os.kill(run.pid, signal.SIGINT)

        assert run.wait(timeout=30) == 0
        wait_until_gone(pids)
        assert pids_of(tmp_path) == []
        assert '"Shutting down"' in (tmp_path / "logs/mongo.log").read_text()


async def test_three_brokers_lose_one_and_no_acknowledged_record(tmp_path: Path) -> None:
    cluster = KafkaServer(tmp_path, brokers=3)
    try:
        await cluster.start()
        admin = AIOKafkaAdminClient(bootstrap_servers=cluster.address)
        await admin.start()
        await admin.create_topics([NewTopic("survivor", num_partitions=3, replication_factor=3)])
        await admin.close()
        producer = AIOKafkaProducer(bootstrap_servers=cluster.address, acks="all", enable_idempotence=True)
        await producer.start()
        await producer.send_and_wait("survivor", b"before", partition=0)

        await cluster.kill(2)

        assert len(cluster.pids) == 2
        for partition in range(3):
            await producer.send_and_wait("survivor", b"after", partition=partition)
        await producer.stop()
        await cluster.start_node(2)
        assert len(cluster.pids) == 3
    finally:
        await cluster.close()


async def test_given_addresses_start_nothing_and_cannot_be_restarted(tmp_path: Path) -> None:
    async with platform(tmp_path, kafka="kafka.example:9092", mongo_uri="mongodb://db.example") as servers:
        assert (servers.kafka, servers.mongo_uri) == ("kafka.example:9092", "mongodb://db.example")
        assert not (tmp_path / "run").exists()
        with pytest.raises(PlatformError, match="ONEDOOR_KAFKA"):
            await servers.restart_kafka()


def test_a_taken_port_is_avoided_and_the_choice_is_remembered(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        default = taken.getsockname()[1]
        chosen = reserve_port(tmp_path, "kafka", default)
        assert chosen.number != default
    chosen.release()
    again = reserve_port(tmp_path, "kafka", default)
    assert again.number == chosen.number
    other = reserve_port(tmp_path, "mongo", chosen.number)
    assert other.number != chosen.number
    again.release()
    other.release()


def test_a_live_run_tells_others_what_it_announced_and_a_dead_one_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"pid": 1, "address": "left by a killed run"}))
    assert live_run(tmp_path) is None
    with claim(tmp_path):
        announce(tmp_path, address="http://127.0.0.1:8080")
        assert live_run(tmp_path) == {"pid": os.getpid(), "address": "http://127.0.0.1:8080"}
    assert live_run(tmp_path) is None


def test_a_child_that_outlived_its_run_is_ended_by_the_next(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    command.append(str(tmp_path / "server.properties"))
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True) as survivor:
        wait_for_line(survivor, "up")
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "kafka.pid").write_text(str(survivor.pid))
        with claim(tmp_path):
            assert survivor.wait(timeout=1) == -signal.SIGKILL


def test_a_stranger_who_got_the_pid_of_an_old_child_is_spared(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "kafka.pid").write_text(str(stranger.pid))
        with claim(tmp_path):
            assert stranger.poll() is None
        stranger.kill()


def test_a_jar_with_another_sum_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = tmp_path / "pins"
    pins.write_text(f"{'0' * 64}  org.jspecify:jspecify:1.0.0\n")
    monkeypatch.setattr(jars, "PINNED", pins)
    planted = tmp_path / "maven/org/jspecify/jspecify/1.0.0/jspecify-1.0.0.jar"
    planted.parent.mkdir(parents=True)
    planted.write_text("not what we pinned")

    with pytest.raises(PlatformError, match=r"org\.jspecify:jspecify:1\.0\.0"):
        kafka_jars(tmp_path)
    assert not planted.exists()


def test_starting_over_empties_the_directory_but_keeps_downloads_and_spares_a_live_run(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "mongo").mkdir()
    (tmp_path / "mongo" / "data").write_text("old")
    with claim(tmp_path), pytest.raises(AlreadyRunning):
        start_over(tmp_path)
    assert (tmp_path / "mongo" / "data").exists()

    start_over(tmp_path)

    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["cache", "lock"]


def test_a_missing_library_is_named_with_the_package_that_brings_it() -> None:
    with pytest.raises(PlatformError, match=r"libcurl\.so\.4.*apt-get install libcurl4,"):
        find_mongod(can_load=lambda library: library != "libcurl.so.4", lent={})
    with pytest.raises(PlatformError, match=r"libssl\.so\.3、libcrypto\.so\.3.*apt-get install libssl3,"):
        find_mongod(can_load=lambda library: library == "libcurl.so.4", lent={})


def test_a_machine_that_cannot_run_mongod_is_told_why_and_what_to_do() -> None:
    with pytest.raises(PlatformError, match=r"AVX.*ONEDOOR_MONGO_URI"):
        find_mongod(cpu="flags : sse4_2 avx2x\n")
    with pytest.raises(PlatformError, match=r"Darwin-arm64.*ONEDOOR_MONGO_URI"):
        find_mongod(system="Darwin-arm64")
    assert find_mongod(can_load=lambda _: True, cpu="flags : avx\n").name == "mongod"


def test_a_machine_without_the_libraries_borrows_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mongod really runs on the lent copies: the loader is asked which files it took."""
    monkeypatch.setattr(mongo, "_can_load", lambda _library: False)

    with asyncio.Runner() as runner:
        server = mongo.MongoServer(tmp_path)
        runner.run(server.start())
        loaded = Path(f"/proc/{server.child.pid}/maps").read_text()
        runner.run(server.close())
    assert "pycurl.libs/libcurl-" in loaded
    assert "pycurl.libs/libssl-" in loaded
    assert "/usr/lib/x86_64-linux-gnu/libcurl" not in loaded
