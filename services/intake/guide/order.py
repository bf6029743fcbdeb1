"""Which item begins when: the order of a plan in days, as drawings and lists show it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter


@dataclass(frozen=True)
class Placed:
    """One item in the order of work.

    `start` and `end` count days from acceptance. `slot`: how many items that are done at once stand before it on the
    day of its start. `parent`: the one it waits for longest, below which it is listed, `depth` steps in; `after`: all.
    `decisive`: the whole takes longer if it does.
    """

    key: str
    start: int
    end: int
    slot: int
    after: tuple[str, ...]
    parent: str | None
    depth: int
    decisive: bool

    @property
    def days(self) -> int:
        """How long it takes; 0: at once."""
        return self.end - self.start


def order(days: Mapping[str, int], after: Mapping[str, Collection[str]]) -> tuple[Placed, ...]:
    """Every item of `days`, each below its parent, those that decide the total first; else in the order given.

    What `after` names beside `days` is ignored. The graph has no circle (the loader refuses one).
    """
    waits = {key: [other for other in after.get(key, ()) if other in days] for key in days}
    sequence = list(TopologicalSorter(waits).static_order())
    begin: dict[str, tuple[int, int]] = {}  # day and slot
    parents: dict[str, str | None] = {}
    for key in sequence:
        ends = {other: _end(begin[other], days[other]) for other in waits[key]}
        parents[key] = max(ends, key=lambda other: ends[other], default=None)
        begin[key] = max(ends.values(), default=(0, 0))
    left = _left(days, waits, sequence)
    total = max((begin[key][0] + days[key] for key in days), default=0)
    placed = [
        Placed(
            key=key,
            start=begin[key][0],
            end=begin[key][0] + days[key],
            slot=begin[key][1],
            after=tuple(waits[key]),
            parent=parents[key],
            depth=0,
            decisive=total > 0 and begin[key][0] + left[key] == total,
        )
        for key in days
    ]
    return tuple(_listed(placed, None, 0))


def _end(begin: tuple[int, int], days: int) -> tuple[int, int]:
    """Day and slot after an item: what takes no day takes a slot of its day."""
    return (begin[0] + days, 0) if days else (begin[0], begin[1] + 1)


def _left(days: Mapping[str, int], waits: Mapping[str, list[str]], sequence: list[str]) -> dict[str, int]:
    """Days from the start of each item to the end of everything that waits for it."""
    left = dict(days)
    for key in reversed(sequence):
        for other in waits[key]:
            left[other] = max(left[other], days[other] + left[key])
    return left


def _listed(placed: list[Placed], parent: str | None, depth: int) -> list[Placed]:
    children = sorted((each for each in placed if each.parent == parent), key=lambda each: not each.decisive)
    found = []
    for each in children:
        found += [Placed(**{**each.__dict__, "depth": depth}), *_listed(placed, each.key, depth + 1)]
    return found
