"""督办 as it is kept: who was asked to do what on which rung, what they answered, and what came of a talk."""

from __future__ import annotations

from datetime import date

from shared.contracts.envelope import Instant
from shared.contracts.supervision import Rung, TalkOutcome
from shared.kernel import Frozen


class Answer(Frozen):
    """What one urged department said, once. `late`: after the day up to which it was asked for."""

    department: str
    text: str
    by: str
    late: bool = False
    at: Instant


class Record(Frozen):
    """What came of a talk or a referral on a day."""

    outcome: TalkOutcome
    day: date
    text: str
    by: str
    at: Instant


class Urge(Frozen):
    """The `number`-th urge of a case, on this rung of the ladder. `departments`: who was urged, in order of code.

    `asks`: an answer is asked for. `causes`: what brought it about by itself, the one that issued it first; those that
    came while its answer was waited for, it stands for too. `records`: what came of a talk or a referral.
    """

    case: str
    number: int
    departments: tuple[str, ...]
    text: str
    by: str
    at: Instant
    reply_by: date | None = None
    answers: tuple[Answer, ...] = ()
    rung: Rung = "urge"
    asks: bool = True
    automatic: bool = False
    causes: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()

    @property
    def awaited(self) -> tuple[str, ...]:
        """The urged departments that have not answered what asks for an answer."""
        if not self.asks:
            return ()
        answered = {answer.department for answer in self.answers}
        return tuple(code for code in self.departments if code not in answered)

    @property
    def settled(self) -> bool:
        """Whether a talk or a referral is closed."""
        return any(record.outcome == "closed" for record in self.records)
