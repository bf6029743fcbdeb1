"""我的 and 消息: what somebody has begun, what waits for them, everything they handed in, and what they were told."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.inbox import inbox, read, unread
from services.intake.api.parts import Page
from services.intake.model import Application, ApplicationStatus
from services.intake.pages.applicant.draft_pages import row
from services.intake.pages.applicant.journey import Journey
from services.intake.pages.applicant.words import application_light
from services.intake.store import STATUSES, listed, tallied
from shared.identity import Person
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.session import signed_in

Owner = Annotated[Person, Depends(signed_in("application.read_own"))]
Status = Annotated[str, Query(pattern=f"^({'|'.join(STATUSES)})?$")]
SIZE = 10
MESSAGES = 20
FIRST = 5
"""Drafts, and lists to answer, that stand at the top; the others are one link away."""
HEARD = 20
"""Applications whose changes a page listens for; the stream takes no more."""


def mine_pages(journey: Journey) -> APIRouter:
    """`/mine` and `/messages`."""
    router = journey.router()
    _mine(router, journey)
    _messages(router, journey)
    return router


def _mine(router: APIRouter, journey: Journey) -> None:
    parts, pages = journey.parts, journey.pages

    @router.get("/mine")
    async def mine(request: Request, asker: Owner, status: Status = "", page: Page = 1) -> Response:
        """What waits for the asker first; the list below is filtered and paged by its address."""
        own = parts.own(asker)
        counts = await answering(tallied(parts.store, own))
        where = {**own, **({"status": status} if status else {})}
        found, total = await answering(
            listed(parts.store, where, newest_first=True, skip=(page - 1) * SIZE, limit=SIZE)
        )
        waiting = {**own, "status": "supplement_requested"}
        asked, _total = await answering(listed(parts.store, waiting, newest_first=True, skip=0, limit=FIRST))
        drafts = [row(journey, kept) for kept in await answering(journey.drafts.listed(asker.subject))]
        values: dict[str, Any] = {
            "drafts": drafts[:FIRST],
            "more_drafts": len(drafts) > FIRST,
            "waiting": counts.get("supplement_requested", 0),
            "asked": asked,
            "rows": [_row(each) for each in found],
            "heard": ",".join(list(dict.fromkeys(each.number for each in [*asked, *found]))[:HEARD]),
            "total": total,
            "all": sum(counts.values()),
            "choices": _choices(counts),
            "chosen": status,
            "page": page,
            "page_count": max(1, -(-total // SIZE)),
            "first": (page - 1) * SIZE + 1,
            "unread": await unread(parts, asker),
            "form": pages.blank(asker, status=status),
        }
        return pages.show(request, asker, "applicant/mine.html", current="mine", **values)


def _messages(router: APIRouter, journey: Journey) -> None:
    parts, pages = journey.parts, journey.pages

    @router.get("/messages")
    async def messages(request: Request, asker: Owner, page: Page = 1) -> Response:
        """The newest first. What stands on the first page is read by being shown; it is marked as new this once."""
        found = await inbox(parts, asker, page, MESSAGES)
        if page == 1 and found.unread and found.messages:
            await read(parts, asker, found.messages[0].at)
        return pages.show(request, asker, "applicant/messages.html", current="mine", inbox=found)


def _row(application: Application) -> dict[str, Any]:
    """One application in the list, with what its owner can do next."""
    number = application.number
    return {
        "number": number,
        "name": application.form.matter_name,
        "light": application_light(application.status, cases=map(application.status_of, application.cases)),
        "submitted_at": application.submitted_at,
        "next": _next(application),
    }


def _next(application: Application) -> tuple[str, str, str] | None:
    """Words, service and path of what is to be done now."""
    own = f"/pages/applications/{application.number}"
    if application.asked:
        return _("去补正"), "intake", f"{own}/supplement"
    if any(case.result for case in application.cases):
        return _("看办理结果"), "licensing", own
    return None


def _choices(counts: dict[str, int]) -> list[tuple[str, str]]:
    """The statuses to filter by, each with its number."""
    every: list[tuple[ApplicationStatus | None, str]] = [(None, _("全部"))]
    every += [(status, application_light(status)[1]) for status in STATUSES]
    return [
        (
            status or "",
            _("%(status)s（%(n)s）", status=words, n=counts.get(status, 0) if status else sum(counts.values())),
        )
        for status, words in every
    ]
