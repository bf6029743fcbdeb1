"""One clock of an application or case, as supervision keeps it."""

from __future__ import annotations

from typing import Literal

from shared.contracts.envelope import Instant
from shared.contracts.terms import Light, Near, Unit
from shared.kernel import Frozen

Kind = Literal[
    "acceptance",
    "promised",
    "statutory",
    "joint",
    "issuance",
    "supplement",
    "step",
    "procedure",
    "delivery",
    "renewal_opens",
    "renewal",
    "expiry",
    "rating",
    "rectification",
    "reply",
]
"""The limits: the first five are said by DeadlinePassed, the others by CountdownPassed."""
Key = Literal[
    "acceptance",
    "decision",
    "joint",
    "issuance",
    "supplement",
    "step",
    "procedure",
    "delivery",
    "renewal_opens",
    "renewal",
    "expiry",
    "rating",
    "rectification",
    "reply",
]
"""What the table of clocks calls each of them."""
Over = Literal["application", "case", "task", "procedure", "licence", "reply"]
"""What a clock is over: one of these, or something of a case."""
Pause = tuple[Instant, Instant | None]
NO_CALENDAR = -1
"""Instead of the number of a calendar: every day counts, so none moves it."""


class Act(Frozen):
    """Something that changes a running clock; kept while the clock has not started.

    `cause`: the procedure that pauses it, or that has ended. `days`: by how many it is extended.
    """

    kind: Literal["pause", "resume", "restart", "extend"]
    at: Instant
    cause: str = ""
    days: int = 0


Limit = Literal["promised_days", "statutory_days"]


class Extension(Frozen):
    """By how many days its limits were extended, and which: one that had passed by then was not."""

    at: Instant
    days: int
    limits: tuple[Limit, ...]


class Stop(Frozen):
    """The act that ends a clock for one case. `deemed`: nobody acted in time (行政许可法 Art. 32(4))."""

    case: str
    at: Instant
    deemed: bool = False


class Clock(Frozen):
    """One clock over the application, a case, or something of a case (`subject`). Before `started` it only keeps what
    came too early.

    `aside`: it only counts down, and colours nothing. `case` and `department` are those of a subject that is neither
    application nor case. `near`: the item's own threshold of yellow. `promised_days` and `statutory_days` hold the
    days of its `extensions` too. `holds`: what it is paused for; it goes on when none is left.

    Every start, pause, resumption, extension, restart, correction of the start and stop raises `generation`. `light` is
    the one that shows; `announced` are the limits, as they stand, that were said to have passed. `yellow_at`, `due`,
    `statutory_due` and `paused` are those of `Instants`. Once `ended`, the start alone can still be corrected,
    and with it how the ending is judged. `calendar`: the number of the version by which its instants were counted, or
    NO_CALENDAR; 0: before there were versions.
    """

    subject: str
    key: str
    aside: bool = False
    case: str = ""
    department: str = ""
    promised_days: int | None = None
    statutory_days: int | None = None
    extensions: tuple[Extension, ...] = ()
    unit: Unit = "working_days"
    near: Near | None = None
    started: Instant | None = None
    generation: int = 0
    pauses: tuple[Pause, ...] = ()
    holds: tuple[str, ...] = ()
    yellow_at: Instant | None = None
    due: Instant | None = None
    statutory_due: Instant | None = None
    provisional: bool = False
    calendar: int = 0
    paused: bool = False
    light: Light = "green"
    announced: tuple[Kind, ...] = ()
    early: tuple[Act, ...] = ()
    stops: tuple[Stop, ...] = ()
    ended: Instant | None = None
    on_time: bool | None = None

    @property
    def running(self) -> bool:
        """Started and not ended; paused clocks are running clocks."""
        return self.started is not None and self.ended is None

    @property
    def days(self) -> int | None:
        """The days of its promised limit, or of its only one."""
        return self.statutory_days if self.promised_days is None else self.promised_days

    def extended(self, limit: Limit) -> int:
        """By how many days one of its limits was extended."""
        return sum(each.days for each in self.extensions if limit in each.limits)
