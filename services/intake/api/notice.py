"""The one-time notice 一次告知单 as people and pages read it: the plan in words (行政许可法 Art. 30, 32(4))."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from services.intake.catalogue import LOCAL, Catalogue
from services.intake.guide import Plan, PlannedItem, PlannedMaterial
from services.intake.guide.page import limit_text

Way = Literal["files", "licence", "pledge"]


class NeededByView(BaseModel):
    """哪个办件要这份材料，依据是什么。"""

    item: str
    name: str
    ground: str


class MaterialView(BaseModel):
    """一份材料。`to_hand_in` 为 false 时不用交，`instead` 写明理由。"""

    key: str
    name: str
    kind: str
    originals: int
    copies: int
    to_hand_in: bool
    ways: list[Way] = Field(description="可以怎样交：files 上传文件，licence 出示电子证照，pledge 告知承诺")
    licence_type: str | None = Field(description="可以代替它的电子证照类型")
    instead: str | None = Field(examples=["由“企业设立登记”办出的电子证照代替，不用提交"])
    produced_by: str | None
    needed_by: list[NeededByView]


class StepView(BaseModel):
    """一个步骤；seq 相同的并行办理。"""

    seq: int
    name: str
    departments: list[str]
    days: int
    on_site: bool


class ItemView(BaseModel):
    """一个将要办理的办件。"""

    item: str
    version: int
    name: str
    department: str
    department_name: str
    handling: str
    waits_for: list[str] = Field(description="要等这些事项先办成")
    statutory: str
    statutory_ground: str
    promised: str
    steps: list[StepView]
    result: str
    materials: list[str]


class OfferedView(BaseModel):
    """可以自选、还没有选的事项。"""

    item: str
    name: str


class WaitView(BaseModel):
    """办理以外必须经过的时间，例如公告。"""

    name: str
    calendar_days: int
    before: str
    ground: str


class Notice(BaseModel):
    """一次告知单。"""

    matter: str
    kind: Literal["item", "bundle"]
    version: int
    name: str
    answers: dict[str, str]
    items: list[ItemView]
    offered: list[OfferedView]
    materials: list[MaterialView]
    to_hand_in: int = Field(description="要交的材料份数")
    not_needed: int = Field(description="不用交的材料份数")
    waits: list[WaitView]
    promised: str
    joint_statutory: str | None
    critical_path_days: int
    visits: int
    notices: list[str]


def notice_of(catalogue: Catalogue, plan: Plan) -> Notice:
    """The plan in words."""
    joint = plan.joint_statutory
    materials = [_material(catalogue, material) for material in plan.materials]
    to_hand_in = sum(material.to_hand_in for material in materials)
    return Notice(
        matter=plan.key,
        kind=plan.kind,
        version=plan.version,
        name=plan.name,
        answers=plan.answers,
        items=[_item(catalogue, item) for item in plan.items],
        offered=[OfferedView(item=key, name=catalogue.items[key].name) for key in plan.offered],
        materials=materials,
        to_hand_in=to_hand_in,
        not_needed=len(materials) - to_hand_in,
        waits=[
            WaitView(name=wait.name, calendar_days=wait.calendar_days, before=wait.before, ground=wait.ground)
            for wait in plan.waits
        ],
        promised=limit_text(plan.promised, plan.unit),
        joint_statutory=f"联合办理{joint.days}个工作日，经批准可以延长{joint.extension}个工作日" if joint else None,
        critical_path_days=plan.critical_path_days,
        visits=plan.visits,
        notices=list(plan.notices),
    )


def _material(catalogue: Catalogue, material: PlannedMaterial) -> MaterialView:
    ways: list[Way] = ["files"]
    if material.exempt_by:
        ways.append("licence")
    if material.pledgeable:
        ways.append("pledge")
    licence = catalogue.licence_types[material.exempt_by].name if material.exempt_by else None
    return MaterialView(
        key=material.key,
        name=material.name,
        kind=material.kind,
        originals=material.originals,
        copies=material.copies,
        to_hand_in=material.to_hand_in,
        ways=ways if material.to_hand_in else [],
        licence_type=licence,
        instead=_instead(catalogue, material, licence),
        produced_by=material.produced_by,
        needed_by=[
            NeededByView(item=need.item, name=catalogue.items[need.item].name, ground=need.basis or LOCAL)
            for need in material.needed_by
        ],
    )


def _instead(catalogue: Catalogue, material: PlannedMaterial, licence: str | None) -> str | None:
    if material.produced_by:
        return f"由“{catalogue.items[material.produced_by].name}”办出的电子证照代替，不用提交"
    if material.system_fetched:
        return "系统调取，不用提交"
    return f"有{licence}电子证照的，出示即可，不用交纸质材料" if licence else None


def _item(catalogue: Catalogue, item: PlannedItem) -> ItemView:
    return ItemView(
        item=item.key,
        version=item.version,
        name=item.name,
        department=item.department,
        department_name=catalogue.departments[item.department].name,
        handling=item.handling,
        waits_for=list(item.waits_for),
        statutory=limit_text(item.statutory, item.unit),
        statutory_ground=item.statutory.ground,
        promised=limit_text(item.promised, item.unit),
        steps=[
            StepView(
                seq=step.seq,
                name=step.name,
                departments=[catalogue.departments[code].name for code in step.departments],
                days=step.days,
                on_site=step.on_site,
            )
            for step in item.steps
        ],
        result=item.result.name,
        materials=list(item.materials),
    )
