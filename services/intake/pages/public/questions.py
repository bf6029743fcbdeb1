"""The questions of a guide, one on a page; what was answered stands in the address, and nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.notice import notice_of
from services.intake.api.words import no_matter
from services.intake.catalogue import Catalogue, Question
from services.intake.guide import Effect, NoSuchKey, effects, reasons, relevant, so_far
from services.intake.pages.answers import PREFIX, Given, given
from services.intake.pages.public.matters import row
from services.intake.pages.public.told import ASK, Groups, grouped, rows
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.session import Visitor

ANSWERED = "q"
"""The question that a form was about."""


class Option(NamedTuple):
    """One answer, and what it leads to."""

    value: str
    text: str
    effect: Effect


def question_pages(catalogue: Catalogue, pages: Pages) -> APIRouter:
    """`/matters/{key}/questions`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/matters/{key}/questions")
    async def ask(request: Request, asker: Visitor, key: str) -> Response:
        """The question that is asked for, or the first without an answer; after the last, on to the notice."""
        try:
            said = given(catalogue, key, request.query_params.multi_items())
        except NoSuchKey:
            raise no_matter(key) from None
        said = Given(said.answers)  # what was chosen before belongs to the answers of then
        asked = relevant(catalogue, key, said.answers)
        answered = request.query_params.get(ANSWERED)
        if answered in said.answers:
            return _onward(pages, key, said, asked)
        wanted = answered or request.query_params.get(ASK)
        open_still = [question for question in asked if question.key not in said.answers]
        here = next((question for question in asked if question.key == wanted), None) or next(iter(open_still), None)
        if here is None:
            return _onward(pages, key, said, asked)
        missed = here.key == answered
        values = _shown(catalogue, pages, key, said, asked, here)
        return pages.show(
            request,
            asker,
            "public/questions.html",
            current="matters",
            status=422 if missed else 200,
            missed=missed,
            **values,
        )

    return router


def _onward(pages: Pages, key: str, said: Given, asked: Sequence[Question]) -> RedirectResponse:
    """To the page whose address holds the answers and nothing else, so that it can be kept and gone back to."""
    page = "notice" if all(question.key in said.answers for question in asked) else "questions"
    query = said.query()
    return pages.go("intake", f"/matters/{key}/{page}{'?' if query else ''}{query}")


def _shown(
    catalogue: Catalogue, pages: Pages, key: str, said: Given, asked: Sequence[Question], here: Question
) -> dict[str, Any]:
    led = effects(catalogue, key, said.answers, here.key)
    place = asked.index(here)
    before = asked[place - 1].key if place else None
    soon = so_far(catalogue, key, said.answers)
    return {
        "matter": row(catalogue, key),
        "here": here,
        "name": f"{PREFIX}{here.key}",
        "chosen": said.answers.get(here.key),
        "options": [Option(choice.value, choice.text, led[choice.value]) for choice in here.choices],
        "reasons": reasons(catalogue, key, said.answers, here.key),
        "hidden": said.without(here.key).fields,
        "number": place + 1,
        "most": len(asked),
        "last": len(said.without(here.key).answers) == len(asked) - 1,
        "rail": "".join("t" if each is here else "c" if each.key in said.answers else "f" for each in asked),
        "back": _back(pages, key, said, before),
        "back_text": _("上一题") if before else _("回到指南"),
        "rows": rows(pages, key, said.without(here.key), asked),
        "soon": soon,
        "groups": grouped(notice_of(catalogue, soon)) if soon else Groups((), (), ()),
        "short": {item: catalogue.short(item) for item in catalogue.items},
        "papers": {material.key: material.name for material in catalogue.materials.values()},
        "units": {item.key: item.limits.unit for item in catalogue.items.values()},
    }


def _back(pages: Pages, key: str, said: Given, before: str | None) -> str:
    if before is None:
        return pages.url("intake", f"/matters/{key}")
    return pages.url("intake", f"/matters/{key}/questions?{said.query(**{ASK: before})}")
