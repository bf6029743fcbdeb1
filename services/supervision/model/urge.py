"""催办 as it is kept: who was urged to what, and what they answered."""

from __future__ import annotations

from datetime import date

from shared.contracts.envelope import Instant
from shared.kernel import Frozen


class Answer(Frozen):
    """What one urged department said, once."""

    department: str
    text: str
    by: str
    at: Instant


class Urge(Frozen):
    """The `number`-th urge of a case. `departments`: who was urged, in order of code."""

    case: str
    number: int
    departments: tuple[str, ...]
    text: str
    by: str
    at: Instant
    reply_by: date | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def awaited(self) -> tuple[str, ...]:
        """The urged departments that have not answered."""
        answered = {answer.department for answer in self.answers}
        return tuple(code for code in self.departments if code not in answered)
