"""What supervision's decisions are given of time: the calendar, the closing time and the table of clocks.

`decide` may import none of them, so all that it asks goes through this one value, which is versioned by its calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.supervision import due as days_of
from services.supervision import lights
from services.supervision.calendar.working_days import Calendar
from services.supervision.clocks import CLOCKS
from services.supervision.countdown import Countdown, instant_of
from services.supervision.counting import counting
from services.supervision.due import Due, Office, Pauses
from services.supervision.ladder import LADDER, Step
from services.supervision.model import NO_CALENDAR, Clock, Instants
from shared.clock import shanghai
from shared.contracts.envelope import Event
from shared.contracts.supervision import Rung
from shared.contracts.terms import Light, Near, Unit


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything is pure: instants in, instants out, all aware and kept in UTC.

    `number` is that of the calendar's version; `in_force` holds, for each version up to it, since when it was in force
    and its calendar. 0: no version was published yet.
    """

    office: Office
    clocks: tuple[Countdown, ...] = CLOCKS
    ladder: tuple[Step, ...] = LADDER
    in_force: tuple[tuple[datetime, Calendar], ...] = ()
    _rows: dict[str, tuple[Countdown, ...]] = field(init=False, repr=False, compare=False)
    _row: dict[str, Countdown] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        heard = {name for row in self.clocks for name in row.hears}
        rows = {name: tuple(row for row in self.clocks if name in row.hears) for name in heard}
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_row", {row.key: row for row in self.clocks})

    def rows(self, event: Event) -> tuple[Countdown, ...]:
        """The clocks to which this event does something, in the order of the table."""
        return self._rows.get(type(event).__name__, ())

    @property
    def number(self) -> int:
        """The number of the version of the calendar that clocks are counted by."""
        return len(self.in_force)

    def missed(self, number: int) -> datetime:
        """Since when a calendar is in force of which a clock counted by this number knows nothing. IndexError: none."""
        return self.in_force[number][0]

    def earlier(self, number: int) -> Rules:
        """The rules as they were by an earlier version; 0, before there were versions, counted as the first does."""
        _, calendar = self.in_force[max(number, 1) - 1]
        return replace(self, office=replace(self.office, calendar=calendar), in_force=self.in_force[: max(number, 1)])

    @property
    def versions(self) -> tuple[Rules, ...]:
        """The rules by each version of the calendar up to this one; these alone where none was published yet."""
        return tuple(self.earlier(number) for number in range(1, self.number + 1)) or (self,)

    @property
    def calendar(self) -> str:
        """The version of the calendar, for `ClockStarted.calendar`."""
        return self.office.calendar.version

    def clock(self, key: str) -> Countdown:
        """The row with this key; LookupError if the table has none."""
        try:
            return self._row[key]
        except KeyError:
            raise LookupError(f"no clock {key!r} in the table of clocks") from None

    def instant_of(self, event: Event) -> datetime:
        """When an event happened by law."""
        return instant_of(event)

    def rung(self, rung: Rung) -> Step:
        """The row of the ladder of this rung; LookupError if it has none."""
        return next(step for step in self.ladder if step.rung == rung)

    def answer_by(self, now: datetime, days: int) -> date:
        """The day up to which something is answered within so many working days from now."""
        return self.day_of(self.due(now, days).at)

    def day_of(self, instant: datetime) -> date:
        """The day of an instant in the hall."""
        return shanghai(instant).date()

    def due(self, started: datetime, days: int, unit: Unit = "working_days") -> Due:
        """The end of a limit that is never paused."""
        return days_of.due(self.office, started, days, unit)

    def provisional(self, clock: Clock, end: datetime | None) -> bool:
        """Whether this end of a clock (`due` or `statutory_due`) is provisional. A clock is marked where either of them
        is: the one within the announced calendar stands, if it is the other that lies past it."""
        if end is None or not clock.provisional:
            return False
        certain = self.office.calendar.is_certain
        others = [at for at in (clock.due, clock.statutory_due) if at is not None]
        return not certain(self.day_of(end)) or all(certain(self.day_of(at)) for at in others)

    def timing(
        self,
        clock: str,
        started: datetime,
        promised_days: int | None,
        statutory_days: int | None,
        pauses: Pauses = (),
        unit: Unit = "working_days",
        near: Near | None = None,
    ) -> lights.Timing:
        """Every instant of a clock's generation; see `lights.timing`. `near` None: the table's own threshold."""
        row = self.clock(clock)
        office = self.office_of(row)
        counted_by = self.number if unit == "working_days" or office.moves(unit) else NO_CALENDAR
        return lights.timing(office, started, promised_days, statutory_days, unit, pauses, near or row.near, counted_by)

    def counting(self, clock: Clock) -> str:
        """Which of its days count, for others to read; see `counting.counting`."""
        return counting(self.office_of(self.clock(clock.key)), clock)

    def used(self, clock: Clock) -> int:
        """How many days of its unit a clock that has ended took; see `due.used`."""
        if clock.started is None or clock.ended is None:
            return 0
        office = self.office_of(self.clock(clock.key))
        return days_of.used(office, clock.started, clock.ended, clock.unit, clock.pauses)

    def paused(self, clock: Clock) -> int:
        """How many working days its pauses took of a clock that has ended."""
        if clock.started is None or clock.ended is None or not clock.pauses:
            return 0
        office = self.office_of(self.clock(clock.key))
        whole, counted = (
            days_of.used(office, clock.started, clock.ended, "working_days", pauses) for pauses in ((), clock.pauses)
        )
        return whole - counted

    def lost(self, waits: Pauses) -> int:
        """The working days on which the office closed while somebody was waited for; a wait without end is none yet."""
        number = self.office.number_before
        return sum(number(until, "working_days") - number(since, "working_days") for since, until in waits if until)

    def remaining(self, clock: Clock, now: datetime, *, by_law: bool = False) -> int:
        """Whole days of its unit up to its promised (or only) limit, or the law's; negative once overrun; 0 where it
        has not started, or has no such limit."""
        days = clock.statutory_days if by_law else clock.days
        if clock.started is None or days is None:
            return 0
        office = self.office_of(self.clock(clock.key))
        return days_of.remaining(office, clock.started, days, clock.unit, clock.pauses, now)

    def office_of(self, row: Countdown) -> Office:
        """When a day ends for the one whose clock it is: an applicant has no business hours (民法典 Art. 203(2))."""
        return self.office if row.whose == "department" else replace(self.office, closing=None)

    def light(self, instants: Instants, now: datetime) -> Light:
        """The light at `now`."""
        return lights.light(instants, now)

    def judged(self, instants: Instants, act: datetime) -> lights.Judgement:
        """The light and punctuality of an act, by its own instant."""
        return lights.judged(instants, act)

    def next_change(self, instants: Instants, shown: Light) -> lights.Change | None:
        """The next light after the one shown, with its instant."""
        return lights.next_change(instants, shown)
