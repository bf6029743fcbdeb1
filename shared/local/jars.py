"""The jars of Apache Kafka: fetched once from Maven repositories by jgo, and checked against pinned sums.

jgo's own resolution picks wrong transitive versions here, so every jar is named and nothing is resolved.
"""

import fcntl
import hashlib
import os
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from shared.local.data import CACHE, PlatformError

Progressing = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""What jgo calls with a file's name and size, to be told how to report the bytes that arrive."""

PINNED = Path(__file__).with_name("kafka-jars.sha256")


def kafka_jars(cache: Path = CACHE, *, progress: bool = False) -> list[Path]:
    """Paths of all jars, each with its pinned SHA-256; missing or damaged ones are downloaded.

    Repositories of a person's own jgo.conf come first, then Maven Central. Raises PlatformError naming
    the jar that could not be had. Blocking: call it in a thread from async code.
    """
    pinned = [line.split() for line in PINNED.read_text().splitlines() if line and not line.startswith("#")]
    _trust_the_system()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("a") as lock, _bar(progress) as report:
        fcntl.flock(lock, fcntl.LOCK_EX)
        settings = GlobalSettings.load()
        context = MavenContext(
            repo_cache=cache / "maven",
            remote_repos={**settings.repositories, "central": MAVEN_CENTRAL_URL},
            resolver=PythonResolver(progress_callback=report),
            timeout=30,
        )
        with ThreadPoolExecutor(6) as pool:
            return list(pool.map(lambda pin: _fetch(context, pin[0], pin[1]), pinned))


def _fetch(context: MavenContext, digest: str, coordinate: str) -> Path:
    group, artifact, version = coordinate.split(":")
    wanted = context.project(group, artifact).at_version(version).artifact()
    problem = "校验和不符"
    for _ in range(3):
        try:
            path = Path(wanted.resolve())
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
            problem = str(error)
        else:
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return path
            problem = "校验和不符"
        # A download that broke off leaves half a file at its final place.
        if wanted.cached_path is not None:
            wanted.cached_path.unlink(missing_ok=True)
    raise PlatformError(
        f"无法取得 Kafka 的组件 {coordinate}:{problem}。请检查网络后重试,或设置 ONEDOOR_KAFKA 使用已有的 Kafka。"
    )


def _trust_the_system() -> None:
    """Let requests trust the authorities of this machine, as pip and git do: networks have their own."""
    authorities = ssl.get_default_verify_paths().cafile
    if authorities is not None:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", authorities)


@contextmanager
def _bar(show: bool) -> Iterator[Progressing]:
    """One bar over all downloads, which appears with the first of them."""
    bar = Progress(
        TextColumn("下载 Kafka 组件"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), disable=not show
    )
    task = bar.add_task("kafka", total=None, start=False)
    guard = threading.Lock()

    @contextmanager
    def report(_name: str, size: int) -> Iterator[Callable[[int], None]]:
        with guard:
            bar.start()
            bar.start_task(task)
            bar.update(task, total=(bar.tasks[0].total or 0) + size)
        yield lambda count: bar.update(task, advance=count)

    try:
        yield report
    finally:
        if bar.live.is_started:
            bar.stop()


if __name__ == "__main__":
    print(f"{len(kafka_jars(progress=sys.stderr.isatty()))} jars in {CACHE}")
