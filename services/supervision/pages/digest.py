"""`/digest`: a week of each department: to read, to print, and as a table. A head sees the own department's alone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.digest import HALL, Digest, Week
from services.supervision.pages.words import CLOCKS, LIGHTS, spoken
from services.supervision.parts import Parts
from shared.clock import shanghai
from shared.identity import Person, scope_of
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet

Reader = Annotated[Person, Depends(signed_in("digest.read"))]
WeekName = Annotated[str, Query(pattern=r"^(20\d{2}-W(0[1-9]|[1-4]\d|5[0-3]))?$", description="哪一周，如 2026-W10")]
SHOWN = ("deep_red", "red", "yellow", "green", "paused")


def digest(parts: Parts, pages: Pages) -> APIRouter:
    """The page and its table. Without a week: the last that is over."""
    router = APIRouter(include_in_schema=False)

    async def found(asker: Person, name: str) -> tuple[Week, list[Digest], dict[str, str]]:
        week = _week(parts, name)
        scope = scope_of(asker, "digest.read")
        every = await answering(parts.digests.of(week))
        own = [each for each in every if scope.all or each.department == scope.department]
        names = await answering(parts.numbers.departments(each.department for each in own if each.department != HALL))
        return week, own, {**names, HALL: _("全厅")}

    @router.get("/digest")
    async def show(request: Request, asker: Reader, week: WeekName = "") -> HTMLResponse:
        chosen, own, names = await found(asker, week)
        now = parts.runtime.clock()
        values: dict[str, Any] = {
            "week": chosen,
            "over": chosen.ends <= now,
            "digests": own,
            "names": names,
            "shown": SHOWN,
            "clock_words": lambda clock: spoken(CLOCKS, clock),
            "before": chosen.before.name,
            "after": Week.of(shanghai(chosen.ends).date()) if chosen.ends <= now else None,
            "at": datetime.fromisoformat,
            "columns": columns(),
        }
        return pages.show(request, asker, "supervision/digest.html", current="lights", **values)

    @router.get("/digest.csv")
    async def table(asker: Reader, week: WeekName = "") -> Response:
        chosen, own, names = await found(asker, week)
        head = [_("部门"), *(spoken(LIGHTS, light) for light in SHOWN), *(words for _name, words in columns())]
        rows = [
            [
                names[each.department],
                *(each.lights[light] for light in SHOWN),
                *(getattr(each, name) for name, _w in columns()),
            ]
            for each in own
        ]
        return spreadsheet(f"{_('督办通报')}-{chosen.name}.csv", head, rows)

    return router


def columns() -> list[tuple[str, str]]:
    """The counts of a digest, with their names."""
    return [
        ("due", _("本周到期")),
        ("timely", _("其中按时办结")),
        ("on_time", _("按时率")),
        ("promised", _("超过承诺")),
        ("statutory", _("超过法定")),
        ("step", _("环节超时")),
        ("urged", _("收到催办督办")),
        ("answered", _("按时答复")),
        ("late", _("过期才答复")),
        ("waiting", _("还没有答复")),
        ("rectifying", _("差评整改超期")),
    ]


def _week(parts: Parts, name: str) -> Week:
    """The week that is asked for; none that is still to come, and the last that is over for a 53rd that a year has
    not."""
    now = Week.of(shanghai(parts.runtime.clock()).date())
    try:
        return min(Week(name), now, key=lambda week: week.monday) if name else now.before
    except ValueError:
        return now.before
