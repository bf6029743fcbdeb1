"""交一份材料: upload, show an e-licence, or pledge, as the notice allows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.words import no_material
from services.intake.drafts import Draft
from services.intake.licences import People
from services.intake.pages.applicant.bringing import act_of, entries, read
from services.intake.pages.applicant.draft_pages import DraftId, Submitter
from services.intake.pages.applicant.journey import Journey, Opened, current_of
from services.intake.pages.applicant.showing import showing
from services.intake.pages.applicant.tasks import following, material_tasks, tasks
from services.intake.pages.applicant.wanting import ACCEPTED, Wanted
from services.intake.pages.filed import size_in_words
from services.intake.parties import agent_name
from shared.identity import Person
from shared.web.forms import Form
from shared.web.i18n import _

MaterialKey = Annotated[str, Path(max_length=64)]


def material_pages(journey: Journey) -> APIRouter:
    """`/drafts/{id}/materials/{key}`."""
    router, pages = journey.router(), journey.pages

    @router.get("/drafts/{draft}/materials/{material}")
    async def show(request: Request, asker: Submitter, draft: DraftId, material: MaterialKey) -> Response:
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        asked = _asked(journey, opened, material)
        form = pages.blank(asker, **entries([asked], opened.draft))
        return await _page(journey, request, asker, opened, asked, form)

    @router.post("/drafts/{draft}/materials/{material}")
    async def bring(request: Request, asker: Submitter, draft: DraftId, material: MaterialKey) -> Response:
        """What came is kept at once, whatever else is wrong."""
        form = await pages.forms.sent(request, asker)
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        asked = _asked(journey, opened, material)
        people = people_of(asker, opened.draft)
        change = await read(journey.parts, asker, form, asked, opened.draft.brought(material), people)
        kept = await journey.changed(
            asker, draft, lambda before: before.with_(material, change.made(before.brought(material)))
        )
        opened = Opened(kept, opened.plan)
        here = f"{opened.path}/materials/{material}"
        act = act_of(form)
        going_on = act == "next" and not change.unverified  # what nobody has verified is told before going on
        if act and not form.errors and not kept.content.brought(material).ways:
            form.errors[f"files.{material}"] = _("还没有交“%(name)s”，请选择文件后再保存", name=asked.name)
        if form.errors:
            return await _page(journey, request, asker, opened, asked, form, status=422)
        if not going_on:
            return pages.go("intake", here)
        ahead = following(tasks(journey.parts.catalogue, opened.plan, kept.content), f"materials/{material}")
        return pages.go("intake", f"{opened.path}/{ahead.path}" if ahead else opened.path)

    return router


async def _page(
    journey: Journey, request: Request, asker: Person, opened: Opened, asked: Wanted, form: Form, status: int = 200
) -> Response:
    found = material_tasks(journey.parts.catalogue, opened.plan, opened.draft)
    brought = opened.draft.brought(asked.key)
    place = next(n for n, task in enumerate(found, start=1) if task.wanted and task.wanted.key == asked.key)
    values: dict[str, Any] = {
        "opened": opened,
        "asked": asked,
        "brought": brought,
        "place": place,
        "total": len(found),
        "limit": int(journey.parts.settings.upload_limit),
        "accepted": ACCEPTED,
        "size": size_in_words,
        "showing": await showing(journey.parts, request, asker, asked, brought, people_of(asker, opened.draft)),
        "form": form,
    }
    return journey.pages.show(
        request, asker, "applicant/material.html", status=status, current=current_of(asker, "new"), **values
    )


def _asked(journey: Journey, opened: Opened, key: str) -> Wanted:
    found = material_tasks(journey.parts.catalogue, opened.plan, opened.draft)
    asked = next((task.wanted for task in found if task.wanted and task.wanted.key == key), None)
    if asked is None:
        raise no_material()
    return asked


def people_of(asker: Person, draft: Draft) -> People | None:
    """Those named so far, with whom an e-licence is compared."""
    if draft.applicant is None:
        return None
    return People(draft.applicant.kind, draft.applicant.name.strip(), agent_name(asker, draft.agent))
