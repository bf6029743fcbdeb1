"""Finding a matter: by words, by department, and by the stage of a life or of a company."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.catalogue import Catalogue
from services.intake.pages.public.matters import POPULAR, Row, briefly, named, row
from shared.web.pages import Pages
from shared.web.problems import Problem, Words
from shared.web.session import Visitor

Text = Annotated[str, Query(max_length=100)]
Code = Annotated[str, Query(max_length=12)]


def finding_pages(catalogue: Catalogue, pages: Pages) -> APIRouter:
    """`/search` and `/trees/{tree}/{stage}`."""
    router = APIRouter(include_in_schema=False)
    per_department = {
        code: sum(item.department == code for item in catalogue.items.values()) for code in catalogue.departments
    }

    @router.get("/search")
    async def search(request: Request, asker: Visitor, q: Text = "", department: Code = "") -> HTMLResponse:
        """Bundles first, then items; without words everything of a department, or the departments."""
        known = department if department in catalogue.departments else ""
        return pages.show(
            request,
            asker,
            "public/search.html",
            current="matters",
            q=q.strip(),
            department=known,
            found=_found(catalogue, q, known),
            departments=[d for d in catalogue.departments.values() if per_department[d.code]],
            per_department=per_department,
            popular=[named(catalogue, key) for key in POPULAR if key in catalogue.bundles],
        )

    @router.get("/trees/{tree}/{stage}")
    async def one_stage(request: Request, asker: Visitor, tree: str, stage: str) -> HTMLResponse:
        """Everything of one stage."""
        found = catalogue.trees.get(tree)
        here = next((each for each in found.stages if each.key == stage), None) if found else None
        if found is None or here is None:
            title = Words("没有这个阶段", "No such stage")
            raise Problem(404, "no_such_stage", title, Words("请从首页的两棵树里选。", "Choose one on the home page."))
        return pages.show(
            request,
            asker,
            "public/stage.html",
            current="matters",
            tree=found,
            name=briefly(found),
            stage=here,
            bundles=[row(catalogue, key) for key in here.bundles],
            items=[row(catalogue, key) for key in here.items],
        )

    return router


def _found(catalogue: Catalogue, q: str, department: str) -> list[Row]:
    if q.strip():
        keys = [found.key for found in catalogue.search(q)]
    else:
        keys = [*catalogue.bundles, *catalogue.items] if department else []
    return [row(catalogue, key) for key in keys if not department or _concerns(catalogue, key, department)]


def _concerns(catalogue: Catalogue, key: str, department: str) -> bool:
    bundle = catalogue.bundles.get(key)
    items = [sub.item for sub in bundle.sub_items] if bundle else [key]
    return any(catalogue.items[item].department == department for item in items)
