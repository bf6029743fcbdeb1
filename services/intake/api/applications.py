"""HTTP for applicants and agents: submit, look, supplement, withdraw, and read the papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.answers import Told
from services.intake.api.parts import READ, Number, Page, Parts, Size
from services.intake.api.views import ApplicationPage, ApplicationView
from services.intake.api.words import REFUSALS, key_required
from services.intake.handing_in import MaterialBody
from services.intake.model import Application, ApplicationStatus, HandedIn
from services.intake.model.commands import HandInSupplement, Withdraw
from services.intake.number import new_number
from services.intake.receipts import Receipt, receipts_of
from services.intake.store import listed
from services.intake.submission import ApplicationBody, Submission, invalid_application
from shared.contracts.envelope import CaseNo
from shared.identity import Person, require
from shared.kernel import Refused
from shared.log import logger
from shared.messaging.commands import digest
from shared.permissions import Role
from shared.web.commands import IdempotencyKey, answering, own_key, refusal, tell

SUBMIT = ("application.submit", "application.submit_on_behalf")
Submitter = Annotated[Person, Depends(require(*SUBMIT))]
Reader = Annotated[Person, Depends(require(*READ))]
Owner = Annotated[Person, Depends(require("application.read_own"))]
Supplementer = Annotated[Person, Depends(require("application.supplement"))]
Withdrawer = Annotated[Person, Depends(require("application.withdraw"))]


class SupplementBody(BaseModel):
    """补正：清单上的每一份材料都要交，一次交齐。"""

    model_config = ConfigDict(extra="forbid")
    materials: tuple[MaterialBody, ...] = Field(min_length=1, max_length=200)


class WithdrawBody(BaseModel):
    """撤回。受理前整份撤回；受理后可以只撤回列出的办件，由审批部门决定。"""

    model_config = ConfigDict(extra="forbid")
    cases: tuple[CaseNo, ...] = Field(default=(), max_length=50, description="不填为全部办件")


def applications_api(parts: Parts) -> APIRouter:
    """`/applications`, as those who apply use it."""
    router = APIRouter(prefix="/applications", tags=["申请"])
    submission = Submission(parts.catalogue, parts.handing_in, parts.keyring, parts.settings.holder_key)

    @router.post("", status_code=201, summary="提交申请")
    async def submit(body: ApplicationBody, asker: Submitter, response: Response, key: IdempotencyKey = None) -> Told:
        """必须带 Idempotency-Key；同一个键重试得到同一个编号和第一次的回答。填写有误时一次列出全部问题。"""
        if key is None:
            raise key_required()
        number = new_number(parts.settings.holder_key, asker.subject, key)
        answer = await _said_before(parts, number, own_key(asker.subject, key), body)
        if answer is None:
            command = await answering(submission.checked(body, asker, number))
            mine = own_key(asker.subject, key)
            answer = await tell(parts.runtime, number, command, REFUSALS, key=mine, said=body)
        response.headers["Location"] = f"/applications/{number}"
        return Told.model_validate(answer)

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
        application = await parts.application(asker, number, *READ)
        own = _owns(parts, asker, application)
        full = own or Role.CLERK in asker.roles
        if full and not own:
            logger("intake").info("holder_unmasked", application=application.number, by=asker.subject)
        return parts.view(application, masked=not full)

    @router.get("/{number}/receipts", summary="收件凭证、受理通知书等")
    async def receipts(number: Number, asker: Reader) -> list[Receipt]:
        """每份都有编号和日期（行政许可法第三十二条）。"""
        return receipts_of(await parts.application(asker, number, *READ))

    @router.post("/{number}/supplement", summary="补交材料")
    async def supplement(number: Number, body: SupplementBody, asker: Supplementer, key: IdempotencyKey = None) -> Told:
        """申请人补交，或由窗口代为补交；受理期限重新计算。"""
        application = await parts.application(asker, number, "application.supplement")
        command = HandInSupplement(
            by=asker.subject, handed_in=await _checked_supplement(parts, application, body, asker)
        )
        mine = own_key(asker.subject, key)
        answer = await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body)
        return Told.model_validate(answer)

    @router.post("/{number}/withdrawal", summary="撤回申请")
    async def withdraw(number: Number, body: WithdrawBody, asker: Withdrawer, key: IdempotencyKey = None) -> Told:
        """受理前立即撤回；受理后是请求，已经作出的决定不受影响。"""
        application = await parts.application(asker, number, "application.withdraw")
        command = Withdraw(by=asker.subject, cases=body.cases)
        mine = own_key(asker.subject, key)
        return Told.model_validate(
            await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body)
        )

    return router


async def _said_before(parts: Parts, number: str, key: str | None, body: ApplicationBody) -> Mapping[str, Any] | None:
    """The first answer, for a repeated submission: it must not be checked again, as the catalogue may have changed."""
    document = (await answering(parts.store.load([number]))).get(number)
    remembered = document.remembered(key) if document and key else None
    if remembered is None:
        return None
    if remembered.digest != digest(body):
        raise refusal(Refused("key_reused"), REFUSALS)
    return remembered.answer


async def _checked_supplement(
    parts: Parts, application: Application, body: SupplementBody, asker: Person
) -> tuple[HandedIn, ...]:
    """What is brought, its mistakes told all at once; whether it answers the list is decided with the save."""
    if application.asked is None:
        return tuple(each.handed_in() for each in body.materials)
    asked = {each.material for each in application.asked.materials}
    planned = [
        material.model_copy(update={"fetched": False, "from_case": None})
        for material in application.form.materials
        if material.key in asked
    ]
    people = parts.people(application)
    errors, handed_in = await answering(parts.handing_in.checked(body.materials, planned, people, asker))
    if errors:
        raise invalid_application(errors)
    return handed_in


def _owns(parts: Parts, asker: Person, application: Application) -> bool:
    return application.form.owner in parts.own(asker)["owner"]["$in"]
