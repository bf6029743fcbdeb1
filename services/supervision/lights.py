"""The light over a clock, and the exact instants at which it changes: yellow, red, deep red, paused.

Yellow is policy, not law (`POLICY`); red is the promised limit passed, deep red the statutory one. An overrun stays
visible: a pause that begins after the promise was broken leaves the light red.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from services.supervision.due import Due, Office, Pauses, counted_at, due_with_pauses
from services.supervision.model import Instants
from shared.clock import shanghai
from shared.contracts.terms import Light, Near, Unit

SEVERITY: dict[Light, int] = {"green": 0, "paused": 0, "yellow": 1, "red": 2, "deep_red": 3}


POLICY = Near()
"""Our default, where the item says nothing."""


def days_left(near: Near, promised: int) -> int:
    """Whole days that remain when a limit of `promised` days turns yellow; never at 0 days."""
    return min(promised, max(near.least_days, promised * near.percent // 100))


@dataclass(frozen=True, slots=True)
class Timing:
    """All instants (UTC) of one generation of a clock; None: there is no such limit, or an open pause withholds it.

    `due` is the promised limit, or the only one; `statutory_due` equals it where the only limit is the law's.
    `provisional`: one of the limits lies past the announced calendar. `calendar`: by which version they were counted.
    """

    yellow_at: datetime | None
    due: datetime | None
    statutory_due: datetime | None
    provisional: bool
    paused: bool
    calendar: int = 0


class Change(NamedTuple):
    """The light that shows from this instant on."""

    at: datetime
    light: Light


class Judgement(NamedTuple):
    """How an act stands to its limits; `on_time`: within the promised (or only) limit."""

    light: Light
    on_time: bool


def timing(
    office: Office,
    started: datetime,
    promised_days: int | None,
    statutory_days: int | None,
    unit: Unit = "working_days",
    pauses: Pauses = (),
    near: Near = POLICY,
    calendar: int = 0,
) -> Timing:
    """Every instant of a clock. Without a promise the statutory limit is the only one. ValueError: no limit at all."""
    first = statutory_days if promised_days is None else promised_days
    if first is None:
        raise ValueError("a clock needs a promised or a statutory limit; give the days of one of them")
    promise = due_with_pauses(office, started, first, unit, pauses)
    law = None
    if statutory_days is not None:
        law = due_with_pauses(office, started, statutory_days, unit, pauses)
    return Timing(
        yellow_at=_yellow_at(office, started, first, unit, pauses, near),
        due=_at(promise),
        statutory_due=_at(law),
        provisional=any(end is not None and end.provisional for end in (promise, law)),
        paused=any(resumed is None for _, resumed in pauses),
        calendar=calendar,
    )


def light(instants: Instants, now: datetime) -> Light:
    """The light at `now`, which is not before the last pause or resumption. At its own instant it has changed."""
    colour = _colour(instants, now)
    return "paused" if instants.paused and SEVERITY[colour] < SEVERITY["red"] else colour


def judged(instants: Instants, act: datetime) -> Judgement:
    """How an act that ends the clock is judged: by its own instant, and in time at the very instant of the limit."""
    colour = _colour(instants, act - timedelta.resolution)  # "以内" includes the limit: 民法典 Art. 1259
    return Judgement(colour, on_time=SEVERITY[colour] < SEVERITY["red"])


def changes(instants: Instants) -> tuple[Change, ...]:
    """The changes after green, in order of time, each worse than the one before; none that an open pause withholds."""
    found: list[Change] = []
    for change in sorted(_marks(instants), key=lambda mark: (mark.at, -SEVERITY[mark.light])):
        if not found or SEVERITY[change.light] > SEVERITY[found[-1].light]:
            found.append(change)
    return tuple(found)


def next_change(instants: Instants, shown: Light) -> Change | None:
    """The first change to a worse light than the one shown, also when its instant has long passed; None: no more.

    A scan ordered by `at` that shows each change when `now >= at` says every light once and at its legal instant.
    """
    return next((change for change in changes(instants) if SEVERITY[change.light] > SEVERITY[shown]), None)


def _marks(instants: Instants) -> list[Change]:
    named: tuple[tuple[datetime | None, Light], ...] = (
        (instants.yellow_at, "yellow"),
        (instants.due, "red"),
        (instants.statutory_due, "deep_red"),
    )
    return [Change(at, name) for at, name in named if at is not None]


def _colour(instants: Instants, at: datetime) -> Light:
    passed: list[Light] = [mark.light for mark in _marks(instants) if at >= mark.at]
    return max(passed, key=SEVERITY.__getitem__, default="green")


def _at(end: Due | None) -> datetime | None:
    return None if end is None else end.at


def _yellow_at(office: Office, started: datetime, days: int, unit: Unit, pauses: Pauses, near: Near) -> datetime | None:
    """The instant at which exactly the last `days_left` days remain: the cut-off of the counted day before them.

    A light may turn on a rest day: only the end of a limit moves.
    """
    if days == 0:
        return None
    before = days - days_left(near, days)
    if before > 0:
        return counted_at(office, started, before, unit, pauses)
    closed = office.cut_off(office.number(shanghai(started).date(), unit), unit)
    return _running_from(max(started, closed), pauses)


def _running_from(at: datetime, pauses: Pauses) -> datetime | None:
    """The first instant from `at` on that lies in no pause; None: never while an open pause lasts."""
    for paused, resumed in sorted(pauses, key=lambda pause: pause[0]):
        if resumed is None and paused <= at:
            return None
        if resumed is not None and paused <= at < resumed:
            at = resumed
    return at
