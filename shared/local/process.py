"""One supervised child process: it dies with us, stops in order, and keeps its output in a log file."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path

from shared.local.data import PlatformError

# Becomes the wanted program after asking the kernel to kill it when the thread that started it dies
# (PR_SET_PDEATHSIG = 1). A parent that died before that call is noticed by its changed pid.
_LAUNCHER = """
import ctypes, os, signal, sys
prctl = getattr(ctypes.CDLL(None), "prctl", None)
if prctl: prctl(1, int(signal.SIGKILL))
if os.getppid() != int(sys.argv[1]): os._exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Child:
    """A named child process of one data directory; `start` may be called again after `stop` or `kill`."""

    def __init__(self, name: str, data: Path) -> None:
        self.name = name
        self.log = data / "logs" / f"{name}.log"
        self._pid_file = data / "run" / f"{name}.pid"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running child, None when it does not run."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def alive(self) -> bool:
        """Whether the child has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self, argv: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start `argv` in its own process group, with its output going to the log (the last log is kept).

        `environment` replaces ours when given.

        Only the main thread may call this: the kernel ties a child's life to the thread that made it.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"start {self.name} from the main thread: it would die with this thread")
        for folder in (self.log.parent, self._pid_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".previous.log"))
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *argv]
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own fixed programs
                launcher,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env=environment,
            )
        self._pid_file.write_text(str(self._process.pid))

    async def stop(self, patience: float) -> None:
        """Ask the child to end, wait up to `patience` seconds, then kill it; nothing when it does not run."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await until(lambda: _ready(not self.alive), patience)
        except TimeoutError:
            await self.kill()
        self._forget()

    async def kill(self) -> None:
        """kill -9 the child's process group and wait until it is gone."""
        if self._process is None:
            return
        self._signal(signal.SIGKILL)
        await until(lambda: _ready(not self.alive), 10)
        self._forget()

    def failure(self, what: str) -> PlatformError:
        """The error to raise for a child that did not do `what`, with the end of its log."""
        text = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        last = "\n".join(f"  {line}" for line in text[-12:])
        return PlatformError(f"{self.name} {what}。日志 {self.log} 的最后几行:\n{last}")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            os.killpg(self._process.pid, number)

    def _forget(self) -> None:
        self._process = None
        self._pid_file.unlink(missing_ok=True)


async def until(happens: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Poll until `happens()` is true; TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await happens():  # noqa: ASYNC110 - what we wait for is outside this process
            await asyncio.sleep(0.05)


async def settled(children: Collection[Child], well: Callable[[], Awaitable[bool]], seconds: int) -> None:
    """Wait until all run and `well()` is true. Raises PlatformError with the end of a log."""

    async def well_or_ended() -> bool:
        return not all(child.alive for child in children) or await well()

    try:
        await until(well_or_ended, seconds)
    except TimeoutError:
        raise next(iter(children)).failure(f"在 {seconds} 秒内没有就绪") from None
    for child in children:
        if not child.alive:
            raise child.failure("没有启动成功")


async def _ready(answer: bool) -> bool:
    return answer
