"""HTTP of approval: the departments' built-in desk, and a case with its tasks and opinions for those whose it is."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from services.approval.desk import Desk
from services.approval.refusals import department_needed, no_such
from services.approval.store import EVERYONE, Listed, Wanted, find_approval, list_tasks
from services.approval.views import (
    CaseView,
    DeputyAnswer,
    DeputyBody,
    DeputyView,
    HandBackBody,
    HandsAnswer,
    OpinionAnswer,
    OpinionBody,
    ReassignBody,
    TaskPage,
    TaskView,
    case_view,
    task_view,
)
from shared.contracts.terms import Light
from shared.identity import Person, require, scope_of
from shared.messaging.document import Where
from shared.settings import Settings
from shared.web.commands import IdempotencyKey, answering, owners

Hands = Literal["mine", "free"]
TaskNo = Annotated[
    str,
    Path(pattern=r"^[0-9A-Z]{13}-\d{2}-T\d{1,3}$", description="任务编号", examples=["7ZQ0M3X5KD2WA-01-T1"]),
]
CaseNumber = Annotated[
    str, Path(pattern=r"^[0-9A-Z]{13}-\d{2}$", description="办件编号", examples=["7ZQ0M3X5KD2WA-01"])
]
ApplicationFilter = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{13}$", description="只看这份申请")]
CaseFilter = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{13}-\d{2}$", description="只看这个办件")]
ITEM = r"^[a-z0-9_-]{0,64}$"
"""An item's key: it becomes part of a field's name in the query, where signs mean something."""
DepartmentFilter = Annotated[
    str | None, Query(pattern=r"^[a-z]{2,12}$", description="只看这个部门（供监管人员；部门人员总是只见本部门）")
]

READ_CASE = ("application.read_own", "application.read_any")
TaskReader = Annotated[Person, Depends(require("task.read"))]
Taker = Annotated[Person, Depends(require("task.take"))]
Returner = Annotated[Person, Depends(require("task.hand_back"))]
Head = Annotated[Person, Depends(require("task.reassign"))]
Examiner = Annotated[Person, Depends(require("task.give_opinion"))]
CaseReader = Annotated[Person, Depends(require(*READ_CASE))]


def api(desk: Desk, settings: Settings) -> APIRouter:
    """`/tasks` and `/cases`."""
    router, store = APIRouter(tags=["分类审批"]), desk.store

    @router.get("/tasks", summary="本部门的审查任务，先到期的在前")
    async def tasks(
        asker: TaskReader,
        state: Annotated[Listed, Query(description="open 待办，given 已出意见，ended 办件已终止")] = "open",
        application: ApplicationFilter = None,
        case: CaseFilter = None,
        department: DepartmentFilter = None,
        light: Annotated[Light | None, Query(description="只看亮这个灯的办件的待办任务")] = None,
        item: Annotated[str | None, Query(pattern=ITEM, description="只看这个事项")] = None,
        hands: Annotated[Hands | None, Query(description="mine 我接的，free 没有人接的（只用于待办）")] = None,
        page: Annotated[int, Query(ge=1, le=1000, description="第几页")] = 1,
        size: Annotated[int, Query(ge=1, le=100, description="每页几份申请；同一申请的任务不拆开")] = 20,
    ) -> TaskPage:
        """待办按办件的承诺期限排序，期限相同或未知的先到的在前；默认只列待办。监管人员按灯、事项筛选时须写明部门。"""
        scope = scope_of(asker, "task.read")
        whose = (department or EVERYONE) if scope.all else scope.department or ""
        if department not in (None, whose):
            return TaskPage(tasks=[], page=page, more=False)
        if whose == EVERYONE and (light or item or hands):
            raise department_needed()
        wanted = Wanted(
            whose,
            state,
            light,
            item,
            holder=asker.subject if hands == "mine" else None,
            free=hands == "free",
            application=case[:13] if case else application,
        )
        found, more = await answering(list_tasks(store, wanted, skip=(page - 1) * size, limit=size))
        shown = [row for row in found if case in (None, row.case.case) and application in (None, row.case.application)]
        views = [task_view(row.case, row.task, row.clock, staff=True) for row in shown]
        return TaskPage(tasks=views, page=page, more=more)

    @router.get("/tasks/{task}", summary="一项审查任务")
    async def one_task(task: TaskNo, asker: TaskReader) -> TaskView:
        """不属于本部门的任务与不存在的任务回答相同（404）。"""
        found = await desk.find(task, asker, "task.read")
        return task_view(found.case, found.task, found.state.clock(found.case.case), staff=True)

    @router.post("/tasks/{task}/take", summary="接办任务")
    async def take(task: TaskNo, asker: Taker, key: IdempotencyKey = None) -> HandsAnswer:
        """我来办：同事会看到由您办理；已由同事接办的，等退回或由负责人转交。"""
        return HandsAnswer.model_validate(await desk.take(task, asker, key))

    @router.post("/tasks/{task}/hand-back", summary="退回任务")
    async def hand_back(task: TaskNo, body: HandBackBody, asker: Returner, key: IdempotencyKey = None) -> HandsAnswer:
        """退回后对全部门开放，并显示原因；由接办人或部门负责人退回。"""
        return HandsAnswer.model_validate(await desk.hand_back(task, asker, body.reason, key))

    @router.post("/tasks/{task}/reassign", summary="转交任务（AB角）")
    async def reassign(task: TaskNo, body: ReassignBody, asker: Head, key: IdempotencyKey = None) -> HandsAnswer:
        """由部门负责人转交给本部门的一位经办人。"""
        return HandsAnswer.model_validate(await desk.reassign(task, asker, body.to, body.reason, key))

    @router.post("/tasks/{task}/opinion", summary="出具审查意见")
    async def opinion(task: TaskNo, body: OpinionBody, asker: Examiner, key: IdempotencyKey = None) -> OpinionAnswer:
        """每项任务只能出具一次；不同意须说明理由，理由会告知申请人。最后一个意见决定办件的结果。"""
        return OpinionAnswer.model_validate(await desk.give(task, asker, body.verdict, body.reason, key))

    @router.get("/deputies", summary="本部门的 B 角")
    async def deputies(asker: Head) -> list[DeputyView]:
        """经办人到期没有答复催办时，由谁接办。"""
        return [DeputyView(officer=each.officer, deputy=each.deputy, at=each.at) for each in await desk.deputies(asker)]

    @router.post("/deputies", summary="指定 B 角")
    async def name(body: DeputyBody, asker: Head, key: IdempotencyKey = None) -> DeputyAnswer:
        """由部门负责人为一位经办人（或者全部门）指定；没有指定的，任务对全部门开放。"""
        return DeputyAnswer.model_validate(await desk.name_deputy(asker, body.officer, body.deputy, key))

    @router.get("/cases/{case}", summary="办件的审批进展：各部门任务与意见")
    async def one_case(case: CaseNumber, asker: CaseReader) -> CaseView:
        """申请人看本人的办件（不显示经办人），部门看涉及本部门的办件，窗口和监管人员看全部。"""
        scope = scope_of(asker, *READ_CASE)
        own = owners(asker, settings.holder_key) if scope.own else []
        sights: list[Where] = [{}] if scope.all else []
        sights += [{"owner": {"$in": own}}] if own else []
        sights += [{"departments": scope.department}] if scope.department else []
        state = await answering(find_approval(store, case[:13], sights))
        found = state.case(case) if state else None
        staff = found is not None and scope.covers(departments=found.departments)
        if state is None or found is None or not (staff or found.owner in own):
            raise no_such("case")
        return case_view(state, found, staff=staff)

    return router
