"""`/seals`: sealed days for everyone, as a page and for programs; where one's own application stands under a seal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.access import TIMELINE, ApplicationInPath
from services.supervision.model import NOTHING_HEARD, PAGE
from services.supervision.parts import Parts
from services.supervision.refusals import REFUSALS
from services.supervision.sealing.sealed import (
    Seal,
    leaves_of,
    made_up,
    newest_seals,
    page_of,
    place_of,
    seal_of,
    sealed_at,
)
from services.supervision.sealing.views import (
    AuditKeys,
    ProofView,
    SealPage,
    SealView,
    proof_view,
    seal_view,
)
from shared import signing
from shared.identity import Person, require
from shared.kernel import Refused
from shared.web.commands import answering, refusal
from shared.web.pages import Pages, wants_page
from shared.web.session import Visitor

AT_ONCE = 14
Upto = Annotated[date | None, Query(description="只看到这一天为止的")]
Day = Annotated[date, Path(description="哪一天", examples=["2026-11-25"])]
Reader = Annotated[Person, Depends(require(*TIMELINE))]


def seals(parts: Parts, pages: Pages) -> APIRouter:
    """Public, but for the proof of an application, which is for those who may see it."""
    router = APIRouter(tags=["审计链封签"])
    store = parts.store

    @router.get("/seals", summary="每日封签，最近的在前", response_model=SealPage)
    async def listed(request: Request, asker: Visitor, upto: Upto = None) -> SealPage | Response:
        """公开，不需要登录。浏览器打开的是网页。"""
        found = await answering(newest_seals(store, AT_ONCE + 1, upto or date.max))
        older = found[AT_ONCE].day if len(found) > AT_ONCE else None
        if wants_page(request):
            return await page(request, asker, found[:AT_ONCE], upto, older)
        return SealPage(seals=[seal_view(seal) for seal in found[:AT_ONCE]], older=older)

    async def page(
        request: Request, asker: Visitor, found: list[Seal], upto: date | None, older: date | None
    ) -> HTMLResponse:
        shown = found[0] if found else None
        values: dict[str, Any] = {
            "seals": found,
            "upto": upto,
            "older": older,
            "seal": seal_view(shown) if shown else None,
            "day_before": shown.day - timedelta(days=1) if shown and shown.fact("before") != NOTHING_HEARD else None,
            "at": {seal.day: sealed_at(seal) for seal in found},
            "made_up": {seal.day for seal in found if made_up(seal)},
            "place": await answering(place_of(store, shown.day)) if shown else None,
            "address": parts.settings.url_of("supervision", "/seals"),
        }
        return pages.show(request, asker, "supervision/seals.html", **values)

    @router.get("/seals/{day}", summary="一天的封签")
    async def one(day: Day) -> SealView:
        """`signed` 是被签名的原文，`signature` 是签名，公钥见 `/seals/keys/{key_id}.pem`。"""
        return seal_view(await _seal(parts, day))

    @router.get("/seals/{day}/proof/{application}", summary="申请在一天封签中的位置")
    async def proof(day: Day, application: ApplicationInPath, asker: Reader) -> ProofView:
        """申请人看本人的，部门看涉及本部门的，窗口和监管人员看全部。每份申请在它有新记录的次日必有封签。"""
        await parts.access.application(application, asker)
        seal = await _seal(parts, day)
        mine = [sealed for sealed in await answering(leaves_of(store, application)) if sealed.day == day]
        leaves = await answering(page_of(store, day, mine[-1].page)) if mine else None
        if leaves is None:
            raise refusal(Refused("not_in_seal"), REFUSALS)
        return proof_view(seal, mine[-1], leaves, PAGE)

    @router.get("/seals/keys/{key_id}.pem", summary="封签的公钥（PEM）", response_class=PlainTextResponse)
    async def key(key_id: Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{43}$")]) -> str:
        """用 openssl 核对签名。"""
        if key_id not in parts.keys.public:
            raise refusal(Refused("no_such_key"), REFUSALS)
        return signing.pem(parts.keys.public[key_id])

    @router.get("/.well-known/onedoor-audit-keys.json", summary="封签的公钥（JWKS）")
    async def keys() -> AuditKeys:
        """签过封签的每一把密钥的公钥。"""
        return AuditKeys(**signing.jwks(parts.keys.public))

    return router


async def _seal(parts: Parts, day: date) -> Seal:
    """Problem 404 where there is none."""
    seal = await answering(seal_of(parts.store, day))
    if seal is None:
        raise refusal(Refused("no_such_seal"), REFUSALS)
    return seal
