"""How an application begins (行政许可法 Art. 29): the acceptance period starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.intake.model import ACCEPTANCE_DAYS, Application, Case, State
from services.intake.model.commands import Submit
from shared.contracts.intake import ApplicationSubmitted
from shared.contracts.terms import CaseOutline
from shared.kernel import Decision, Refused


def submit(state: Application | None, command: Submit, now: datetime) -> Decision[State] | Refused:
    """A new application with all its cases. Refuses `already_submitted`: a number is used once."""
    if state is not None:
        return Refused("already_submitted", {"number": state.number})
    form = command.form
    application = Application(form=form, submitted_at=now, cases=tuple(Case(plan=plan) for plan in command.cases))
    said = ApplicationSubmitted(
        application=form.number,
        matter=form.matter,
        matter_name=form.matter_name,
        bundle=form.bundle,
        cases=tuple(
            CaseOutline(
                case=plan.case,
                item=plan.item,
                item_version=plan.item_version,
                name=plan.item_name,
                department=plan.department,
                department_name=plan.department_name,
                waits_for=plan.waits_for,
            )
            for plan in command.cases
        ),
        channel=form.channel,
        desk=form.desk or "",
        submitted_at=now,
        acceptance_days=ACCEPTANCE_DAYS,
        whole=form.whole,
        owner=form.owner,
        applicant_kind=form.applicant_kind,
        applicant_ref=form.applicant_ref,
    )
    return Decision(application, (said,), told(application))


def told(application: Application) -> Mapping[str, Any]:
    """What whoever gave a command is told: the number, and where everything stands now."""
    return {
        "number": application.number,
        "status": application.status,
        "submitted_at": application.submitted_at.isoformat(),
        "cases": [
            {
                "case": case.number,
                "item": case.plan.item,
                "name": case.plan.item_name,
                "department": case.plan.department,
                "status": application.status_of(case),
                "waits_for": list(case.plan.waits_for),
            }
            for case in application.cases
        ],
    }
