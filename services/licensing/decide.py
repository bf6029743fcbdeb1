"""The rules of licensing: every approved or refused case yields one result, and a result is delivered once."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any, assert_never

from services.licensing.model import Deliver, Delivery, Facts, Message, Result, Rules, refusal_form, shanghai_day
from shared.contracts.approval import CaseApproved, CaseRefused
from shared.contracts.licensing import LicenceIssued, ResultDelivered, ResultIssued
from shared.contracts.terms import LicenceType
from shared.kernel import Decision, Refused

NOTICE_NUMBER, REFUSAL_NUMBER = "TZ", "JD"
"""Prefixes of the numbers of notices (通知) and of written decisions to refuse (决定)."""


def decide(state: Result | None, message: Message, now: datetime, rules: Rules) -> Decision[Result] | Refused:
    """One message to one result.

    Refuses `already_issued` (a case is decided once) and `no_such_result`. Raises ValueError for an approval whose
    template cannot become a licence: a data error that waits for an operator.
    """
    match message:
        case Deliver():
            return deliver(state, message, now) if state else Refused("no_such_result")
        case CaseApproved() | CaseRefused():
            if state is not None:
                return Refused("already_issued", {"number": state.facts.number})
            return approve(message, now, rules) if isinstance(message, CaseApproved) else refuse(message, now, rules)
        case _:
            assert_never(message)


def approve(event: CaseApproved, now: datetime, rules: Rules) -> Decision[Result]:
    """准予, for a 行政许可 by 行政许可法 Art. 38(1), 39: an e-licence, or a notice where the item yields none."""
    if event.result.kind == "notice":
        facts = Facts(
            kind="notice",
            name=event.result.name,
            number=f"{NOTICE_NUMBER}-{event.case}",
            issuer=_department_name(event),
            basis=event.basis,
            **_known(event, now),
        )
        return _issued(event, facts, now, rules)
    if event.result.licence_type is None:
        raise ValueError("result.licence_type is missing: a licence needs its type")
    facts = _licence(event, event.result.licence_type, now, rules)
    said = LicenceIssued(
        application=event.application,
        case=event.case,
        licence=facts.number,
        licence_type=facts.type_key,
        type_code=facts.type_code,
        holder_ref=facts.holder_ref,
        valid_from=shanghai_day(now),
        valid_until=facts.valid_until,
        at=now,
    )
    return _issued(event, facts, now, rules, said)


def refuse(event: CaseRefused, now: datetime, rules: Rules) -> Decision[Result]:
    """不予: a decision in writing, with reasons, the law and the ways to challenge it, under the name for its kind.

    行政许可法 Art. 38(2) wants this for a 行政许可; the hall does it for every kind.
    """
    facts = Facts(
        kind="refusal",
        name=refusal_form(event.item_kind).name,
        number=f"{REFUSAL_NUMBER}-{event.case}",
        issuer=_department_name(event),
        reasons=event.reasons,
        remedies=event.remedies,
        basis=event.basis,
        **_known(event, now),
    )
    return _issued(event, facts, now, rules)


def deliver(state: Result, command: Deliver, now: datetime) -> Decision[Result]:
    """送达: every way is kept once, and only the first is said (行政许可法 Art. 44)."""
    told = {"case": state.facts.case, "number": state.facts.number}
    earlier = next((one for one in state.deliveries if one.method == command.method), None)
    if earlier:
        return Decision(state, answer={**told, "method": earlier.method, "at": earlier.at.isoformat(), "first": False})
    first = not state.deliveries
    delivery = Delivery(method=command.method, at=now, by=command.by)
    said = ResultDelivered(
        application=state.application, case=state.facts.case, number=state.facts.number, method=command.method, at=now
    )
    return Decision(
        state.model_copy(update={"deliveries": (*state.deliveries, delivery)}),
        (said,) if first else (),
        {**told, "method": delivery.method, "at": delivery.at.isoformat(), "first": first},
    )


def last_valid_day(first: date, months: int) -> date:
    """The last day of a validity of `months` months whose first valid day is the day of issue.

    Papers run 2026-11-22 to 2031-11-21: the day before the corresponding day. Where the last month has no such day,
    the period ends with that month (民法典 Art. 202): 2026-08-31 for 6 months ends on 2027-02-28.
    """
    month = first.year * 12 + first.month - 1 + months
    year, number = month // 12, month % 12 + 1
    length = monthrange(year, number)[1]
    if first.day > length:
        return date(year, number, length)
    return date(year, number, first.day) - timedelta(days=1)


def _licence(event: CaseApproved, kind: LicenceType, now: datetime, rules: Rules) -> Facts:
    today = shanghai_day(now)
    return Facts(
        kind="licence",
        name=kind.name,
        number=rules.make_identifier(kind.code, kind.issuer_code, event.case, today),
        issuer=kind.issuer_name,
        type_key=kind.key,
        type_code=kind.code,
        issuer_code=kind.issuer_code,
        valid_from=today,
        valid_until=_last_day(today, kind),
        validity=kind.validity,
        **_known(event, now),
    )


def _last_day(today: date, kind: LicenceType) -> date | None:
    """None: valid without end (长期). The day of issue is the first valid day."""
    if kind.valid_days:
        return today + timedelta(days=kind.valid_days - 1)
    return last_valid_day(today, kind.valid_months) if kind.valid_months else None


def _known(event: CaseApproved | CaseRefused, now: datetime) -> dict[str, Any]:
    """The facts that every kind of result takes from its decision."""
    return {
        "case": event.case,
        "item": event.item,
        "item_name": event.item_name,
        "department": event.department,
        "holder_ref": event.applicant_ref,
        "issued_at": now,
    }


def _department_name(event: CaseApproved | CaseRefused) -> str:
    """Who signs a paper that has no licence type: the department by name, or by code where nobody said its name."""
    return event.department_name or event.department.upper()


def _issued(
    event: CaseApproved | CaseRefused, facts: Facts, now: datetime, rules: Rules, *before: LicenceIssued
) -> Decision[Result]:
    """The signed result, said as `ResultIssued` after what is said of the licence itself."""
    result = Result(
        application=event.application,
        facts=facts,
        signed=rules.sign(facts),
        owner=event.owner,
        holder=event.holder,
        decided_at=event.at,
        item_kind=event.item_kind,
        found_by=rules.found_by(event.holder, event.application),
    )
    said = ResultIssued(
        application=event.application, case=event.case, kind=facts.kind, number=facts.number, name=facts.name, at=now
    )
    return Decision(result, (*before, said))
