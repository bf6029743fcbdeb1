"""撤回: what it means before and after acceptance, which cases, and whether it shall really be."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.applying import WithdrawBody, withdrawn
from services.intake.api.parts import Number
from services.intake.model import Application
from services.intake.pages.applicant.application_pages import withdrawable
from services.intake.pages.applicant.journey import Journey
from services.intake.pages.happened import taken_back
from shared.identity import Person
from shared.web.forms import Form
from shared.web.i18n import _
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

Withdrawer = Annotated[Person, Depends(signed_in("application.withdraw"))]


def withdrawal_pages(journey: Journey) -> APIRouter:
    """`/pages/applications/{number}/withdrawal`."""
    router, pages, parts = journey.router(), journey.pages, journey.parts

    @router.get("/pages/applications/{number}/withdrawal")
    async def ask(request: Request, asker: Withdrawer, number: Number) -> Response:
        application = await parts.application(asker, number, "application.withdraw")
        form = pages.blank(asker, cases=withdrawable(application))
        return _page(journey, request, asker, application, form)

    @router.post("/pages/applications/{number}/withdrawal")
    async def withdraw(request: Request, asker: Withdrawer, number: Number) -> Response:
        form = await pages.forms.sent(request, asker)
        application = await parts.application(asker, number, "application.withdraw")
        pending = application.pending
        cases = [] if pending else list(form.values.get("cases", ()))
        if not pending and not cases and withdrawable(application):
            form.errors["cases"] = _("请选要撤回的事项")
            return _page(journey, request, asker, application, form, status=422)
        try:
            body = checked(WithdrawBody, {"cases": cases})
            await withdrawn(parts, application.number, asker, body, form.key)
        except Problem as problem:
            if problem.code != "nothing_to_withdraw":  # a second tab has asked for it already
                again = form.wrong(problem)
                return _page(journey, request, asker, application, again, status=problem.status_code)
        done = "withdrawn" if pending or taken_back(application) else "asked"
        return pages.go("intake", f"/pages/applications/{application.number}?done={done}")

    return router


def _page(
    journey: Journey, request: Request, asker: Person, application: Application, form: Form, status: int = 200
) -> Response:
    may_go = withdrawable(application)
    values: dict[str, Any] = {
        "application": application,
        "cases": [case for case in application.cases if case.number in may_go],
        "staying": [case for case in application.cases if case.number not in may_go],
        "form": form,
    }
    return journey.pages.show(request, asker, "applicant/withdrawal.html", status=status, current="mine", **values)
