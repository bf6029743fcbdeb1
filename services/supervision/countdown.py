"""What a row of the table of clocks says, and how its lengths, units and limits are read from events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from typing import Any, Literal

from services.supervision.lights import POLICY
from services.supervision.model import Instants, Key, Kind, Over
from shared.clock import shanghai
from shared.contracts.envelope import Event
from shared.contracts.terms import Near, Unit

Role = Literal["applicant", "clerk", "officer", "department_head", "supervisor"]
INSTANTS = {"ApplicationSubmitted": "submitted_at", "CaseAccepted": "accepted_at"}
"""The field that holds the instant of an event, where it is not `at`."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a clock: its length, the kind that is said when it passes, its basis and its effect.

    `days`: a number, or the place in an event where a number stands (`CaseAccepted.limits.promised_days`) or the last
    day itself (`LicenceIssued.valid_until`), from which `less` calendar days are taken. 9999-12-31 is no day, but how
    registers write 长期.
    """

    days: int | str
    kind: Kind
    basis: str
    effect: str
    less: int = 0

    def length(self, event: Event) -> int | None:
        """Its days, counted from the day of this event; None: the event says that there is no such limit.

        LookupError when the length stands in another event: the state has to keep it until the clock starts.
        """
        said = self.days if isinstance(self.days, int) else at_place(self.days, event)
        if isinstance(said, date):
            if said.year == date.max.year:
                return None
            return max(0, (said - shanghai(instant_of(event)).date()).days - self.less)
        return None if said is None else int(said)


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told when the light turns to each colour; a clock with the law's limit alone skips red."""

    yellow: tuple[Role, ...] = ()
    red: tuple[Role, ...] = ()
    deep_red: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Countdown:
    """One row: a clock 倒计时 over an application, a case, or something of a case (`over`).

    `starts`: any of these, unless the field `held_by` of the event is not empty. `pauses` and `resumes` keep the
    remainder; what several causes pause goes on when the last of them has ended. `restarts` ends a pause and counts
    all days anew from that event. `extends` adds the event's `days` to each limit. `stops`: any of these ends it; a
    clock over an application ends when each of its cases has had one, or when one is about the application itself;
    what is over something of a case ends with the case too, where it is stopped by the case's ending.

    Without a `promised` limit the statutory one is the only one, and a limit whose length is None in its event does
    not exist (no limit at all: no clock). `whose`: a department's days end when it closes, and its calendar days never
    with a rest day; an applicant's end at 24:00 (民法典 Art. 203; see due.py). All limits of a clock have one unit:
    that at the place `unit_in` of an event, or `unit`. `near`: when it turns yellow, unless the event has something at
    the place `near_in`.

    `leads`: its light is that of its case or application, and all that happens to it is said. The others only count
    down: they say that their limit has passed, and nothing else. `ends_at_limit`: nothing comes after its limit, so
    that it ends there by itself.
    """

    key: Key
    name: str
    over: Over
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    told: Told
    promised: Limit | None = None
    statutory: Limit | None = None
    held_by: str = ""
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    unit: Unit = "working_days"
    unit_in: str = ""
    whose: Literal["department", "applicant"] = "department"
    near: Near = field(default=POLICY)
    near_in: str = ""
    leads: bool = True
    ends_at_limit: bool = False
    hears: frozenset[str] = field(init=False)
    """All events that do something to it."""

    def __post_init__(self) -> None:
        named = (*self.starts, *self.pauses, *self.resumes, *self.restarts, *self.extends, *self.stops)
        object.__setattr__(self, "hears", frozenset(named))

    def starts_with(self, event: Event) -> bool:
        """Whether this event starts the clock of its subject."""
        return type(event).__name__ in self.starts and not (self.held_by and getattr(event, self.held_by, None))

    def lengths(self, event: Event) -> tuple[int | None, int | None]:
        """(promised, statutory) days, from the table or from this event. LookupError as `Limit.length`."""
        promised, statutory = (each.length(event) if each else None for each in (self.promised, self.statutory))
        return promised, statutory

    def unit_of(self, event: Event) -> Unit:
        """The unit of its limits, from the table or from this event. LookupError as `Limit.length`."""
        unit: Unit = at_place(self.unit_in, event) if self.unit_in else self.unit
        return unit

    def near_of(self, event: Event) -> Near | None:
        """The item's own threshold of yellow; None: that of the table. LookupError as `Limit.length`."""
        return at_place(self.near_in, event) if self.near_in else None

    def deadlines(self, instants: Instants) -> tuple[tuple[Kind, datetime], ...]:
        """Of which limit it is to be said that it passed, and at which instant: in order of time."""
        ends = ((self.promised, instants.due), (self.statutory, instants.statutory_due))
        known = [(limit.kind, at) for limit, at in ends if limit is not None and at is not None]
        return tuple(sorted(known, key=lambda end: end[1]))


def instant_of(event: Event) -> datetime:
    """When an event happened by law, which is not when it was heard."""
    at = getattr(event, INSTANTS.get(type(event).__name__, "at"))
    if not isinstance(at, datetime):
        raise TypeError(f"{type(event).__name__} has no instant; name its field in countdown.INSTANTS")
    return at


def at_place(place: str, event: Event) -> Any:
    """What stands at `CaseAccepted.limits.unit`. LookupError when this event is another one."""
    name, *path = place.split(".")
    if name != type(event).__name__:
        raise LookupError(f"{place} does not stand in {type(event).__name__}")
    return reduce(getattr, path, event)
