"""The window's queue as a page: tabs by status, filters in the address, and the same as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.parts import Page, Parts
from services.intake.api.queue import Counts, QueueFilter, counted, queue
from services.intake.api.views import ApplicationPage, ApplicationRow
from services.intake.catalogue import Catalogue
from services.intake.model import ApplicationStatus
from services.intake.store import STATUSES
from shared.clock import shanghai
from shared.contracts.terms import Channel
from shared.identity import Person
from shared.web.forms import Form
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet

SIZE = 20
MOST_ROWS = 5_000
"""Rows of a spreadsheet; who needs more narrows it down."""
Clerk = Annotated[Person, Depends(signed_in("application.accept"))]
Status = Annotated[str, Query(pattern="^(submitted|supplement_requested|accepted|ended)?$")]
ChannelName = Annotated[str, Query(alias="channel", pattern="^(online|window)?$")]
Matter = Annotated[str, Query(max_length=64)]
Text = Annotated[str, Query(max_length=120)]


class Chosen:
    """Dependency: what the address chooses. A search goes through all statuses, the queue shows what waits."""

    def __init__(self, status: Status = "", matter: Matter = "", channel: ChannelName = "", q: Text = "") -> None:
        self.q, self.matter, self.channel = q.strip(), matter, channel
        self.status = status or ("" if self.q else "submitted")

    def filter(self) -> QueueFilter:
        """As the query takes it."""
        status: ApplicationStatus | None = next((each for each in STATUSES if each == self.status), None)
        channel: Channel | None = "online" if self.channel == "online" else "window" if self.channel else None
        return QueueFilter(status=status, matter=self.matter or None, channel=channel, q=self.q or None)

    def address(self, **changed: object) -> str:
        """The same choice with something changed, as the end of an address."""
        chosen = {"status": self.status, "matter": self.matter, "channel": self.channel, "q": self.q} | changed
        return "?" + urlencode({name: str(value) for name, value in chosen.items() if value})


def queue_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/desk` and `/desk/applications.csv`."""
    router = APIRouter()

    @router.get("/desk")
    async def desk(
        request: Request, asker: Clerk, chosen: Annotated[Chosen, Depends()], page: Page = 1
    ) -> HTMLResponse:
        form = Form("", {name: (getattr(chosen, name),) for name in ("q", "matter", "channel")})
        found, counts, status = ApplicationPage(total=0, page=page, size=SIZE, applications=[]), Counts(), 200
        try:
            found = await queue(parts, asker, chosen.filter(), page, SIZE)
            counts = await counted(parts, chosen.filter())
        except Problem as problem:
            if not problem.errors:
                raise
            form.errors["q"], status = _wrong(problem), problem.status_code
        values: dict[str, Any] = {"found": found, "counts": counts.model_dump(), "chosen": chosen, "form": form}
        values["address"] = lambda number: chosen.address(page=number)
        values |= {"matters": matters(parts.catalogue), "pages": -(-found.total // SIZE), "statuses": tabs(chosen)}
        return pages.show(request, asker, "desk/queue.html", status=status, current="desk", **values)

    @router.get("/desk/applications.csv")
    async def download(asker: Clerk, chosen: Annotated[Chosen, Depends()]) -> Response:
        """What the queue shows, as a spreadsheet."""
        rows: list[ApplicationRow] = []
        for page in range(1, MOST_ROWS // 500 + 1):
            found = await queue(parts, asker, chosen.filter(), page, 500)
            rows += found.applications
            if len(rows) >= found.total:
                break
        return spreadsheet(_("收件.csv"), head(), map(line, rows))

    return router


def tabs(chosen: Chosen) -> list[tuple[str, str]]:
    """The statuses as tabs; a search may be looked at in all of them."""
    everything = [("", _("全部"))] if chosen.q else []
    return [
        *everything,
        ("submitted", _("待受理")),
        ("supplement_requested", _("待补正")),
        ("accepted", _("办理中")),
        ("ended", _("已办结")),
    ]


def matters(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Everything that can be applied for, by key; bundles first."""
    parts: Iterable[Any] = (*catalogue.bundles.values(), *catalogue.items.values())
    return [("", _("全部事项")), *((each.key, each.name) for each in parts)]


def _wrong(problem: Problem) -> str:
    return _("%(reason)s，%(fix)s", reason=problem.errors[0].reason, fix=problem.errors[0].fix)


def head() -> list[str]:
    """The first line of the spreadsheet."""
    return [
        _("申请编号"),
        _("事项"),
        _("状态"),
        _("来自"),
        _("申请人"),
        _("提交"),
        _("收到材料"),
        _("办件数"),
        _("期限"),
        _("到期"),
    ]


def line(row: ApplicationRow) -> list[object]:
    """One application in the spreadsheet, its applicant masked as on the page."""
    channel = _("窗口") if row.channel == "window" else _("网上")
    submitted, received, due = map(_written, (row.submitted_at, row.received_at, row.due))
    people = [row.applicant.name, submitted, received, row.cases]
    return [row.number, row.matter_name, row.status_text, channel, *people, row.left or "", due]


def _written(at: datetime | None) -> str:
    return f"{shanghai(at):%Y-%m-%d %H:%M}" if at else ""
