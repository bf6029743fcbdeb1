"""One clock of an application or case, as supervision keeps it."""

from __future__ import annotations

from typing import Literal

from shared.contracts.envelope import Instant
from shared.contracts.terms import Light, Unit
from shared.kernel import Frozen

Kind = Literal["acceptance", "promised", "statutory", "joint", "issuance"]
Pause = tuple[Instant, Instant | None]


class Act(Frozen):
    """Something that changes a running clock; kept while the clock has not started."""

    kind: Literal["pause", "resume", "restart"]
    at: Instant


class Stop(Frozen):
    """The act that ends a clock for one case. `deemed`: nobody acted in time (行政许可法 Art. 32(4))."""

    case: str
    at: Instant
    deemed: bool = False


class Clock(Frozen):
    """One clock over the application or a case (`subject`). Before `started` it only keeps what came too early.

    Every start, pause, resumption, restart, correction of the start and stop raises `generation`. `light` is the one
    that shows; `announced` are the kinds of DeadlinePassed said for the limits as they stand. `yellow_at`, `due`,
    `statutory_due` and `paused` are those of `lights.Instants`. Once `ended`, the start alone can still be corrected,
    and with it how the ending is judged.
    """

    subject: str
    key: str
    promised_days: int | None = None
    statutory_days: int | None = None
    unit: Unit = "working_days"
    started: Instant | None = None
    generation: int = 0
    pauses: tuple[Pause, ...] = ()
    yellow_at: Instant | None = None
    due: Instant | None = None
    statutory_due: Instant | None = None
    provisional: bool = False
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
