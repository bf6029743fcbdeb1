"""补正: the one list with its reasons, and a way for each material; answered as a whole (行政许可法 Art. 32(4))."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.applying import SupplementBody, supplemented
from services.intake.api.parts import Number
from services.intake.drafts import Bringing
from services.intake.model import Application
from services.intake.pages.applicant.bringing import DONE, act_of, bodies, entries, noted, read
from services.intake.pages.applicant.journey import Journey, at_window, current_of
from services.intake.pages.applicant.showing import showings
from services.intake.pages.applicant.wanting import ACCEPTED, Wanted, wanted
from services.intake.pages.filed import filed, size_in_words
from shared.identity import Person
from shared.web.forms import Form, Sent
from shared.web.i18n import _
from shared.web.problems import Problem
from shared.web.session import signed_in

Supplementer = Annotated[Person, Depends(signed_in("application.supplement"))]
ANSWERED = ("nothing_asked", "key_reused")
"""What a second press or a second tab hears: the list has been answered."""


def supplement_pages(journey: Journey) -> APIRouter:
    """`/pages/applications/{number}/supplement`."""
    router, pages, parts = journey.router(), journey.pages, journey.parts

    @router.get("/pages/applications/{number}/supplement")
    async def show(request: Request, asker: Supplementer, number: Number) -> Response:
        application = await parts.application(asker, number, "application.supplement")
        if application.asked is None:
            return pages.go("intake", _home(asker, application))
        bringing = await journey.bringing(asker, _about(application))
        form = pages.blank(asker, **entries(list(_asked(journey, application).values()), bringing))
        return await _page(journey, request, asker, application, bringing, form)

    @router.post("/pages/applications/{number}/supplement")
    async def answer(request: Request, asker: Supplementer, number: Number) -> Response:
        """Everything that came is kept, so that nothing has to be chosen twice; the list is answered as a whole."""
        form = await pages.forms.sent(request, asker)
        application = await parts.application(asker, number, "application.supplement")
        if application.asked is None:
            return pages.go("intake", _home(asker, application, "supplemented"))
        bringing, unverified = await _taken(journey, asker, application, form)
        if not form.errors and (unverified or act_of(form) != "submit"):
            return pages.go("intake", f"/pages/applications/{application.number}/supplement")
        _say_what_is_missing(journey, application, bringing, form)
        status = 422 if form.errors else await _answered(journey, asker, application, bringing, form)
        if status == DONE:
            await journey.brought(asker, _about(application))
            return pages.go("intake", _home(asker, application, "supplemented"))
        return await _page(journey, request, asker, application, bringing, form, status)

    return router


async def _taken(journey: Journey, asker: Person, application: Application, form: Sent) -> tuple[Bringing, bool]:
    """What there is after this form, and whether an e-licence came with it that only the clerk can verify."""
    about = _about(application)
    before, people = await journey.bringing(asker, about), journey.parts.people(application)
    changes = {
        key: await read(journey.parts, asker, form, asked, before.brought(key), people)
        for key, asked in _asked(journey, application).items()
    }

    def change(bringing: Bringing) -> Bringing:
        for key, each in changes.items():
            bringing = bringing.with_(key, each.made(bringing.brought(key)))
        return bringing

    return await journey.bring(asker, about, change), any(each.unverified for each in changes.values())


def _say_what_is_missing(journey: Journey, application: Application, bringing: Bringing, form: Sent) -> None:
    for key, asked in _asked(journey, application).items():
        if not bringing.brought(key).ways and f"files.{key}" not in form.errors:
            form.errors[f"files.{key}"] = _("还没有交“%(name)s”，清单上的要一次补齐", name=asked.name)


async def _answered(journey: Journey, asker: Person, application: Application, bringing: Bringing, form: Sent) -> int:
    """DONE when the list is answered; else the status of what stands against it, which is noted on the form."""
    asked = _asked(journey, application)
    brought = bodies(list(asked.values()), bringing)
    try:
        await supplemented(journey.parts, application.number, asker, SupplementBody(materials=tuple(brought)), form.key)
    except Problem as problem:
        if problem.code in ANSWERED:
            return DONE
        noted(form, problem, brought, asked)
        return problem.status_code
    return DONE


async def _page(
    journey: Journey,
    request: Request,
    asker: Person,
    application: Application,
    bringing: Bringing,
    form: Form,
    status: int = 200,
) -> Response:
    asked = list(_asked(journey, application).values())
    before = {each.material: each for each in application.handed_in}
    brought = [(each, bringing.brought(each.key)) for each in asked]
    shown = await showings(journey.parts, request, asker, brought, journey.parts.people(application))
    values: dict[str, Any] = {
        "application": application,
        "asked": [
            (each, there, before.get(each.key), known) for (each, there), known in zip(brought, shown, strict=True)
        ],
        "filed": await filed(journey.parts, application),
        "window": at_window(asker),
        "limit": int(journey.parts.settings.upload_limit),
        "accepted": ACCEPTED,
        "size": size_in_words,
        "form": form,
    }
    return journey.pages.show(
        request, asker, "applicant/supplement.html", status=status, current=current_of(asker), **values
    )


def _asked(journey: Journey, application: Application) -> dict[str, Wanted]:
    """What the list asks for, by material."""
    found: dict[str, Wanted] = {}
    for each in application.asked.materials if application.asked else ():
        planned = application.form.material(each.material)
        if planned:
            found[each.material] = wanted(journey.parts.catalogue, planned, reason=each.reason)
    return found


def _about(application: Application) -> str:
    """One for each list: what was brought for the first is not offered for the second."""
    return f"supplement/{application.number}/{len(application.lists)}"


def _home(asker: Person, application: Application, done: str = "") -> str:
    """The clerk goes back to the desk, everybody else to the application."""
    if at_window(asker):
        return f"/desk/pages/{application.number}"
    return f"/pages/applications/{application.number}" + (f"?done={done}" if done else "")
