"""What may happen once: one table, judged over distinct events, because a repeat of the same event is legal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.proof.evidence import Evidence, Violation
from tests.proof.reading import Said

ONCE: dict[str, tuple[str, tuple[str, ...]]] = {
    "ApplicationSubmitted": ("second_submission", ("application",)),
    "CaseNotRequired": ("second_reception", ("case",)),
    "CaseReferred": ("second_reception", ("case",)),
    "CaseReady": ("second_readiness", ("case",)),
    "CaseClosed": ("second_closing", ("case",)),
    "WithdrawalRequested": ("second_withdrawal", ("case",)),
    "TaskAssigned": ("second_assignment", ("task",)),
    "OpinionGiven": ("second_opinion", ("task",)),
    "CaseApproved": ("second_decision", ("case",)),
    "CaseRefused": ("second_decision", ("case",)),
    "CaseWithdrawn": ("second_decision", ("case",)),
    "LicenceIssued": ("second_licence", ("case",)),
    "ResultIssued": ("second_result", ("case",)),
    "ResultDelivered": ("second_delivery", ("case",)),
    "ClockStarted": ("second_start", ("subject", "clock")),
    "ClockStopped": ("second_ending", ("subject", "clock")),
    "DeadlinePassed": ("second_announcement", ("subject", "clock", "generation", "kind")),
    "UrgeIssued": ("second_urge", ("case", "urge")),
    "UrgeAnswered": ("second_answer", ("case", "urge", "department")),
    "RatingInvited": ("second_invitation", ("case",)),
    "RatingGiven": ("second_rating", ("case",)),
}
"""Event -> the rule's code, and the fields that name what happens once. Events with one code exclude each other."""


def said_once(evidence: Evidence) -> Iterator[Violation]:
    """No two events with one code about the same thing; an acceptance is said again only to be deemed."""
    happened: dict[tuple[Any, ...], list[Said]] = defaultdict(list)
    for name, (rule, fields) in ONCE.items():
        for said in evidence.events(name):
            happened[rule, *(getattr(said.event, each) for each in fields)].append(said)
    for said in evidence.events("CaseAccepted"):
        happened["second_reception", said.event.case].append(said)
    for (rule, *what), events in happened.items():
        if len(events) > 1 and not _deemed_after_all(events):
            told = ", ".join(f"{said.name} {said.place}" for said in events)
            yield Violation("doubled", rule, "/".join(str(each) for each in what), told)
    yield from _rungs(evidence)
    yield from _shared_numbers(evidence)


def _deemed_after_all(events: list[Said]) -> bool:
    """An acceptance given too late is said a second time, with its legal date (行政许可法 Art. 32(4))."""
    return len(events) == 2 and [getattr(said.event, "deemed", None) for said in events] == [False, True]


def _rungs(evidence: Evidence) -> Iterator[Violation]:
    """The ladder of 督办 asks a department once for each cause and rung."""
    asked: dict[tuple[str, str, str, str], list[Said]] = defaultdict(list)
    for said in evidence.events("UrgeIssued"):
        for code in said.event.departments if said.event.automatic else ():
            asked[said.event.case, said.event.rung, said.event.cause, code].append(said)
    for what, events in asked.items():
        if len(events) > 1:
            yield Violation("doubled", "second_rung", "/".join(what), ", ".join(said.place for said in events))


def _shared_numbers(evidence: Evidence) -> Iterator[Violation]:
    """A licence number belongs to one case."""
    cases: dict[str, set[str]] = defaultdict(set)
    for said in evidence.events("ResultIssued"):
        cases[said.event.number].add(said.event.case)
    for number, owners in cases.items():
        if len(owners) > 1:
            yield Violation("doubled", "shared_number", number, f"issued for {sorted(owners)}")
