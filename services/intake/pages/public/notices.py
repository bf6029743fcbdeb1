"""The one-time notice 一次告知 of a matter: all that will be asked, once (行政许可法 Art. 30)."""

from __future__ import annotations

from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.notice import notice_of
from services.intake.api.parts import Parts
from services.intake.api.words import no_matter
from services.intake.catalogue import Catalogue, Item
from services.intake.guide import NoSuchKey, Plan, order, plan, relevant
from services.intake.pages.answers import OPT, Given, choosable, given
from services.intake.pages.public.addresses import code_of, whole
from services.intake.pages.public.matters import row
from services.intake.pages.public.ordered import ordered
from services.intake.pages.public.told import grouped, rows
from shared.web.pages import Pages
from shared.web.session import Visitor


class Extra(NamedTuple):
    """An item that may be taken or left."""

    item: Item
    taken: bool


def notice_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/matters/{key}/notice`."""
    router = APIRouter(include_in_schema=False)
    catalogue = parts.catalogue

    @router.get("/matters/{key}/notice")
    async def notice(request: Request, asker: Visitor, key: str) -> Response:
        """The notice; while answers are missing, the questions."""
        try:
            said = given(catalogue, key, request.query_params.multi_items())
        except NoSuchKey:
            raise no_matter(key) from None
        asked = relevant(catalogue, key, said.answers)
        if any(question.key not in said.answers for question in asked):
            return pages.go("intake", f"/matters/{key}/questions?{said.query()}")
        planned = plan(catalogue, key, said.answers, said.opted_in)
        values: dict[str, Any] = {
            "matter": row(catalogue, key),
            "rows": rows(pages, key, said, asked),
            "extras": _extras(catalogue, key, said),
            "hidden": Given(said.answers).fields,
            "opt": OPT,
        }
        if not isinstance(planned, Plan):
            return pages.show(request, asker, "public/nothing.html", current="matters", **values)
        address = whole(pages, parts.settings, f"/matters/{key}/notice?{said.query()}")
        values |= {
            "title": catalogue.short(key),
            "start": pages.url("intake", f"/drafts/new?{said.query(matter=key)}"),
            "today": parts.runtime.clock(),
            "code": code_of(address),
            **_told(catalogue, planned),
        }
        return pages.show(request, asker, "public/notice.html", current="matters", **values)

    return router


def _extras(catalogue: Catalogue, key: str, said: Given) -> list[Extra]:
    chosen = said.opted_in
    found = choosable(catalogue, key, said.answers)
    return [Extra(catalogue.items[item], chosen is None or item in chosen) for item in found]


def _told(catalogue: Catalogue, planned: Plan) -> dict[str, Any]:
    notice = notice_of(catalogue, planned)
    items = [catalogue.items[item.key] for item in planned.items]
    days = {item.key: item.promised.days for item in planned.items}
    placed = order(days, {item.key: item.waits_for for item in planned.items})
    return {
        "notice": notice,
        "plan": planned,
        "groups": grouped(notice),
        "apart": sum(len(item.materials) for item in planned.items),
        "fees": [item for item in items if item.fee.charged],
        "visit": max(items, key=lambda item: item.visits.times),
        "departments": {item.department: catalogue.departments[item.department].name for item in items},
        "names": {item.key: catalogue.short(item.key) for item in items},
        "drawn": ordered(catalogue, placed) if len(placed) > 1 else None,
    }
