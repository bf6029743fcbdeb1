"""HTTP of approval: the departments' built-in desk, and a case with its tasks and opinions for those whose it is."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from services.approval.model import Case, GiveOpinion, Task
from services.approval.store import Listed, find_approval, list_tasks
from services.approval.views import CaseView, OpinionAnswer, OpinionBody, TaskPage, TaskView, case_view, task_view
from shared.identity import Person, require, scope_of
from shared.kernel import Refused
from shared.messaging.document import Store, Where
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.commands import IdempotencyKey, Refusals, answering, own_key, owners, refusal, tell
from shared.web.problems import Problem, Words

TaskNo = Annotated[
    str,
    Path(pattern=r"^[0-9A-Z]{13}-\d{2}-T\d{1,3}$", description="任务编号", examples=["7ZQ0M3X5KD2WA-01-T1"]),
]
CaseNumber = Annotated[
    str, Path(pattern=r"^[0-9A-Z]{13}-\d{2}$", description="办件编号", examples=["7ZQ0M3X5KD2WA-01"])
]
ApplicationFilter = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{13}$", description="只看这份申请")]
CaseFilter = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{13}-\d{2}$", description="只看这个办件")]
DepartmentFilter = Annotated[
    str | None, Query(pattern=r"^[a-z]{2,12}$", description="只看这个部门（供监管人员；部门人员总是只见本部门）")
]

READ_CASE = ("application.read_own", "application.read_any")
TaskReader = Annotated[Person, Depends(require("task.read"))]
Examiner = Annotated[Person, Depends(require("task.give_opinion"))]
CaseReader = Annotated[Person, Depends(require(*READ_CASE))]

_NO_TASK = (
    404,
    Words("没有找到这项任务", "No such task"),
    Words("没有这项任务，或者它不属于您的部门；请核对任务编号。", "No such task, or not of your department."),
)

REFUSALS: Refusals = {
    "no_such_task": _NO_TASK,
    "not_your_task": _NO_TASK,  # another department's tasks are not to be told from none
    "no_such_case": (
        404,
        Words("没有找到这个办件", "No such case"),
        Words("没有这个办件，或者您不能查看它；请核对办件编号。", "No such case, or not yours to see."),
    ),
    "already_given": (
        409,
        Words("这项任务已经出具意见", "An opinion was given already"),
        Words(
            "每项任务只能出具一次意见；请打开任务查看已有的意见。", "Each task takes one opinion; open it to see that."
        ),
    ),
    "case_ended": (
        409,
        Words("办件已经办结或终止", "The case has ended"),
        Words("办件已经结束（例如申请人已撤回），无需再出具意见。", "The case has ended; no opinion is needed."),
    ),
    "not_open_yet": (
        409,
        Words("还没有轮到这个环节", "This step has not begun"),
        Words("前面的环节全部同意后才开始，请稍后再来。", "It begins when all earlier steps have agreed."),
    ),
    "reason_needed": (
        422,
        Words("请说明不同意的理由", "A reason is needed"),
        Words(
            "不同意须说明理由，理由会告知申请人。",
            "A disagreement needs its reason, which the applicant is told.",
        ),
    ),
    "personal_data": (
        422,
        Words("理由中有身份证号或电话号码", "Personal data in the reason"),
        Words(
            "请删去号码，写明是哪份材料即可（个人信息保护法第六条）。", "Remove the number; name the document instead."
        ),
    ),
}


def api(runtime: Runtime, store: Store, settings: Settings) -> APIRouter:
    """`/tasks` and `/cases`."""
    router = APIRouter(tags=["分类审批"])

    @router.get("/tasks", summary="本部门的审查任务，先到的在前")
    async def tasks(
        asker: TaskReader,
        state: Annotated[Listed, Query(description="open 待办，given 已出意见，ended 办件已终止")] = "open",
        application: ApplicationFilter = None,
        case: CaseFilter = None,
        department: DepartmentFilter = None,
        page: Annotated[int, Query(ge=1, le=1000, description="第几页")] = 1,
        size: Annotated[int, Query(ge=1, le=100, description="每页几份申请；同一申请的任务不拆开")] = 20,
    ) -> TaskPage:
        """按申请中最早的任务排序；默认只列待办。"""
        scope = scope_of(asker, "task.read")
        number = case[:13] if case else application
        found, more = await answering(
            list_tasks(
                store,
                state,
                scope.filter(department=state) or ({state: department} if department else {}),
                narrow={"application": number} if number else {},
                skip=(page - 1) * size,
                limit=size,
            )
        )
        mine = [(its, task) for its, task in found if scope.covers(departments=[task.department])]
        shown = [
            task_view(its, task, staff=True)
            for its, task in mine
            if case in (None, its.case) and application in (None, its.application)
            and department in (None, task.department)
        ]  # fmt: skip
        return TaskPage(tasks=shown, page=page, more=more)

    @router.get("/tasks/{task}", summary="一项审查任务")
    async def one_task(task: TaskNo, asker: TaskReader) -> TaskView:
        """不属于本部门的任务与不存在的任务回答相同（404）。"""
        found = await answering(_task(store, task, asker, "task.read"))
        return task_view(*found, staff=True)

    @router.post("/tasks/{task}/opinion", summary="出具审查意见")
    async def opinion(task: TaskNo, body: OpinionBody, asker: Examiner, key: IdempotencyKey = None) -> OpinionAnswer:
        """每项任务只能出具一次；不同意须说明理由，理由会告知申请人。最后一个意见决定办件的结果。"""
        case, own = await answering(_task(store, task, asker, "task.give_opinion"))
        command = GiveOpinion(
            task=task, department=own.department, officer=asker.subject, verdict=body.verdict, reason=body.reason
        )
        given = await tell(runtime, case.application, command, REFUSALS, key=own_key(asker.subject, key))
        return OpinionAnswer.model_validate(given)

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
        if found is None or not (staff or found.owner in own):
            raise no_such("case")
        return case_view(found, staff=staff)

    return router


async def _task(store: Store, number: str, asker: Person, action: str) -> tuple[Case, Task]:
    """The task, if it is in the asker's reach; Problem 404 alike for others' and for none."""
    scope = scope_of(asker, action)
    state = await find_approval(store, number[:13], [scope.filter(department="departments")])
    found = state.task(number) if state else None
    if found is None or not scope.covers(departments=[found[1].department]):
        raise no_such("task")
    return found


def no_such(what: Literal["task", "case"]) -> Problem:
    """The 404 that is the same for somebody else's and for none."""
    return refusal(Refused(f"no_such_{what}"), REFUSALS)
