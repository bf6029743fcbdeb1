"""What stops and lengthens the time of a case, on the page of a task: what its forms are sent to."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.approval.api import TaskNo
from services.approval.decide.words import personal
from services.approval.desk import Desk
from services.approval.limit_views import ExtensionBody, ExtensionRefusalBody, ProcedureBody
from services.approval.pages.acts import Act, Deed, done, given
from shared.identity import Person
from shared.web.forms import Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import FieldError, Problem, Words
from shared.web.session import signed_in
from shared.web.validation import checked

Pauser = Annotated[Person, Depends(signed_in("task.pause"))]
Asker = Annotated[Person, Depends(signed_in("task.ask_extension"))]
Head = Annotated[Person, Depends(signed_in("task.extend"))]
PREFIX = {"procedure": "procedure", "extension-request": "ask", "extension": "extend", "extension-refusal": "refusal"}
"""Of the fields of each form: a page has them all, and no two fields of one name."""


def stopping(desk: Desk, pages: Pages) -> APIRouter:
    """`POST /desk/tasks/{task}/procedure`, `…/procedure-end`, `…/extension-request`, `…/extension`,
    `…/extension-refusal`."""
    router = APIRouter(include_in_schema=False)

    async def does(kind: str, act: Act, request: Request, task: str, asker: Person, then: str) -> Response:
        deed = Deed(kind, act, lambda form, problem: _note(kind, form, problem), f"?done={then}#limits")
        return await done(desk, pages, deed, request, task, asker)

    @router.post("/desk/tasks/{task}/procedure")
    async def start(request: Request, task: TaskNo, asker: Pauser) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            body = checked(ProcedureBody, _entered(form, "procedure", "kind", "planned_days", "notice", "reason"))
            if not form.has("procedure_told", "yes"):
                raise _not_told()
            await desk.start(number, who, body, form.key)

        return await does("procedure", act, request, task, asker, "stopped")

    @router.post("/desk/tasks/{task}/procedure-end")
    async def end(request: Request, task: TaskNo, asker: Pauser) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            await desk.end(number, who, form.text("procedure")[:40], form.key)

        return await does("procedure-end", act, request, task, asker, "going-on")

    @router.post("/desk/tasks/{task}/extension-request")
    async def ask(request: Request, task: TaskNo, asker: Asker) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            body = checked(ExtensionBody, _entered(form, "ask", "days", "reason"))
            await desk.ask_extension(number, who, body, form.key)

        return await does("extension-request", act, request, task, asker, "asked")

    @router.post("/desk/tasks/{task}/extension")
    async def extend(request: Request, task: TaskNo, asker: Head) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            body = checked(ExtensionBody, _entered(form, "extend", "days", "reason"))
            await desk.extend(number, who, body, form.key)

        return await does("extension", act, request, task, asker, "extended")

    @router.post("/desk/tasks/{task}/extension-refusal")
    async def refuse(request: Request, task: TaskNo, asker: Head) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            body = checked(ExtensionRefusalBody, _entered(form, "refusal", "reason"))
            await desk.refuse_extension(number, who, body.reason, form.key)

        return await does("extension-refusal", act, request, task, asker, "not-extended")

    return router


def _entered(form: Sent, prefix: str, *names: str) -> dict[str, Any]:
    """What was entered in the fields of a form, by the names of its body."""
    return dict(given(**{name: form.optional(f"{prefix}_{name}") for name in names}))


def _not_told() -> Problem:
    """422: nobody says that the applicant was told."""
    return Problem(
        422,
        "invalid_input",
        Words("还没有书面告知申请人", "The applicant has not been told in writing"),
        errors=[FieldError(field="told", reason=_("没有书面告知"), fix=_("先书面告知申请人需要的时间，再停止计时"))],
    )


def _note(kind: str, form: Sent, problem: Problem) -> None:
    """What is wrong, at the field where it is to be mended."""
    prefix = PREFIX.get(kind, "")
    names = ("kind", "planned_days", "notice", "reason", "days", "told")
    form.wrong(problem, {name: f"{prefix}_{name}" for name in names})
    reason = f"{prefix}_reason"
    numbered = "procedure_notice" if personal(form.text("procedure_notice")) else reason
    told = {
        "planned_days_absurd": {"procedure_planned_days": _("填写告知申请人的工作日数，1 到 120")},
        "notice_needed": {"procedure_notice": _("填写书面告知的文号，没有告知不能停止计时")},
        "procedure_reason_needed": {reason: _("写明为什么需要，申请人会看到")},
        "days_beyond_law": {f"{prefix}_days": _("填写 1 到 10 的整数")},
        "extension_reason_needed": {reason: _("写明理由")},
        "personal_data": {numbered: _("删去身份证号或电话号码，写明是哪份材料即可")},
    }.get(problem.code)
    if told:
        form.errors, form.note = told, ""
    mended = {
        "procedure_kind": _("选择是哪一种特别程序"),
        "procedure_planned_days": _("填写告知申请人的工作日数，1 到 120"),
        "procedure_notice": _("填写书面告知的文号，最多 64 个字"),
        f"{prefix}_days": _("填写 1 到 10 的整数"),
        f"{prefix}_reason": _("写明理由，最多 500 个字"),
    }
    if problem.code == "invalid_input":
        form.errors = {name: mended.get(name, text) for name, text in form.errors.items()}
