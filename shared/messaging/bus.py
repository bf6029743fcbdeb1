"""The two ports to the broker: publishing in order, and committing what was handled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.contracts.envelope import Outgoing, Record


class Publisher(Protocol):
    """Puts records on topics. Within one sequence a record is sent only after all before it were acknowledged, or
    together with them in one atomic batch."""

    async def publish(self, sequences: Sequence[Sequence[Outgoing]]) -> list[int]:
        """How many leading records of each sequence were acknowledged by all in-sync replicas.

        Never raises for a broker that does not answer: the counts say so.
        """

    async def dead_letter(self, group: str, record: Record, reason: str, detail: str) -> None:
        """The record's original bytes and headers, with position and reason, to the group's dead letter topic.

        Raises Unavailable.
        """

    async def ping(self) -> None:
        """Raises Unavailable when the broker does not answer."""
