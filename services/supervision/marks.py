"""The marks under which an application stands in lists: lights by department, and urges by their rung."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.supervision.model import Supervised, Urge
from shared.contracts.supervision import RUNGS

URGED = "urged"
"""The mark of an application that has an urge without all its answers."""


def waiting_urges(state: Supervised) -> Iterator[Urge]:
    """The urges of which an answer is still waited for: the case is open, and not every department has answered."""
    return (urge for urge in state.urges if urge.awaited and state.case(urge.case).open)


def standing_urges(state: Supervised, rung: str) -> Iterator[Urge]:
    """The urges on a rung that still stand, where that is the highest of their open case: an answer or an outcome is
    waited for, or, of a reminder, that the case moves."""
    for case in state.cases:
        urges = state.urges_of(case.case) if case.open else ()
        highest = max((RUNGS.index(urge.rung) for urge in urges), default=-1)
        for urge in urges:
            waits = bool(urge.awaited) if urge.asks else not urge.settled
            if urge.rung == rung and waits and RUNGS.index(rung) == highest:
                yield urge


def urge_marks(state: Supervised) -> Iterator[tuple[str, datetime]]:
    """The marks of the lists of urges that an application stands on, each with the instant of an urge."""
    for urge in waiting_urges(state):
        yield from ((mark, urge.at) for mark in (URGED, *(lit(URGED, code) for code in urge.awaited)))
    for rung in RUNGS if state.urges else ():
        for urge in standing_urges(state, rung):
            codes = urge.awaited if urge.asks else urge.departments
            yield from ((lit(on_rung(rung), code), urge.at) for code in (None, *codes))


def on_rung(rung: str) -> str:
    """The mark of an application with an urge that stands on this rung."""
    return f"{URGED}:{rung}"


def lit(light: str, department: str | None) -> str:
    """The mark of a light, anywhere or where it concerns one department."""
    return f"{light}/{department}" if department else light
