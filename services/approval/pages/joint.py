"""The joint limit of an application: a supervisor enters its extension, as the head of the government approved it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.approval.decide.extension import cannot_be_longer_together
from services.approval.decide.words import personal
from services.approval.desk import Desk
from services.approval.limit_views import JointExtensionBody
from services.approval.pages import words
from services.approval.pages.acts import given
from shared.identity import Person
from shared.web.dates import days
from shared.web.forms import Form, Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

ForTheGovernment = Annotated[Person, Depends(signed_in("application.extend_joint"))]
Number = Annotated[str, Path(pattern=r"^[0-9A-Z]{13}$")]


def joint_pages(desk: Desk, pages: Pages) -> APIRouter:
    """`/desk/joint/{application}`."""
    router = APIRouter(include_in_schema=False)

    async def show(request: Request, asker: Person, number: str, form: Form, status: int = 200) -> HTMLResponse:
        state = await desk.application(number, asker)
        refused = cannot_be_longer_together(state, desk.runtime.clock())
        values: dict[str, Any] = {
            "state": state,
            "cases": state.cases,
            **words.why_not(refused),
            "extended": days(state.joint_extension.days) if state.joint_extension else "",
            "form": form,
        }
        return pages.show(request, asker, "approval/joint.html", status=status, current="lights", **values)

    @router.get("/desk/joint/{application}")
    async def look(request: Request, application: Number, asker: ForTheGovernment) -> HTMLResponse:
        return await show(request, asker, application, pages.blank(asker))

    @router.post("/desk/joint/{application}")
    async def enter(request: Request, application: Number, asker: ForTheGovernment) -> Response:
        form = await pages.forms.sent(request, asker)
        try:
            entered = {name: form.optional(name) for name in ("days", "approval", "reason")}
            await desk.extend_joint(application, asker, checked(JointExtensionBody, given(**entered)), form.key)
        except Problem as problem:
            _note(form, problem)
            return await show(request, asker, application, form, problem.status_code)
        return pages.go("approval", f"/desk/joint/{application}")

    return router


def _note(form: Sent, problem: Problem) -> None:
    """What is wrong, at the field where it is to be mended."""
    form.wrong(problem)
    mended = {
        "days": _("填写 1 到 15 的整数"),
        "approval": _("填写政府负责人批准的文号，最多 64 个字"),
        "reason": _("写明理由，最多 500 个字"),
    }
    fields = {
        "days_beyond_joint_law": ("days",),
        "approval_needed": ("approval",),
        "extension_reason_needed": ("reason",),
    }.get(problem.code, tuple(form.errors))
    if problem.code == "personal_data":
        numbered = "approval" if personal(form.text("approval")) else "reason"
        form.errors, form.note = {numbered: _("删去身份证号或电话号码，写明是哪份材料即可")}, ""
    elif fields:
        form.errors, form.note = {name: mended[name] for name in fields if name in mended}, ""
