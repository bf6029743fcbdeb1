"""督办 by hand: a supervisor urges the departments of an open case on a rung of the ladder, each of them answers once,
and what came of a talk or a referral is recorded.

Urging moves no clock and no light: it asks people. What is urged is a case in which a department can do something, so
one whose every clock stands still (the applicant is waited for) cannot be urged.
"""

from __future__ import annotations

from datetime import date, datetime

from services.supervision.decide.coming import indexed
from services.supervision.decide.concerned import reply_to
from services.supervision.decide.owing import all_owed, not_now
from services.supervision.decide.timed import told
from services.supervision.decide.wording import unfit
from services.supervision.model import (
    Answer,
    AnswerUrge,
    IssueUrge,
    Record,
    RecordOutcome,
    Rules,
    RungOf,
    Supervised,
    Urge,
)
from shared.contracts.supervision import RUNGS, OutcomeRecorded, UrgeAnswered, UrgeIssued
from shared.kernel import Decision, Refused

MOST_URGES = 20
"""By hand, of one application: its document has a largest size. Those of the ladder are as many as its causes."""

MOST_DAYS = 60
"""Up to which an answer is asked for: meanwhile nobody is urged anew."""


def urged(state: Supervised | None, command: IssueUrge, now: datetime, rules: Rules) -> Decision[Supervised] | Refused:
    """Issue it. Refused: `no_such_case`, `case_ended`, `clock_paused`, `nobody_known`, `not_concerned`,
    `too_many_urges`, `reply_by_past`, `reply_by_far`, `no_answer_asked`, and as `unfit` says."""
    if state is None or not any(case.case == command.case for case in state.cases):
        return Refused("no_such_case")
    case, step = state.case(command.case), rules.rung(command.rung)
    departments = tuple(sorted(set(command.departments))) or case.departments
    refused = not_now(state, command.case) or unfit(command.text)
    if refused:
        return refused
    if not departments:  # an ending was heard first: who works on it is still to be heard
        return Refused("nobody_known")
    if strangers := sorted(set(departments) - set(case.departments)):
        return Refused("not_concerned", {"departments": strangers})
    if command.reply_by and (refused := _unfit_day(command.reply_by, step, rules.day_of(now))):
        return refused
    if sum(not urge.automatic for urge in state.urges) >= MOST_URGES:
        return Refused("too_many_urges")
    due = rules.answer_by(now, step.days) if step.asks else None
    urge = Urge(
        case=case.case, number=len(state.urges_of(case.case)) + 1, departments=departments, text=command.text.strip(),
        by=command.by, at=now, reply_by=command.reply_by or due, rung=step.rung, asks=step.asks,
        causes=_causes(state, command, departments, rules),
    )  # fmt: skip
    after, said = issue(state, urge, rules)
    answer = {"case": case.case, "urge": urge.number, "departments": list(departments)}
    return Decision(indexed(after, rules), (said,), answer)


def _unfit_day(day: date, step: RungOf, today: date) -> Refused | None:
    if not step.asks:
        return Refused("no_answer_asked")
    if day < today:
        return Refused("reply_by_past")
    return Refused("reply_by_far", {"days": MOST_DAYS}) if (day - today).days > MOST_DAYS else None


def issue(state: Supervised, urge: Urge, rules: Rules) -> tuple[Supervised, UrgeIssued]:
    """The state with this urge and the clocks of its replies, and what is said of it."""
    said = UrgeIssued(
        application=state.application, case=urge.case, urge=urge.number, departments=urge.departments, text=urge.text,
        by=urge.by, reply_by=urge.reply_by, rung=urge.rung, asks=urge.asks, automatic=urge.automatic,
        cause=next(iter(urge.causes), ""), at=urge.at,
    )  # fmt: skip
    after, _ = told(state.model_copy(update={"urges": (*state.urges, urge)}), said, rules)
    return after, said


def _causes(state: Supervised, command: IssueUrge, departments: tuple[str, ...], rules: Rules) -> tuple[str, ...]:
    """What the ladder proposed for these departments, up to the rung that somebody issued: this stands for it."""
    owed = (each for each in all_owed(state, rules) if each.case == command.case)
    upto = RUNGS.index(command.rung)
    return tuple(
        each.cause for each in owed if RUNGS.index(each.step.rung) <= upto and set(each.departments) <= set(departments)
    )


def answered(
    state: Supervised | None, command: AnswerUrge, now: datetime, rules: Rules
) -> Decision[Supervised] | Refused:
    """Answer it, also when the case has ended meanwhile. Refused: `no_such_urge` (another department's too),
    `no_answer_asked`, `already_answered`, and as `unfit` says."""
    urge = _find(state, command.case, command.number)
    if state is None or urge is None or command.department not in urge.departments:
        return Refused("no_such_urge")
    if not urge.asks:
        return Refused("no_answer_asked")
    if command.department not in urge.awaited:
        return Refused("already_answered")
    if refused := unfit(command.text):
        return refused
    said = UrgeAnswered(
        application=state.application, case=urge.case, urge=urge.number, department=command.department,
        text=command.text.strip(), by=command.by, at=now,
    )  # fmt: skip
    after, passed = told(state, said, rules)
    late = after.clock(reply_to(said, said.department).id, "reply").on_time is False
    answer = Answer(department=said.department, text=said.text, by=said.by, at=now, late=late)
    after = _with(after, urge.model_copy(update={"answers": (*urge.answers, answer)}))
    given = {"case": urge.case, "urge": urge.number, "department": answer.department}
    return Decision(indexed(after, rules), (*passed, said.model_copy(update={"late": late})), given)


def recorded(
    state: Supervised | None, command: RecordOutcome, now: datetime, rules: Rules
) -> Decision[Supervised] | Refused:
    """Write down what came of a talk or a referral, also when the case has ended meanwhile. Refused: `no_such_urge`,
    `nothing_to_record`, `already_recorded`, `already_closed`, `day_ahead`, and as `unfit` says."""
    urge = _find(state, command.case, command.number)
    if state is None or urge is None:
        return Refused("no_such_urge")
    if not rules.rung(urge.rung).recorded:
        return Refused("nothing_to_record")
    if urge.settled:
        return Refused("already_closed")
    if any(record.outcome == command.outcome for record in urge.records):
        return Refused("already_recorded")
    if command.day > rules.day_of(now):
        return Refused("day_ahead")
    if refused := unfit(command.text):
        return refused
    record = Record(outcome=command.outcome, day=command.day, text=command.text.strip(), by=command.by, at=now)
    said = OutcomeRecorded(
        application=state.application, case=urge.case, urge=urge.number, outcome=record.outcome, day=record.day,
        text=record.text, by=record.by, at=now,
    )  # fmt: skip
    after = _with(state, urge.model_copy(update={"records": (*urge.records, record)}))
    return Decision(after, (said,), {"case": urge.case, "urge": urge.number, "outcome": record.outcome})


def _find(state: Supervised | None, case: str, number: int) -> Urge | None:
    urges = state.urges_of(case) if state else ()
    return next((each for each in urges if each.number == number), None)


def _with(state: Supervised, changed: Urge) -> Supervised:
    """With this urge in the place of the one with its number."""
    place = (changed.case, changed.number)
    urges = tuple(changed if (each.case, each.number) == place else each for each in state.urges)
    return state.model_copy(update={"urges": urges})
