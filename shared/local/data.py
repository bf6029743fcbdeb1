"""The data directory of a local run: who holds it, which ports it uses, and how to empty it.

Everything a local run keeps stands under one directory, so that a second run can see the first,
a killed run blocks nothing, and starting over is deleting that directory's content.
"""

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_DATA = ROOT / ".onedoor"
CACHE = DEFAULT_DATA / "cache"
"""Downloads; kept when a person starts over, shared by every data directory of this checkout."""


class PlatformError(Exception):
    """The local platform cannot do what was asked; the text says what, where and what to do."""


class AlreadyRunning(PlatformError):
    """Another live process holds this data directory."""


@contextmanager
def claim(data: Path) -> Iterator[None]:
    """Hold `data` for this process until the block ends.

    The kernel drops the lock when its holder dies, however it dies: a stale file never blocks.
    Raises AlreadyRunning with the holder's pid and address.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_already_running(data)) from None
        (data / "run.json").unlink(missing_ok=True)
        _end_leftovers(data)
        announce(data, pid=os.getpid())
        try:
            yield
        finally:
            (data / "run.json").unlink(missing_ok=True)


def announce(data: Path, **facts: str | int) -> None:
    """Add facts (pid, address, kafka, mongo_uri) about the running holder of `data` for others to read."""
    _write_json(data / "run.json", _read_json(data / "run.json") | facts)


def live_run(data: Path) -> dict[str, Any] | None:
    """What the live holder of `data` announced about itself, or None when nobody runs there."""
    try:
        with (data / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_json(data / "run.json")
    except FileNotFoundError:
        pass
    return None


class Port:
    """A loopback TCP port that no other onedoor run on this machine takes until it is released.

    What holds it is the UDP port of the same number: the TCP port itself must stay free for the server,
    also while that is down, and the kernel frees the mark when its holder dies. Raises OSError when taken.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self._mark = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._mark.bind(("127.0.0.1", number))
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", number))
        except OSError:
            self._mark.close()
            raise

    def release(self) -> None:
        """Let others have the port."""
        self._mark.close()


def reserve_port(data: Path, name: str, default: int) -> Port:
    """A port for `name`: the one used last time in this data directory, else the default, else any free one.

    The choice is remembered, so that addresses stay the same over restarts.
    """
    known = _read_json(data / "ports.json")
    # Below the kernel's range for outgoing connections: a client that retries may otherwise take the port.
    chance = random.sample(range(20000, 30000), 200)
    for number in [known.get(name, default), default, *chance]:
        try:
            port = Port(int(number))
        except OSError:
            continue
        _write_json(data / "ports.json", known | {name: port.number})
        return port
    raise PlatformError("找不到空闲的本机端口(20000—30000 均被占用)。请关闭占用端口的程序后重试。")


def choose_port(data: Path, name: str, default: int) -> int:
    """The number of such a port, not held: for a server that binds it at once."""
    port = reserve_port(data, name, default)
    port.release()
    return port.number


def start_over(data: Path) -> None:
    """Delete everything under `data` except downloads; raises AlreadyRunning beside a live run."""
    if not data.exists():
        return
    with claim(data):
        for entry in data.iterdir():
            if entry.name in ("cache", "lock"):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def _already_running(data: Path) -> str:
    facts = _read_json(data / "run.json")
    address = facts.get("address") or facts.get("kafka") or "正在启动,尚无地址"
    return (
        f"onedoor 已在运行:进程号 {facts.get('pid', '未知')},地址 {address},数据目录 {data}。"
        "请直接使用它;如需重启,请先在它的窗口按 Ctrl-C 停止。"
    )


def _end_leftovers(data: Path) -> None:
    """End child processes of an earlier run of `data` that still run or are dying, and wait for it.

    A dying process keeps its ports and locks until its last thread is gone.
    """
    for file in (data / "run").glob("*.pid"):
        process = Path("/proc") / file.read_text().strip()
        for _ in range(200):
            try:
                command = (process / "cmdline").read_text(errors="replace")
                threads = len(list((process / "task").iterdir()))
            except OSError:
                break
            if str(data.resolve()) in command:  # our servers name their directory absolutely
                os.kill(int(process.name), signal.SIGKILL)
            elif command or threads == 1:  # a stranger with the same pid, or a zombie that holds nothing
                break
            time.sleep(0.05)
        file.unlink(missing_ok=True)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=1))
    fresh.replace(path)
