"""The window's queue: by status, matter and channel, and what a clerk looks for by number, name or phone tail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.parts import Parts, number_of
from services.intake.api.views import ApplicationPage
from services.intake.api.words import nothing_sought
from services.intake.blind import TAIL, tail_token
from services.intake.model import ApplicationStatus
from services.intake.number import WrongNumber, typed_number
from services.intake.parties import PHONE, half_width
from services.intake.store import STATUSES, listed, tallied
from shared.blind import name_token
from shared.contracts.terms import Channel
from shared.identity import Person
from shared.log import logger
from shared.messaging.document import Where
from shared.web.commands import answering

_LIKE_A_NUMBER = re.compile(r"(?=.*\d)[0-9A-Za-z\s\-－—]{9,20}")
PENDING: tuple[ApplicationStatus, ...] = ("submitted", "supplement_requested")


class Counts(BaseModel):
    """各状态的申请数。"""

    submitted: int = 0
    supplement_requested: int = 0
    accepted: int = 0
    ended: int = 0


class QueueFilter(BaseModel):
    """队列的筛选；不填的不限。`q`：申请编号、姓名或单位全称、电话后四位。"""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    status: ApplicationStatus | None = None
    matter: str | None = Field(default=None, max_length=64)
    channel: Channel | None = None
    q: str | None = Field(default=None, max_length=120)


class Sought(NamedTuple):
    """What a clerk's words look for. The words themselves are never logged."""

    kind: Literal["number", "name", "phone_tail"]
    where: Where


def sought(text: str, holder_key: bytes) -> Sought:
    """A number in any spelling, four digits or a whole phone, or else a full name. Problem 422 for what is none."""
    plain = half_width(text)
    if not plain:
        raise nothing_sought()
    if re.fullmatch(rf"\d{{{TAIL}}}", plain) or PHONE.fullmatch(plain):
        return Sought("phone_tail", {"found_by": tail_token(holder_key, plain)})
    try:
        return Sought("number", {"number": typed_number(plain)})
    except WrongNumber:
        if _LIKE_A_NUMBER.fullmatch(plain):
            number_of(plain)  # says what is wrong with it, and where
    return Sought("name", {"found_by": name_token(holder_key, plain)})


def _where(parts: Parts, chosen: QueueFilter) -> Mapping[str, Any]:
    where: dict[str, Any] = {"status": chosen.status or {"$in": list(STATUSES)}}
    if chosen.matter:
        where["matter"] = chosen.matter
    if chosen.channel:
        where["channel"] = chosen.channel
    if chosen.q and chosen.q.strip():
        where |= sought(chosen.q, parts.settings.holder_key).where
    return where


async def queue(parts: Parts, asker: Person, chosen: QueueFilter, page: int, size: int) -> ApplicationPage:
    """One page: what waits for the window first due first, everything else the newest first.

    All have the same five working days from what was received last, so the first received is the first due; and an
    application stands in its place before supervision has told its date.
    """
    where = _where(parts, chosen)
    newest_first = chosen.status not in PENDING
    found, total = await answering(
        listed(parts.store, where, by="received_at", newest_first=newest_first, skip=(page - 1) * size, limit=size)
    )
    if chosen.q and chosen.q.strip():  # who looked for whom is personal: who looked, and how, is not
        kind = sought(chosen.q, parts.settings.holder_key).kind
        logger("intake").info("searched", by=asker.subject, kind=kind, found=total)
    return ApplicationPage(total=total, page=page, size=size, applications=[parts.row(each) for each in found])


async def counted(parts: Parts, chosen: QueueFilter) -> Counts:
    """How many there are at each status, under everything else that was chosen."""
    where = _where(parts, chosen.model_copy(update={"status": None}))
    return Counts.model_validate(await answering(tallied(parts.store, where)))
