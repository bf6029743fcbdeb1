"""督办 by itself: every rung that the clocks of a case have brought about is issued, once for each cause."""

from __future__ import annotations

from datetime import datetime

from services.supervision.decide.coming import indexed
from services.supervision.decide.owing import Owed, all_owed, asking
from services.supervision.decide.urging import issue
from services.supervision.model import Rules, Supervised, Urge
from shared.contracts.envelope import Event
from shared.contracts.supervision import RUNGS
from shared.kernel import Decision

SYSTEM = "system:supervision"
"""By whom it was issued, where nobody did."""


def climbed(
    before: Supervised | None, decided: Decision[Supervised], now: datetime, rules: Rules
) -> Decision[Supervised]:
    """The decision with every rung that is now owed. Only what moved a clock can bring one about."""
    state = decided.state
    if before is not None and state.clocks is before.clocks:
        return decided
    said: list[Event] = []
    for owed in sorted((each for each in all_owed(state, rules) if each.step.by_itself), key=_place):
        state, event = _met(state, owed, now, rules)
        said += event
    if state is decided.state:
        return decided
    return Decision(indexed(state, rules), (*decided.events, *said), decided.answer, decided.facts)


def _met(state: Supervised, owed: Owed, now: datetime, rules: Rules) -> tuple[Supervised, list[Event]]:
    """Issue it to those who do not owe an answer on this rung or a higher one; the urges that the others owe an answer
    to stand for this cause too."""
    asked = asking(state, owed.case, owed.step.rung)
    fresh = tuple(code for code in owed.departments if code not in asked)
    if not fresh:
        return _covered(state, asked[owed.departments[0]], owed.cause), []
    step = owed.step
    at = min(owed.at, now)
    urge = Urge(
        case=owed.case, number=len(state.urges_of(owed.case)) + 1, departments=fresh, text=owed.text, by=SYSTEM, at=at,
        reply_by=rules.answer_by(now, step.days) if step.asks else None, rung=step.rung, asks=step.asks,
        automatic=True, causes=(owed.cause,),
    )  # fmt: skip
    state, said = issue(state, urge, rules)
    return state, [said]


def _covered(state: Supervised, urge: Urge, cause: str) -> Supervised:
    changed = urge.model_copy(update={"causes": (*urge.causes, cause)})
    return state.model_copy(update={"urges": tuple(changed if each is urge else each for each in state.urges)})


def _place(owed: Owed) -> tuple[datetime, int, str]:
    """In order of time; of one instant the highest rung first, which then stands for the others."""
    return owed.at, -RUNGS.index(owed.step.rung), owed.cause
