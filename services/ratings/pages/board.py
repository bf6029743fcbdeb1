"""The public board: every department and every window, how it was rated and how sure that is, and what people wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.ratings.api import Month, public
from services.ratings.interval import FEWEST, Interval, wilson
from services.ratings.model import Rules
from services.ratings.store import By, Score, department_names, newest, rated_since, scores, together
from shared.messaging.document import Store
from shared.web.commands import answering
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem, Words
from shared.web.session import Visitor
from shared.web.spreadsheet import spreadsheet

SIZE = 20
Grouping = Annotated[By, Query(alias="by")]
Before = Annotated[str | None, Query(pattern=r"^[0-9TZa-f.-]{20,40}$")]
Level = Annotated[str, Query(pattern=r"^[1-5]?$")]


class Row(NamedTuple):
    """One line of the board. `place` None: too few ratings to be ranked."""

    key: str
    name: str
    score: Score
    sure: Interval
    place: int | None


def boards(store: Store, pages: Pages, rules: Rules) -> APIRouter:
    """`/`, `/board.csv`, `/departments/{code}`, `/windows/{desk}`."""
    router = APIRouter(include_in_schema=False)

    async def ranked(by: By, month: str | None) -> list[Row]:
        scored = await answering(scores(store, month, by))
        return rank(scored, await answering(department_names(store)))

    @router.get("/")
    async def board(request: Request, asker: Visitor, by: Grouping = "department", month: Month = None) -> HTMLResponse:
        rows = await ranked(by, month)
        values: dict[str, Any] = {"rows": rows, "by": by, "month": month, "fewest": FEWEST, "levels": rules.levels}
        values["months"] = await answering(rated_since(store))
        values["hall"] = together({row.key: row.score for row in rows})
        return pages.show(request, asker, "ratings/board.html", current="ratings", **values)

    @router.get("/board.csv")
    async def table(by: Grouping = "department", month: Month = None) -> Response:
        """The same as a table to take away."""
        names = (_("位次"), _("名称"), _("主动评价"), _("满意率"), _("区间下限"), _("区间上限"), _("差评"))
        lines = _lines(await ranked(by, month))
        return spreadsheet("ratings.csv", (*names, "5", "4", "3", "2", "1"), lines, private=False)

    @router.get("/departments/{key}")
    async def department(
        request: Request,
        asker: Visitor,
        key: Annotated[str, Path(pattern=r"^[a-z]{2,12}$")],
        level: Level = "",
        before: Before = None,
    ) -> HTMLResponse:
        names = await answering(department_names(store))
        if key not in names:
            raise _unknown()
        score = (await answering(scores(store))).get(key)
        found = await answering(newest(store, key, int(level or 0) or None, before, SIZE + 1))
        return _one(request, pages, asker, rules, names[key], score, found, level)

    @router.get("/windows/{key}")
    async def window(
        request: Request,
        asker: Visitor,
        key: Annotated[str, Path(max_length=20)],
        level: Level = "",
        before: Before = None,
    ) -> HTMLResponse:
        score = (await answering(scores(store, by="desk"))).get(key)
        if score is None:
            raise _unknown()
        found = await answering(newest(store, None, int(level or 0) or None, before, SIZE + 1, key))
        return _one(request, pages, asker, rules, key, score, found, level)

    return router


def _unknown() -> Problem:
    """404: what nobody has rated has no page; an address does not name windows that there are not."""
    detail = Words("请从好差评榜里选一个部门或窗口。", "Choose a department or window on the board.")
    return Problem(404, "nothing_rated", Words("还没有这里的评价", "Nothing was rated here"), detail)


def _one(
    request: Request,
    pages: Pages,
    asker: Visitor,
    rules: Rules,
    name: str,
    score: Score | None,
    found: list[tuple[Mapping[str, Any], str | None]],
    level: str,
) -> HTMLResponse:
    """One department or window with what people wrote."""
    shown = [public(row, comment) for row, comment in found[:SIZE]]
    values: dict[str, Any] = {
        "name": name,
        "score": score,
        "sure": wilson(score.count - score.bad, score.count) if score else None,
        "ratings": shown,
        "next": found[SIZE - 1][0]["place"] if len(found) > SIZE else None,
        "level": level,
        "levels": {row.level: row.name for row in rules.levels},
        "tags": {tag.code: tag.text for row in rules.levels for tag in row.tags},
    }
    return pages.show(request, asker, "ratings/one.html", current="ratings", **values)


def rank(scored: Mapping[str, Score], names: Mapping[str, str]) -> list[Row]:
    """Ranked by the lower bound of the satisfied share, so that few ratings prove little; those with too few last."""
    rows = [
        Row(key, names.get(key, key), score, wilson(score.count - score.bad, score.count), None)
        for key, score in scored.items()
    ]
    rows.sort(key=lambda row: (row.score.count < FEWEST, -row.sure.low, row.name))
    enough = [row for row in rows if row.score.count >= FEWEST]
    return [row._replace(place=place) for place, row in enumerate(enough, 1)] + rows[len(enough) :]


def _lines(rows: list[Row]) -> Iterator[list[object]]:
    for row in rows:
        shares = [f"{share:.4f}" for share in (row.score.satisfied or 0, *row.sure)]
        levels = [row.score.by_level[level] for level in (5, 4, 3, 2, 1)]
        yield [row.place, row.name, row.score.count, *shares, row.score.bad, *levels]
