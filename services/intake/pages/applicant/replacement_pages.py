"""换一份材料: before acceptance, unasked; the period runs on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.applying import ReplacementBody, replaced
from services.intake.api.parts import Number
from services.intake.api.words import no_material
from services.intake.drafts import Bringing
from services.intake.model import Application
from services.intake.pages.applicant.application_pages import replaceable
from services.intake.pages.applicant.bringing import DONE, act_of, bodies, entries, noted, read
from services.intake.pages.applicant.journey import Journey, at_window, current_of
from services.intake.pages.applicant.material_pages import MaterialKey
from services.intake.pages.applicant.showing import showing
from services.intake.pages.applicant.wanting import ACCEPTED, Wanted, wanted
from services.intake.pages.filed import filed, size_in_words
from shared.identity import Person
from shared.web.forms import Form, Sent
from shared.web.i18n import _
from shared.web.problems import Problem
from shared.web.session import signed_in

Replacer = Annotated[Person, Depends(signed_in("application.replace"))]


def replacement_pages(journey: Journey) -> APIRouter:
    """`/pages/applications/{number}/materials/{key}`."""
    router, pages, parts = journey.router(), journey.pages, journey.parts

    @router.get("/pages/applications/{number}/materials/{material}")
    async def show(request: Request, asker: Replacer, number: Number, material: MaterialKey) -> Response:
        application = await parts.application(asker, number, "application.replace")
        asked = _asked(journey, application, material)
        if material not in replaceable(application):
            return pages.go("intake", f"/pages/applications/{application.number}")
        bringing = await journey.bringing(asker, _about(application, material))
        form = pages.blank(asker, **entries([asked], bringing))
        return await _page(journey, request, asker, application, asked, bringing, form)

    @router.post("/pages/applications/{number}/materials/{material}")
    async def replace(request: Request, asker: Replacer, number: Number, material: MaterialKey) -> Response:
        form = await pages.forms.sent(request, asker)
        application = await parts.application(asker, number, "application.replace")
        asked, about = _asked(journey, application, material), _about(application, material)
        before, people = await journey.bringing(asker, about), parts.people(application)
        change = await read(parts, asker, form, asked, before.brought(material), people)
        bringing = await journey.bring(asker, about, lambda b: b.with_(material, change.made(b.brought(material))))
        if not form.errors and (act_of(form) != "replace" or change.unverified):
            return pages.go("intake", f"/pages/applications/{application.number}/materials/{material}")
        if not form.errors and not bringing.brought(material).ways:
            form.errors[f"files.{material}"] = _("还没有选新的“%(name)s”", name=asked.name)
        status = 422 if form.errors else await _replaced(journey, asker, application, asked, bringing, form)
        if status == DONE:
            await journey.brought(asker, about)
            return pages.go("intake", _home(asker, application))
        return await _page(journey, request, asker, application, asked, bringing, form, status)

    return router


async def _replaced(
    journey: Journey, asker: Person, application: Application, asked: Wanted, bringing: Bringing, form: Sent
) -> int:
    """DONE when it is in the place of the old one, also by an earlier press of this form; else the status of what
    stands against it, which is noted on the form."""
    brought = bodies([asked], bringing)
    body = ReplacementBody(**brought[0].model_dump(exclude={"material"}))
    try:
        await replaced(journey.parts, application.number, asked.key, asker, body, form.key)
    except Problem as problem:
        if problem.code == "key_reused":
            return DONE
        noted(form, problem, brought, {asked.key: asked})
        return problem.status_code
    return DONE


async def _page(
    journey: Journey,
    request: Request,
    asker: Person,
    application: Application,
    asked: Wanted,
    bringing: Bringing,
    form: Form,
    status: int = 200,
) -> Response:
    brought, people = bringing.brought(asked.key), journey.parts.people(application)
    values: dict[str, Any] = {
        "application": application,
        "asked": asked,
        "brought": brought,
        "showing": await showing(journey.parts, request, asker, asked, brought, people),
        "now": next(each for each in application.handed_in if each.material == asked.key),
        "filed": await filed(journey.parts, application),
        "limit": int(journey.parts.settings.upload_limit),
        "accepted": ACCEPTED,
        "size": size_in_words,
        "form": form,
    }
    return journey.pages.show(
        request, asker, "applicant/replacement.html", status=status, current=current_of(asker), **values
    )


def _asked(journey: Journey, application: Application, material: str) -> Wanted:
    """The material, if it was handed in. Problem 404."""
    planned = application.form.material(material)
    if planned is None or material not in {each.material for each in application.handed_in}:
        raise no_material()
    return wanted(journey.parts.catalogue, planned)


def _about(application: Application, material: str) -> str:
    return f"replacement/{application.number}/{material}"


def _home(asker: Person, application: Application) -> str:
    """The clerk goes back to the desk, everybody else to the application."""
    if at_window(asker):
        return f"/desk/pages/{application.number}?done=replaced"
    return f"/pages/applications/{application.number}?done=replaced"
