"""What supervision learns of an application and its cases from the events of the other services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.supervision.model import Case, Supervised
from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn, ProcedureStarted, TaskAssigned
from shared.contracts.envelope import CaseEvent, Event
from shared.contracts.intake import (
    ApplicationSubmitted,
    ApplicationSupplemented,
    CaseAccepted,
    CaseClosed,
    CaseNotRequired,
    CaseReady,
    CaseReferred,
    EntryCorrected,
    SupplementRequested,
)
from shared.contracts.licensing import ResultIssued

Ending = CaseNotRequired | CaseReferred | CaseClosed | CaseApproved | CaseRefused | CaseWithdrawn


def learned(state: Supervised, event: Event) -> Supervised:
    """The state with what this event says about who, what and how far; the order of events does not matter."""
    if isinstance(event, ApplicationSubmitted):
        return _submitted(state, event)
    if isinstance(event, EntryCorrected):
        return state if event.owner == state.owner else state.model_copy(update={"owner": event.owner})
    if isinstance(event, SupplementRequested):
        return state.model_copy(update={"waits": (*state.waits, (event.at, None))})
    if isinstance(event, ApplicationSupplemented):
        answered = tuple((since, until or event.at) for since, until in state.waits)
        return state.model_copy(update={"waits": answered})
    if isinstance(event, ProcedureStarted):
        state = state.model_copy(update={"procedures": {**state.procedures, event.procedure: event.kind}})
    if isinstance(event, CaseEvent):
        before = state.case(event.case)
        after = _case(before, event)
        if isinstance(event, CaseAccepted):
            state = _named(state, _names(event))
        return state if after is before and before in state.cases else state.with_case(after)
    return state


def _submitted(state: Supervised, event: ApplicationSubmitted) -> Supervised:
    for outline in event.cases:
        case = state.case(outline.case)
        departments = _with(case.departments, (outline.department,))
        told = {
            "item": outline.item,
            "name": outline.name,
            "department": outline.department,
            "waits_for": outline.waits_for,
        }
        state = state.with_case(case.model_copy(update={**told, "departments": departments}))
        state = _named(state, ((outline.department, outline.department_name),))
    return state.model_copy(
        update={
            "matter": event.matter,
            "matter_name": event.matter_name,
            "bundle": event.bundle,
            "whole": event.whole,
            "owner": event.owner,
            "channel": event.channel,
            "desk": event.desk,
            "submitted_at": event.submitted_at,
        }
    )


def _case(case: Case, event: CaseEvent) -> Case:
    if isinstance(event, Ending):
        return _ended(case, event)
    match event:
        case CaseAccepted():
            departments = {event.department, *(code for step in event.steps for code in step.departments)}
            waiting = bool(event.waits_for) if case.accepted_at is None else case.waiting  # may be said again
            seen = {"accepted_at": event.accepted_at, "deemed": event.deemed, "waiting": waiting}
            return case.model_copy(update={**seen, "departments": _with(case.departments, departments)})
        case CaseReady():
            return case.model_copy(update={"waiting": False})
        case TaskAssigned() if event.department not in case.departments:
            return case.model_copy(update={"departments": _with(case.departments, (event.department,))})
        case ResultIssued():
            return case.model_copy(update={"issued": True})
        case _:
            return case


def _ended(case: Case, event: Ending) -> Case:
    """The first ending by its instant: a case that is withdrawn while it is closed has two, in any order."""
    name = type(event).__name__
    if case.ended_at is not None and (case.ended_at, case.outcome or "") <= (event.at, name):
        return case
    return case.model_copy(update={"outcome": name, "ended_at": event.at})


def _names(event: CaseAccepted) -> Iterator[tuple[str, str]]:
    yield event.department, event.department_name
    for step in event.steps:
        yield from zip(step.departments, step.department_names, strict=False)  # empty: said before it was a field


def _named(state: Supervised, names: Iterable[tuple[str, str]]) -> Supervised:
    """With what these departments are called. The names as they were said first stay."""
    new = {code: name for code, name in names if name and code not in state.department_names}
    return state.model_copy(update={"department_names": {**state.department_names, **new}}) if new else state


def _with(known: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *more}))
