"""The messages of one person over all their applications, and the mark of what was read."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.api.parts import Page, Parts, Size
from services.intake.api.words import REFUSALS
from services.intake.messages import Message, messages_of
from services.intake.model.commands import MarkRead
from services.intake.store import with_newest_news, with_unread
from shared.identity import Person, require
from shared.web.commands import answering, tell

Owner = Annotated[Person, Depends(require("application.read_own"))]
AT_ONCE = 200


class Inbox(BaseModel):
    """一页消息，新的在前。`unread`：有没看过的消息的申请有几份；`more`：后面还有。"""

    page: int
    size: int
    more: bool
    unread: int
    messages: list[Message]


class ReadBody(BaseModel):
    """看到哪里了：这一时刻和以前的消息都算看过。"""

    model_config = ConfigDict(extra="forbid")
    upto: AwareDatetime = Field(description="看到的最新一条消息的 at")


async def inbox(parts: Parts, asker: Person, page: int, size: int) -> Inbox:
    """One page of messages. The newest n are all of the n applications that have the newest."""
    upto = page * size + 1
    found = await answering(with_newest_news(parts.store, parts.own(asker), upto))
    messages = sorted((m for each in found for m in messages_of(each)), key=lambda m: (m.at, m.id), reverse=True)
    shown = messages[(page - 1) * size : page * size]
    return Inbox(
        page=page, size=size, more=len(messages) > page * size, unread=await unread(parts, asker), messages=shown
    )


async def unread(parts: Parts, asker: Person) -> int:
    """How many of the asker's applications have a message that was not read."""
    return await answering(parts.store.count({**parts.own(asker), "unread": True}))


async def read(parts: Parts, asker: Person, upto: datetime) -> int:
    """Mark as read what is of that instant or older, in every own application; returns how many were marked."""
    found = await answering(with_unread(parts.store, parts.own(asker), AT_ONCE))
    command = MarkRead(upto=upto)
    await asyncio.gather(*(tell(parts.runtime, each.number, command, REFUSALS) for each in found))
    return len(found)


def inbox_api(parts: Parts) -> APIRouter:
    """`/mine/messages`."""
    router = APIRouter(prefix="/mine/messages", tags=["消息"])

    @router.get("", summary="我的消息，新的在前")
    async def mine(asker: Owner, page: Page = 1, size: Size = 20) -> Inbox:
        """补正、受理、决定、出件和终止，都会告诉申请人。"""
        return await inbox(parts, asker, page, size)

    @router.post("/read", summary="标为看过")
    async def mark(body: ReadBody, asker: Owner) -> Inbox:
        """只会向前：更早的时刻不会把看过的变成没看过。"""
        await read(parts, asker, body.upto)
        return await inbox(parts, asker, 1, 20)

    return router
