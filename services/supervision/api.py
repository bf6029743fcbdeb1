"""HTTP of supervision: timelines and clocks for those concerned, lit cases for staff, live numbers for everyone."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.supervision.decide.audit import entry_id
from services.supervision.model import Supervised
from services.supervision.rules import Rules
from services.supervision.store import chain, find_lit, find_visible, open_by_light, reached_since, verify
from services.supervision.views import (
    BrokenLink,
    ChainView,
    Clocks,
    LitPage,
    Numbers,
    Timeline,
    Today,
    clock_view,
    clocks_view,
    timeline_view,
)
from shared.clock import shanghai
from shared.contracts.terms import Light
from shared.identity import Person, require, scope_of
from shared.kernel import Refused
from shared.messaging.document import Document, Store, Where
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.commands import Refusals, answering, owners, refusal
from shared.web.problems import Words

TIMELINE = ("case.read_timeline_own", "case.read_timeline_any")
FRESH_SECONDS = 1.0
"""How long the public numbers are answered from memory: one count for any number of readers."""

ApplicationInPath = Annotated[str, Path(pattern=r"^[0-9A-Z]{13}$", description="申请编号", examples=["7ZQ0M3X5KD2WA"])]
TimelineReader = Annotated[Person, Depends(require(*TIMELINE))]
ClockReader = Annotated[Person, Depends(require("clock.read"))]
Auditor = Annotated[Person, Depends(require("audit.read"))]
DepartmentFilter = Annotated[
    str | None, Query(pattern=r"^[a-z]{2,12}$", description="只看涉及这个部门的；部门人员总是只见本部门")
]

REFUSALS: Refusals = {
    "no_such_application": (
        404,
        Words("没有找到这份申请", "No such application"),
        Words(
            "没有这份申请，或者您不能查看它；请核对编号。如刚刚提交，请稍候再试。",
            "No such application, or not yours to see. If it is new, try again shortly.",
        ),
    ),
}


def api(runtime: Runtime, store: Store, settings: Settings, rules: Rules) -> APIRouter:
    """`/applications`, `/cases`, `/numbers`, `/audit`."""
    router = APIRouter(tags=["倒计时监管"])
    numbers_now = LiveNumbers(runtime, store)

    async def visible(application: str, asker: Person) -> tuple[Document, Supervised]:
        scope = scope_of(asker, *TIMELINE)
        sights: list[Where] = [{}] if scope.all else []
        sights += [{"owner": {"$in": owners(asker, settings.holder_key)}}] if scope.own else []
        sights += [{"departments": scope.department}] if scope.department else []
        doc = await answering(find_visible(store, application, sights))
        if doc is None:
            raise refusal(Refused("no_such_application"), REFUSALS)
        if not isinstance(doc.state, Supervised):
            raise refusal(Refused("parked"), REFUSALS)
        return doc, doc.state

    @router.get("/applications/{application}/timeline", summary="申请的时间线：每个事件及其在日志中的位置")
    async def timeline(application: ApplicationInPath, asker: TimelineReader) -> Timeline:
        """申请人看本人的申请，部门看涉及本部门的，窗口和监管人员看全部；按收到的先后排列。"""
        doc, state = await visible(application, asker)
        return timeline_view(state, await answering(chain(store, doc)), runtime.clock(), rules)

    @router.get("/applications/{application}/clocks", summary="申请的全部倒计时")
    async def clocks(application: ApplicationInPath, asker: TimelineReader) -> Clocks:
        """受理、办理、联办、出件各个时限：灯色、到期日、剩余工作日。"""
        _, state = await visible(application, asker)
        shown = clocks_view(state, runtime.clock(), rules)
        return Clocks(application=state.application, matter_name=state.matter_name, clocks=shown)

    @router.get("/cases", summary="亮某种灯的申请，超期最久的在前")
    async def cases(
        asker: ClockReader,
        light: Annotated[
            Light, Query(description="灯色：green 正常，yellow 临期，red 超承诺，deep_red 超法定，paused 暂停")
        ],
        department: DepartmentFilter = None,
        page: Annotated[int, Query(ge=1, le=1000, description="第几页")] = 1,
        size: Annotated[int, Query(ge=1, le=100, description="每页几份申请")] = 20,
    ) -> LitPage:
        """red 超承诺期限，deep_red 超法定期限。同一申请的倒计时不拆开。"""
        scope = scope_of(asker, "clock.read")
        seen = department if scope.all else scope.department
        if department not in (None, seen):
            return LitPage(light=light, department=department, total=0, page=page, size=size, applications=[])
        docs, total = await answering(find_lit(store, light, seen, skip=(page - 1) * size, limit=size))
        found = [lit_view(doc.state, light, seen) for doc in docs if isinstance(doc.state, Supervised)]
        return LitPage(light=light, department=seen, total=total, page=page, size=size, applications=found)

    def lit_view(state: Supervised, light: Light, department: str | None) -> Clocks:
        shown = [
            clock_view(clock, runtime.clock(), rules)
            for clock in state.clocks
            if clock.running and clock.light == light and (department is None or department in state.concerned(clock))
        ]
        return Clocks(application=state.application, matter_name=state.matter_name, clocks=shown)

    @router.get("/numbers", summary="实时数字：在办件按灯色，今天的申请、受理、办结")
    async def numbers() -> Numbers:
        """公开，不需要登录；数字每秒更新。"""
        return await answering(numbers_now())

    @router.get("/audit/{application}/verify", summary="核验申请的审计链")
    async def verified(application: ApplicationInPath, _: Auditor) -> ChainView:
        """从记录重新计算整条散列链；断裂时指出第一处。"""
        result = await answering(verify(store, application))
        if result is None:
            raise refusal(Refused("no_such_application"), REFUSALS)
        broken = result.broken
        link = BrokenLink(n=broken.n, id=entry_id(application, broken.n), reason=broken.reason) if broken else None
        return ChainView(
            application=application, intact=not broken, entries=result.entries, head=result.head, broken=link
        )

    return router


class LiveNumbers:
    """The public numbers, counted at most once in FRESH_SECONDS."""

    def __init__(self, runtime: Runtime, store: Store) -> None:
        self._runtime, self._store = runtime, store
        self._last: Numbers | None = None
        self._counted = 0.0

    async def __call__(self) -> Numbers:
        """The numbers, at most FRESH_SECONDS old. Raises Unavailable."""
        if self._last is None or time.monotonic() - self._counted >= FRESH_SECONDS:
            self._counted = time.monotonic()
            self._last = await self._count()
        return self._last

    async def _count(self) -> Numbers:
        now = self._runtime.clock()
        midnight = shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
        by_light = await open_by_light(self._store)
        return Numbers(
            at=now,
            open_cases=sum(by_light.values()),
            open_by_light=by_light,
            today=await self._today(midnight),
        )

    async def _today(self, since: datetime) -> Today:
        reached = await reached_since(self._store, since)
        return Today(
            day=since.date(),
            submitted=reached.get("submitted", 0),
            accepted=reached.get("accepted", 0),
            ended=reached.get("ended", 0),
        )
