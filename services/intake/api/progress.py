"""HTTP for anyone with the receipt in hand: how far an application is, by number and the phone's last four digits."""

from __future__ import annotations

import hmac

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.answers import Progress, ProgressCase
from services.intake.api.parts import Parts, number_of
from services.intake.api.views import STATUS_TEXTS
from services.intake.api.words import no_application, tried_too_often
from services.intake.model import Application
from services.intake.store import numbered
from services.intake.time_messages import still_words
from shared.clock import shanghai
from shared.web.commands import answering

WRONG = "5/15 minutes;20/day"
"""Wrong tails for one number: at most 20 of 10,000 in a day."""


class ProgressBody(BaseModel):
    """申请编号和电话后四位。"""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    number: str = Field(max_length=40, examples=["7ZQ0M3X5KD2WA"])
    phone_tail: str = Field(pattern=r"^\d{4}$", description="电话后四位", examples=["0001"])


def progress_api(parts: Parts) -> APIRouter:
    """`POST /progress`: a POST, so that nothing of it stands in an address."""
    router = APIRouter(tags=["进度查询"])

    @router.post("/progress", summary="凭申请编号和电话后四位查进度")
    async def progress(body: ProgressBody) -> Progress:
        """编号不存在和电话不对是同一个回答，不能用来试探；查错几次以后，这个编号要等一会儿才能再查。"""
        return await progress_of(parts, body)

    return router


async def progress_of(parts: Parts, body: ProgressBody) -> Progress:
    """How far it is. Raises Problem: 404 for whatever is wrong, 429 after too many of those for one number.

    Wrong answers alone are counted, and of numbers that do not exist too: nothing tells which are which. Each
    is counted before it is looked at, so that many at once are no more than one after another.
    """
    number = number_of(body.number)
    if seconds := await answering(parts.attempts.take(WRONG, "progress", number)):
        raise tried_too_often(seconds)
    found = await answering(numbered(parts.store, number, [{}]))
    phone = parts.opened(found.form.holder, found.number).phone if found else ""
    right = hmac.compare_digest(phone[-4:].encode(), body.phone_tail.encode())
    if found is None or not right:
        raise no_application()
    await answering(parts.attempts.give_back(WRONG, "progress", number))
    return _view(found)


def _view(found: Application) -> Progress:
    return Progress(
        number=found.number,
        matter_name=found.form.matter_name,
        status=found.status,
        status_text=STATUS_TEXTS[found.status],
        submitted_on=shanghai(found.submitted_at).date(),
        cases=[
            ProgressCase(
                case=case.number,
                name=case.plan.item_name,
                status=(status := found.status_of(case)),
                status_text=STATUS_TEXTS[status],
                standing_still=still_words(case),
            )
            for case in found.cases
        ],
    )
