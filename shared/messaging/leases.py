"""Which replica does which share of the work that all of them could do: leases on numbered shards, spread evenly.

All leases of one kind of work are one row, the board, which each replica turns by compare-and-set: it keeps its share,
gives up what is beyond it, and takes what nobody holds. Instants on the board are the database's own, so the replicas'
clocks do not matter. For itself a replica counts from before it asked, by a clock that never jumps: it stops believing
before the others may take over. Leases only spare work: whatever is done under one must do no harm when done twice.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LEASE_SECONDS = 10.0
"""For how long a replica holds what it has taken, unless it renews."""
ROUND_SECONDS = 3.0
"""Between two turns of a replica. So a shard whose holder died is without one for LEASE_SECONDS + ROUND_SECONDS at
most, and one that changes hands because a replica came, for two rounds."""
ATTEMPTS = 10
"""Turns that others may win before a replica leaves it to its next round."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one replica holds, and until when by the database's clock."""

    member: str
    shards: frozenset[int]
    until: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """The leases of one kind of work as they stood at `at` by the database's clock. `version` 0: nobody ever took
    one."""

    version: int
    at: datetime
    terms: tuple[Term, ...] = ()

    @property
    def living(self) -> tuple[Term, ...]:
        """The terms that had not expired."""
        return tuple(term for term in self.terms if term.until > self.at)


class LeaseStore(Protocol):
    """Where boards are kept. Both methods raise Unavailable when the database does not answer."""

    async def leases(self, work: str) -> Board:
        """The board of this work, as a majority has it."""

    async def lease(self, work: str, seen: Board, member: str, shards: Collection[int], seconds: float) -> bool:
        """Compare-and-set: from now on `member` holds these shards for so many seconds (0: it leaves), and who had
        expired on the board that was seen is gone. False: another one turned the board first."""


def share_of(board: Board, member: str, shards: int) -> frozenset[int]:
    """What `member` shall hold from now on: of what is its own as much as its fair share, and of what nobody holds as
    much as it is short of. Shares differ by one at most; nothing is taken from another one that lives."""
    others = [term for term in board.living if term.member != member]
    taken = frozenset().union(*(term.shards for term in others))
    own = frozenset().union(*(term.shards for term in board.terms if term.member == member)) - taken
    ranks = sorted([member, *(term.member for term in others)])
    least, more = divmod(shards, len(ranks))
    size = least + (ranks.index(member) < more)
    free = sorted(frozenset(range(shards)) - taken - own)
    kept = sorted(number for number in own if number < shards)[:size]
    return frozenset([*kept, *free[: size - len(kept)]])


class Leases:
    """One replica's part in sharing out `work`. It renews when it is asked what it holds: so whoever does not work
    does not hold anything for long either."""

    def __init__(self, store: LeaseStore, work: str, shards: int, member: str = "") -> None:
        self.member = member or f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self._store, self._work, self._count = store, work, shards
        self._shards: frozenset[int] = frozenset()
        self._until = self._renew_at = float("-inf")

    async def held(self) -> frozenset[int]:
        """The shards that are ours now. Raises Unavailable where they had to be renewed and could not."""
        if _now() >= self._renew_at:
            await self._turn()
        return self.known

    @property
    def known(self) -> frozenset[int]:
        """The shards that are ours now, without asking anybody."""
        return self._shards if _now() < self._until else frozenset()

    async def give_up(self) -> None:
        """Leave: the others may take our shards at once. Raises Unavailable."""
        self._shards, self._until = frozenset(), float("-inf")
        for _ in range(ATTEMPTS):
            board = await self._store.leases(self._work)
            if all(term.member != self.member for term in board.terms):
                return
            if await self._store.lease(self._work, board, self.member, (), 0):
                return

    async def _turn(self) -> None:
        for attempt in range(ATTEMPTS):
            asked = _now()
            board = await self._store.leases(self._work)
            shards = share_of(board, self.member, self._count)
            if await self._store.lease(self._work, board, self.member, shards, LEASE_SECONDS):
                self._shards, self._until, self._renew_at = shards, asked + LEASE_SECONDS, asked + ROUND_SECONDS
                return
            await asyncio.sleep(random.uniform(0.0, 0.02) * (attempt + 1))  # noqa: S311


def _now() -> float:
    return asyncio.get_running_loop().time()
