"""HTTP for the window 综合窗口: the queue, acceptance in its outcomes, and the one full supplement list."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.intake.api.answers import Told
from services.intake.api.parts import Number, Page, Parts, Size
from services.intake.api.views import ApplicationPage
from services.intake.api.words import REFUSALS
from services.intake.model import DESK, ApplicationStatus
from services.intake.model.commands import Accept, NotRequire, Refer, RequestSupplement
from services.intake.store import listed, tallied
from services.intake.texts import DeskName, Reason
from shared.contracts.envelope import CaseNo
from shared.identity import Person, require
from shared.web.commands import IdempotencyKey, answering, own_key, tell

Accepter = Annotated[Person, Depends(require("application.accept"))]
Requester = Annotated[Person, Depends(require("application.supplement_request"))]


class OutcomeBody(BaseModel):
    """一个办件的受理结果。"""

    model_config = ConfigDict(extra="forbid")
    case: CaseNo = Field(examples=["7ZQ0M3X5KD2WA-01"])
    outcome: Literal["accept", "not_required", "refer"] = Field(
        description="accept 受理，not_required 依法不需要取得许可、不受理，refer 不属于本机关、不予受理"
    )
    reason: Reason | None = None
    competent_body: Reason | None = Field(default=None, description="应当向谁申请（refer 时必填）")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.outcome != "accept" and self.reason is None:
            raise ValueError("不受理、不予受理须写明理由 reason（行政许可法第三十二条）")
        if self.outcome == "refer" and self.competent_body is None:
            raise ValueError("不予受理须写明有权机关 competent_body（行政许可法第三十二条第一款第二项）")
        return self


class AcceptBody(BaseModel):
    """受理。没有列出的办件予以受理。"""

    model_config = ConfigDict(extra="forbid")
    cases: tuple[OutcomeBody, ...] = Field(default=(), max_length=50)
    desk: DeskName = Field(default=DESK, examples=["综合窗口3号"])

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({each.case for each in self.cases}) < len(self.cases):
            raise ValueError("同一个办件列出了两次")
        return self


class AskedBody(BaseModel):
    """补正清单的一项。"""

    model_config = ConfigDict(extra="forbid")
    material: str = Field(max_length=64, examples=["articles"])
    reason: Reason = Field(examples=["缺少全体股东签名"])


class SupplementRequestBody(BaseModel):
    """一次告知的全部补正内容。"""

    model_config = ConfigDict(extra="forbid")
    materials: tuple[AskedBody, ...] = Field(min_length=1, max_length=100)
    desk: DeskName = Field(default=DESK, examples=["综合窗口3号"])

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({each.material for each in self.materials}) < len(self.materials):
            raise ValueError("同一份材料列出了两次，请合并成一条")
        return self


class Counts(BaseModel):
    """各状态的申请数。"""

    submitted: int = 0
    supplement_requested: int = 0
    accepted: int = 0
    ended: int = 0


def desk_api(parts: Parts) -> APIRouter:
    """`/desk` (the queue) and what a clerk does to an application."""
    router = APIRouter(tags=["综合窗口"])

    @router.get("/desk/applications", summary="窗口队列，先提交的在前")
    async def queue(
        asker: Accepter,  # noqa: ARG001  permission alone: the window serves everybody
        status: Annotated[ApplicationStatus, Query(description="默认只列待受理的")] = "submitted",
        page: Page = 1,
        size: Size = 20,
    ) -> ApplicationPage:
        """筛选和翻页都在网址里，可以收藏或转发。"""
        where = {"status": status}
        found, total = await answering(
            listed(parts.store, where, newest_first=False, skip=(page - 1) * size, limit=size)
        )
        return ApplicationPage(total=total, page=page, size=size, applications=[parts.row(each) for each in found])

    @router.get("/desk/counts", summary="各状态的申请数")
    async def counts(asker: Annotated[Person, Depends(require("application.accept", "clock.read"))]) -> Counts:  # noqa: ARG001
        return Counts.model_validate(await answering(tallied(parts.store)))

    @router.post("/applications/{number}/accept", summary="受理、不受理或不予受理")
    async def accept(number: Number, body: AcceptBody, asker: Accepter, key: IdempotencyKey = None) -> Told:
        """一次处理全部办件；没有列出的予以受理。等待不予受理办件的，随之终止。"""
        application = await parts.application(asker, number, "application.accept")
        command = Accept(
            by=asker.subject,
            desk=body.desk,
            not_required={
                each.case: NotRequire(reason=each.reason or "") for each in body.cases if each.outcome == "not_required"
            },
            referred={
                each.case: Refer(competent_body=each.competent_body or "", reason=each.reason or "")
                for each in body.cases
                if each.outcome == "refer"
            },
            accepted=tuple(each.case for each in body.cases if each.outcome == "accept"),
        )
        mine = own_key(asker.subject, key)
        return Told.model_validate(
            await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body)
        )

    @router.post("/applications/{number}/supplement-request", summary="一次告知补正")
    async def ask(number: Number, body: SupplementRequestBody, asker: Requester, key: IdempotencyKey = None) -> Told:
        """只能告知一次，应当写全（行政许可法第三十二条第一款第四项）。"""
        application = await parts.application(asker, number, "application.supplement_request")
        reasons = {each.material: each.reason for each in body.materials}
        command = RequestSupplement(by=asker.subject, desk=body.desk, reasons=reasons)
        mine = own_key(asker.subject, key)
        return Told.model_validate(
            await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body)
        )

    return router
