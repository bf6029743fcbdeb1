"""HTTP for the window 综合窗口: the queue and the search, acceptance in its outcomes, the one list, corrections."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.intake.api.answers import Told
from services.intake.api.correcting import CorrectionBody, corrected
from services.intake.api.parts import Number, Page, Parts, Size
from services.intake.api.queue import Counts, QueueFilter, counted, queue
from services.intake.api.receiving import AcceptBody, SupplementRequestBody, accepted, asked
from services.intake.api.views import ApplicationPage
from services.intake.api.words import nothing_sought
from services.intake.model import ApplicationStatus
from shared.contracts.terms import Channel
from shared.identity import Person, require
from shared.web.commands import IdempotencyKey

Accepter = Annotated[Person, Depends(require("application.accept"))]
Requester = Annotated[Person, Depends(require("application.supplement_request"))]
Corrector = Annotated[Person, Depends(require("application.correct"))]
Counter = Annotated[Person, Depends(require("application.accept", "clock.read"))]
Matter = Annotated[str | None, Query(max_length=64, description="事项或“一件事”的 key")]
Text = Annotated[str, Query(max_length=120, description="申请编号、姓名或单位全称、电话后四位")]


def desk_api(parts: Parts) -> APIRouter:
    """`/desk` (the queue) and what a clerk does to an application."""
    router = APIRouter(tags=["综合窗口"])

    @router.get("/desk/applications", summary="窗口队列，待受理的先到期的在前")
    async def waiting(
        asker: Accepter,
        status: Annotated[ApplicationStatus, Query(description="默认只列待受理的")] = "submitted",
        matter: Matter = None,
        channel: Channel | None = None,
        page: Page = 1,
        size: Size = 20,
    ) -> ApplicationPage:
        """筛选和翻页都在网址里，可以收藏或转发。"""
        chosen = QueueFilter(status=status, matter=matter, channel=channel)
        return await queue(parts, asker, chosen, page, size)

    @router.get("/desk/search", summary="按编号、姓名或电话后四位查找")
    async def search(
        asker: Accepter,
        q: Text,
        status: ApplicationStatus | None = None,
        page: Page = 1,
        size: Size = 20,
    ) -> ApplicationPage:
        """姓名要写全；早于这一功能的申请只能按编号查。谁按哪一类查过会留下记录，查的内容不会。"""
        if not q.strip():
            raise nothing_sought()
        return await queue(parts, asker, QueueFilter(status=status, q=q), page, size)

    @router.get("/desk/counts", summary="各状态的申请数")
    async def counts(
        asker: Counter,  # noqa: ARG001
        matter: Matter = None,
        channel: Channel | None = None,
    ) -> Counts:
        return await counted(parts, QueueFilter(matter=matter, channel=channel))

    @router.post("/applications/{number}/accept", summary="受理、不受理或不予受理")
    async def accept(number: Number, body: AcceptBody, asker: Accepter, key: IdempotencyKey = None) -> Told:
        """一次处理全部办件；没有列出的予以受理。等待不予受理办件的，随之终止。"""
        return await accepted(parts, number, asker, body, key)

    @router.post("/applications/{number}/supplement-request", summary="一次告知补正")
    async def ask(number: Number, body: SupplementRequestBody, asker: Requester, key: IdempotencyKey = None) -> Told:
        """只能告知一次，应当写全（行政许可法第三十二条第一款第四项）。"""
        return await asked(parts, number, asker, body, key)

    @router.post("/applications/{number}/corrections", summary="更正登记信息")
    async def correct(number: Number, body: CorrectionBody, asker: Corrector, key: IdempotencyKey = None) -> Told:
        """当场更正录错的姓名、号码或电话，并留下记录（行政许可法第三十二条第一款第三项）。"""
        return await corrected(parts, number, asker, body, key)

    return router
