"""The data directory of a local run: who holds it, which ports it uses, and how to empty it.

Everything a local run keeps stands under one directory, so that a second run can see the first,
a killed run blocks nothing, and starting over is deleting that directory's content.
"""

import fcntl
import json
import os
import random
import shutil
import socket
import sys
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


def choose_port(data: Path, name: str, default: int) -> int:
    """A free loopback port for `name`: the one used last time, else the default, else any free one.

    The choice is remembered in the data directory, so that addresses stay the same over restarts.
    """
    known = _read_json(data / "ports.json")
    others = {port for other, port in known.items() if other != name}
    # Below the kernel's range for outgoing connections: a client that retries may otherwise take the port.
    chance = random.sample(range(20000, 30000), 200)
    for port in [known.get(name, default), default, *chance]:
        if port not in others and _is_free(port):
            _write_json(data / "ports.json", known | {name: port})
            return int(port)
    raise PlatformError("找不到空闲的本机端口(20000—30000 均被占用)。请关闭占用端口的程序后重试。")


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


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


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


def main() -> None:
    """`python -m shared.local.data`: start over in the default data directory (`make fresh`)."""
    try:
        start_over(DEFAULT_DATA)
    except AlreadyRunning as error:
        sys.exit(str(error))
    print(f"已清空本地数据 {DEFAULT_DATA}(下载缓存保留)。下一次 make run 从零开始。")


if __name__ == "__main__":
    main()
