"""What supervision keeps of one application: its cases, all its clocks, and the head of its audit chain.

The Protocols name what the decisions ask of the table of clocks and of the calendar; `rules.Rules` answers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, Protocol

from shared.contracts.envelope import Event, Heard, Instant
from shared.contracts.terms import Light, Unit
from shared.kernel import Frozen

Kind = Literal["acceptance", "promised", "statutory", "joint", "issuance"]
Outcome = Literal["CaseNotRequired", "CaseReferred", "CaseClosed", "CaseApproved", "CaseRefused", "CaseWithdrawn"]
Pause = tuple[Instant, Instant | None]
LIGHTS: tuple[Light, ...] = ("green", "paused", "yellow", "red", "deep_red")
"""From the best to the worst."""
NOTHING_HEARD = "0" * 64
"""What the first entry of every audit chain follows."""


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


class Case(Frozen):
    """One case as far as its timeline needs it. `departments`: everyone concerned with it, in order of code."""

    case: str
    name: str = ""
    departments: tuple[str, ...] = ()
    waiting: bool = False
    accepted_at: Instant | None = None
    deemed: bool = False
    outcome: Outcome | None = None
    issued: bool = False

    @property
    def open(self) -> bool:
        """Whether anything is still to be done: no outcome yet, or approved and its result not issued."""
        return self.outcome is None or (self.outcome == "CaseApproved" and not self.issued)


class Supervised(Frozen):
    """The state: one application. It exists from the first event heard, whatever that is.

    `submitted_at` None: the list of cases is not complete yet, and the owner is unknown. `entries` and `head`: the
    length of the audit chain and the hash of its last entry. `next_change`: when the next light or limit is due.
    """

    application: str
    matter: str = ""
    matter_name: str = ""
    bundle: bool = False
    owner: str = ""
    submitted_at: Instant | None = None
    cases: tuple[Case, ...] = ()
    clocks: tuple[Clock, ...] = ()
    next_change: Instant | None = None
    entries: int = 0
    head: str = NOTHING_HEARD

    def case(self, number: str) -> Case:
        """The case with this number; a new one when nothing was heard of it."""
        return next((case for case in self.cases if case.case == number), None) or Case(case=number)

    def with_case(self, case: Case) -> Supervised:
        """With this case in the place of the one with its number."""
        others = (other for other in self.cases if other.case != case.case)
        return self.model_copy(update={"cases": tuple(sorted((*others, case), key=lambda each: each.case))})

    def clock(self, subject: str, key: str) -> Clock:
        """The clock of a subject; a new one when nothing was heard for it."""
        found = (clock for clock in self.clocks if clock.subject == subject and clock.key == key)
        return next(found, None) or Clock(subject=subject, key=key)

    def with_clock(self, clock: Clock) -> Supervised:
        """With this clock in the place of the one of its subject and key."""
        place = (clock.subject, clock.key)
        others = (other for other in self.clocks if (other.subject, other.key) != place)
        ordered = tuple(sorted((*others, clock), key=lambda each: (each.subject, each.key)))
        return self.model_copy(update={"clocks": ordered})

    @property
    def departments(self) -> tuple[str, ...]:
        """Everyone concerned with any of the cases."""
        return tuple(sorted({code for case in self.cases for code in case.departments}))

    def concerned(self, clock: Clock) -> tuple[str, ...]:
        """The departments that a clock concerns: its case's, or everyone's where it times the application."""
        return self.departments if clock.subject == self.application else self.case(clock.subject).departments

    def light_of(self, case: Case) -> Light:
        """The worst light of what runs for one case: its own clocks, and acceptance until it is decided."""
        return max(self._lights(case), key=LIGHTS.index, default="green")

    def _lights(self, case: Case) -> Iterator[Light]:
        for clock in self.clocks:
            own = clock.subject == case.case
            awaited = clock.key == "acceptance" and not any(stop.case == case.case for stop in clock.stops)
            if clock.running and (own or awaited):
                yield clock.light


class Scan(Frozen):
    """A command of the scan: everything up to `instant` has been heard; say what has come due by then."""

    instant: Instant


Message = Heard | Scan


class Instants(Protocol):
    """What lights and deadlines are read from; a Clock is one."""

    @property
    def yellow_at(self) -> datetime | None: ...
    @property
    def due(self) -> datetime | None: ...
    @property
    def statutory_due(self) -> datetime | None: ...
    @property
    def paused(self) -> bool: ...


class Timing(Instants, Protocol):
    """All instants of one generation of a clock."""

    @property
    def provisional(self) -> bool: ...


class Change(Protocol):
    """The light that shows from an instant on."""

    @property
    def at(self) -> datetime: ...
    @property
    def light(self) -> Light: ...


class Judgement(Protocol):
    """How an act stands to its limits."""

    @property
    def light(self) -> Light: ...
    @property
    def on_time(self) -> bool: ...


class Countdown(Protocol):
    """One row of the table of clocks, as the decisions read it; see clocks.Countdown."""

    @property
    def key(self) -> str: ...
    @property
    def over(self) -> Literal["application", "case"]: ...
    @property
    def starts(self) -> tuple[str, ...]: ...
    @property
    def pauses(self) -> tuple[str, ...]: ...
    @property
    def resumes(self) -> tuple[str, ...]: ...
    @property
    def restarts(self) -> tuple[str, ...]: ...
    @property
    def stops(self) -> tuple[str, ...]: ...
    @property
    def hears(self) -> frozenset[str]: ...
    def starts_with(self, event: Event) -> bool: ...
    def lengths(self, events: Iterable[Event]) -> tuple[int | None, int | None]: ...
    def unit_of(self, events: Iterable[Event]) -> Unit: ...
    def deadlines(self, instants: Instants) -> tuple[tuple[Kind, datetime], ...]: ...


class Rules(Protocol):
    """What the decisions ask of time; see rules.Rules."""

    @property
    def calendar(self) -> str: ...
    @property
    def clocks(self) -> Sequence[Countdown]: ...
    def clock(self, key: str) -> Countdown: ...
    def instant_of(self, event: Event) -> datetime: ...
    def timing(
        self,
        clock: str,
        started: datetime,
        promised_days: int | None,
        statutory_days: int | None,
        pauses: Sequence[Pause] = (),
        unit: Unit = "working_days",
    ) -> Timing: ...
    def light(self, instants: Instants, now: datetime) -> Light: ...
    def judged(self, instants: Instants, act: datetime) -> Judgement: ...
    def next_change(self, instants: Instants, shown: Light) -> Change | None: ...
