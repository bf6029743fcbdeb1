"""HTTP of licensing: my results, the PDF, the hand-out at the counter, and verification for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from services.licensing import numbers, views
from services.licensing.finding import Finder
from services.licensing.holder import unmasked
from services.licensing.issuing import check_signature
from services.licensing.model import Deliver, Method, Result
from services.licensing.printing import Printer
from services.licensing.store import numbered, of_case, of_cases, of_holder, owned
from shared import signing
from shared.contracts.envelope import CaseNo
from shared.identity import Person, require, scope_of
from shared.log import logger
from shared.messaging.document import Where
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.commands import IdempotencyKey, Refusals, answering, own_key, owners, tell
from shared.web.pages import wants_page
from shared.web.problems import Problem, Words

CASES = range(1, 51)
"""An application holds at most so many cases."""

REFUSALS: Refusals = {
    "no_such_result": (
        404,
        Words("没有这件办理结果", "No such result"),
        Words("请检查办件编号；尚未办结的办件没有结果。", "Check the case number; an undecided case has no result."),
    ),
}

Reader = Annotated[Person, Depends(require("licence.read_own", "licence.read_any"))]
Applicant = Annotated[Person, Depends(require("licence.read_own"))]
Clerk = Annotated[Person, Depends(require("licence.deliver"))]
Case = Annotated[CaseNo, Path(description="办件编号", examples=["0123456789ABC-01"])]
Number = Annotated[str, Path(max_length=200, description="证照标识（可省略 1.2.156.3005.2. 前缀）或文书编号")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with."""

    runtime: Runtime
    settings: Settings
    printer: Printer
    finder: Finder
    keys: Mapping[str, signing.PublicKey]

    def owners(self, asker: Person) -> list[str]:
        """The `owner` values that are the asker's; none for somebody who has no things of their own here."""
        return owners(asker, self.settings.holder_key) if asker.may("licence.read_own") else []

    async def result(self, case: str, asker: Person) -> Result:
        """The result, if the asker may see it. Problem 404 otherwise: nothing tells that it exists."""
        found = await answering(of_case(self.runtime.store, case, self._reaches(asker)))
        if found is None:
            raise Problem(*_no_such_result())
        return found

    async def of_application(self, number: str, asker: Person) -> list[Result]:
        """The results of an application that the asker may see, by case; none tells nothing."""
        reaches = self._reaches(asker)
        found = await answering(of_cases(self.runtime.store, [f"{number}-{n:02d}" for n in CASES], reaches))
        return sorted(found, key=lambda one: one.facts.case)

    async def sought(self, typed: str, asker: Person, *, skip: int, limit: int) -> tuple[list[Result], int]:
        """A page of what a clerk looks for by number or name, and how many there are. Who looked for whom is
        personal, and is not logged: who looked, and by what kind, is."""
        sought = self.finder.sought(typed)
        if sought.kind == "number":
            found = await self.of_application(sought.value, asker)
            page, total = found[skip : skip + limit], len(found)
        else:
            reach = scope_of(asker, "licence.read_any").filter(department="department")
            look = of_holder(self.runtime.store, sought.value, reach, skip=skip, limit=limit)
            page, total = await answering(look)
        logger("licensing").info("searched", by=asker.subject, kind=sought.kind, found=total)
        return page, total

    def _reaches(self, asker: Person) -> list[Where]:
        reaches: list[Where] = [{"owner": {"$in": self.owners(asker)}}]
        if asker.may("licence.read_any"):
            reaches.append(scope_of(asker, "licence.read_any").filter(department="department"))
        return reaches

    async def deliver(self, result: Result, method: Method, asker: Person, key: str | None = None) -> views.Delivered:
        """Say that the result reached its holder."""
        command = Deliver(case=result.facts.case, method=method, by=asker.subject)
        answer = await tell(
            self.runtime,
            result.facts.case,
            command,
            REFUSALS,
            key=own_key(asker.subject, key),
            lane=result.application,
        )
        return views.Delivered.model_validate(answer)


def api(desk: Desk) -> list[APIRouter]:
    """All routes."""
    return [_results(desk), _papers(desk), _public(desk)]


