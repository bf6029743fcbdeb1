"""The pages of approval: the officers' list of tasks, and one task with the decision beside its materials."""

from __future__ import annotations

from fastapi import APIRouter

from services.approval.desk import Desk
from services.approval.pages.acts import acts
from services.approval.pages.deputies import deputy_pages
from services.approval.pages.joint import joint_pages
from services.approval.pages.stopping import stopping
from services.approval.pages.task import task_pages
from services.approval.pages.worklist import worklist
from shared.settings import Settings
from shared.web.pages import Pages


def pages(desk: Desk, settings: Settings) -> list[APIRouter]:
    """All pages, as routers."""
    shown = Pages(settings, "services.approval.pages")
    return [
        worklist(desk, shown),
        deputy_pages(desk, shown),
        joint_pages(desk, shown),
        task_pages(desk, shown),
        acts(desk, shown),
        stopping(desk, shown),
    ]
