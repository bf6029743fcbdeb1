"""HTTP of 监察信号: those of an application, and how a supervisor raises and closes one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.supervision.access import ApplicationInPath, CaseInPath
from services.supervision.parts import Parts
from services.supervision.signal_views import ClosingBody, SignalBody, SignalDone, Signals, signal_view
from shared.identity import Person, require
from shared.web.commands import IdempotencyKey

Number = Annotated[int, Path(ge=1, le=1000, description="第几个信号")]
Reader = Annotated[Person, Depends(require("clock.read"))]
Supervisor = Annotated[Person, Depends(require("urge.issue"))]


def signals_api(parts: Parts) -> APIRouter:
    """`/applications/{application}/signals`, `/cases/{case}/signals`."""
    router = APIRouter(tags=["监察信号"])

    @router.get("/applications/{application}/signals", summary="申请的监察信号")
    async def signals(application: ApplicationInPath, asker: Reader) -> Signals:
        """窗口和监管人员看全部，部门看涉及本部门的申请。"""
        _, state = await parts.access.application(application, asker, ("clock.read",))
        return Signals(application=application, signals=[signal_view(state, each) for each in state.signals])

    @router.post("/cases/{case}/signals", summary="人工发出监察信号", status_code=201)
    async def raised(case: CaseInPath, body: SignalBody, asker: Supervisor, key: IdempotencyKey = None) -> SignalDone:
        """根据投诉等发出，例如目录以外的收费；要写明情况。"""
        return SignalDone.model_validate(await parts.acts.raise_signal(case, body, asker, key))

    @router.post("/applications/{application}/signals/{number}/closing", summary="办结监察信号")
    async def closed(
        application: ApplicationInPath, number: Number, body: ClosingBody, asker: Supervisor, key: IdempotencyKey = None
    ) -> SignalDone:
        """核对以后写明结果，每个信号办结一次。"""
        return SignalDone.model_validate(await parts.acts.close_signal(application, number, body, asker, key))

    return router
