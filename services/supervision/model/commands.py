"""What supervision is asked to do: by its scan, by supervisors, and by the departments that were urged."""

from __future__ import annotations

from datetime import date

from services.supervision.model.book import KeptBase, KeptNotice
from services.supervision.model.seals import AddPage, CloseDay
from shared.contracts.envelope import Heard, Instant
from shared.contracts.supervision import Rung, SignalCode, SignalOutcome, TalkOutcome, TurnedDay
from shared.kernel import Frozen


class Scan(Frozen):
    """A command of the scan: everything up to `instant` has been heard; say what has come due by then."""

    instant: Instant


class IssueUrge(Frozen):
    """督办 by hand, on a rung: ask departments to move an open case. `departments` empty: everyone concerned with it.
    `by` is a subject reference, never a name; `reply_by` the day up to which an answer is asked for."""

    case: str
    departments: tuple[str, ...] = ()
    text: str
    by: str
    reply_by: date | None = None
    rung: Rung = "urge"


class AnswerUrge(Frozen):
    """催办答复: what an urged department says to the n-th urge of a case; each answers once."""

    case: str
    number: int
    department: str
    text: str
    by: str


class RecordOutcome(Frozen):
    """约谈、移送的记录: what came of the n-th urge of a case, a talk or a referral, on which day."""

    case: str
    number: int
    outcome: TalkOutcome
    day: date
    text: str
    by: str


class RaiseSignal(Frozen):
    """监察信号 by hand: of a complaint about a case. `by` is a subject reference, never a name."""

    case: str
    code: SignalCode
    text: str
    by: str


class CloseSignal(Frozen):
    """信号办结: what came of the n-th signal of an application."""

    number: int
    outcome: SignalOutcome
    text: str
    by: str


class Recount(Frozen):
    """A command of the sweep after a new calendar: what runs is counted by it; see decide/recount.py."""


class PublishCalendar(Frozen):
    """The calendar that is to be in force as version `number`, reckoned at the edge: its content (`calendar`), what it
    is made of, and the days that turn. `notice`: the operator's notice that it is published for; empty: the command of
    a deployment. `by` is a subject reference."""

    number: int
    calendar: str
    certain_until: date
    basis: str
    base: KeptBase
    notices: tuple[KeptNotice, ...] = ()
    notice: str = ""
    turned: tuple[TurnedDay, ...] = ()
    running: int = 0
    by: str = ""


OfApplication = Heard | Scan | IssueUrge | AnswerUrge | RecordOutcome | RaiseSignal | CloseSignal | Recount
Message = OfApplication | PublishCalendar | AddPage | CloseDay
