"""Whether each limit that the scan announces had really passed: by what stood on the topics, and by what was promised.

| Rule | Promise |
|---|---|
| `announced_in_vain` | nothing is announced whose clock an act had ended or paused that was on its topic by the limit |
| `wrong_instant` | what is announced to have passed is the limit that the clock last said |

What an act brings to light is left out: acts of two sources may be heard in any order, and the later one corrects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.envelope import Record
from tests.proof.reading import Said, read
from tests.simulation.watch import Watch

RECEIVED = ("CaseAccepted", "CaseNotRequired", "CaseReferred", "CaseClosed")
DECIDED = ("CaseApproved", "CaseRefused", "CaseWithdrawn", "CaseClosed")
ASKED = ("SupplementRequested", "ApplicationSupplemented")
DATED = ("ClockStarted", "ClockResumed", "ClockMoved")


@dataclass(frozen=True)
class Act:
    """An event, and when the calendar read what when it came onto its topic."""

    said: Said
    there: datetime

    def by(self, limit: datetime) -> bool:
        """Whether it was said before the limit passed."""
        return self.there <= limit


@dataclass
class Procedure:
    """What stops the clocks of its case and of the whole: when its start came onto its topic, and when it was over."""

    case: str
    there: datetime
    over: datetime | None = None

    def stops(self, event: Any) -> bool:
        """Whether it had stopped this clock when the limit passed."""
        whose = event.subject in (self.case, self.case[:13]) and event.clock in ("decision", "joint")
        return whose and self.there <= event.due and (self.over is None or self.over > event.due)


class Announced:
    """Remembers acts and limits as they come onto their topics, and judges each announcement."""

    def __init__(self, watch: Watch, now: Callable[[], datetime]) -> None:
        self._watch, self._now = watch, now
        self._seen: set[str] = set()
        self._acts: dict[str, list[Act]] = defaultdict(list)
        self._dated: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._ended: set[tuple[str, str]] = set()
        self._procedures: dict[str, Procedure] = {}

    def appended(self, record: Record) -> None:
        """A record is on its topic."""
        said = read(record)
        if said is None or said.heard.id in self._seen:
            return
        self._seen.add(said.heard.id)
        event = said.event
        if said.name in (*RECEIVED, *DECIDED, *ASKED, "ApplicationSubmitted"):
            self._acts[event.application].append(Act(said, self._now()))
        elif said.name == "ProcedureStarted":
            self._procedures[event.procedure] = Procedure(event.case, self._now())
        elif said.name == "ProcedureEnded":
            self._procedures[event.procedure].over = event.at
        elif said.name in DATED:
            self._dated[event.subject, event.clock].append(event)
        elif said.name == "ClockStopped":
            self._ended.add((event.subject, event.clock))
        elif said.name == "DeadlinePassed" and said.heard.cause == "scan":
            self._judge(said)

    def _judge(self, said: Said) -> None:
        event = said.event
        dated = [each for each in self._dated[event.subject, event.clock] if each.generation <= event.generation]
        limits = {dated[-1].due, dated[-1].statutory_due} if dated else set()
        if event.due not in limits and (event.subject, event.clock) not in self._ended:
            self._watch.broken("broken", "wrong_instant", said.place, f"{event.kind} {event.due}, said {limits}")
        if any(each.stops(event) for each in self._procedures.values()):
            self._watch.broken("broken", "announced_in_vain", said.place, f"{event.kind} {event.due} in a procedure")
        acts = [act for act in self._acts[event.application] if act.by(event.due)]
        if why := UNLESS.get(event.clock, _nothing)(acts, event):
            self._watch.broken("broken", "announced_in_vain", said.place, f"{event.kind} {event.due} although {why}")


def _received(acts: list[Act], event: Any) -> str:
    """All cases were received, or the applicant was being waited for."""
    asked = [act.said.name for act in acts if act.said.name in ASKED]
    if asked and asked[-1] == "SupplementRequested":
        return "a supplement was asked for"
    cases = {case.case for act in acts if act.said.name == "ApplicationSubmitted" for case in act.said.event.cases}
    done = {act.said.event.case for act in acts if act.said.name in RECEIVED}
    return "all was received" if cases and cases <= done else ""


def _decided(acts: list[Act], event: Any) -> str:
    """The case had come to its end."""
    ends = [act.said for act in acts if act.said.name in DECIDED and act.said.event.case == event.subject]
    return f"{ends[0].name} at {ends[0].place}" if ends else ""


def _nothing(acts: list[Act], event: Any) -> str:
    return ""


UNLESS: Mapping[str, Callable[[list[Act], Any], str]] = {"acceptance": _received, "decision": _decided}
"""Clock → why an announcement of it would be in vain, given what was on the topics by its limit."""
