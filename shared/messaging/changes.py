"""What a replica knows of changes since it began to look at the topics: which key changed when, and what is to come.

What this service said itself is saved already. What it hears has changed something only when its group has handled it,
on whichever replica.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

ANYTHING = "*"
"""The key that changes whenever any key does: for lists."""
REMEMBERED = 4_000
"""Keys whose last change is remembered, for pages that were made shortly before they began to listen."""
_NEVER = float("-inf")

Spot = tuple[str, int]
"""A topic and the number of one of its partitions."""


class Passing(NamedTuple):
    """A record seen on a topic. `said`: by this service, so it is saved; `heard`: its group handles it."""

    key: str
    spot: Spot
    offset: int
    said: bool
    heard: bool


@dataclass(slots=True)
class _Change:
    """When a key last changed, and which records about it the group has still to handle: the first and the last of each
    partition."""

    at: float = _NEVER
    waits: dict[Spot, tuple[int, int]] = field(default_factory=dict)

    def wait(self, spot: Spot, offset: int) -> None:
        self.waits[spot] = (self.waits.get(spot, (offset, offset))[0], offset)

    def came_further(self, reached: Mapping[Spot, int]) -> bool:
        """Whether the group has handled any of what is waited for."""
        further = False
        for spot, (first, last) in list(self.waits.items()):
            upto = reached.get(spot, 0)
            further |= upto > first
            self.waits[spot] = (max(first, upto), last)
            if upto > last:
                del self.waits[spot]
        return further


class Changes:
    """`ends`: of the topics that the group hears, where looking began; `now`: when. Instants are the event loop's."""

    def __init__(self, ends: Mapping[Spot, int], now: float) -> None:
        self._keys: OrderedDict[str, _Change] = OrderedDict()
        self._before = _Change(now, {spot: (end - 1, end - 1) for spot, end in ends.items() if end})
        self._dropped = _NEVER

    def note(self, passing: Passing, now: float) -> tuple[str, ...]:
        """A record was seen; returns the keys that it has changed already."""
        for key in (passing.key, ANYTHING):
            change = self._keys.setdefault(key, _Change())
            self._keys.move_to_end(key)
            if passing.said:
                change.at = now
            if passing.heard:
                change.wait(passing.spot, passing.offset)
        while len(self._keys) > REMEMBERED:
            self._dropped = max(self._dropped, self._keys.popitem(last=False)[1].at)
        return (passing.key, ANYTHING) if passing.said else ()

    def awaited(self, keys: Iterable[str]) -> bool:
        """Whether any of these keys may change by what the group has still to handle."""
        known = (self._keys.get(key) for key in keys)
        return bool(self._before.waits) or any(change is not None and change.waits for change in known)

    def handled(self, reached: Mapping[Spot, int], now: float) -> Iterable[str] | None:
        """The group has come so far: in each partition, to the first record that it has not handled. Returns the keys
        that have changed thereby; None: any may have, by what was there before looking began."""
        changed = [key for key, change in self._keys.items() if change.waits and change.came_further(reached)]
        for key in changed:
            self._keys[key].at = now
        if self._before.waits and self._before.came_further(reached):
            self._before.at = now
            return None
        return changed

    def since(self, then: float, keys: Iterable[str]) -> bool:
        """Whether any of these keys has changed since, or may have."""
        known = [self._keys[key].at if key in self._keys else self._dropped for key in keys]
        return max(self._before.at, *known) > then
