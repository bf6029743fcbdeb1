"""HTTP of supervision: timelines, clocks and waiting, lit cases, urges, live numbers, and the proof of a chain."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.supervision.access import TIMELINE, ApplicationInPath, CaseInPath
from services.supervision.model import Key, Supervised
from services.supervision.parts import Parts
from services.supervision.refusals import REFUSALS
from services.supervision.sealing.views import ChainView, chain_view
from services.supervision.store import Wanted, chain, count_lit, find_lit, lit_clocks
from services.supervision.urge_views import (
    AnswerBody,
    AnswerGiven,
    OutcomeBody,
    OutcomeKept,
    UrgeAnswer,
    UrgeBody,
    Urges,
    urge_view,
)
from services.supervision.views import (
    Clocks,
    LitPage,
    Numbers,
    Timeline,
    clock_view,
    clocks_view,
    timeline_view,
)
from services.supervision.waiting_views import Waiting, waiting_view
from shared.contracts.terms import Light
from shared.identity import Person, require, scope_of
from shared.kernel import Refused
from shared.web.commands import IdempotencyKey, answering, refusal

TimelineReader = Annotated[Person, Depends(require(*TIMELINE))]
ClockReader = Annotated[Person, Depends(require("clock.read"))]
Urger = Annotated[Person, Depends(require("urge.issue"))]
Answerer = Annotated[Person, Depends(require("urge.answer"))]
Auditor = Annotated[Person, Depends(require("audit.read"))]
DepartmentFilter = Annotated[
    str | None, Query(pattern=r"^[a-z]{2,12}$", description="只看涉及这个部门的；部门人员总是只见本部门")
]


def api(parts: Parts) -> APIRouter:
    """`/applications`, `/cases`, `/numbers`, `/audit`."""
    router = APIRouter(tags=["倒计时监管"])
    runtime, store, access = parts.runtime, parts.store, parts.access

    @router.get("/applications/{application}/timeline", summary="申请的时间线：每个事件及其在日志中的位置")
    async def timeline(application: ApplicationInPath, asker: TimelineReader) -> Timeline:
        """申请人看本人的申请，部门看涉及本部门的，窗口和监管人员看全部；按收到的先后排列。"""
        doc, state = await access.application(application, asker)
        return timeline_view(state, await answering(chain(store, doc)), runtime.clock(), parts.rules)

    @router.get("/applications/{application}/clocks", summary="申请的全部倒计时")
    async def clocks(application: ApplicationInPath, asker: TimelineReader) -> Clocks:
        """受理、办理、联办、出件各个时限：灯色、到期日、剩余工作日。"""
        _, state = await access.application(application, asker)
        shown = clocks_view(state, runtime.clock(), parts.rules)
        return Clocks(application=state.application, matter_name=state.matter_name, clocks=shown)

    @router.get("/cases", summary="亮某种灯的申请，超期最久的在前")
    async def cases(
        asker: ClockReader,
        light: Annotated[
            Light, Query(description="灯色：green 正常，yellow 临期，red 超承诺，deep_red 超法定，paused 暂停")
        ],
        department: DepartmentFilter = None,
        clock: Annotated[
            Key | None,
            Query(
                description="只看这种时限：acceptance 受理，decision 办理，joint 联办，issuance 出件；只计天数的时限"
                "（step 环节、procedure 特别程序、reply 督办答复等）期满后才在其中"
            ),
        ] = None,
        page: Annotated[int, Query(ge=1, le=1000, description="第几页")] = 1,
        size: Annotated[int, Query(ge=1, le=100, description="每页几份申请")] = 20,
    ) -> LitPage:
        """red 超承诺期限，deep_red 超法定期限。同一申请的倒计时不拆开。"""
        scope = scope_of(asker, "clock.read")
        seen = department if scope.all else scope.department
        if department not in (None, seen):
            return LitPage(light=light, department=department, total=0, page=page, size=size, applications=[])
        wanted = Wanted(light, seen, clock)
        docs = await answering(find_lit(store, wanted, skip=(page - 1) * size, limit=size))
        total = await answering(count_lit(store, wanted))
        found = [lit_view(doc.state, wanted) for doc in docs if isinstance(doc.state, Supervised)]
        return LitPage(light=light, department=seen, total=total, page=page, size=size, applications=found)

    def lit_view(state: Supervised, wanted: Wanted) -> Clocks:
        shown = [clock_view(clock, runtime.clock(), parts.rules) for clock in lit_clocks(state, wanted)]
        return Clocks(application=state.application, matter_name=state.matter_name, clocks=shown)

    @router.get("/cases/{case}/waiting", summary="办件的每一刻在等谁")
    async def waiting(case: CaseInPath, asker: TimelineReader) -> Waiting:
        """申请人看本人的办件，部门看涉及本部门的，窗口和监管人员看全部；各段加起来就是全程。"""
        _, state = await access.application(case[:13], asker)
        found = next((each for each in state.cases if each.case == case), None)
        if found is None:
            raise refusal(Refused("no_such_case"), REFUSALS)
        return waiting_view(state, found, runtime.clock(), parts.rules)

    @router.get("/cases/{case}/urges", summary="办件的督办经过：每一级、答复和结果")
    async def urges(case: CaseInPath, asker: ClockReader) -> Urges:
        """窗口和监管人员看全部，部门看涉及本部门的。"""
        _, state = await access.application(case[:13], asker, ("clock.read",))
        if not any(each.case == case for each in state.cases):
            raise refusal(Refused("no_such_case"), REFUSALS)
        return Urges(case=case, urges=[urge_view(urge, state) for urge in state.urges_of(case)])

    @router.post("/cases/{case}/urges", summary="提醒、催办、督办、约谈或者问责移送", status_code=201)
    async def urge(case: CaseInPath, body: UrgeBody, asker: Urger, key: IdempotencyKey = None) -> UrgeAnswer:
        """只能催正在计时的办件；时限不因催办而改变。每个被催的部门答复一次。"""
        return UrgeAnswer.model_validate(await parts.acts.urge(case, body, asker, key))

    @router.post("/cases/{case}/urges/{number}/answer", summary="部门答复催办")
    async def answer(
        case: CaseInPath,
        number: Annotated[int, Path(ge=1, le=1000, description="第几次催办")],
        body: AnswerBody,
        asker: Answerer,
        key: IdempotencyKey = None,
    ) -> AnswerGiven:
        """被催部门的人员答复，每次催办答复一次；办件已办结也可以补充说明。"""
        return AnswerGiven.model_validate(await parts.acts.answer(case, number, body, asker, key))

    @router.post("/cases/{case}/urges/{number}/outcomes", summary="记录约谈、问责移送的结果", status_code=201)
    async def outcome(
        case: CaseInPath,
        number: Annotated[int, Path(ge=1, le=1000, description="第几次")],
        body: OutcomeBody,
        asker: Urger,
        key: IdempotencyKey = None,
    ) -> OutcomeKept:
        """每项结果记录一次；了结以后不再记录。"""
        return OutcomeKept.model_validate(await parts.acts.record(case, number, body, asker, key))

    @router.get("/numbers", summary="实时数字：在办件按灯色，今天的申请、受理、办结")
    async def numbers() -> Numbers:
        """公开，不需要登录；数字每秒更新。"""
        return await answering(parts.numbers())

    @router.get("/audit/{application}/verify", summary="核验申请的审计链")
    async def verified(application: ApplicationInPath, _: Auditor) -> ChainView:
        """从记录重新计算整条散列链，与每日封签和当前状态比对；断裂时指出第一处。"""
        report = await answering(parts.proofs.proof(application))
        if report is None:
            raise refusal(Refused("no_such_application"), REFUSALS)
        found = await answering(store.load([application]))
        doc = found.get(application)
        return chain_view(report, doc.state.head if doc and isinstance(doc.state, Supervised) else "")

    return router
