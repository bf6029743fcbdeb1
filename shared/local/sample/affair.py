"""One application of the sample: who wants what, and how it will go."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal["accept", "not_required", "refer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affair:
    """Times after `submitted` are office minutes; None: it never happens.

    `party`: the sample person for whom, by key; `by`: who hands it in, the same person, `agent`, or `clerk` at the
    window. `heard`: until the window answers. `asked`: until a supplement is asked for, and from then until it is
    brought. `withdrawn`: until it is taken back; `withdrawn_late`: likewise, from its acceptance. `pace`: the share of
    their days that departments take. `stuck`: the item whose own department does nothing. `procedure`: the kind of
    特别程序 that it starts instead, and that is not over. `refused`: the item which a department refuses. `collected`
    and `rated`: whether its person fetches what comes out, and rates. `mistyped`: handed in with a wrong telephone
    number; `replaced`: one copy is handed in anew.
    """

    seed: int
    n: int
    story: str
    matter: str
    answers: Mapping[str, str]
    items: tuple[str, ...]
    party: str
    by: str
    desk: str
    submitted: datetime
    heard: float | None = None
    outcome: Outcome = "accept"
    asked: tuple[float, float | None] | None = None
    withdrawn: float | None = None
    withdrawn_late: float | None = None
    pace: float = 0.5
    stuck: str = ""
    procedure: str = ""
    refused: str = ""
    collected: bool = True
    rated: bool = True
    mistyped: bool = False
    replaced: bool = False

    @property
    def key(self) -> str:
        """What its idempotency keys begin with: the same seed makes the same numbers in the same hall."""
        return f"sample-{self.seed}-{self.n:03d}"

    @property
    def owner(self) -> str:
        """Who sees it among their own: whoever handed it in, and whose it is when the window did."""
        return self.party if self.by == "clerk" else self.by

    def chance(self, *what: object) -> random.Random:
        """The dice for one thing about it: the same for the same seed, whatever else happens before."""
        return random.Random("/".join(map(str, (self.key, *what))))  # noqa: S311


@dataclass(slots=True)
class Going:
    """An affair under way: its number and cases (case → item), what is handed in, and whether it was taken back."""

    affair: Affair
    number: str = ""
    cases: dict[str, str] = field(default_factory=dict)
    materials: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: bool = False

    def key(self, *what: str) -> str:
        """The idempotency key of one thing that somebody does to it."""
        return "-".join((self.affair.key, *what))