def _results(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["办理结果"])

    @router.get("/results", summary="我的办理结果")
    async def mine(
        asker: Applicant,
        page: Annotated[int, Query(ge=1, le=1000)] = 1,
        size: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> views.ResultList:
        """本人（及所代表的组织）的电子证照、通知书和决定书，最新的在前。"""
        store, now = desk.runtime.store, desk.runtime.clock()
        found, total = await answering(owned(store, desk.owners(asker), skip=(page - 1) * size, limit=size))
        shown = [views.result_view(one, now, desk.printer.verify_url(one)) for one in found]
        return views.ResultList(results=shown, total=total, page=page, size=size)

    @router.get("/results/{case}", summary="一件办理结果")
    async def one(case: Case, asker: Reader) -> views.OneResult:
        """本人的结果；窗口可查看全部，部门人员可查看本部门的。"""
        result = await desk.result(case, asker)
        return views.one_result(result, desk.runtime.clock(), desk.printer.verify_url(result))

    @router.post("/results/{case}/deliver", summary="登记送达（窗口）")
    async def deliver(case: Case, body: views.HandOut, asker: Clerk, key: IdempotencyKey = None) -> views.Delivered:
        """窗口当面交付或邮寄后登记（行政许可法第四十四条）。重复登记同一方式返回第一次的登记。"""
        return await desk.deliver(await desk.result(case, asker), body.method, asker, key)

    return router


def _papers(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["办理结果"])

    @router.get(
        "/results/{case}/document",
        summary="下载证照或文书（PDF）",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}}, "description": "PDF/A-2b，含核验二维码"}},
    )
    async def document(case: Case, asker: Reader) -> Response:
        """首次由本人下载即为送达。同一件结果每次下载的字节相同。"""
        result = await desk.result(case, asker)
        if check_signature(result, desk.keys) == "does_not_match":
            raise _changed()
        pdf = await desk.printer.pdf(result)
        own = result.owner in desk.owners(asker)
        if own and all(one.method != "download" for one in result.deliveries):
            await desk.deliver(result, "download", asker)
        if not own:
            unmasked(result, asker)
        headers = {"Content-Disposition": f'inline; filename="{case}.pdf"'}
        return Response(pdf, media_type="application/pdf", headers=headers)

    return router


def _public(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["公开核验"])

    @router.get("/verify/{number}", summary="按编号核验证照或文书（无需登录）", response_model=views.Verification)
    async def verify(request: Request, number: Number) -> views.Verification | RedirectResponse:
        """写法可以宽松：全角、大小写、空格、有无前缀均可。输错会指出是哪一段；没有签发过的编号回答 404。"""
        if wants_page(request):  # a phone that read the QR code of a paper
            return RedirectResponse(f"../check/{quote(number)}", 303)
        return await verified(desk, number)

    @router.get("/.well-known/onedoor-licence-keys.json", summary="核验签名的公钥（JWKS）")
    async def keys() -> views.KeySet:
        """每一把签过证照的密钥的公钥。"""
        return views.KeySet(**signing.jwks(desk.keys))

    return router


async def verified(desk: Desk, number: str) -> views.Verification:
    """What anybody may know of a number, typed as loosely as it comes. Problem 422 mistyped, 404 never issued."""
    stored = numbers.read(number)
    result = await answering(numbered(desk.runtime.store, stored))
    if result is None:
        raise numbers.unknown(stored)
    signature = check_signature(result, desk.keys)
    holder, now = desk.printer.holder(result), desk.runtime.clock()
    return views.verification(result, holder, signature, now, synthetic=not desk.settings.production)


def _no_such_result() -> tuple[int, str, Words, Words]:
    status, title, detail = REFUSALS["no_such_result"]
    return status, "no_such_result", title, detail


def _changed() -> Problem:
    return Problem(
        409,
        "signature_does_not_match",
        Words("登记内容与签名不符，已停止出件", "The stored facts do not match their signature"),
        Words(
            "这件结果的登记内容在签发后被改动，不能打印；请联系窗口，由系统管理员核查。",
            "The facts were changed after they were signed; no paper is made. Tell the counter.",
        ),
    )
