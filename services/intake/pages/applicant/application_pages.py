"""申请与材料: what was handed in, by whom, and what came of it; for its owner, the window and the departments."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.parts import READ, Number
from services.intake.api.views import ApplicationView
from services.intake.model import Application
from services.intake.pages.applicant.journey import Journey, current_of
from services.intake.pages.applicant.wanting import answers_in_words
from services.intake.pages.applicant.words import application_light, case_light, field_words, material_words
from services.intake.pages.filed import filed
from services.intake.pages.happened import happened
from services.intake.receipts import receipts_of
from services.intake.texts import Reason
from shared.identity import Person, scope_of
from shared.log import logger
from shared.web.forms import Form
from shared.web.problems import Problem, generic
from shared.web.session import signed_in
from shared.web.validation import checked

Reader = Annotated[Person, Depends(signed_in(*READ))]
Officer = Annotated[Person, Depends(signed_in("application.read_any"))]
Done = Annotated[str, Query(pattern="^(supplemented|replaced|withdrawn|asked)?$")]


class UnmaskBody(BaseModel):
    """为什么要看完整的姓名、号码和电话；会留下记录。"""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    reason: Reason


def application_pages(journey: Journey) -> APIRouter:
    """`/pages/applications/{number}`, its materials alone, its papers, and the look at masked people."""
    router = journey.router()
    _reading(router, journey)
    _unmasking(router, journey)
    return router


def _reading(router: APIRouter, journey: Journey) -> None:
    parts = journey.parts

    @router.get("/pages/applications/{number}")
    async def one(request: Request, asker: Reader, number: Number, done: Done = "") -> Response:
        application = await parts.application(asker, number, *READ)
        view = parts.seen(asker, application)
        form = journey.pages.blank(asker) if may_unmask(journey, asker, application) else None
        return await _page(journey, request, asker, application, view, form, done=happened(application, done))

    @router.get("/pages/applications/{number}/materials")
    async def materials(request: Request, asker: Reader, number: Number) -> Response:
        """Only the materials, in the section `materials`: also for a department's task page beside its opinion."""
        application = await parts.application(asker, number, *READ)
        values = await _shown(journey, asker, application, parts.view(application, masked=True))
        return journey.pages.show(request, asker, "applicant/materials.html", current=current_of(asker), **values)

    @router.get("/pages/applications/{number}/receipts")
    async def papers(asker: Reader, number: Number) -> Response:
        """Every paper issued so far stands with the application (行政许可法 Art. 32)."""
        application = await parts.application(asker, number, *READ)
        return journey.pages.go("intake", f"/pages/applications/{application.number}#papers")


def _unmasking(router: APIRouter, journey: Journey) -> None:
    parts, pages = journey.parts, journey.pages

    @router.post("/pages/applications/{number}/unmask")
    async def unmask(request: Request, asker: Officer, number: Number) -> Response:
        """The people in full, once, on this answer alone; who looked and why is noted (PIPL Art. 51, 69)."""
        form = await pages.forms.sent(request, asker)
        application = await parts.application(asker, number, "application.read_any")
        if not may_unmask(journey, asker, application):
            raise generic(403)
        try:
            body = checked(UnmaskBody, {"reason": form.text("reason")})
        except Problem as problem:
            view = parts.view(application, masked=True)
            return await _page(journey, request, asker, application, view, form.wrong(problem), status=422)
        logger("intake").info("holder_unmasked", application=application.number, by=asker.subject, reason=body.reason)
        return await _page(journey, request, asker, application, parts.view(application, masked=False), None)


def may_unmask(journey: Journey, asker: Person, application: Application) -> bool:
    """Whether the asker's department has a part in it and the people are masked for them."""
    if journey.parts.owns(asker, application) or not asker.may("application.read_any"):
        return False
    return scope_of(asker, "application.read_any").department in application.departments


async def _page(
    journey: Journey,
    request: Request,
    asker: Person,
    application: Application,
    view: ApplicationView,
    form: Form | None,
    *,
    done: str = "",
    status: int = 200,
) -> Response:
    fresh = request.method == "GET" and (view.applicant.masked or journey.parts.owns(asker, application))
    values = await _shown(journey, asker, application, view) | {"form": form, "done": done, "fresh": fresh}
    return journey.pages.show(
        request, asker, "applicant/application.html", status=status, current=current_of(asker), **values
    )


async def _shown(journey: Journey, asker: Person, application: Application, view: ApplicationView) -> dict[str, Any]:
    """Everything that the page shows, and what this asker may do now."""
    own = journey.parts.owns(asker, application)
    return {
        "application": application,
        "view": view,
        "light_of": application_light(application.status, own=own, cases=[case.status for case in view.cases]),
        "cases": [(case, case_light(case.status)) for case in view.cases],
        "answers_given": [
            (*said, "") for said in answers_in_words(journey.parts.catalogue, application.form.answers).values()
        ],
        "filed": await filed(journey.parts, application),
        "material_words": material_words,
        "field_words": field_words,
        "papers": receipts_of(application),
        "own": own,
        "replaceable": replaceable(application) if asker.may("application.replace") else set[str](),
        "supplementing": bool(application.asked) and asker.may("application.supplement"),
        "withdrawable": own and asker.may("application.withdraw") and bool(withdrawable(application)),
    }


def replaceable(application: Application) -> set[str]:
    """The materials that may be handed in anew, unasked: until acceptance, what no list asks for."""
    if not application.pending:
        return set()
    asked = {each.material for each in application.asked.materials} if application.asked else set()
    return {each.material for each in application.handed_in} - asked


def withdrawable(application: Application) -> list[str]:
    """The cases whose withdrawal may still be asked for: before acceptance all of them, together."""
    return [case.number for case in application.cases if not case.ended and case.withdrawal_at is None]
