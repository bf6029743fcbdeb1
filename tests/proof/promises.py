"""What a client was told, and where it must stand: one small look into the owning service's document for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.proof.evidence import Evidence

Stands = Callable[[Evidence, str, int], bool]
"""Whether what was told `times` times about a subject stands in the documents."""


def _application(evidence: Evidence, subject: str) -> Any:
    return evidence.state("intake", subject.partition("-")[0])


def _submitted(evidence: Evidence, subject: str, times: int) -> bool:
    state = _application(evidence, subject)
    return state is not None and state.form.number == subject


def _accepted(evidence: Evidence, subject: str, times: int) -> bool:
    state = _application(evidence, subject)
    return state is not None and state.received_by is not None and not state.pending


def _asked(evidence: Evidence, subject: str, times: int) -> bool:
    state = _application(evidence, subject)
    return state is not None and len(state.lists) >= times


def _supplemented(evidence: Evidence, subject: str, times: int) -> bool:
    state = _application(evidence, subject)
    return state is not None and len(state.supplements) >= times


def _replaced(evidence: Evidence, subject: str, times: int) -> bool:
    state = _application(evidence, subject)
    return state is not None and len(state.replacements) >= times


def _corrected(evidence: Evidence, subject: str, times: int) -> bool:
    state = _application(evidence, subject)
    return state is not None and len(state.corrections) >= times


def _withdrawn(evidence: Evidence, subject: str, times: int) -> bool:
    state = _application(evidence, subject)
    return state is not None and any(subject in (state.number, case.number) for case in _taken_back(state))


def _taken_back(state: Any) -> list[Any]:
    return [
        case
        for case in state.cases
        if case.withdrawal_at or (case.closed and case.closed.reason == "withdrawn_before_acceptance")
    ]


def _opinion(evidence: Evidence, subject: str, times: int) -> bool:
    state = evidence.state("approval", subject.partition("-")[0])
    found = state.task(subject) if state else None
    return found is not None and found[1].opinion is not None


def _taken(evidence: Evidence, subject: str, times: int) -> bool:
    """Somebody has it, or it has been passed on since."""
    state = evidence.state("approval", subject.partition("-")[0])
    found = state.task(subject) if state else None
    return found is not None and (found[1].hold is not None or found[1].passed is not None)


def _handed_back(evidence: Evidence, subject: str, times: int) -> bool:
    state = evidence.state("approval", subject.partition("-")[0])
    found = state.task(subject) if state else None
    return found is not None and found[1].passed is not None


def _procedures(evidence: Evidence, subject: str) -> list[Any]:
    """The procedures for which a task waits or waited."""
    state = evidence.state("approval", subject.partition("-")[0])
    found = state.task(subject) if state else None
    return [each for each in found[0].procedures if each.task == subject] if found else []


def _stopped(evidence: Evidence, subject: str, times: int) -> bool:
    return len(_procedures(evidence, subject)) >= times


def _going_on(evidence: Evidence, subject: str, times: int) -> bool:
    return sum(each.ended_at is not None for each in _procedures(evidence, subject)) >= times


def _asked_for_more(evidence: Evidence, subject: str, times: int) -> bool:
    state = evidence.state("approval", subject.partition("-")[0])
    found = state.task(subject) if state else None
    return found is not None and found[0].asked is not None


def _not_extended(evidence: Evidence, subject: str, times: int) -> bool:
    """What was refused stands until it is asked for anew."""
    state = evidence.state("approval", subject.partition("-")[0])
    case = state.case(subject) if state else None
    return case is not None and case.asked is not None


def _extended(evidence: Evidence, subject: str, times: int) -> bool:
    """Once, a case or the whole."""
    state = evidence.state("approval", subject.partition("-")[0])
    case = state.case(subject) if state else None
    extension = case.extension if case else state.joint_extension if state else None
    return extension is not None and times == 1


def _delivered(evidence: Evidence, subject: str, times: int) -> bool:
    state = evidence.state("licensing", subject)
    return state is not None and bool(state.deliveries)


def _rated(evidence: Evidence, subject: str, times: int) -> bool:
    state = evidence.state("ratings", subject.partition("-")[0])
    case = state.case(subject) if state else None
    return case is not None and case.rating is not None


def _urged(evidence: Evidence, subject: str, times: int) -> bool:
    return sum(not urge.automatic for urge in _urges(evidence, subject)) >= times


def _answered(evidence: Evidence, subject: str, times: int) -> bool:
    return sum(len(urge.answers) for urge in _urges(evidence, subject)) >= times


def _urges(evidence: Evidence, subject: str) -> Any:
    state = evidence.state("supervision", subject.partition("-")[0])
    return state.urges_of(subject) if state else ()


STANDS: Mapping[tuple[str, str], Stands] = {
    ("intake", "submitted"): _submitted,
    ("intake", "accepted"): _accepted,
    ("intake", "supplement_requested"): _asked,
    ("intake", "supplemented"): _supplemented,
    ("intake", "replaced"): _replaced,
    ("intake", "corrected"): _corrected,
    ("intake", "withdrawn"): _withdrawn,
    ("approval", "opinion"): _opinion,
    ("approval", "taken"): _taken,
    ("approval", "handed_back"): _handed_back,
    ("approval", "stopped"): _stopped,
    ("approval", "going_on"): _going_on,
    ("approval", "asked_for_more"): _asked_for_more,
    ("approval", "not_extended"): _not_extended,
    ("approval", "extended"): _extended,
    ("approval", "extended_jointly"): _extended,
    ("licensing", "delivered"): _delivered,
    ("supervision", "urged"): _urged,
    ("supervision", "answered"): _answered,
    ("ratings", "rated"): _rated,
}


def times_told(evidence: Evidence) -> Counter[tuple[str, str, str]]:
    """How often each (service, what, subject) was accepted; retries with the same key count once."""
    return Counter((told.service, told.what, told.subject) for told in set(evidence.told))


def standing(evidence: Evidence) -> Iterator[tuple[str, str, str, int]]:
    """(service, what, subject, times) of every accepted command that the documents show.

    Opinions of departments' own software are no command; a withdrawal is named by its application.
    """
    for name, state in evidence.states("intake"):
        if not name.startswith("catalogue/"):
            yield from _of_application(state)
    for _, state in evidence.states("approval"):
        for case in getattr(state, "cases", ()):
            for task in case.tasks:
                if task.opinion and task.opinion.id is None:
                    yield "approval", "opinion", task.id, 1
    for name, state in evidence.states("licensing"):
        if state.deliveries:
            yield "licensing", "delivered", name, 1
    for _, state in evidence.states("supervision"):
        for case in {urge.case for urge in getattr(state, "urges", ())}:
            urges = state.urges_of(case)
            yield "supervision", "urged", case, sum(not urge.automatic for urge in urges)
            yield "supervision", "answered", case, sum(len(urge.answers) for urge in urges)
    for _, state in evidence.states("ratings"):
        for case in state.cases:
            if case.rating:
                yield "ratings", "rated", case.case, 1


def _of_application(state: Any) -> Iterator[tuple[str, str, str, int]]:
    yield "intake", "submitted", state.number, 1
    if state.received_by is not None:
        yield "intake", "accepted", state.number, 1
    if state.lists:
        yield "intake", "supplement_requested", state.number, len(state.lists)
    if state.supplements:
        yield "intake", "supplemented", state.number, len(state.supplements)
    if state.replacements:
        yield "intake", "replaced", state.number, len(state.replacements)
    if state.corrections:
        yield "intake", "corrected", state.number, len(state.corrections)
    if _taken_back(state):
        yield "intake", "withdrawn", state.number, 1
