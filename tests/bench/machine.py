"""On what a figure was got: the machine, the versions, and the commit."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from shared.local.data import ROOT
from shared.local.jars import kafka_jars
from shared.local.mongo import mongod
from shared.settings import Settings
from tests.bench.hall import CACHE_GB
from tests.bench.measure import Figures

PACKAGES = ("aiokafka", "motor", "pymongo", "pydantic", "faststream", "fastapi", "uvicorn", "uvloop", "aiohttp")


def machine() -> Figures:
    """Cores, memory and versions; never a name of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        "memory_gb": round(memory / 1e9, 1),
        "python": platform.python_version(),
        "kafka": _kafka(),
        "mongod": _mongod(),
        "mongod_cache_gb": CACHE_GB,
        "driver": Settings().mongo_driver,
        **{name: version(name) for name in PACKAGES},
    }


def commit() -> str:
    """The commit that was measured; `+` where files differ from it."""
    head = _git("rev-parse", "HEAD").strip() or "unknown"
    return head + ("+" if _git("status", "--porcelain", "--", "services", "shared") else "")


def _git(*arguments: str) -> str:
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def _cpu() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def _kafka() -> str:
    names = (re.fullmatch(r"kafka_[\d.]+-([\d.]+)\.jar", jar.name) for jar in kafka_jars())
    return next((name[1] for name in names if name), "unknown")


def _mongod() -> str:
    command, environment = mongod(Path("/nowhere"), 0, Path("/nowhere"))
    said = subprocess.run([command[0], "--version"], env=environment, capture_output=True, text=True, check=True).stdout
    found = re.search(r"db version v([\d.]+)", said)
    return found[1] if found else "unknown"
