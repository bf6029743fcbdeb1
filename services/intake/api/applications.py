"""HTTP for applicants and agents: submit, look, supplement, replace, withdraw, and read the papers and messages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.intake.api.answers import Told
from services.intake.api.applying import (
    ReplacementBody,
    SupplementBody,
    WithdrawBody,
    replaced,
    submitted,
    supplemented,
    withdrawn,
)
from services.intake.api.parts import READ, Number, Page, Parts, Size
from services.intake.api.views import ApplicationPage, ApplicationView
from services.intake.messages import Message, messages_of
from services.intake.model import ApplicationStatus
from services.intake.receipts import Receipt, receipts_of
from services.intake.store import listed
from services.intake.submission import ApplicationBody
from shared.identity import Person, require
from shared.web.commands import IdempotencyKey, answering

SUBMIT = ("application.submit", "application.submit_on_behalf")
Submitter = Annotated[Person, Depends(require(*SUBMIT))]
Reader = Annotated[Person, Depends(require(*READ))]
Owner = Annotated[Person, Depends(require("application.read_own"))]
Supplementer = Annotated[Person, Depends(require("application.supplement"))]
Replacer = Annotated[Person, Depends(require("application.replace"))]
Withdrawer = Annotated[Person, Depends(require("application.withdraw"))]
MaterialKey = Annotated[str, Path(max_length=64, description="材料的 key", examples=["articles"])]


def applications_api(parts: Parts) -> APIRouter:
    """`/applications`, as those who apply use it."""
    router = APIRouter(prefix="/applications", tags=["申请"])

    @router.post("", status_code=201, summary="提交申请")
    async def submit(body: ApplicationBody, asker: Submitter, response: Response, key: IdempotencyKey = None) -> Told:
        """必须带 Idempotency-Key；同一个键重试得到同一个编号和第一次的回答。填写有误时一次列出全部问题。"""
        told = await submitted(parts, asker, body, key)
        response.headers["Location"] = f"/applications/{told.number}"
        return told

    @router.get("", summary="我的申请，新的在前")
    async def mine(
        asker: Owner, status: ApplicationStatus | None = None, page: Page = 1, size: Size = 20
    ) -> ApplicationPage:
        """自己提交的，和窗口代为提交的。"""
        where = {**parts.own(asker), **({"status": status} if status else {})}
        found, total = await answering(
            listed(parts.store, where, newest_first=True, skip=(page - 1) * size, limit=size)
        )
        return ApplicationPage(total=total, page=page, size=size, applications=[parts.row(each) for each in found])

    @router.get("/{number}", summary="一份申请")
    async def one(number: Number, asker: Reader) -> ApplicationView:
        """本人和窗口看到全部；有关部门看到的申请人信息已遮挡。"""
        return parts.seen(asker, await parts.application(asker, number, *READ))

    @router.get("/{number}/receipts", summary="收件凭证、受理通知书等")
    async def receipts(number: Number, asker: Reader) -> list[Receipt]:
        """每份都有编号和日期（行政许可法第三十二条）。"""
        return receipts_of(await parts.application(asker, number, *READ))

    @router.get("/{number}/messages", summary="这份申请的消息，新的在前")
    async def messages(number: Number, asker: Reader) -> list[Message]:
        """补正、受理、决定、出件和终止，都会告诉申请人。"""
        return messages_of(await parts.application(asker, number, *READ))

    @router.post("/{number}/supplement", summary="补交材料")
    async def supplement(number: Number, body: SupplementBody, asker: Supplementer, key: IdempotencyKey = None) -> Told:
        """申请人补交，或由窗口代为补交；受理期限重新计算。"""
        return await supplemented(parts, number, asker, body, key)

    @router.post("/{number}/materials/{material}", summary="换一份材料")
    async def replace(
        number: Number, material: MaterialKey, body: ReplacementBody, asker: Replacer, key: IdempotencyKey = None
    ) -> Told:
        """受理前，申请人或窗口可以更换已经交了的材料；受理期限不重新计算。"""
        return await replaced(parts, number, material, asker, body, key)

    @router.post("/{number}/withdrawal", summary="撤回申请")
    async def withdraw(number: Number, body: WithdrawBody, asker: Withdrawer, key: IdempotencyKey = None) -> Told:
        """受理前立即撤回；受理后是请求，已经作出的决定不受影响。"""
        return await withdrawn(parts, number, asker, body, key)

    return router
