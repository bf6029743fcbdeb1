"""What is shown of procedures and extensions on the page of a task, and which of their forms this reader has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.approval.decide.extension import cannot_be_longer
from services.approval.desk import Found
from services.approval.model import Case, Procedure, Task
from services.approval.pages import words
from shared.identity import Person
from shared.web.dates import days
from shared.web.forms import Form
from shared.web.pages import Pages
from shared.web.procedures import PROCEDURES


def shown(found: Found, asker: Person, now: datetime) -> dict[str, Any]:
    """Everything of the case's time: what runs, what was, what was asked of the head, and who may do what."""
    case, own = found.case, found.task
    rows = [_row(each, case, own) for each in case.procedures]
    refused = cannot_be_longer(found.state, case, now)
    heads = asker.may("task.extend") and case.department == own.department
    return {
        "procedures": rows,
        "standing": [] if case.ended else [row for row in rows if row["procedure"].ended_at is None],
        "kinds": [(kind, words.spoken(PROCEDURES, kind)) for kind in PROCEDURES],
        "asked": case.asked,
        "awaits_head": case.awaits_head,
        "extended": words.extended(case),
        "asked_days": days(case.asked.days, case.unit) if case.asked else "",
        "longer": refused is None,
        **words.why_not(refused),
        "deciding_head": heads,
    }


def forms(pages: Pages, found: Found, asker: Person) -> dict[str, Form]:
    """The head's form begins with what was asked: to agree is to send it."""
    asked = found.case.asked if found.case.awaits_head else None
    values = {"extend_days": str(asked.days), "extend_reason": asked.reason} if asked else {}
    return {"extension": pages.blank(asker, **values)}


def _row(procedure: Procedure, case: Case, own: Task) -> dict[str, Any]:
    """One procedure. Names of other departments' officers are none of ours."""
    task = next((each for each in case.tasks if each.id == procedure.task), own)
    mine = task.department == own.department
    return {
        "procedure": procedure,
        "kind": words.spoken(PROCEDURES, procedure.kind),
        "task": task,
        "own": task.id == own.id,
        "department": task.department_name or task.department,
        "planned": days(procedure.planned_days),
        "officer": procedure.name if mine else "",
    }
