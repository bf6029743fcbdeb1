"""暂存的申请: begin one from the notice, see what is still to be done, discard it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.words import no_matter
from services.intake.catalogue import Catalogue
from services.intake.drafts import Crowded, Draft, Kept
from services.intake.guide import NoSuchKey, Plan
from services.intake.pages.answers import Given, given
from services.intake.pages.applicant.journey import (
    SUBMIT,
    Journey,
    Opened,
    at_window,
    crowded,
    current_of,
    on_behalf,
    questions_path,
)
from services.intake.pages.applicant.parties import may_apply
from services.intake.pages.applicant.tasks import left, material_tasks, party_tasks
from services.intake.pages.applicant.wanting import answers_in_words, not_needed
from shared.identity import Person
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.origin import elsewhere
from shared.web.session import signed_in

Submitter = Annotated[Person, Depends(signed_in(*SUBMIT))]
DraftId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Matter = Annotated[str, Query(max_length=64)]


def draft_pages(journey: Journey) -> APIRouter:
    """`/drafts`, `/drafts/new`, `/drafts/{id}` and its discarding."""
    router = journey.router()
    _beginning(router, journey)
    _one(router, journey)
    return router


def _beginning(router: APIRouter, journey: Journey) -> None:
    pages, catalogue = journey.pages, journey.parts.catalogue

    @router.get("/drafts")
    async def mine(request: Request, asker: Submitter) -> Response:
        """Everything that the asker has begun."""
        rows = [row(journey, kept) for kept in await answering(journey.drafts.listed(asker.subject))]
        return pages.show(request, asker, "applicant/drafts.html", current=current_of(asker, "new"), drafts=rows)

    @router.get("/drafts/new")
    async def new(request: Request, asker: Submitter, matter: Matter) -> Response:
        """From the notice: a draft, at once, unless there are drafts for this matter already, to be gone on with.

        Who comes by a link on another site is asked first: nothing is begun because somebody else wrote an address.
        """
        content = _content(matter, given_of(catalogue, matter, request.query_params.multi_items()))
        if journey.plan(content) is None:
            return pages.go("intake", questions_path(content))
        others = [
            kept for kept in await answering(journey.drafts.listed(asker.subject)) if kept.content.matter == matter
        ]
        if not others and not elsewhere(request):
            return await _begun(journey, asker, content)
        return pages.show(
            request,
            asker,
            "applicant/draft_new.html",
            current=current_of(asker, "new"),
            name=_name(catalogue, matter),
            others=[(row(journey, kept), kept.content.same_as(content)) for kept in others],
            fields=[("matter", matter), *Given(content.answers, content.opted_in).fields],
            form=pages.blank(asker),
        )

    @router.post("/drafts/new")
    async def begin(request: Request, asker: Submitter) -> Response:
        """One more for the same matter, or an older one with these answers; its materials stay."""
        form = await pages.forms.sent(request, asker)
        matter, pairs = form.text("matter"), [(name, each) for name, values in form.values.items() for each in values]
        content = _content(matter, given_of(catalogue, matter, pairs))
        if journey.plan(content) is None:
            return pages.go("intake", questions_path(content))
        if not (older := form.text("draft")):
            return await _begun(journey, asker, content)
        answers = {"matter": matter, "answers": content.answers, "opted_in": content.opted_in}
        kept = await journey.changed(asker, older, lambda draft: draft.model_copy(update=answers))
        return pages.go("intake", f"/drafts/{kept.id}")


def _one(router: APIRouter, journey: Journey) -> None:
    pages = journey.pages

    @router.get("/drafts/{draft}")
    async def show(request: Request, asker: Submitter, draft: DraftId) -> Response:
        """What is still to be done, and what nobody has to bring."""
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        return pages.show(
            request, asker, "applicant/draft.html", current=current_of(asker, "new"), **_said(journey, asker, opened)
        )

    @router.get("/drafts/{draft}/discard")
    async def ask(request: Request, asker: Submitter, draft: DraftId) -> Response:
        """Whether it shall really go."""
        opened = await journey.opened(asker, draft)
        if isinstance(opened, Response):
            return opened
        values: dict[str, Any] = {"opened": opened, "form": pages.blank(asker), "name": opened.plan.name}
        return pages.show(request, asker, "applicant/discard.html", current=current_of(asker, "new"), **values)

    @router.post("/drafts/{draft}/discard")
    async def discard(request: Request, asker: Submitter, draft: DraftId) -> Response:
        """It goes; its files within a day. To discard it twice is no mistake."""
        await pages.forms.sent(request, asker)
        await answering(journey.drafts.dropped(asker.subject, draft))
        return pages.go("intake", "/drafts" if at_window(asker) else "/mine")


def _said(journey: Journey, asker: Person, opened: Opened) -> dict[str, Any]:
    """Everything that the page of a draft shows."""
    catalogue, plan, draft = journey.parts.catalogue, opened.plan, opened.draft
    people, materials = party_tasks(plan, draft), material_tasks(catalogue, plan, draft)
    return {
        "opened": opened,
        "people": people,
        "materials": materials,
        "left": left([*people, *materials]),
        "spared": [(each.name, not_needed(catalogue, each)) for each in plan.materials if not each.to_hand_in],
        "answers_given": answer_rows(journey, plan, draft),
        "items": [(item.name, catalogue.departments[item.department].name) for item in plan.items],
        "warning": _warning(journey, asker, plan),
    }


def _warning(journey: Journey, asker: Person, plan: Plan) -> str:
    """What would stand against handing it in, however well it is filled in; said before somebody begins."""
    if not on_behalf(asker) and not may_apply(journey.parts.catalogue, asker, plan):
        return _("这件事由单位申请，您登录的身份没有登记所代表的单位。请用单位身份登录，或者到窗口办理。")
    if on_behalf(asker) and not at_window(asker) and plan.answers.get("agent") == "no":
        return _("您以代办员身份登录，但回答了“不委托他人代办”。请更改回答，并准备授权委托书。")
    return ""


async def _begun(journey: Journey, asker: Person, content: Draft) -> Response:
    try:
        kept = await answering(journey.drafts.begun(asker.subject, content))
    except Crowded as error:
        raise crowded() from error
    return journey.pages.go("intake", f"/drafts/{kept.id}")


def given_of(catalogue: Catalogue, matter: str, pairs: list[tuple[str, str]]) -> Given:
    """The answers of an address or a form. Problem 404 for a matter that there is not."""
    try:
        return given(catalogue, matter, pairs)
    except NoSuchKey as error:
        raise no_matter(matter) from error


def _content(matter: str, said: Given) -> Draft:
    return Draft(matter=matter, answers=dict(said.answers), opted_in=said.opted_in)


def answer_rows(journey: Journey, plan: Plan, draft: Draft) -> list[tuple[str, str, str]]:
    """Questions and answers in words, each with the address where it is asked again, unless the matter settles it."""
    said, rows = Given(draft.answers, draft.opted_in), []
    for key, (question, answer) in answers_in_words(journey.parts.catalogue, plan.answers).items():
        again = f"/matters/{draft.matter}/questions?{said.without(key).query()}"
        rows.append((question, answer, journey.pages.url("intake", again) if key in draft.answers else ""))
    return rows


def row(journey: Journey, kept: Kept[Draft]) -> dict[str, object]:
    """One draft in a list."""
    draft, catalogue = kept.content, journey.parts.catalogue
    known = draft.matter in {*catalogue.items, *catalogue.bundles}
    planned = journey.plan(draft) if known else None
    found = [*party_tasks(planned, draft), *material_tasks(catalogue, planned, draft)] if planned else []
    return {
        "id": kept.id,
        "name": _name(catalogue, draft.matter) if known else draft.matter,
        "applicant": draft.applicant.name if draft.applicant else "",
        "left": left(found),
        "total": len(found),
        "changed_at": kept.changed_at,
        "until": kept.until,
    }


def _name(catalogue: Catalogue, matter: str) -> str:
    return catalogue.bundles[matter].name if matter in catalogue.bundles else catalogue.items[matter].name
