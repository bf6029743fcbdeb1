"""How cases are received: accepted, not required, or referred elsewhere (行政许可法 Art. 32)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from graphlib import TopologicalSorter
from zoneinfo import ZoneInfo

from services.intake.decide.submit import told
from services.intake.model import Accepted, Application, Case, Closed, NotRequired, Referred, State
from services.intake.model.commands import Accept
from shared.contracts.envelope import Event
from shared.contracts.intake import CaseAccepted, CaseClosed, CaseNotRequired, CaseReferred
from shared.kernel import Decision, Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")


def accept(state: Application, command: Accept, now: datetime) -> Decision[State] | Refused:
    """Receive every case at once, each with its outcome; those not named are accepted (Art. 32(5)).

    Refuses `already_received`, `supplement_outstanding` while the applicant is waited for, and `no_such_case`.
    """
    if not state.pending:
        return Refused("already_received")
    if state.asked:
        return Refused("supplement_outstanding")
    strangers = sorted(number for number in command.named if state.case(number) is None)
    if strangers:
        return Refused("no_such_case", {"cases": strangers})
    said: list[Event] = []
    for case in in_order(state):
        state, events = _received(state, case, command, now)
        said += events
    state = state.model_copy(update={"received_by": command.by, "received_desk": command.desk})
    return Decision(state, tuple(said), told(state))


def in_order(state: Application) -> Iterable[Case]:
    """The cases as they are now, each after those that it waits for."""
    if len(state.cases) == 1:
        return state.cases
    waits = {case.number: case.plan.waits_for for case in state.cases}
    found = (state.case(number) for number in TopologicalSorter(waits).static_order())
    return [case for case in found if case is not None]


def _received(state: Application, case: Case, command: Accept, now: datetime) -> tuple[Application, tuple[Event, ...]]:
    if not case.pending:
        return state, ()
    if not_required := command.not_required.get(case.number):
        reason = not_required.reason
        said: Event = CaseNotRequired(application=state.number, case=case.number, at=now, reason=reason)
        return state.with_case(case.with_(outcome=NotRequired(at=now, reason=reason))), (said,)
    if referred := command.referred.get(case.number):
        body, reason = referred.competent_body, referred.reason
        said = CaseReferred(application=state.number, case=case.number, at=now, competent_body=body, reason=reason)
        return state.with_case(case.with_(outcome=Referred(at=now, competent_body=body, reason=reason))), (said,)
    return admit(state, case, at=now, given_at=now, now=now)


def admit(
    state: Application, case: Case, *, at: datetime, given_at: datetime | None, now: datetime
) -> tuple[Application, tuple[Event, ...]]:
    """Accept one case as from `at`, unless what it waits for cannot be had here.

    It waits only for those that are still needed: a predecessor that needs no licence is left out.
    """
    before = [other for number in case.plan.waits_for if (other := state.case(number))]
    lost = next((other.number for other in before if other.ended_badly), None)
    if lost:
        return close(state, case, lost, now)
    accepted = Accepted(
        at=at,
        given_at=given_at,
        receipt_date=day(state.receipts[-1] if given_at else at),
        deemed=given_at is None,
        deemed_at=None if given_at else now,
        waits_for=tuple(other.number for other in before if not other.ended_well),
    )
    return state.with_case(case.with_(outcome=accepted)), (said_accepted(state, case, accepted),)


def close(state: Application, case: Case, lost: str, now: datetime) -> tuple[Application, tuple[Event, ...]]:
    """End a case because one that it waits for ended otherwise than well."""
    closed = Closed(at=now, reason="predecessor_ended", predecessor=lost)
    said = CaseClosed(application=state.number, case=case.number, **closed.model_dump())
    return state.with_case(case.with_(closed=closed)), (said,)


def day(instant: datetime) -> date:
    """The day of an instant as the hall's calendar shows it."""
    return instant.astimezone(SHANGHAI).date()


def said_accepted(state: Application, case: Case, accepted: Accepted) -> CaseAccepted:
    """Everything that the others need to run the case."""
    plan, form = case.plan, state.form
    return CaseAccepted(
        application=state.number,
        case=plan.case,
        item=plan.item,
        item_version=plan.item_version,
        item_name=plan.item_name,
        item_kind=plan.item_kind,
        basis=plan.basis,
        department=plan.department,
        department_name=plan.department_name,
        partner=plan.partner,
        steps=plan.steps,
        limits=plan.limits,
        joint_days=form.joint_days,
        result=plan.result,
        waits_for=accepted.waits_for,
        channel=form.channel,
        accepted_at=accepted.at,
        receipt_date=accepted.receipt_date,
        deemed=accepted.deemed,
        owner=form.owner,
        applicant_kind=form.applicant_kind,
        applicant_ref=form.applicant_ref,
        holder=form.holder,
    )
