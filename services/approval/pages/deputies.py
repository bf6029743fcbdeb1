"""`/desk/deputies`: the head of a department says who stands in for whom (AB角)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.approval.desk import Desk
from services.approval.store import colleagues
from services.approval.views import DeputyBody
from shared.identity import Person, scope_of
from shared.web.commands import answering
from shared.web.forms import Form
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

Head = Annotated[Person, Depends(signed_in("task.reassign"))]


def deputy_pages(desk: Desk, pages: Pages) -> APIRouter:
    """The list and its one form."""
    router = APIRouter(include_in_schema=False)

    async def shown(request: Request, asker: Person, form: Form | None = None, status: int = 200) -> HTMLResponse:
        department = scope_of(asker, "task.reassign").department or ""
        names = {**await answering(colleagues(desk.store, department)), asker.subject: asker.name}
        people = sorted(((officer, name or officer) for officer, name in names.items()), key=lambda each: each[1])
        values: dict[str, Any] = {
            "named": await desk.deputies(asker),
            "people": people,
            "form": form or pages.blank(asker),
        }
        return pages.show(request, asker, "approval/deputies.html", status=status, current="tasks", **values)

    @router.get("/desk/deputies")
    async def show(request: Request, asker: Head) -> HTMLResponse:
        return await shown(request, asker)

    @router.post("/desk/deputies")
    async def name(request: Request, asker: Head) -> Response:
        form = await pages.forms.sent(request, asker)
        try:
            deputy = "" if form.text("drop") else form.text("account") or form.text("deputy")
            body = checked(DeputyBody, {"officer": form.text("officer"), "deputy": deputy})
            if not deputy and not form.text("drop"):
                form.errors["deputy"] = _("选一位同事，或填写对方的登录账号")
                return await shown(request, asker, form, 422)
            await desk.name_deputy(asker, body.officer, body.deputy, form.key)
        except Problem as problem:
            form.wrong(problem)
            return await shown(request, asker, form, problem.status_code)
        return pages.go("approval", "/desk/deputies")

    return router
