"""One's own cases: what waits for a rating, and the one rating (GB/T 39734-2020, 一事一评)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.ratings.api import CaseInPath, OwnCase, RatingForm, give_rating, no_such_case, own_view
from services.ratings.comments import masked
from services.ratings.model import MAX_COMMENT, RatedCase, Rules
from services.ratings.store import file_of, own_case, rated_by
from shared.identity import Person, scope_of
from shared.messaging.document import Store
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.commands import answering, owners
from shared.web.forms import Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import FieldError, Problem, Words
from shared.web.session import signed_in
from shared.web.validation import checked

Owner = Annotated[Person, Depends(signed_in("rating.give"))]
Reader = Annotated[Person, Depends(signed_in("rating.give", "rating.read_any"))]
Application = Annotated[str, Path(pattern=r"^[0-9A-Z]{13}$")]


def rating_pages(runtime: Runtime, store: Store, settings: Settings, rules: Rules, pages: Pages) -> APIRouter:
    """`/mine`, `/rate/{case}`, `/pages/applications/{number}`."""
    router = APIRouter(include_in_schema=False)
    words: dict[str, Any] = {
        "levels": rules.levels,
        "names": {row.level: row.name for row in rules.levels},
        "tags": {tag.code: tag.text for row in rules.levels for tag in row.tags},
    }

    async def own(case: str, asker: Person) -> RatedCase:
        found = await answering(own_case(store, case, owners(asker, settings.holder_key)))
        if found is None or found.outline is None:
            raise no_such_case()
        return found

    @router.get("/mine")
    async def mine(request: Request, asker: Owner) -> HTMLResponse:
        files = await answering(rated_by(store, owners(asker, settings.holder_key)))
        shown = [view for file in files for case in file.cases if (view := own_view(case))]
        groups = {status: [each for each in shown if each.status == status] for status in ("invited", "rated")}
        return pages.show(request, asker, "ratings/mine.html", current="mine", **words, groups=groups)

    @router.get("/pages/applications/{number}")
    async def of_application(request: Request, number: Application, asker: Reader) -> HTMLResponse:
        """A department learns which of its cases were rated, and never how: it knows whose they are."""
        mine = owners(asker, settings.holder_key)
        sights: list[dict[str, Any]] = [{"owner": {"$in": mine}}] if asker.may("rating.give") else []
        reach = scope_of(asker, "rating.read_any") if asker.may("rating.read_any") else None
        if reach:
            sights.append(dict(reach.filter(department="departments")))
        file = await answering(file_of(store, number, sights))
        own = bool(file and file.owner in mine)
        cases = [view for case in (file.cases if file else ()) if (view := own_view(case))]
        if not own and reach:
            cases = [_for_staff(view) for view in cases if reach.covers(departments=[view.department])]
        values: dict[str, Any] = {"number": number, "cases": cases, "own": own}
        values["told"] = own or bool(reach and reach.all)
        return pages.show(request, asker, "ratings/application.html", **words, **values)

    @router.get("/rate/{case}")
    async def ask(request: Request, case: CaseInPath, asker: Owner) -> HTMLResponse:
        values: dict[str, Any] = {"case": own_view(await own(case, asker)), "most": MAX_COMMENT}
        return pages.show(
            request, asker, "ratings/rate.html", current="mine", form=pages.blank(asker), **words, **values
        )

    @router.post("/rate/{case}")
    async def give(request: Request, case: CaseInPath, asker: Owner) -> Response:
        form = await pages.forms.sent(request, asker)
        try:
            await give_rating(runtime, settings, case, _rating_in(form), asker, form.key)
        except Problem as problem:
            values: dict[str, Any] = {"case": own_view(await own(case, asker)), "most": MAX_COMMENT}
            return pages.again(request, asker, "ratings/rate.html", form, problem, current="mine", **words, **values)
        return pages.go("ratings", f"/rate/{case}")

    return router


def _for_staff(view: OwnCase) -> OwnCase:
    """The same with the comment as the public may read it."""
    rating = view.rating
    if rating is None or not rating.comment:
        return view
    return view.model_copy(update={"rating": rating.model_copy(update={"comment": masked(rating.comment)})})


def _rating_in(form: Sent) -> RatingForm:
    """The rating of a form. Problem 422 with what is wrong at its field."""
    if form.value("level") not in ("1", "2", "3", "4", "5"):
        error = FieldError(field="level", reason=_("还没有选满意程度"), fix=_("请从五个等级里选一个"))
        title = Words("还没有选满意程度", "No level was chosen")
        raise Problem(422, "no_level", title, title, errors=[error])
    body = {"level": int(form.value("level")), "tags": form.values.get("tags", ()), "comment": form.optional("comment")}
    return checked(RatingForm, body)
