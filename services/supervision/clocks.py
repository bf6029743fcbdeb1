"""The table of clocks: what starts, pauses, resumes and stops each, how long it runs, who is told, and by which law.

A new clock is one row here and one test. Events are named by their class in `shared.contracts`; a length is a number
of days, or the place in an event where it stands (`CaseAccepted.limits.promised_days`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Literal

from services.supervision.lights import POLICY, Instants, Yellow
from shared.contracts.envelope import Event
from shared.contracts.terms import Unit

Kind = Literal["acceptance", "promised", "statutory", "joint", "issuance"]
Role = Literal["applicant", "clerk", "officer", "department_head", "supervisor"]
INSTANTS = {"ApplicationSubmitted": "submitted_at", "CaseAccepted": "accepted_at"}
"""The field that holds the instant of an event, where it is not `at`."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a clock: its length, the `DeadlinePassed.kind` said when it passes, its basis and its effect."""

    days: int | str
    kind: Kind
    basis: str
    effect: str


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told when the light turns to each colour; a clock with the law's limit alone skips red."""

    yellow: tuple[Role, ...]
    red: tuple[Role, ...]
    deep_red: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Countdown:
    """One row: a clock 倒计时 over an application or over one case.

    `starts`: any of these, unless the field `held_by` of the event is not empty. `pauses` and `resumes` keep the
    remainder; `restarts` ends a pause and counts all days anew from that event. `stops`: any of these ends it; a
    clock over an application ends when each of its cases has had one. Without a `promised` limit the statutory one
    is the only one, and a limit whose length is None in its event does not exist (no limit at all: no clock).
    `whose`: a department's days end when it closes, and its calendar days never with a rest day; an applicant's end
    at 24:00 (民法典 Art. 203; see due.py). All limits of a clock have one unit: that at the place `unit_in` of an
    event, or `unit`.
    """

    key: str
    name: str
    over: Literal["application", "case"]
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    told: Told
    promised: Limit | None = None
    statutory: Limit | None = None
    held_by: str = ""
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    unit: Unit = "working_days"
    unit_in: str = ""
    whose: Literal["department", "applicant"] = "department"
    yellow: Yellow = field(default=POLICY)
    hears: frozenset[str] = field(init=False)
    """All events that do something to it."""

    def __post_init__(self) -> None:
        named = (*self.starts, *self.pauses, *self.resumes, *self.restarts, *self.stops)
        object.__setattr__(self, "hears", frozenset(named))

    def starts_with(self, event: Event) -> bool:
        """Whether this event starts the clock of its subject."""
        return type(event).__name__ in self.starts and not (self.held_by and getattr(event, self.held_by, None))

    def lengths(self, events: Iterable[Event]) -> tuple[int | None, int | None]:
        """(promised, statutory) days, read from the table or from that one of `events` that carries them.

        LookupError when the event is not among them: the state has to keep it until the clock starts.
        """
        named = {type(event).__name__: event for event in events}
        return _days(self.promised, named), _days(self.statutory, named)

    def unit_of(self, events: Iterable[Event]) -> Unit:
        """The unit of its limits, from the table or from that one of `events` that carries it. Errors as `lengths`."""
        named = {type(event).__name__: event for event in events}
        unit: Unit = _at_place(self.unit_in, named) if self.unit_in else self.unit
        return unit

    def deadlines(self, instants: Instants) -> tuple[tuple[Kind, datetime], ...]:
        """What `DeadlinePassed` is to be said, and of which instant: in order of time."""
        ends = ((self.promised, instants.due), (self.statutory, instants.statutory_due))
        known = [(limit.kind, at) for limit, at in ends if limit is not None and at is not None]
        return tuple(sorted(known, key=lambda end: end[1]))


def instant_of(event: Event) -> datetime:
    """When an event happened by law, which is not when it was heard."""
    at = getattr(event, INSTANTS.get(type(event).__name__, "at"))
    if not isinstance(at, datetime):
        raise TypeError(f"{type(event).__name__} has no instant; name its field in clocks.INSTANTS")
    return at


def _days(limit: Limit | None, events: dict[str, Event]) -> int | None:
    if limit is None:
        return None
    if isinstance(limit.days, int):
        return limit.days
    days = _at_place(limit.days, events)
    return None if days is None else int(days)


def _at_place(place: str, events: dict[str, Event]) -> Any:
    name, *path = place.split(".")
    return reduce(getattr, path, events[name])


ENDINGS = ("CaseApproved", "CaseRefused", "CaseWithdrawn", "CaseClosed")

CLOCKS: tuple[Countdown, ...] = (
    Countdown(
        key="acceptance",
        name="受理",
        over="application",
        starts=("ApplicationSubmitted",),
        pauses=("SupplementRequested",),  # the one full list is out: now the applicant is waited for
        restarts=("ApplicationSupplemented",),
        stops=("CaseAccepted", "CaseNotRequired", "CaseReferred", "CaseClosed"),
        statutory=Limit(
            days="ApplicationSubmitted.acceptance_days",
            kind="acceptance",
            basis="行政许可法 Art. 32(4), 82",
            effect="intake deems the application accepted, from the day of receipt",
        ),
        told=Told(yellow=("clerk",), red=(), deep_red=("clerk", "supervisor")),
    ),
    Countdown(
        key="decision",
        name="办理",
        over="case",
        unit_in="CaseAccepted.limits.unit",
        starts=("CaseAccepted", "CaseReady"),
        held_by="waits_for",  # in a bundle a case that waits for another starts at CaseReady
        stops=ENDINGS,
        promised=Limit(
            days="CaseAccepted.limits.promised_days",
            kind="promised",
            basis="优化营商环境条例 Art. 36",
            effect="the case is red: the public promise is broken",
        ),
        statutory=Limit(
            days="CaseAccepted.limits.statutory_days",
            kind="statutory",
            basis="行政许可法 Art. 42(1), 82",
            effect="the case is deep red: the law is broken, and the overrun is explained in public",
        ),
        told=Told(
            yellow=("officer",),
            red=("officer", "department_head"),
            deep_red=("department_head", "supervisor", "applicant"),
        ),
    ),
    Countdown(
        key="joint",
        name="联办",
        over="application",
        starts=("CaseAccepted",),
        stops=(*ENDINGS, "CaseNotRequired", "CaseReferred"),
        statutory=Limit(
            days="CaseAccepted.joint_days",
            kind="joint",
            basis="行政许可法 Art. 42(2), 82",
            effect="the joint case is deep red: 45 working days for all departments together are over",
        ),
        told=Told(yellow=("department_head",), red=(), deep_red=("department_head", "supervisor")),
    ),
    Countdown(
        key="issuance",
        name="出件",
        over="case",
        starts=("CaseApproved",),
        stops=("ResultIssued",),
        statutory=Limit(
            days=10,
            kind="issuance",
            basis="行政许可法 Art. 44, 82",
            effect="the result is overdue: it must be issued within ten working days of the decision",
        ),
        told=Told(yellow=("clerk",), red=(), deep_red=("clerk", "supervisor")),
    ),
)
