"""监察信号 as it is kept: what was noticed of a case, and how a supervisor closed it."""

from __future__ import annotations

from shared.contracts.envelope import Instant
from shared.contracts.supervision import SignalCode, SignalOutcome
from shared.kernel import Frozen


class Closing(Frozen):
    """What a supervisor found."""

    outcome: SignalOutcome
    text: str
    by: str
    at: Instant


class Signal(Frozen):
    """The `number`-th signal of an application. `subject`: the case or task, or the application itself; `cause`: what
    raised it: a tag of a rating, the instant of a list; for one raised by hand, its idempotent place among them.

    `text` and `by` stand where somebody raised it by hand.
    """

    number: int
    code: SignalCode
    subject: str
    case: str = ""
    cause: str = ""
    departments: tuple[str, ...] = ()
    text: str = ""
    by: str = ""
    at: Instant
    closing: Closing | None = None
