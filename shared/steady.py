"""How a process of ours runs for months: on uvloop, and with a garbage collector that leaves lasting objects alone."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
YOUNG = 100_000
"""Allocations between two looks at the youngest objects. A batch makes thousands, and nearly all die by themselves."""


def run_steadily(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` on uvloop where that exists (not on Windows)."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def started() -> None:
    """Everything that lasts has been made (catalogue, models, routes): the collector need not walk it ever again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 100)
