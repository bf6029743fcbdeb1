"""核对并提交: all answers with a way back to each, the declaration of truth, and every mistake at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.applying import submitted
from services.intake.api.parts import READ, Number
from services.intake.drafts import Brought
from services.intake.handing_in import MaterialBody
from services.intake.pages.applicant.bringing import Judged, bodies, judged, material_of
from services.intake.pages.applicant.draft_pages import DraftId, Submitter, answer_rows
from services.intake.pages.applicant.journey import (
    Journey,
    Opened,
    at_window,
    current_of,
    no_draft,
    questions_path,
)
from services.intake.pages.applicant.material_pages import people_of
from services.intake.pages.applicant.tasks import Task, material_tasks, needs_agent, party_tasks, tasks
from services.intake.pages.applicant.wanting import Wanted
from services.intake.pages.desk.seen import at_desk, desk_of
from services.intake.submission import ApplicationBody
from shared.identity import Person
from shared.web.commands import answering
from shared.web.forms import Form, Sent
from shared.web.i18n import _
from shared.web.problems import FieldError, Problem
from shared.web.validation import checked

Mistake = tuple[str, str]
"""What is wrong, and the address where it is mended."""


def check_pages(journey: Journey) -> APIRouter:
    """`/drafts/{id}/check`, and the confirmation `/pages/applications/{number}/submitted`."""
    router = journey.router()
    _checking(router, journey)
    _confirmation(router, journey)
    return router


def _checking(router: APIRouter, journey: Journey) -> None:
    pages = journey.pages

    @router.get("/drafts/{draft}/check")
    async def show(request: Request, asker: Submitter, draft: DraftId) -> Response:
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        return await _page(journey, request, asker, opened, pages.blank(asker, desk=desk_of(request)))

    @router.post("/drafts/{draft}/check")
    async def submit(request: Request, asker: Submitter, draft: DraftId) -> Response:
        """The draft's id is the key of the submission: it can be handed in once, from however many tabs."""
        form = await pages.forms.sent(request, asker)
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        mistakes, status = _missing(journey, opened, form), 422
        if not mistakes and not form.errors:
            try:
                told = await submitted(journey.parts, asker, _body(journey, opened, asker, form), draft)
            except Problem as problem:
                if problem.code == "key_reused":  # another tab handed it in before its last change
                    return pages.go("intake", f"/pages/applications/{journey.number(asker, draft)}/submitted")
                mistakes, status = _mistakes(journey, opened, problem, form), problem.status_code
            else:
                await answering(journey.drafts.dropped(asker.subject, draft))
                done = pages.go("intake", f"/pages/applications/{told.number}/submitted")
                return at_desk(done, quote(form.text("desk"))) if at_window(asker) else done
        return await _page(journey, request, asker, opened, form, mistakes, status)


def _confirmation(router: APIRouter, journey: Journey) -> None:
    pages, parts = journey.pages, journey.parts

    @router.get("/pages/applications/{number}/submitted")
    async def done(request: Request, asker: Submitter, number: Number) -> Response:
        """Its number, what happens next and by when (行政许可法 Art. 32)."""
        application = await parts.application(asker, number, *READ)
        return pages.show(
            request,
            asker,
            "applicant/submitted.html",
            current=current_of(asker, "new"),
            application=application,
            window=at_window(asker),
            promised=max((case.plan.limits for case in application.cases), key=lambda limits: limits.promised_days),
        )


async def _page(
    journey: Journey,
    request: Request,
    asker: Person,
    opened: Opened,
    form: Form,
    mistakes: Sequence[Mistake] = (),
    status: int = 200,
) -> Response:
    catalogue, plan, draft = journey.parts.catalogue, opened.plan, opened.draft
    values: dict[str, Any] = {
        "opened": opened,
        "items": [(item.name, catalogue.departments[item.department].name) for item in plan.items],
        "answers_given": answer_rows(journey, plan, draft),
        "agent_needed": needs_agent(plan),
        "people": party_tasks(plan, draft),
        "materials": await _materials(journey, asker, opened),
        "window": at_window(asker),
        "form": form,
        "mistakes": mistakes,
    }
    return journey.pages.show(
        request, asker, "applicant/check.html", status=status, current=current_of(asker, "new"), **values
    )


