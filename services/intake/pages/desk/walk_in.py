"""代为申请: a person stands at the window; the clerk finds the matter and goes the same way as they would online."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.api.parts import Parts
from shared.identity import Person
from shared.web.forms import Form
from shared.web.pages import Pages
from shared.web.session import signed_in

Clerk = Annotated[Person, Depends(signed_in("application.submit_on_behalf"))]
Text = Annotated[str, Query(max_length=100)]
MOST = 30


def walk_in_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/desk/new`."""
    router = APIRouter()

    @router.get("/desk/new")
    async def begin(request: Request, asker: Clerk, q: Text = "") -> HTMLResponse:
        found = parts.catalogue.search(q) if q.strip() else ()
        values: dict[str, Any] = {"found": found[:MOST], "q": q.strip(), "form": Form("", {"q": (q,)})}
        values["bundles"] = list(parts.catalogue.bundles.values())
        return pages.show(request, asker, "desk/new.html", current="new", **values)

    return router
