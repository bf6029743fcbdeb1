"""What is asked of months that are long over, kept for a while: two years of cases are not summed for every look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.supervision.statistics.figures import Figures
from services.supervision.statistics.months import earlier, month_of
from services.supervision.statistics.store import By, Filters, Table, figures, registered
from shared.messaging.document import Store

KEPT_FOR = timedelta(minutes=10)
"""How late a correction of an old month may be seen. This month and the last one are asked anew each time."""
MOST = 5_000
"""Months kept in one process, each for one set of filters."""
Key = tuple[Any, ...]


class Kept:
    """Figures and new market entities by month, as `store` gives them. One for each process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._months: dict[Key, tuple[datetime, Any]] = {}

    async def figures(self, filters: Filters, months: Sequence[str], by: By | None, now: datetime) -> Table:
        """As `store.figures`. Raises Unavailable."""
        table, missing = Table(), []
        for month in months:
            kept: tuple[dict[str, Figures], dict[str, str]] | None = self._get((filters, by, month), now)
            if kept is None:
                missing.append(month)
                continue
            table.figures |= {(month, key): each for key, each in kept[0].items()}
            table.names |= kept[1]
        if missing:
            asked = await figures(self._store, filters, missing, by, now)
            for month in missing:
                said = {key: each for (at, key), each in asked.figures.items() if at == month}
                self._keep((filters, by, month), now, (said, {key: asked.names[key] for key in said if key}))
            table.figures |= asked.figures
            table.names |= asked.names
        return table

    async def registered(self, filters: Filters, months: Sequence[str], now: datetime) -> dict[tuple[str, str], int]:
        """As `store.registered`. Raises Unavailable."""
        kept = {month: self._get((filters, "registered", month), now) for month in months}
        missing = [month for month, said in kept.items() if said is None]
        asked = await registered(self._store, filters, missing) if missing else {}
        for month in missing:
            kept[month] = {kind: count for (at, kind), count in asked.items() if at == month}
            self._keep((filters, "registered", month), now, kept[month])
        return {(month, kind): count for month, said in kept.items() for kind, count in (said or {}).items()}

    def _get(self, key: Key, now: datetime) -> Any:
        at, said = self._months.get(key, (now, None))
        return said if now - at < KEPT_FOR else None

    def _keep(self, key: Key, now: datetime, said: Any) -> None:
        """The months that still change are not kept."""
        if key[-1] >= earlier(month_of(now), 1):
            return
        self._months.pop(key, None)
        self._months[key] = (now, said)
        while len(self._months) > MOST:
            del self._months[next(iter(self._months))]
