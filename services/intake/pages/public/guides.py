"""The guide of one item or bundle: everything that has to be published (行政许可法 Art. 30), on one page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from services.intake.api.parts import Parts
from services.intake.api.words import no_matter
from services.intake.catalogue import KINDS, Bundle, Catalogue, Item
from services.intake.guide import order, outline, relevant
from services.intake.guide.page import when_text
from services.intake.pages.public.addresses import code_of, whole
from services.intake.pages.public.matters import stage_of
from services.intake.pages.public.ordered import ordered
from shared.web.pages import Pages
from shared.web.session import Visitor


def guide_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/matters/{key}`."""
    router = APIRouter(include_in_schema=False)
    catalogue = parts.catalogue

    @router.get("/matters/{key}")
    async def guide(request: Request, asker: Visitor, key: str) -> HTMLResponse:
        bundle, item = catalogue.bundles.get(key), catalogue.items.get(key)
        if bundle:
            template, values = "public/bundle.html", _bundle(catalogue, bundle)
        elif item:
            template, values = "public/item.html", _item(catalogue, item)
        else:
            raise no_matter(key)
        address = whole(pages, parts.settings, f"/matters/{key}")
        return pages.show(
            request,
            asker,
            template,
            current="matters",
            at=stage_of(catalogue, key),
            asked=len(relevant(catalogue, key, {})),
            catalogue=catalogue,
            address=address,
            code=code_of(address),
            when=lambda when: when_text(catalogue, when),
            **values,
        )

    return router


def _item(catalogue: Catalogue, item: Item) -> dict[str, Any]:
    department = catalogue.departments[item.department]
    return {
        "item": item,
        "most": sum(bool(need.originals or need.copies) for need in item.materials),
        "when_some": any(need.when for need in item.materials),
        "kind": KINDS[item.kind],
        "department": department,
        "licence": catalogue.licence_for(item.key),
        "organ": department.kind == "gov" or item.kind != "20",
        "bundles": [
            bundle for bundle in catalogue.bundles.values() if any(s.item == item.key for s in bundle.sub_items)
        ],
    }


def _bundle(catalogue: Catalogue, bundle: Bundle) -> dict[str, Any]:
    days = {sub.item: catalogue.items[sub.item].limits.promised.days for sub in bundle.sub_items}
    return {
        "bundle": bundle,
        "figures": outline(catalogue, bundle.key),
        "departments": len({catalogue.items[sub.item].department for sub in bundle.sub_items}),
        "drawn": ordered(catalogue, order(days, {sub.item: sub.after for sub in bundle.sub_items})),
    }
