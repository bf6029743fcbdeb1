"""HTTP of the catalogue: two trees, items, bundles, departments and search, for anyone."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.intake.catalogue import KINDS, Catalogue, Item
from services.intake.guide.page import limit_text


class Named(BaseModel):
    """一个可以办理的事项或“一件事”。"""

    kind: Literal["item", "bundle"]
    key: str = Field(examples=["food_operation"])
    name: str = Field(examples=["食品经营许可（新办）"])


class StageView(BaseModel):
    """全周期的一个阶段。"""

    key: str
    name: str
    matters: list[Named]


class TreeView(BaseModel):
    """一棵树：个人全生命周期或企业全生命周期。"""

    key: str
    name: str
    audience: str
    stages: list[StageView]


class ItemRow(BaseModel):
    """一个事项的要点；全部内容见 GET /guides/{key}。"""

    key: str
    version: int
    name: str
    department: str
    department_name: str
    type: str = Field(examples=["行政许可"])
    handling: str = Field(examples=["承诺件"])
    statutory: str = Field(description="法定期限", examples=["10个工作日"])
    promised: str = Field(description="承诺期限", examples=["7个工作日"])


class BundleRow(BaseModel):
    """一个“一件事”的要点。"""

    key: str
    version: int
    name: str
    summary: str
    items: list[Named]
    promised: str


class DepartmentRow(BaseModel):
    """一个部门或合作单位。"""

    code: str
    name: str
    scope: str


def catalogue_api(catalogue: Catalogue) -> APIRouter:
    """`/catalogue/…`."""
    router = APIRouter(prefix="/catalogue", tags=["事项目录"])

    @router.get("/trees", summary="两棵树：个人和企业全生命周期")
    def trees() -> list[TreeView]:
        return [
            TreeView(
                key=tree.key,
                name=tree.name,
                audience=tree.audience,
                stages=[
                    StageView(
                        key=stage.key,
                        name=stage.name,
                        matters=[named(catalogue, key) for key in (*stage.bundles, *stage.items)],
                    )
                    for stage in tree.stages
                ],
            )
            for tree in catalogue.trees.values()
        ]

    @router.get("/items", summary="全部事项")
    def items(
        department: Annotated[str | None, Query(max_length=12, description="只看这个部门的")] = None,
    ) -> list[ItemRow]:
        return [_row(catalogue, i) for i in catalogue.items.values() if department in (None, i.department)]

    @router.get("/bundles", summary="全部“一件事”")
    def bundles() -> list[BundleRow]:
        return [
            BundleRow(
                key=bundle.key,
                version=bundle.version,
                name=bundle.name,
                summary=bundle.summary,
                items=[named(catalogue, sub.item) for sub in bundle.sub_items],
                promised=limit_text(bundle.limits.promised, bundle.limits.unit),
            )
            for bundle in catalogue.bundles.values()
        ]

    @router.get("/departments", summary="部门和合作单位")
    def departments() -> list[DepartmentRow]:
        return [DepartmentRow(code=d.code, name=d.name, scope=d.scope) for d in catalogue.departments.values()]

    @router.get("/search", summary="按名称查找")
    def search(text: Annotated[str, Query(max_length=100, examples=["餐饮"])]) -> list[Named]:
        """先列“一件事”，再列单个事项；全角半角、大小写不影响。"""
        return [Named(kind=found.kind, key=found.key, name=found.name) for found in catalogue.search(text)]

    return router


def named(catalogue: Catalogue, key: str) -> Named:
    """An item or bundle by its key, which the catalogue has."""
    if key in catalogue.bundles:
        return Named(kind="bundle", key=key, name=catalogue.bundles[key].name)
    return Named(kind="item", key=key, name=catalogue.items[key].name)


def _row(catalogue: Catalogue, item: Item) -> ItemRow:
    return ItemRow(
        key=item.key,
        version=item.version,
        name=item.name,
        department=item.department,
        department_name=catalogue.departments[item.department].name,
        type=KINDS[item.kind],
        handling=item.handling,
        statutory=limit_text(item.limits.statutory, item.limits.unit),
        promised=limit_text(item.limits.promised, item.limits.unit),
    )
