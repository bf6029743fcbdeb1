"""What the window does to an application: receive it, or ask once for everything. For pages and routes."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.intake.api.answers import Told
from services.intake.api.parts import Parts
from services.intake.api.words import REFUSALS
from services.intake.model import DESK
from services.intake.model.commands import Accept, NotRequire, Refer, RequestSupplement
from services.intake.texts import DeskName, Reason
from shared.contracts.envelope import CaseNo
from shared.identity import Person
from shared.web.commands import own_key, tell


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


async def accepted(parts: Parts, typed: str, asker: Person, body: AcceptBody, key: str | None) -> Told:
    """Receive every case, each with its outcome; those not named are accepted. Raises Problem."""
    application = await parts.application(asker, typed, "application.accept")
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
    return Told.model_validate(await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body))


async def asked(parts: Parts, typed: str, asker: Person, body: SupplementRequestBody, key: str | None) -> Told:
    """The one full list of what is missing (行政许可法 Art. 32(4)). Raises Problem."""
    application = await parts.application(asker, typed, "application.supplement_request")
    reasons = {each.material: each.reason for each in body.materials}
    command = RequestSupplement(by=asker.subject, desk=body.desk, reasons=reasons)
    mine = own_key(asker.subject, key)
    return Told.model_validate(await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body))
