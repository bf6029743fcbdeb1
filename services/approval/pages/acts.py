"""What an officer does on the page of a task: the forms, each of which does what the JSON route does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.approval.api import TaskNo
from services.approval.desk import Desk
from services.approval.pages.task import KINDS, show
from services.approval.views import HandBackBody, OpinionBody, ReassignBody
from shared.identity import Person
from shared.web.forms import Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

Officer = Annotated[Person, Depends(signed_in("task.give_opinion"))]
Head = Annotated[Person, Depends(signed_in("task.reassign"))]
Act = Callable[[str, Person, Sent], Awaitable[Any]]
NAMES = {"opinion": "reason", "hand-back": "back_reason", "reassign": "reassign_reason"}
"""The field of each form that its body calls `reason`: a page has all three, and no two fields of one name."""


class Deed(NamedTuple):
    """A form of the page by its kind: what it does, how a refusal is told at its fields, and where to go then."""

    kind: str
    act: Act
    note: Callable[[Sent, Problem], None]
    then: str


async def done(desk: Desk, pages: Pages, deed: Deed, request: Request, task: str, asker: Person) -> Response:
    """What a form asks for; refused, the page once more with everything entered and what is wrong with it."""
    form = await pages.forms.sent(request, asker)
    try:
        await deed.act(task, asker, form)
    except Problem as problem:
        found = await desk.find(task, asker, "task.read")  # as it stands now: a colleague may have been first
        deed.note(form, problem)
        return await show(request, desk, pages, found, asker, sent=(deed.kind, form), status=problem.status_code)
    return pages.go("approval", f"/desk/tasks/{task}{deed.then}")


def acts(desk: Desk, pages: Pages) -> APIRouter:
    """`POST /desk/tasks/{task}/opinion`, `…/take`, `…/hand-back`, `…/reassign`."""
    router = APIRouter(include_in_schema=False)

    async def does(kind: str, act: Act, request: Request, task: str, asker: Person, then: str) -> Response:
        deed = Deed(kind, act, lambda form, problem: _note(kind, form, problem), then)
        return await done(desk, pages, deed, request, task, asker)

    @router.post("/desk/tasks/{task}/opinion")
    async def opinion(request: Request, task: TaskNo, asker: Officer) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            body = checked(OpinionBody, given(verdict=form.optional("verdict"), reason=form.optional("reason")))
            await desk.give(number, who, body.verdict, body.reason, form.key)

        return await does("opinion", act, request, task, asker, "/given")

    @router.post("/desk/tasks/{task}/take")
    async def take(request: Request, task: TaskNo, asker: Officer) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            await desk.take(number, who, form.key)

        return await does("take", act, request, task, asker, "?done=taken")

    @router.post("/desk/tasks/{task}/hand-back")
    async def hand_back(request: Request, task: TaskNo, asker: Officer) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            body = checked(HandBackBody, {"reason": form.text("back_reason")})
            await desk.hand_back(number, who, body.reason, form.key)

        return await does("hand-back", act, request, task, asker, "?done=handed-back")

    @router.post("/desk/tasks/{task}/reassign")
    async def reassign(request: Request, task: TaskNo, asker: Head) -> Response:
        async def act(number: str, who: Person, form: Sent) -> None:
            chosen = form.text("account") or form.text("to")
            body = checked(ReassignBody, given(to=chosen or None, reason=form.optional("reassign_reason")))
            await desk.reassign(number, who, body.to, body.reason, form.key)

        return await does("reassign", act, request, task, asker, "?done=reassigned")

    async def back(task: TaskNo) -> Response:
        """The address of a form, looked at: back to the task."""
        return pages.go("approval", f"/desk/tasks/{task}")

    for kind in KINDS:
        router.add_api_route(f"/desk/tasks/{{task}}/{kind}", back, methods=["GET"])
    return router


def given(**values: str | None) -> Mapping[str, str]:
    """What was entered."""
    return {name: value for name, value in values.items() if value is not None}


def _note(kind: str, form: Sent, problem: Problem) -> None:
    """What is wrong, at the field where it is to be mended."""
    field = NAMES.get(kind, "")
    form.wrong(problem, {"reason": field})
    told = {
        "reason_needed": {field: _("不同意要写明理由，申请人会看到")},
        "hand_back_reason_needed": {field: _("写明退回的原因，同事会看到")},
        "personal_data": {field: _("删去身份证号或电话号码，写明是哪份材料即可")},
        "nobody_named": {"to": _("选一位同事，或填写对方的登录账号")},
    }.get(problem.code)
    if told:
        form.errors, form.note = told, ""
    if "verdict" in form.errors:
        form.errors["verdict"] = _("选择同意或不同意")
    if "to" in form.errors:
        form.errors["to"] = _("选一位同事，或填写对方的登录账号")
