"""Which item begins when: the order of a plan in days, as drawings and lists show it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter


@dataclass(frozen=True)
class Placed:
    """One item in the order of work.

    `start` and `end` count days from acceptance. `slot`: how many items that are done at once stand before it on the
    day of its start. `after`: all that it waits for; `parent`: the one it waits for longest. `depth`: of its listing.
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
    """Every item of `days`, each after all that it waits for; those that decide the total first, else as given.

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
    found: list[Placed] = []
    for root in _first(each for each in placed if not each.after):
        _list(root, 0, placed, found)
    return tuple(found)


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


def _list(each: Placed, depth: int, placed: list[Placed], found: list[Placed]) -> None:
    """Add an item, and below it whatever waits for it and for nothing else that is not listed yet."""
    found.append(replace(each, depth=depth))
    listed = {other.key for other in found}
    for child in _first(c for c in placed if each.key in c.after and listed.issuperset(c.after)):
        if child.key not in {other.key for other in found}:
            _list(child, depth + 1, placed, found)


def _first(items: Iterable[Placed]) -> list[Placed]:
    return sorted(items, key=lambda each: not each.decisive)
