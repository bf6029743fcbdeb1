"""How far the scan is behind: the gauges of a replica, and what operators are told of all replicas together."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from services.supervision.shards import SHARDS
from services.supervision.store import come_due, count_due
from shared import metrics
from shared.messaging.leases import Board
from shared.messaging.runtime import Runtime

PARKED = 1_000
"""Parked applications that are told apart from those that only wait."""
LATE_SECONDS = 60.0
"""From so long after its instant on, a change that was not said is called late: passes come every second."""


class Behind:
    """What one replica's pass sees, as gauges: they move with every batch, not only when a pass has ended."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._due = 0

    def hold(self, shards: Collection[int]) -> None:
        """So many shards are ours."""
        metrics.LEASES_HELD.labels(self._runtime.name, "scan").set(len(shards))

    def nothing_due(self) -> None:
        """All that came due in our shards was said."""
        self._show(None, 0, 0)

    def begin(self, since: datetime, due: int) -> None:
        """A pass finds so many, the oldest due since then."""
        self._due = due
        self._show(since, due)

    def go_on(self, since: datetime) -> None:
        """The oldest that is left, beyond those that could not be moved, is due since then."""
        self._show(since, self._due)

    def told(self, said: int) -> None:
        """So many of them have said it."""
        self._due = max(0, self._due - said)

    def end(self, since: datetime | None, stuck: int) -> None:
        """The pass is over: `stuck` could not be moved, and beyond them the oldest is due since then (None: none)."""
        self._show(since, self._due - stuck if since else 0, stuck)

    def _show(self, since: datetime | None, due: int, stuck: int | None = None) -> None:
        name = self._runtime.name
        lag = (self._runtime.clock() - since).total_seconds() if since else 0.0
        metrics.CLOCKS_SCAN_LAG.labels(name).set(max(0.0, lag))
        metrics.CLOCKS_DUE.labels(name).set(max(0, due))
        if stuck is not None:
            metrics.CLOCKS_STUCK.labels(name).set(stuck)


async def standing(runtime: Runtime, work: str) -> dict[str, Any]:
    """What operators see of the scan of all replicas, whichever of them is asked. Raises Unavailable.

    `due`: applications with a change that is due and was not said; `stuck`: those that cannot say it, because they are
    parked; `lag_seconds`: since the oldest of the others is due; `replicas`, `unheld`: who scans, and how many shards
    nobody does; `words`: empty while all is well.
    """
    now, everywhere = runtime.clock(), range(SHARDS)
    board = await runtime.store.leases(work)
    held = frozenset().union(*(term.shards for term in board.living))
    parked = await runtime.store.parked(PARKED)
    stuck = {doc.id for doc in parked if (at := getattr(doc.state, "next_change", None)) and at <= now}
    waiting = await come_due(runtime.store, everywhere, now, len(stuck) + 1)
    since = next((each.since for each in waiting if each.application not in stuck), None)
    found = {
        "due": await count_due(runtime.store, everywhere, now) - len(stuck),
        "stuck": len(stuck),
        "lag_seconds": round((now - since).total_seconds(), 1) if since else 0.0,
        "replicas": _replicas(board),
        "unheld": SHARDS - len(held),
    }
    return {**found, "words": _words(found)}


def _replicas(board: Board) -> dict[str, int]:
    return {term.member: len(term.shards) for term in board.living}


def _words(found: dict[str, Any]) -> str:
    """What is wrong and what to do, for an operator; empty while all is well."""
    said = []
    if not found["replicas"]:
        said.append("没有副本在扫描到期：请启动监管服务")
    elif found["unheld"]:
        said.append(f"有 {found['unheld']} 个分片暂时没有副本扫描，十几秒内会有副本接手")
    if found["lag_seconds"] > LATE_SECONDS:
        late = _duration(found["lag_seconds"])
        said.append(f"到期扫描落后：最早的一份已到期 {late}，还没有播报，共有 {found['due']} 份等着；法定日期不受影响")
    if found["stuck"]:
        said.append(f"{found['stuck']} 份已到期的申请停放着，播报不了：见 ./onedoor deadletters list")
    return "；".join(said)


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 120:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天"
