"""The officers' list of tasks: by light and due date, narrowed in the address, and the same as a spreadsheet."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.approval.api import ITEM
from services.approval.desk import Desk
from services.approval.pages import words
from services.approval.store import (
    Listed,
    Row,
    Wanted,
    asked_extensions,
    count_applications,
    items_of,
    list_tasks,
)
from shared.contracts.terms import Light
from shared.identity import Person, scope_of
from shared.web.commands import answering
from shared.web.dates import days
from shared.web.forms import Form
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet

SIZE = 20
MOST_ROWS = 5_000
"""Applications in a spreadsheet; who needs more narrows it down."""
Tab = Literal["open", "mine", "given", "ended"]
Officer = Annotated[Person, Depends(signed_in("task.give_opinion"))]
Page = Annotated[int, Query(ge=1, le=1000)]


class Chosen:
    """Dependency: what the address chooses. Only open tasks are narrowed by light and by whether somebody has them."""

    def __init__(
        self,
        asker: Officer,
        tab: Annotated[Tab, Query()] = "open",
        light: Annotated[Literal["deep_red", "red", "yellow", "green", "paused", ""], Query()] = "",
        item: Annotated[str, Query(pattern=ITEM)] = "",
        free: Annotated[Literal["1", ""], Query()] = "",
    ) -> None:
        self.tab, self.item = tab, item
        self.running = tab in ("open", "mine")
        self.light: Light | None = light or None if self.running else None
        self.free = bool(free) and tab == "open"
        self._department = scope_of(asker, "task.give_opinion").department or ""
        self._officer = asker.subject

    def wanted(self, **changed: Any) -> Wanted:
        """As the query takes it."""
        state: Listed = "open" if self.tab in ("open", "mine") else "given" if self.tab == "given" else "ended"
        holder = self._officer if self.tab == "mine" else None
        chosen = Wanted(self._department, state, self.light, self.item or None, holder, self.free)
        return chosen._replace(**changed)

    def address(self, **changed: object) -> str:
        """The same choice with something changed, as the end of an address."""
        chosen = {"tab": self.tab, "light": self.light, "item": self.item, "free": int(self.free)} | changed
        named = {name: value for name, value in chosen.items() if value and (name, value) != ("tab", "open")}
        return "?" + urlencode(named)


def worklist(desk: Desk, pages: Pages) -> APIRouter:
    """`/desk` and `/desk/tasks.csv`."""
    router = APIRouter(include_in_schema=False)
    store, now = desk.store, desk.runtime.clock

    @router.get("/desk")
    async def tasks(
        request: Request, asker: Officer, chosen: Annotated[Chosen, Depends()], page: Page = 1
    ) -> HTMLResponse:
        wanted, latest = chosen.wanted(), not chosen.running
        found, _more = await answering(list_tasks(store, wanted, skip=(page - 1) * SIZE, limit=SIZE, latest=latest))
        total = await answering(count_applications(store, wanted))
        items = await answering(items_of(store, chosen.wanted(light=None, item=None, free=False)))
        values: dict[str, Any] = {
            "rows": [line(row, asker, desk) for row in found],
            "total": total,
            "page": page,
            "pages": -(-total // SIZE),
            "address": lambda number: chosen.address(page=number),
            "chosen": chosen,
            "tabs": tabs(),
            "lights": await _lights(desk, chosen) if chosen.running else [],
            "everything": await answering(count_applications(store, chosen.wanted(light=None))),
            "items": [("", _("全部事项")), *items.items()],
            "form": Form("", {"item": (chosen.item,), "free": ("1",) if chosen.free else ()}),
            "now": now(),
            "head": asker.may("task.reassign"),
            "asked": await _asked(desk, asker),
        }
        return pages.show(request, asker, "approval/desk.html", current="tasks", **values)

    @router.get("/desk/tasks.csv")
    async def table(asker: Officer, chosen: Annotated[Chosen, Depends()]) -> Response:
        """Everything that the list has, not only one page of it."""
        found, _more = await answering(
            list_tasks(store, chosen.wanted(), skip=0, limit=MOST_ROWS, latest=not chosen.running)
        )
        rows = [words.table_row(row, asker, now()) for row in found]
        return spreadsheet(f"{_('审查任务')}.csv", words.table_head(), rows)

    return router


def tabs() -> list[tuple[Tab, str]]:
    """The parts of the list."""
    return [("open", _("待办")), ("mine", _("我接的")), ("given", _("已出意见")), ("ended", _("已终止"))]


async def _lights(desk: Desk, chosen: Chosen) -> list[tuple[Light, str, int]]:
    """How many applications of the list are under each light, the worst first; whatever light is chosen."""
    counts = [await answering(count_applications(desk.store, chosen.wanted(light=each))) for each in words.LIGHTS]
    return [
        (light, words.spoken(words.LIGHT_WORDS, light), count)
        for light, count in zip(words.LIGHTS, counts, strict=True)
    ]


async def _asked(desk: Desk, asker: Person) -> list[dict[str, Any]]:
    """Of which cases the head was asked for more days, each with the way to answer: a task of the own department."""
    if not asker.may("task.extend"):
        return []
    department = scope_of(asker, "task.extend").department or ""
    cases = await answering(asked_extensions(desk.store, department))
    own = [(case, task) for case in cases for task in case.tasks if task.department == department]
    first = {case.case: (case, task) for case, task in reversed(own)}
    return [
        {"case": case, "task": task, "days": days(case.asked.days, case.unit) if case.asked else ""}
        for case, task in first.values()
    ]


def line(row: Row, asker: Person, desk: Desk) -> dict[str, Any]:
    """One task of the list, as the template shows it."""
    now = desk.runtime.clock()
    return {
        "case": row.case,
        "task": row.task,
        "clock": row.clock,
        "left": words.left_words(row.clock, row.case.unit, now),
        "holder": words.holder(row.task.hold, asker),
        "status": words.spoken(words.STATUS_WORDS, row.case.status),
        "verdict": words.spoken(words.VERDICT_WORDS, row.task.opinion.verdict) if row.task.opinion else "",
        "still": words.still_words(row.case),
        "urged": words.highest(row.urges),
        "reply": words.reply_words(row.urges),
        "back": row.task.passed if row.task.passed and not row.task.passed.to and not row.task.opinion else None,
    }
