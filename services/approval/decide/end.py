"""How a case ends: approved, refused with reasons and remedies, withdrawn, or closed by intake. Once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.approval.decide.procedure import ended
from services.approval.model import Approval, Case, Rules
from shared.contracts.approval import CaseApproved, CaseRefused, CaseWithdrawn
from shared.contracts.envelope import Event
from shared.contracts.intake import CaseClosed, WithdrawalRequested
from shared.kernel import Decision, Refused


def approve(case: Case, now: datetime) -> tuple[Case, tuple[Event, ...]]:
    """准予, for a 行政许可 by 行政许可法 Art. 38(1)."""
    approved = CaseApproved(
        application=case.application,
        case=case.case,
        item=case.item,
        item_version=case.item_version,
        item_name=case.item_name,
        item_kind=case.item_kind,
        basis=case.basis,
        department=case.department,
        department_name=case.department_name,
        result=case.result,
        owner=case.owner,
        applicant_ref=case.applicant_ref,
        holder=case.holder,
        at=now,
    )
    return case.model_copy(update={"status": "approved", "ended_at": now}), (approved,)


def refuse(case: Case, said: Iterable[str], now: datetime, rules: Rules) -> tuple[Case, tuple[Event, ...]]:
    """不予: every reason, and every way to challenge it, owed for a 行政许可 by 行政许可法 Art. 38(2)."""
    reasons = tuple(dict.fromkeys(said))
    remedies = tuple(remedy.sentence for remedy in rules.remedies(case.item_kind, partner=case.partner))
    refused = CaseRefused(
        application=case.application,
        case=case.case,
        item=case.item,
        item_version=case.item_version,
        item_name=case.item_name,
        item_kind=case.item_kind,
        basis=case.basis,
        department=case.department,
        department_name=case.department_name,
        reasons=reasons,
        remedies=remedies,
        owner=case.owner,
        applicant_ref=case.applicant_ref,
        holder=case.holder,
        at=now,
    )
    ended = {"status": "refused", "ended_at": now, "reasons": reasons, "remedies": remedies}
    return case.model_copy(update=ended), (refused,)


def withdraw(state: Approval | None, event: WithdrawalRequested, now: datetime) -> Decision[Approval | None] | Refused:
    """撤回: granted while nothing is decided; afterwards the decision stands. Approval is the one judge of this."""
    case = state.case(event.case) if state else None
    if state is None or case is None:
        return Refused("no_such_case")
    if case.ended:
        return Decision(state)
    case, stopped = ended(case, case.standing_still, now)
    withdrawn = case.model_copy(update={"status": "withdrawn", "ended_at": now})
    said = CaseWithdrawn(application=event.application, case=event.case, at=now)
    return Decision(state.with_case(withdrawn), (*stopped, said))


def close(state: Approval | None, event: CaseClosed, now: datetime) -> Decision[Approval | None] | Refused:
    """终止 by intake: the open tasks end without a word. Often the case was never opened here: nothing to end.

    Intake closes only what waits, where no procedure has begun; one that runs, should the record come in another order,
    ends with its own word, lest a clock stand still for ever."""
    case = state.case(event.case) if state else None
    if state is None or case is None or case.ended:
        return Decision(state)
    case, stopped = ended(case, case.standing_still, now)
    return Decision(state.with_case(case.model_copy(update={"status": "closed", "ended_at": now})), stopped)
