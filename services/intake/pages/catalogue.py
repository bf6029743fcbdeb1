"""The catalogue as the administrator sees it: what was loaded, in which version, what of it is published."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from ruamel.yaml import YAML
from starlette.requests import Request

from services.intake.api.parts import Parts
from services.intake.api.words import no_matter
from services.intake.catalogue import KINDS, Bundle, Catalogue, Item
from services.intake.catalogue.check import CHECKS
from services.intake.model import PublishedItem
from shared.contracts.terms import Unit
from shared.identity import Person
from shared.messaging.document import Store
from shared.web.commands import answering
from shared.web.pages import Pages
from shared.web.session import signed_in

Publisher = Annotated[Person, Depends(signed_in("catalogue.publish"))]
Text = Annotated[str, Query(max_length=100)]
Choice = Annotated[str, Query(max_length=16)]
SIZE = 30
BUNDLE = "bundle"


class Row(NamedTuple):
    """One item or bundle. `kind`: 01 … 20, or `bundle`; `published`: the version that was last said, None for none."""

    key: str
    name: str
    kind: str
    department: str
    handling: str
    version: int
    published: int | None
    promised: int
    statutory: int | None
    unit: Unit


class Filters(NamedTuple):
    """What to show; empty is everything."""

    q: str
    department: str
    kind: str
    handling: str

    def fit(self, row: Row, found: frozenset[str]) -> bool:
        """Whether a row is shown; `found`: the keys that the words find."""
        same = ((self.department, row.department), (self.kind, row.kind), (self.handling, row.handling))
        return (not self.q or row.key in found) and all(not wanted or wanted == has for wanted, has in same)


def catalogue_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/catalogue` and `/catalogue/matters/{key}`."""
    router = APIRouter(include_in_schema=False)
    catalogue = parts.catalogue

    @router.get("/catalogue")
    async def everything(
        request: Request,
        asker: Publisher,
        q: Text = "",
        department: Choice = "",
        kind: Choice = "",
        handling: Choice = "",
        page: Annotated[int, Query(ge=1, le=1000)] = 1,
    ) -> HTMLResponse:
        """All items and bundles, filtered and by pages."""
        filters = Filters(q.strip(), department, kind, handling)
        keys = frozenset(found.key for found in catalogue.search(filters.q))
        published = await answering(_published(parts.store, catalogue))
        rows = [row for row in _rows(catalogue, published) if filters.fit(row, keys)]
        pages_in_all = max(1, -(-len(rows) // SIZE))
        here = min(page, pages_in_all)
        return pages.show(
            request,
            asker,
            "catalogue/list.html",
            current="catalogue",
            catalogue=catalogue,
            kinds=KINDS,
            filters=filters,
            rows=rows[(here - 1) * SIZE : here * SIZE],
            total=len(rows),
            page=here,
            pages=pages_in_all,
            size=SIZE,
            checks=[text for text, _ in CHECKS],
        )

    @router.get("/catalogue/matters/{key}")
    async def one(request: Request, asker: Publisher, key: str) -> HTMLResponse:
        """One of them as it was read."""
        matter = catalogue.bundles.get(key) or catalogue.items.get(key)
        if matter is None:
            raise no_matter(key)
        published = await answering(_published(parts.store, catalogue))
        row = next(row for row in _rows(catalogue, published) if row.key == key)
        values = {"row": row, "catalogue": catalogue, "kinds": KINDS, "data": _written(matter)}
        return pages.show(request, asker, "catalogue/one.html", current="catalogue", **values)  # type: ignore[arg-type]

    return router


async def _published(store: Store, catalogue: Catalogue) -> dict[str, int]:
    """Item → the version that stands on the catalogue topic."""
    documents = await store.load([f"catalogue/{key}" for key in catalogue.items])
    states = (document.state for document in documents.values())
    return {state.item: state.item_version for state in states if isinstance(state, PublishedItem)}


def _rows(catalogue: Catalogue, published: Mapping[str, int]) -> list[Row]:
    bundles = [
        Row(
            key=each.key,
            name=each.name,
            kind=BUNDLE,
            department=each.lead_department,
            handling="",
            version=each.version,
            published=None,
            promised=each.limits.promised.days,
            statutory=each.limits.joint_statutory.days if each.limits.joint_statutory else None,
            unit=each.limits.unit,
        )
        for each in catalogue.bundles.values()
    ]
    items = [
        Row(
            key=each.key,
            name=each.name,
            kind=each.kind,
            department=each.department,
            handling=each.handling,
            version=each.version,
            published=published.get(each.key),
            promised=each.limits.promised.days,
            statutory=each.limits.statutory.days,
            unit=each.limits.unit,
        )
        for each in catalogue.items.values()
    ]
    return [*bundles, *items]


def _written(matter: Item | Bundle) -> str:
    """The data in the form of its file."""
    text = io.StringIO()
    YAML().dump(matter.model_dump(mode="json", exclude_defaults=True), text)
    return text.getvalue()
