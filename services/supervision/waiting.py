"""Who is waited for at every moment of a case: the applicant, a department, a third party, or another case first.

It is read from the state alone. The moments of a case are parted without gap or overlap, so that hours and days add up
to the whole. A working day belongs to whoever is waited for when the departments close on it: so the days on which a
clock stood still are those of the applicant or of the third party, and the day of the start, which no limit counts
(民法典 Art. 201), belongs to somebody as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from services.supervision.model import Case, Clock, Supervised
from services.supervision.rules import Rules

Party = Literal["applicant", "department", "third_party", "case"]
Reason = Literal["supplement", "fetch", "intake", "task", "decision", "issuance", "procedure", "predecessor"]
"""supplement 补正, fetch 领取结果; intake 受理, task 环节, decision (between two steps), issuance 出件;
procedure 特别程序; predecessor 前序事项."""
PARTY: dict[Reason, Party] = {
    "supplement": "applicant",
    "fetch": "applicant",
    "intake": "department",
    "task": "department",
    "decision": "department",
    "issuance": "department",
    "procedure": "third_party",
    "predecessor": "case",
}
WITHOUT_RESULT = ("CaseNotRequired", "CaseReferred", "CaseClosed", "CaseWithdrawn")


class Waited(NamedTuple):
    """Why, and for whom: codes of departments (task, decision), a kind of Art. 45 (procedure), cases (predecessor)."""

    reason: Reason
    whom: tuple[str, ...] = ()

    @property
    def party(self) -> Party:
        return PARTY[self.reason]


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` up to `until` (UTC) this was waited for. `days`: the working days that ended in it; `open`: it still
    is."""

    waited: Waited
    since: datetime
    until: datetime
    days: int
    open: bool = False

    @property
    def length(self) -> timedelta:
        return self.until - self.since


def spans_of(state: Supervised, case: Case, now: datetime, rules: Rules) -> tuple[Span, ...]:
    """The life of a case up to `now`, or to its end, in order; empty where nothing says when it began."""
    life = _Life(state, case)
    begun, end = life.begun, life.end
    if begun is None:
        return ()
    last = max(begun, min(end, now) if end else now)
    cuts = sorted({begun, last, *(at for at in life.turns() if begun < at < last)})
    parted = [(life.waited(since), since, until) for since, until in pairwise(cuts)]
    return tuple(_joined(parted, rules, last if end is None or now < end else None))


def waited_now(state: Supervised, case: Case, now: datetime) -> Waited | None:
    """What is waited for at this moment; None: nothing any more, or nothing says that it has begun."""
    life = _Life(state, case)
    over = life.begun is None or now < life.begun or (life.end is not None and life.end <= now)
    return None if over else life.waited(now)


def sums_of(spans: Sequence[Span]) -> dict[Waited, Span]:
    """All that was waited for with how long altogether, the longest first: as if it had been in one."""
    found: dict[Waited, Span] = {}
    for span in spans:
        known = found.get(span.waited)
        until = span.until if known is None else known.until + span.length
        days, open_ = (span.days, span.open) if known is None else (known.days + span.days, known.open or span.open)
        found[span.waited] = Span(span.waited, span.since if known is None else known.since, until, days, open_)
    return dict(sorted(found.items(), key=lambda pair: -pair[1].length))


def _joined(
    parted: Sequence[tuple[Waited, datetime, datetime]], rules: Rules, still: datetime | None
) -> Iterator[Span]:
    """What follows on itself as one. `still`: the instant up to which the last of them is open."""
    place = 0
    while place < len(parted):
        waited, since, until = parted[place]
        while place + 1 < len(parted) and parted[place + 1][0] == waited:
            place, until = place + 1, parted[place + 1][2]
        yield Span(waited, since, until, rules.lost(((since, until),)), open=until == still)
        place += 1


@dataclass(frozen=True, slots=True)
class _Life:
    """One case and its clocks."""

    state: Supervised
    case: Case

    @property
    def begun(self) -> datetime | None:
        known = [at for at in (self.state.submitted_at, self.case.accepted_at) if at is not None]
        return min(known, default=None)

    @property
    def end(self) -> datetime | None:
        """When nobody is waited for any more; None: somebody still is."""
        delivery = self._own("delivery")
        if self.case.outcome is None:
            return None
        if self.case.outcome in WITHOUT_RESULT:
            return self.case.ended_at
        if delivery.started is None and self.case.issued:  # heard before deliveries were timed
            return self._own("issuance").ended or self.case.ended_at
        return delivery.ended

    def turns(self) -> Iterator[datetime]:
        """Every instant at which it may be another's turn."""
        spans = [(clock.started, clock.ended) for clock in (*self._clocks("step"), *self._clocks("procedure"))]
        delivery, decision = self._own("delivery"), self._own("decision")
        single = (self.case.accepted_at, self.case.ended_at, decision.started, delivery.started)
        for at in (*single, *(each for span in (*self.state.waits, *spans) for each in span)):
            if at is not None:
                yield at

    def waited(self, at: datetime) -> Waited:
        """What is waited for from this instant on."""
        case, delivery = self.case, self._own("delivery")
        if delivery.started and delivery.started <= at:
            return Waited("fetch")
        if case.ended_at and case.ended_at <= at:
            return Waited("issuance")
        if case.accepted_at is None or at < case.accepted_at:
            return Waited("supplement" if _within(self.state.waits, at) else "intake")
        return self._waited_in_review(at)

    def _waited_in_review(self, at: datetime) -> Waited:
        case, decision = self.case, self._own("decision")
        if case.waits_for and (decision.started is None or at < decision.started):
            return Waited("predecessor", case.waits_for)
        running = sorted(self._running("procedure", at), key=lambda clock: (clock.started or at, clock.subject))
        if running:
            return Waited("procedure", (self.state.procedures.get(running[0].subject, ""),))
        if codes := tuple(sorted({clock.department for clock in self._running("step", at)})):
            return Waited("task", codes)
        begun = [clock.started for clock in self._clocks("step") if clock.started]
        if case.deemed and at < min(begun, default=at + timedelta.resolution):
            return Waited("intake")  # nobody had accepted it yet: the law says so only afterwards
        return Waited("decision", (case.department,) if case.department else ())

    def _own(self, key: str) -> Clock:
        return self.state.clock(self.case.case, key)

    def _clocks(self, key: str) -> Iterator[Clock]:
        return (clock for clock in self.state.clocks if clock.key == key and clock.case == self.case.case)

    def _running(self, key: str, at: datetime) -> Iterator[Clock]:
        found = self._clocks(key)
        return (clock for clock in found if _within(((clock.started or at, clock.ended),), at) and clock.started)


def _within(spans: Sequence[tuple[datetime, datetime | None]], at: datetime) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in spans)
