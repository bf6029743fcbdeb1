"""Whether a state is what the records of its chain say it must be: rules and records alone, without the database.

What the other services said is told to a state that knows nothing, in the order of the chain; what supervision said is
read for its texts. Scans only light and announce, so they are not needed; recounts are: a clock may have been counted
by any version of the calendar, and each of its fields has to be what one of them gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from services.supervision.decide.subjects import learned
from services.supervision.decide.timed import told
from services.supervision.model import Clock, Rules, Supervised
from services.supervision.proof.chains import Chain
from services.supervision.proof.findings import Finding
from services.supervision.proof.states import waits
from services.supervision.proof.texts import texts_found
from services.supervision.rules import Rules as Versions
from shared.contracts.envelope import Heard
from shared.contracts.supervision import EVENTS, UrgeIssued

ABOUT = (
    "matter", "matter_name", "bundle", "whole", "owner", "channel", "desk", "waits", "procedures", "submitted_at",
    "department_names",
)  # fmt: skip
"""What the state has of the application itself, and only others say."""
LENGTHS = ("aside", "case", "department", "promised_days", "statutory_days", "unit", "near", "started")
PASSED = ("extensions", "pauses", "holds", "early")
ENDED = ("stops", "ended", "on_time")
DATES = ("yellow_at", "due", "statutory_due")


def derived_found(chain: Chain, heard: Sequence[Heard], rules: Versions) -> Finding | None:
    """The first thing of the state that its records do not give; `heard`: the record of each entry, in order."""
    states = [_told(chain.application, heard, version) for version in rules.versions]
    texts = texts_found(chain.state, heard, in_part=waits(chain))
    detail = next(iter((*_differing(chain.state, states), *texts)), None)
    return chain.found("state_not_said", len(chain.entries), detail) if detail else None


def _told(application: str, heard: Iterable[Heard], rules: Rules) -> Supervised:
    state = Supervised(application=application)
    for each in heard:
        if not isinstance(each.event, EVENTS):
            state = learned(state, each.event)
        if not isinstance(each.event, EVENTS) or isinstance(each.event, UrgeIssued):
            state, _ = told(state, each.event, rules)
    return state


def _differing(state: Supervised, derived: Sequence[Supervised]) -> Iterator[str]:
    first = derived[0]
    for name in ABOUT:
        if getattr(state, name) != getattr(first, name):
            yield f"{name}: the state has {getattr(state, name)!s:.80}, the records say {getattr(first, name)!s:.80}"
    for case in (*state.cases, *(each for each in first.cases if each.case not in {c.case for c in state.cases})):
        if case not in state.cases or case != first.case(case.case):
            yield f"case {case.case}: the state has {_other(case, first.case(case.case))}"
    known = {(clock.subject, clock.key): clock for clock in state.clocks}
    for place in sorted({(clock.subject, clock.key) for clock in first.clocks} | set(known)):
        clocks = [each.clock(*place) for each in derived]
        if place not in known:
            yield f"{place[1]} of {place[0]} is not in the state"
        elif place[1] != "reply" or any(clock.started for clock in clocks):  # one whose urge was not heard yet
            yield from _clock(known[place], clocks)


def _other(case: object, derived: object) -> str:
    mine, theirs = vars(case), vars(derived)
    names = (name for name in mine if mine[name] != theirs[name])
    return ", ".join(f"{name} {mine[name]}, the records say {theirs[name]}" for name in names)


def _clock(clock: Clock, derived: Sequence[Clock]) -> Iterator[str]:
    """Of a reply, whose urge is heard later than it was issued, only what the urge itself says. A recount raises the
    generation."""
    names = LENGTHS if clock.key == "reply" else (*LENGTHS, *PASSED, *ENDED)
    names = names if clock.paused else (*names, *DATES)
    names = names if len(derived) > 1 or clock.key == "reply" else (*names, "generation")
    for name in names:
        mine, theirs = getattr(clock, name), [getattr(each, name) for each in derived]
        if mine not in theirs and not (name in ENDED and _ran_out(clock, derived)):
            yield f"{name} of {clock.key} of {clock.subject}: the state has {mine}, the records give {theirs[-1]}"


def _ran_out(clock: Clock, derived: Sequence[Clock]) -> bool:
    """Whether it ended with its limit by itself, which a scan has noticed; what came after changes nothing."""
    by_itself = clock.ended is not None and clock.ended == clock.due and clock.on_time is False
    return by_itself and any(each.ended in (None, clock.ended) for each in derived)
