"""`/desk`: what is open, the worst and longest over first, by light, department and kind of clock; and as a table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.clocks import CLOCKS as ROWS
from services.supervision.marks import URGED
from services.supervision.model import LIGHTS as FROM_BEST
from services.supervision.model import Key, Supervised
from services.supervision.pages.lines import Line, lines_of
from services.supervision.pages.words import CLOCKS, LIGHTS, RUNGS
from services.supervision.parts import Parts
from services.supervision.store import Wanted, count_lit, find_lit
from shared.clock import shanghai
from shared.contracts.supervision import Rung
from shared.contracts.terms import Light
from shared.identity import Person, scope_of
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet

SIZE = 20
MOST_ROWS = 10_000
"""Applications in one table to take away."""
WORST_FIRST: tuple[Light, ...] = tuple(reversed(FROM_BEST))
Reader = Annotated[Person, Depends(signed_in("clock.read"))]
LightName = Annotated[Literal["", "green", "yellow", "red", "deep_red", "paused", "urged"], Query()]
ClockName = Annotated[Key | Literal[""], Query()]
RungName = Annotated[Rung | Literal[""], Query()]
Department = Annotated[str, Query(pattern=r"^([a-z]{2,12})?$")]


class Filters(NamedTuple):
    """What is asked for, as it stands in the address; empty: everything. `fixed`: the only department that the reader
    may see."""

    light: str
    department: str
    clock: str
    fixed: str = ""
    rung: str = ""

    def wanted(self, light: str) -> Wanted:
        """The condition for one light."""
        clock = None if light == URGED else self.clock or None
        rung = self.rung or None if light == URGED else None
        return Wanted(light, self.fixed or self.department or None, clock, rung)

    @property
    def lights(self) -> tuple[str, ...]:
        """The lights that are listed, in order."""
        return (self.light,) if self.light else WORST_FIRST

    def address(self, **changed: Any) -> str:
        """The query of the address with these filters, or with others."""
        values = {"light": self.light, "department": "" if self.fixed else self.department, "clock": self.clock}
        values["rung"] = self.rung if {**values, **changed}["light"] == URGED else ""
        kept = {name: value for name, value in {**values, **changed}.items() if value and value != 1}
        return f"?{urlencode(kept)}" if kept else "?"


def desk(parts: Parts, pages: Pages) -> APIRouter:
    """For supervisors and the window everything, for a department what concerns it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/desk")
    async def show(
        request: Request,
        asker: Reader,
        light: LightName = "",
        department: Department = "",
        clock: ClockName = "",
        rung: RungName = "",
        page: Annotated[int, Query(ge=1, le=1000)] = 1,
    ) -> HTMLResponse:
        filters = _filters(asker, light, department, clock, rung)
        counts = await _counts(parts, filters)
        total = sum(counts[each] for each in filters.lights)
        docs = await _page(parts, filters, counts, (page - 1) * SIZE, SIZE)
        names = await answering(parts.numbers.departments())
        return pages.show(
            request,
            asker,
            "supervision/desk.html",
            current="lights",
            digest=asker.may("digest.read"),
            filters=filters,
            counts=counts,
            lines=[line for each, state in docs for line in lines_of(state, filters.wanted(each), parts)],
            total=total,
            page=page,
            pages=max(1, -(-total // SIZE)),
            departments=sorted(names.items()),
            clocks=[(row.key, _(CLOCKS[row.key])) for row in ROWS],
            rungs=[(each, _(words)) for each, words in RUNGS.items()],
            lights=[(each, _(LIGHTS[each])) for each in WORST_FIRST],
        )

    @router.get("/desk.csv")
    async def table(
        asker: Reader,
        light: LightName = "",
        department: Department = "",
        clock: ClockName = "",
        rung: RungName = "",
    ) -> Response:
        """Everything that the list has, not only one page of it."""
        filters = _filters(asker, light, department, clock, rung)
        found = [line async for line in _all(parts, filters)]
        head = [
            _("申请编号"),
            _("办件编号"),
            _("事项"),
            _("部门"),
            _("时限"),
            _("灯"),
            _("开始"),
            _("到期"),
            _("剩余天数"),
            _("暂定"),
        ]
        return spreadsheet(f"{_('在办件')}.csv", head, [_row(line) for line in found])

    return router


def _filters(asker: Person, light: str, department: str, clock: str, rung: str) -> Filters:
    scope = scope_of(asker, "clock.read")
    return Filters(light, department, clock, "" if scope.all else scope.department or "", rung)


async def _counts(parts: Parts, filters: Filters) -> Mapping[str, int]:
    """How many applications stand under each light, and how many have an urge to answer."""
    marks = (*WORST_FIRST, URGED)
    found = await answering(asyncio.gather(*(count_lit(parts.store, filters.wanted(mark)) for mark in marks)))
    return dict(zip(marks, found, strict=True))


async def _page(
    parts: Parts, filters: Filters, counts: Mapping[str, int], skip: int, limit: int
) -> list[tuple[str, Supervised]]:
    """Applications with the light under which they are listed: one light after another, the worst first."""
    found: list[tuple[str, Supervised]] = []
    for light in filters.lights:
        if skip < counts[light] and len(found) < limit:
            wanted = filters.wanted(light)
            docs = await answering(find_lit(parts.store, wanted, skip=skip, limit=limit - len(found)))
            found += [(light, doc.state) for doc in docs if isinstance(doc.state, Supervised)]
        skip = max(0, skip - counts[light])
    return found


async def _all(parts: Parts, filters: Filters, at_once: int = 500) -> AsyncIterator[Line]:
    counts = await _counts(parts, filters)
    for skip in range(0, min(MOST_ROWS, sum(counts[each] for each in filters.lights)), at_once):
        for light, state in await _page(parts, filters, counts, skip, at_once):
            for line in lines_of(state, filters.wanted(light), parts):
                yield line


def _row(line: Line) -> list[object]:
    """One line of the table: instants as the hall reads them."""
    case = line.subject if line.subject != line.application else ""
    started, due = (f"{shanghai(at):%Y-%m-%d %H:%M}" if at else "" for at in (line.started, line.due))
    clock = _(CLOCKS[line.clock]) if line.clock else ""
    named = [line.application, case, line.name, line.departments, clock, _(LIGHTS[line.light])]
    return [*named, started, due, line.days, _("是") if line.provisional else ""]
