"""What happened in a simulated world, in order: lines for people, counts for proofs that it happened at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable

Line = tuple[float, str, str, str, str]
"""(virtual second, who, what, about which documents or partitions, how it went)."""


class Diary:
    """Lines are formatted only when somebody reads them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.lines: list[Line] = []
        self.counts: Counter[str] = Counter()

    def note(self, who: str, what: str, about: str = "", how: str = "") -> None:
        """One line."""
        self.lines.append((self._now(), who, what, about, how))

    def count(self, kind: str, number: int = 1) -> None:
        """A disturbance, or something else that a seed must not lack, really happened."""
        self.counts[kind] += number

    def told(self) -> list[str]:
        """All lines as text."""
        return [formatted(line) for line in self.lines]

    def digest(self) -> str:
        """A fingerprint of everything that happened."""
        return hashlib.sha256("\n".join(self.told()).encode()).hexdigest()

    def about(self, *names: str, last: int = 60) -> list[str]:
        """The last lines that name one of these, or a process's life."""
        found = [line for line in self.lines if line[2] in LIFE or any(name in line[3] for name in names)]
        return [formatted(line) for line in found[-last:]]


LIFE = {"started", "killed", "stalled", "resumed", "rebalanced", "outage", "calm"}


def formatted(line: Line) -> str:
    """`  12.345 approval.3  save      7ZQ…@4  lost_answer`."""
    at, who, what, about, how = line
    return f"{at:9.3f} {who:<14} {what:<12} {about} {how}".rstrip()
