"""填申请人、填经办人: who applies, and who acts for them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.intake.pages.applicant.draft_pages import DraftId, Submitter
from services.intake.pages.applicant.journey import Journey, Opened, at_window, current_of, on_behalf
from services.intake.pages.applicant.parties import (
    entered_agent,
    entered_applicant,
    kinds_of,
    may_apply,
    own_agent,
    settled,
)
from services.intake.pages.applicant.tasks import following, needs_agent, tasks
from services.intake.parties import PartyBody
from shared.identity import Person
from shared.web.problems import Problem


def party_pages(journey: Journey) -> APIRouter:
    """`/drafts/{id}/applicant` and `/drafts/{id}/agent`."""
    router = journey.router()
    _applicant(router, journey)
    _agent(router, journey)
    return router


def _applicant(router: APIRouter, journey: Journey) -> None:
    pages, catalogue = journey.pages, journey.parts.catalogue

    def shown(asker: Person, opened: Opened) -> dict[str, Any]:
        kinds = may_apply(catalogue, asker, opened.plan)
        return {
            "opened": opened,
            "kinds": kinds,
            "served": kinds_of(catalogue, opened.plan),
            "settled": {} if on_behalf(asker) else {kind: settled(asker, kind) for kind in kinds},
            "behalf": on_behalf(asker),
            "current": current_of(asker, "new"),
        }

    @router.get("/drafts/{draft}/applicant")
    async def show(request: Request, asker: Submitter, draft: DraftId) -> Response:
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        values = shown(asker, opened)
        form = pages.blank(asker, **_entries(opened.draft.applicant, values["kinds"]))
        return pages.show(request, asker, "applicant/applicant.html", form=form, **values)

    @router.post("/drafts/{draft}/applicant")
    async def fill(request: Request, asker: Submitter, draft: DraftId) -> Response:
        form = await pages.forms.sent(request, asker)
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        try:
            body = entered_applicant(catalogue, asker, opened.plan, form)
        except Problem as problem:
            return pages.again(request, asker, "applicant/applicant.html", form, problem, **shown(asker, opened))
        return await _on(journey, asker, opened, "applicant", body)


def _agent(router: APIRouter, journey: Journey) -> None:
    pages = journey.pages

    @router.get("/drafts/{draft}/agent")
    async def show(request: Request, asker: Submitter, draft: DraftId) -> Response:
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        if not needs_agent(opened.plan):
            return pages.go("intake", opened.path)
        form = pages.blank(asker, **_entries(opened.draft.agent, ["person"]))
        return pages.show(request, asker, "applicant/agent.html", form=form, **_shown(asker, opened))

    @router.post("/drafts/{draft}/agent")
    async def fill(request: Request, asker: Submitter, draft: DraftId) -> Response:
        form = await pages.forms.sent(request, asker)
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        try:
            body = entered_agent(asker, form)
        except Problem as problem:
            return pages.again(request, asker, "applicant/agent.html", form, problem, **_shown(asker, opened))
        return await _on(journey, asker, opened, "agent", body)


def _shown(asker: Person, opened: Opened) -> dict[str, Any]:
    return {
        "opened": opened,
        "own": own_agent(asker),
        "window": at_window(asker),
        "current": current_of(asker, "new"),
    }


def _entries(body: PartyBody | None, kinds: list[Any]) -> dict[str, str]:
    """What the form begins with; where only one kind is possible, it is chosen."""
    if body:
        return body.model_dump()
    return {"kind": kinds[0]} if len(kinds) == 1 else {}


async def _on(journey: Journey, asker: Person, opened: Opened, party: str, body: PartyBody) -> Response:
    """Keep a party and go on to the next task."""
    kept = await journey.changed(asker, opened.kept.id, lambda draft: draft.model_copy(update={party: body}))
    ahead = following(tasks(journey.parts.catalogue, opened.plan, kept.content), party)
    return journey.pages.go("intake", f"{opened.path}/{ahead.path}" if ahead else opened.path)