async def _materials(journey: Journey, asker: Person, opened: Opened) -> list[tuple[Task, Brought, Judged | None]]:
    """Each material as it was brought, and what is known of an e-licence that is shown for it."""
    people = people_of(asker, opened.draft)

    async def one(task: Task, asked: Wanted) -> tuple[Task, Brought, Judged | None]:
        brought = opened.draft.brought(asked.key)
        shown = asked.licence and brought.licence
        return task, brought, await judged(journey.parts, asker, asked, shown, people) if shown else None

    found = material_tasks(journey.parts.catalogue, opened.plan, opened.draft)
    return await asyncio.gather(*(one(task, task.wanted) for task in found if task.wanted))


def _missing(journey: Journey, opened: Opened, form: Sent) -> list[Mistake]:
    """What is not done yet, each with the page where it is done; and the declaration."""
    if not form.has("truth", "yes"):
        form.errors["truth"] = _("请先确认声明，再提交")
    found = tasks(journey.parts.catalogue, opened.plan, opened.draft)
    return [
        (_left_undone(task), journey.pages.url("intake", f"{opened.path}/{task.path}"))
        for task in found
        if not task.done
    ]


def _left_undone(task: Task) -> str:
    if task.wanted is None:
        return _("还没有填%(who)s", who=task.name)
    return _("“%(name)s”：%(said)s", name=task.name, said=task.said)


def _body(journey: Journey, opened: Opened, asker: Person, form: Sent) -> ApplicationBody:
    """The draft as the route takes it. Raises Problem."""
    draft = opened.draft
    if draft.applicant is None:
        raise no_draft()
    return checked(
        ApplicationBody,
        {
            "matter": draft.matter,
            "answers": opened.plan.answers,
            "opted_in": draft.opted_in,
            "applicant": draft.applicant.model_dump(),
            "agent": draft.agent.model_dump() if draft.agent and needs_agent(opened.plan) else None,
            "materials": [each.model_dump() for each in _brought(journey, opened)],
            "desk": form.optional("desk") if at_window(asker) else None,
        },
    )


def _brought(journey: Journey, opened: Opened) -> list[MaterialBody]:
    return bodies(list(_wanted(journey, opened).values()), opened.draft)


def _wanted(journey: Journey, opened: Opened) -> dict[str, Wanted]:
    found = material_tasks(journey.parts.catalogue, opened.plan, opened.draft)
    return {task.wanted.key: task.wanted for task in found if task.wanted}


def _mistakes(journey: Journey, opened: Opened, problem: Problem, form: Sent) -> list[Mistake]:
    """Each mistake of a submission with the page where it is mended; those of this page stand at their fields."""
    known, brought = _wanted(journey, opened), _brought(journey, opened)
    here = [error for error in problem.errors if _part(error) == "desk"]
    if here or not problem.errors:
        form.wrong(problem)
        form.errors = {name: text for name, text in form.errors.items() if name == "desk"}
    return [
        (_told(error), journey.pages.url("intake", _place(opened, error, brought, known)))
        for error in problem.errors
        if error not in here
    ]


def _part(error: FieldError) -> str:
    return error.field.removeprefix("body.").split(".")[0]


def _told(error: FieldError) -> str:
    if _part(error) in _ANSWERED:  # its remedy speaks of the route's fields
        return _("%(reason)s，请更改回答", reason=error.reason)
    return _("%(reason)s，%(fix)s", reason=error.reason, fix=error.fix)


_ANSWERED = ("answers", "matter", "opted_in")


def _place(opened: Opened, error: FieldError, brought: list[MaterialBody], known: dict[str, Wanted]) -> str:
    key, part = material_of(error, brought, known), _part(error)
    if key:
        return f"{opened.path}/materials/{key}"
    if part in ("applicant", "agent"):
        return f"{opened.path}/{part}"
    return questions_path(opened.draft) if part in _ANSWERED else opened.path
