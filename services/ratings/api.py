"""好差评 over HTTP: an owner's invitations and the one rating of each case; boards, list and tags for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BeforeValidator, Field

from services.ratings.comments import clean, masked
from services.ratings.model import (
    MAX_COMMENT,
    Channel,
    Ending,
    GiveRating,
    RatedCase,
    Rating,
    Rules,
    Status,
)
from services.ratings.store import MOST, Score, newest, open_invitations, own_case, scores, together
from shared.identity import Person, require
from shared.kernel import Frozen
from shared.messaging.document import Store
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.commands import IdempotencyKey, Refusals, answering, own_key, owners, tell
from shared.web.problems import Problem, Words

_NO_SUCH_CASE = (
    404,
    Words("没有找到这个办件", "No such case"),
    Words(
        "请核对办件编号；只能查看和评价本人的办件。如刚刚提交，请稍候再试。",
        "Check the number; you see and rate your own cases only. If it is new, try again shortly.",
    ),
)
REFUSALS: Refusals = {
    "no_such_case": _NO_SUCH_CASE,
    "not_invited": (
        409,
        Words("还不能评价", "Not yet to be rated"),
        Words("办件办结后才能评价，办结时会邀请您。", "A case is rated when it has ended; you will be invited."),
    ),
    "already_rated": (
        409,
        Words("已经评价过了", "Rated already"),
        Words("每个办件只评价一次，感谢您的反馈。", "Each case is rated once. Thank you for your rating."),
    ),
    "wrong_tag": (
        422,
        Words("评价标签与等级不符", "A tag does not belong to the level"),
        Words("请只选所评等级下的标签（见 GET /tags），不符的标签见 codes。", "Use tags of the level: GET /tags."),
    ),
    "repeated_tag": (
        422,
        Words("评价标签重复", "A tag is repeated"),
        Words("同一个标签只选一次，重复的标签见 codes。", "Give each tag once; see codes."),
    ),
}

CaseInPath = Annotated[
    str, Path(pattern=r"^[0-9A-Z]{13}-[0-9]{2}$", description="办件编号", examples=["3F7K2M9QX4TBD-01"])
]
Month = Annotated[str | None, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份，如 2026-03")]
Code = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
Asker = Annotated[Person, Depends(require("rating.give"))]


class RatingForm(Frozen):
    """一次评价。"""

    level: int = Field(ge=1, le=5, strict=True, description="5 非常满意 … 1 非常不满意；1、2 为差评", examples=[5])
    tags: tuple[Code, ...] = Field(
        default=(), max_length=8, description="该等级下的标签代码", examples=[["510", "517"]]
    )
    comment: Annotated[str | None, BeforeValidator(lambda v: clean(v) if isinstance(v, str) else v)] = Field(
        default=None, max_length=MAX_COMMENT, description="文字评价，公开显示时隐去电话和证件号码", examples=["很方便"]
    )
    channel: Channel = "web"


class RatingReceipt(Frozen):
    """评价已收到。"""

    case: str
    level: int
    tags: tuple[str, ...]
    at: datetime


class OwnCase(Frozen):
    """本人的一个办件：`open` 未办结，`invited` 请您评价，`rated` 已评价。"""

    case: str
    item: str
    name: str
    department: str
    status: Status
    ending: Ending | None
    invited_at: datetime | None
    rating: Rating | None


class Invitations(Frozen):
    """等待本人评价的办件，新的在前。"""

    invitations: list[OwnCase]


class Board(Frozen):
    """好差评公示：全厅和各部门（部门代码 → 得分）。只统计主动评价。"""

    month: str | None
    hall: Score
    departments: Mapping[str, Score]


class PublicRating(Frozen):
    """一条公开的评价，不含办件编号和评价人；文字中的电话、证件号码已隐去。"""

    department: str
    item: str
    name: str
    level: int
    tags: tuple[str, ...]
    comment: str | None
    at: datetime


class PublicRatings(Frozen):
    """公开的评价，新的在前；还有更早的时，用 `next` 作为 `before` 再取。"""

    ratings: list[PublicRating]
    next: str | None


def api(runtime: Runtime, store: Store, settings: Settings, rules: Rules) -> APIRouter:
    """The routes of the service."""
    router = APIRouter()
    _for_owners(router, runtime, store, settings)
    _for_everybody(router, store, rules)
    return router


def _for_owners(router: APIRouter, runtime: Runtime, store: Store, settings: Settings) -> None:
    @router.get("/invitations", summary="等待我评价的办件", tags=["我的评价"])
    async def invitations(asker: Asker) -> Invitations:
        found = await answering(open_invitations(store, owners(asker, settings.holder_key)))
        return Invitations(invitations=[shown for case in found if (shown := own_view(case))])

    @router.get("/cases/{case}", summary="我的办件的评价或评价邀请", tags=["我的评价"])
    async def own(case: CaseInPath, asker: Asker) -> OwnCase:
        found = await answering(own_case(store, case, owners(asker, settings.holder_key)))
        shown = own_view(found) if found else None
        if shown is None:
            raise no_such_case()
        return shown

    @router.post("/cases/{case}/rating", summary="评价我的办件（一事一评）", tags=["我的评价"], status_code=201)
    async def give(case: CaseInPath, form: RatingForm, asker: Asker, key: IdempotencyKey = None) -> RatingReceipt:
        return await give_rating(runtime, settings, case, form, asker, key)


async def give_rating(
    runtime: Runtime, settings: Settings, case: str, form: RatingForm, asker: Person, key: str | None
) -> RatingReceipt:
    """The one rating of a case by its owner. Problem for every refusal."""
    command = GiveRating(case=case, owners=tuple(owners(asker, settings.holder_key)), **form.model_dump())
    # The asker's tokens may name different organisations: the key stays with what was said, not with by whom.
    said = command.model_copy(update={"owners": ()})
    doc = case.partition("-")[0]
    answer = await tell(runtime, doc, command, REFUSALS, key=own_key(asker.subject, key), said=said)
    return RatingReceipt.model_validate(answer)


def _for_everybody(router: APIRouter, store: Store, rules: Rules) -> None:
    @router.get("/tags", summary="评价等级和标签（国家统一，第 2 版）", tags=["公示"])
    async def tags() -> Rules:
        return rules

    @router.get("/board", summary="好差评公示榜", tags=["公示"])
    async def board(month: Month = None) -> Board:
        scored = await answering(scores(store, month))
        return Board(month=month, hall=together(scored), departments=scored)

    @router.get("/ratings", summary="公开的评价", tags=["公示"])
    async def ratings(
        department: Annotated[str | None, Query(pattern=r"^[a-z]{2,12}$", description="部门代码")] = None,
        level: Annotated[int | None, Query(ge=1, le=5)] = None,
        before: Annotated[str | None, Query(pattern=r"^[0-9TZa-f.-]{20,40}$", description="上一页的 next")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
    ) -> PublicRatings:
        found = await answering(newest(store, department, level, before, limit))
        shown = [public(row, comment) for row, comment in found]
        return PublicRatings(ratings=shown, next=found[-1][0]["place"] if len(found) == limit else None)


def public(row: Mapping[str, object], comment: str | None) -> PublicRating:
    """A rating as everybody may see it."""
    fields = {name: row[name] for name in PublicRating.model_fields if name != "comment"}
    return PublicRating.model_validate({**fields, "comment": masked(comment) if comment else None})


def no_such_case() -> Problem:
    """404 alike for somebody else's case and for none."""
    status, title, detail = _NO_SUCH_CASE
    return Problem(status, "no_such_case", title, detail)


def own_view(case: RatedCase) -> OwnCase | None:
    """What the owner sees; nothing of a case that intake never named."""
    if case.outline is None:
        return None
    return OwnCase(
        case=case.case,
        item=case.outline.item,
        name=case.outline.name,
        department=case.outline.department,
        status=case.status,
        ending=case.ending,
        invited_at=case.invited_at,
        rating=case.rating,
    )
