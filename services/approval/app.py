"""The wiring of approval 分类审批, and nothing else."""

from __future__ import annotations

from fastapi import FastAPI

from services.approval.api import api
from services.approval.decide import decide
from services.approval.desk import Desk
from services.approval.handlers import HEARS
from services.approval.limits_api import limits_api
from services.approval.pages import pages
from services.approval.standing import Standing
from services.approval.store import INDEXES, ApprovalCodec
from shared.backing import Backing, RealBacking
from shared.clock import Clock, system_clock
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.assemble import assemble
from shared.web.live import live_list


def create_app(settings: Settings, clock: Clock = system_clock, backing: Backing | None = None) -> FastAPI:
    """The app of approval: real MongoDB and Kafka unless a test brings its own backing."""
    backing = backing or RealBacking("approval", settings)
    store, standing = backing.store(ApprovalCodec(), INDEXES), Standing()
    runtime = Runtime(
        "approval",
        hears=HEARS,
        decide=decide,
        rules=standing.asked,
        store=store,
        publisher=backing.publisher(),
        clock=clock,
    )
    desk = Desk(runtime, store, standing)
    return assemble(
        runtime,
        settings,
        backing,
        title="分类审批",
        description="各部门的审查任务、审查意见、特别程序、延长和审批决定。",
        routers=[api(desk, settings), limits_api(desk), *pages(desk, settings), live_list("task.read")],
        background=[lambda: standing.kept(runtime)],
    )
