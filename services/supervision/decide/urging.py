"""催办: a supervisor urges the departments of an open case, and each of them answers once.

Urging moves no clock and no light: it asks people. What is urged is a case in which a department can do something, so
one whose every clock stands still (the applicant is waited for) cannot be urged.
"""

from __future__ import annotations

from datetime import datetime

from services.supervision.decide.coming import indexed
from services.supervision.decide.timed import told
from services.supervision.model import Answer, AnswerUrge, IssueUrge, Rules, Supervised, Urge
from shared.contracts.supervision import UrgeAnswered, UrgeIssued
from shared.contracts.terms import PERSONAL
from shared.kernel import Decision, Refused

MOST_URGES = 20
"""Of one application: its document has a largest size."""
LONGEST_TEXT = 500


def urged(state: Supervised | None, command: IssueUrge, now: datetime, rules: Rules) -> Decision[Supervised] | Refused:
    """Issue it. Refused: `no_such_case`, `case_ended`, `clock_paused`, `not_concerned`, `too_many_urges`,
    `reply_by_past`, and as `_unfit` says."""
    if state is None or not any(case.case == command.case for case in state.cases):
        return Refused("no_such_case")
    case = state.case(command.case)
    departments = tuple(sorted(set(command.departments))) or case.departments
    refused = not_now(state, command.case) or _unfit(command.text)
    if refused:
        return refused
    if strangers := sorted(set(departments) - set(case.departments)):
        return Refused("not_concerned", {"departments": strangers})
    if command.reply_by and command.reply_by < rules.day_of(now):
        return Refused("reply_by_past")
    if len(state.urges) >= MOST_URGES:
        return Refused("too_many_urges")
    number = len(state.urges_of(case.case)) + 1
    urge = Urge(
        case=case.case, number=number, departments=departments, text=command.text.strip(), by=command.by, at=now,
        reply_by=command.reply_by,
    )  # fmt: skip
    said = UrgeIssued(
        application=state.application, case=case.case, urge=number, departments=departments, text=urge.text,
        by=urge.by, reply_by=urge.reply_by, at=now,
    )  # fmt: skip
    after, _ = told(state.model_copy(update={"urges": (*state.urges, urge)}), said, rules)
    after = indexed(after, rules)
    return Decision(after, (said,), {"case": case.case, "urge": number, "departments": list(departments)})


def answered(
    state: Supervised | None, command: AnswerUrge, now: datetime, rules: Rules
) -> Decision[Supervised] | Refused:
    """Answer it, also when the case has ended meanwhile. Refused: `no_such_urge` (another department's too),
    `already_answered`, and as `_unfit` says."""
    urges = state.urges_of(command.case) if state else ()
    urge = next((each for each in urges if each.number == command.number), None)
    if state is None or urge is None or command.department not in urge.departments:
        return Refused("no_such_urge")
    if command.department not in urge.awaited:
        return Refused("already_answered")
    if refused := _unfit(command.text):
        return refused
    answer = Answer(department=command.department, text=command.text.strip(), by=command.by, at=now)
    changed = urge.model_copy(update={"answers": (*urge.answers, answer)})
    after = state.model_copy(update={"urges": tuple(changed if each is urge else each for each in state.urges)})
    said = UrgeAnswered(
        application=state.application, case=urge.case, urge=urge.number, department=answer.department,
        text=answer.text, by=answer.by, at=now,
    )  # fmt: skip
    after, passed = told(after, said, rules)
    answer_given = {"case": urge.case, "urge": urge.number, "department": answer.department}
    return Decision(indexed(after, rules), (*passed, said), answer_given)


def not_now(state: Supervised, case: str) -> Refused | None:
    """Why a case cannot be urged now: nobody could do anything for it."""
    running = list(state.running_for(case))
    if not running:
        return Refused("case_ended" if not state.case(case).open else "no_running_clock")
    return Refused("clock_paused") if all(clock.paused for clock in running) else None


def _unfit(text: str) -> Refused | None:
    """`text_needed`, `text_too_long`, or `personal_data` (PIPL Art. 6)."""
    if not text.strip():
        return Refused("text_needed")
    if len(text.strip()) > LONGEST_TEXT:
        return Refused("text_too_long")
    return Refused("personal_data") if PERSONAL.search(text) else None
