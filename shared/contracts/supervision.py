"""What supervision 倒计时监管 says: the only clock of the hall."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, get_args

from pydantic import Field

from shared.contracts.envelope import ApplicationEvent, CaseEvent, DepartmentCode, Event, HallEvent, Instant
from shared.contracts.terms import Light, PublicText, Term

Rung = Literal["remind", "urge", "supervise", "talk", "refer"]
"""提醒、催办、督办、约谈、问责移送: the ladder of 督办 from its foot."""
RUNGS: tuple[Rung, ...] = get_args(Rung)
TalkOutcome = Literal["heard", "measures", "closed"]
"""What came of a talk or a referral: the department was heard (the referral taken over), measures were set, closed."""
COUNTED_BEYOND = 31
"""Calendar days beyond the last limit of which a clock still says whether they count: so far is told how long it is
over."""


class ClockEvent(ApplicationEvent):
    """`subject` is what is timed: the application, a case, a task, a procedure, a licence, or a department's reply to
    an urge. Every change of a clock raises its `generation`."""

    service: ClassVar[str] = "supervision"
    subject: str
    clock: str
    generation: int = Field(ge=1)

    def about(self) -> str:
        return f"{self.subject}/{self.clock}"


class ClockStarted(ClockEvent):
    """计时开始, said of the clocks of acceptance, decision, joint decision and issuance.

    `due` is the promised (or only) limit; `provisional` beyond the announced calendar.

    `counting` tells others how many days are left, or over, without a calendar of their own: one letter for each
    calendar day after that of the start (Asia/Shanghai), up to COUNTED_BEYOND days after that of the last limit; c
    counts, - does not. Empty: said before this field.
    """

    started_at: Instant
    due: Instant
    statutory_due: Instant | None = None
    provisional: bool = False
    calendar: str
    counting: str = ""


class ClockPaused(ClockEvent):
    """计时暂停."""

    at: Instant


class ClockResumed(ClockEvent):
    """计时恢复, with the dates that now hold: after a pause, anew, or from a start corrected to its legal date.

    `counting` as in ClockStarted, from the start that now holds; days that a pause swallowed do not count.
    """

    at: Instant
    due: Instant
    statutory_due: Instant | None = None
    provisional: bool = False
    counting: str = ""


class ClockMoved(ClockEvent):
    """期限重算: a new version of the calendar has moved the limits of a running clock, or the days that are counted.

    `due` and `statutory_due` are those that now hold, `..._before` those that held. `at`: since when the calendar is in
    force; `number` says which version that is. A limit that had passed by then stands. `counting` as in ClockStarted.
    """

    at: Instant
    due: Instant
    statutory_due: Instant | None = None
    due_before: Instant
    statutory_due_before: Instant | None = None
    provisional: bool = False
    calendar: str
    number: int = Field(ge=1)
    counting: str = ""


class ClockStopped(ClockEvent):
    """计时结束: the clock's one ending by an act. `light` is judged by the act's instant."""

    at: Instant
    light: Light
    on_time: bool


class LightChanged(ClockEvent):
    """亮灯: `at` is the instant that the rule names, not when it was noticed."""

    light: Light
    at: Instant


class DeadlinePassed(ClockEvent):
    """到期: an instant has passed, and supervision had read what was on its topics at that instant."""

    kind: Literal["acceptance", "promised", "statutory", "joint", "issuance"]
    due: Instant


class CountdownPassed(ClockEvent):
    """到期, of a clock that shows no light over its case and says nothing else: a step's target, a reply, a licence's
    last day. It is said as DeadlinePassed is.

    renewal_opens, renewal: the first and the last day on which a licence's renewal is asked for (行政许可法 Art. 50).
    """

    kind: Literal[
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
    due: Instant


class UrgeIssued(CaseEvent):
    """督办, on any rung of its ladder: departments are asked to move an open case. `urge` numbers a case's from 1.

    `by` is a subject reference, never a name. `reply_by` is the day up to which an answer is asked for; `asks`: whether
    one is asked for at all. `automatic`: the ladder brought it about by itself, at the instant `at` of what is its
    `cause`: a clock and its light (`7ZQ0M3X5KD2WA-01/decision/red`).
    """

    service: ClassVar[str] = "supervision"
    urge: int = Field(ge=1)
    departments: tuple[DepartmentCode, ...] = Field(min_length=1)
    text: PublicText
    by: str = Field(min_length=1, max_length=128)
    reply_by: date | None = None
    rung: Rung = "urge"
    asks: bool = True
    automatic: bool = False
    cause: str = Field(default="", max_length=80)
    at: Instant


class UrgeAnswered(CaseEvent):
    """催办答复: what one urged department said, once for each urge. `by` as in UrgeIssued. `late`: after its day."""

    service: ClassVar[str] = "supervision"
    urge: int = Field(ge=1)
    department: DepartmentCode
    text: PublicText
    by: str = Field(min_length=1, max_length=128)
    late: bool = False
    at: Instant


class OutcomeRecorded(CaseEvent):
    """约谈或者移送的记录: what came of a talk or a referral on a day; each outcome once. `by` as in UrgeIssued."""

    service: ClassVar[str] = "supervision"
    urge: int = Field(ge=1)
    outcome: TalkOutcome
    day: date
    text: PublicText
    by: str = Field(min_length=1, max_length=128)
    at: Instant


SignalCode = Literal[
    "second_list",
    "no_reason",
    "extra_condition",
    "extra_material",
    "not_told",
    "asked_again",
    "said_late",
    "sent_around",
    "not_accepted",
    "charge",
    "other",
]
SignalOutcome = Literal["confirmed", "explained", "mistaken"]


class SignalRaised(ApplicationEvent):
    """监察信号, of content, procedure or charges; a limit that passed is said by DeadlinePassed and CountdownPassed.

    `signal` numbers those of an application from 1; `subject` is the application, a case or a task. `cause`: the tag of
    a rating, or another mark of what raised it. `text` and `by` (a subject reference) only where a person did.
    """

    service: ClassVar[str] = "supervision"
    signal: int = Field(ge=1)
    subject: str
    code: SignalCode
    level: Literal["warning", "alarm", "reminder"]
    category: Literal["time", "procedure", "content", "charge"]
    departments: tuple[DepartmentCode, ...] = ()
    cause: str = ""
    text: PublicText | None = None
    by: str = Field(default="", max_length=128)
    at: Instant


class SignalClosed(ApplicationEvent):
    """信号办结: a supervisor has looked into it. `mistaken`: nothing was wrong; `explained`: no rule was broken."""

    service: ClassVar[str] = "supervision"
    signal: int = Field(ge=1)
    outcome: SignalOutcome
    text: PublicText
    by: str = Field(min_length=1, max_length=128)
    at: Instant


class TurnedDay(Term):
    """A day that is now a working day, or no longer one."""

    day: date
    working: bool


class CalendarPublished(HallEvent):
    """日历公布: from `at` on every clock counts by this version. `certain_until`: the last day that is announced; all
    dates after it are provisional.

    `number` counts from 1, `calendar` names the content. `turned`: the days that differ from the version before. `by`
    is a subject reference; empty: it came with a deployment.
    """

    service: ClassVar[str] = "supervision"
    named: ClassVar[str] = "calendar"
    number: int = Field(ge=1)
    calendar: str
    certain_until: date
    basis: PublicText
    turned: tuple[TurnedDay, ...] = ()
    by: str = Field(default="", max_length=128)
    at: Instant


class DaySealed(HallEvent):
    """封签: all that was heard of any application up to this day, and was not sealed before, under one signed root.

    `signed` is the exact text that was signed (RFC 8785 JSON: day, count and root of the
    Merkle tree, hash of the text of the day before, key, instant), `signature` base64 over its UTF-8 bytes; `count`
    and `root` stand in it too. Together these events are a copy of the proof that stands outside the database.
    """

    service: ClassVar[str] = "supervision"
    named: ClassVar[str] = "seals"
    day: date
    count: int = Field(ge=0)
    root: str = Field(pattern=r"^[0-9a-f]{64}$")
    signed: str = Field(max_length=2000)
    signature: str = Field(max_length=1000)

    def about(self) -> str:
        return f"seals/{self.day.isoformat()}"


EVENTS: tuple[type[Event], ...] = (
    ClockStarted,
    ClockPaused,
    ClockResumed,
    ClockMoved,
    ClockStopped,
    LightChanged,
    DeadlinePassed,
    CountdownPassed,
    UrgeIssued,
    UrgeAnswered,
    OutcomeRecorded,
    SignalRaised,
    SignalClosed,
    CalendarPublished,
    DaySealed,
)
