"""HTTP of approval for what stops or lengthens the time of a case (行政许可法 Art. 42, 45)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.approval.api import TaskNo
from services.approval.desk import Desk
from services.approval.limit_views import (
    ExtensionAnswer,
    ExtensionBody,
    ExtensionRefusalBody,
    JointExtensionAnswer,
    JointExtensionBody,
    ProcedureAnswer,
    ProcedureBody,
)
from shared.identity import Person, require
from shared.web.commands import IdempotencyKey

ProcedureNo = Annotated[
    str,
    Path(pattern=r"^[0-9A-Z]{13}-\d{2}-P\d{1,3}$", description="特别程序编号", examples=["7ZQ0M3X5KD2WA-01-P1"]),
]
ApplicationNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{13}$", description="申请编号", examples=["7ZQ0M3X5KD2WA"])]
Pauser = Annotated[Person, Depends(require("task.pause"))]
Asker = Annotated[Person, Depends(require("task.ask_extension"))]
Head = Annotated[Person, Depends(require("task.extend"))]
ForTheGovernment = Annotated[Person, Depends(require("application.extend_joint"))]


def limits_api(desk: Desk) -> APIRouter:
    """`/tasks/{task}/procedures`, `/tasks/{task}/extension…` and `/applications/{application}/joint-extension`."""
    router = APIRouter(tags=["特别程序和延长"])

    @router.post("/tasks/{task}/procedures", summary="启动特别程序，停止计时")
    async def start(task: TaskNo, body: ProcedureBody, asker: Pauser, key: IdempotencyKey = None) -> ProcedureAnswer:
        """只限听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审，并且已经书面告知申请人需要多久（行政许可法第四十五条）。

        从现在起停止计时，剩下的天数不变；任务的审查意见要等它结束。原因和天数会告知申请人。
        """
        return ProcedureAnswer.model_validate(await desk.start(task, asker, body, key))

    @router.post("/tasks/{task}/procedures/{procedure}/end", summary="结束特别程序，继续计时")
    async def end(task: TaskNo, procedure: ProcedureNo, asker: Pauser, key: IdempotencyKey = None) -> ProcedureAnswer:
        """从现在起继续计时；办件还有别的特别程序的，等最后一个结束。"""
        return ProcedureAnswer.model_validate(await desk.end(task, asker, procedure, key))

    @router.post("/tasks/{task}/extension-request", summary="请求延长办理期限")
    async def ask(task: TaskNo, body: ExtensionBody, asker: Asker, key: IdempotencyKey = None) -> ExtensionAnswer:
        """延期请示送作出决定的部门的负责人；批准以前，期限不变。"""
        return ExtensionAnswer.model_validate(await desk.ask_extension(task, asker, body, key))

    @router.post("/tasks/{task}/extension", summary="延长办理期限")
    async def extend(task: TaskNo, body: ExtensionBody, asker: Head, key: IdempotencyKey = None) -> ExtensionAnswer:
        """由作出决定的部门的负责人批准，只能一次，最多 10 天，法定期限届满以前（行政许可法第四十二条第一款）。

        `task` 是本部门在这个办件里的任意一项任务。有延期请示的，同时答复了它。理由会告知申请人。
        """
        return ExtensionAnswer.model_validate(await desk.extend(task, asker, body, key))

    @router.post("/tasks/{task}/extension-refusal", summary="不同意延长办理期限")
    async def refuse(
        task: TaskNo, body: ExtensionRefusalBody, asker: Head, key: IdempotencyKey = None
    ) -> ExtensionAnswer:
        """答复等着的延期请示：期限不变；理由给经办人看，不告知申请人。"""
        return ExtensionAnswer.model_validate(await desk.refuse_extension(task, asker, body.reason, key))

    @router.post("/applications/{application}/joint-extension", summary="延长联办期限")
    async def joint(
        application: ApplicationNo, body: JointExtensionBody, asker: ForTheGovernment, key: IdempotencyKey = None
    ) -> JointExtensionAnswer:
        """由监管人员登记本级人民政府负责人的批准，只能一次，最多 15 个工作日（行政许可法第四十二条第二款）。

        批准的文号必填，理由会告知申请人。
        """
        return JointExtensionAnswer.model_validate(await desk.extend_joint(application, asker, body, key))

    return router
