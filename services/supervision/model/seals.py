"""What supervision keeps of the sealing of days: how far it is, and the day that is being sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.supervision.model.application import NOTHING_HEARD
from shared.contracts.envelope import Instant
from shared.kernel import Frozen

SEALS = "seals"
"""The id of the one document that seals days."""
PAGE = 512
"""Leaves of one page: a power of two, so that each full page is a complete subtree of its day's tree."""


class Leaf(Frozen):
    """One leaf of a day: an application, how many entries its chain had, and the hash of the last of them."""

    application: str
    entries: int
    head: str

    @property
    def text(self) -> str:
        """What is hashed, and how it is stored: `7ZQ0M3X5KD2WA 12 5f0c…`."""
        return f"{self.application} {self.entries} {self.head}"


class Opened(Frozen):
    """A day that is being sealed: since when, the roots of its pages, how many leaves they have, and up to where
    applications were looked at, in order of the day on which they were heard last (None first) and number."""

    day: date
    began: Instant
    roots: tuple[str, ...] = ()
    count: int = 0
    heard_on: date | None = None
    application: str = ""


class Seals(Frozen):
    """The state: how many days were sealed, the last of them, since when that was being sealed, the hash of its seal,
    and the day that is being sealed."""

    sealed: int
    day: date | None = None
    began: Instant | None = None
    hash: str = NOTHING_HEARD
    open: Opened | None = None


class AddPage(Frozen):
    """A command of the sealing: the page `number` (from 0) of a day; the first page opens it. `heard_on` and
    `application`: where its last leaf was found."""

    day: date
    number: int
    began: Instant
    leaves: tuple[Leaf, ...]
    heard_on: date | None
    application: str


class CloseDay(Frozen):
    """A command of the sealing: the day is complete, and this is its signed seal. `signed`: the exact text."""

    began: Instant
    facts: Mapping[str, Any]
    signed: str
    signature: str
