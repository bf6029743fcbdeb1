"""From the guide's plan to what an application keeps of it: everything that its cases need to be accepted later."""

from __future__ import annotations

import hashlib

from services.intake.catalogue import Catalogue, Item, Result, Validity
from services.intake.catalogue import Limits as CatalogueLimits
from services.intake.catalogue import Step as CatalogueStep
from services.intake.guide import Plan, PlannedItem
from services.intake.model import PlannedCase, PlannedMaterial
from services.intake.model.commands import PublishItem
from shared.contracts.terms import LicenceType, Limits, Near, ResultTemplate, Step

FRAME = ("accept", "issue")
"""Steps of the hall itself: intake and licensing do them, approval has no task for them."""


def planned_cases(catalogue: Catalogue, plan: Plan, number: str) -> tuple[PlannedCase, ...]:
    """The cases of application `number`, numbered in the order of the plan."""
    numbers = {item.key: f"{number}-{place:02d}" for place, item in enumerate(plan.items, start=1)}
    return tuple(_case(catalogue, item, numbers) for item in plan.items)


def _case(catalogue: Catalogue, item: PlannedItem, numbers: dict[str, str]) -> PlannedCase:
    entry, department = catalogue.items[item.key], catalogue.departments[item.department]
    return PlannedCase(
        case=numbers[item.key],
        item=item.key,
        item_version=item.version,
        item_name=item.name,
        item_kind=entry.kind,
        basis=entry.basis,
        department=item.department,
        department_name=department.name,
        partner=department.kind == "partner",
        steps=tuple(_step(catalogue, step) for step in item.steps if step.kind not in FRAME),
        limits=_limits(item),
        result=result_template(catalogue, item.key, item.result),
        waits_for=tuple(numbers[other] for other in item.waits_for),
        materials=item.materials,
    )


def _step(catalogue: Catalogue, step: CatalogueStep) -> Step:
    names = tuple(catalogue.departments[code].name for code in step.departments)
    return Step(
        seq=step.seq,
        key=step.key,
        name=step.name,
        departments=step.departments,
        department_names=names,
        days=step.days,
    )


def _limits(limits: PlannedItem | CatalogueLimits) -> Limits:
    return Limits(
        promised_days=limits.promised.days,
        statutory_days=limits.statutory.days,
        basis=limits.statutory.ground,
        unit=limits.unit,
        near=Near(least_days=limits.near.least_days, percent=limits.near.percent) if limits.near else None,
    )


def whole_of(planned: Plan) -> Limits:
    """What the bundle promises over all its cases, as its notice said."""
    return Limits(promised_days=planned.promised.days, unit=planned.unit)


def planned_materials(plan: Plan, cases: tuple[PlannedCase, ...]) -> tuple[PlannedMaterial, ...]:
    """The one list of the plan. What the catalogue lists may be pledged (证明事项告知承诺制)."""
    numbers = {case.item: case.case for case in cases}
    return tuple(
        PlannedMaterial(
            key=material.key,
            name=material.name,
            licence_type=material.exempt_by,
            pledgeable=material.pledgeable,
            from_case=numbers[material.produced_by] if material.produced_by else None,
            fetched=material.system_fetched,
        )
        for material in plan.materials
    )


def result_template(catalogue: Catalogue, item: str, result: Result) -> ResultTemplate:
    """What an approved case yields."""
    kind = catalogue.licence_for(item)
    if kind is None:
        return ResultTemplate(kind="notice", name=result.name)
    issuer = catalogue.departments[kind.issuer]
    licence_type = LicenceType(
        key=kind.key,
        code=kind.code,
        name=kind.name,
        issuer=issuer.code,
        issuer_name=issuer.name,
        issuer_code=issuer.uscc,
        valid_months=_months(kind.validity),
        valid_days=kind.validity.days,
        validity=kind.validity.text,
    )
    return ResultTemplate(kind="licence", name=result.name, licence_type=licence_type)


def _months(validity: Validity) -> int | None:
    return validity.years * 12 if validity.years else validity.months


def publications(catalogue: Catalogue) -> list[PublishItem]:
    """What shall stand on the catalogue topic."""
    return [_publication(item) for item in catalogue.items.values()]


def _publication(item: Item) -> PublishItem:
    return PublishItem(
        item=item.key,
        item_version=item.version,
        digest=hashlib.sha256(item.model_dump_json().encode()).hexdigest(),
        name=item.name,
        department=item.department,
        limits=_limits(item.limits),
        item_kind=item.kind,
        handling=item.handling,
        visits=item.visits.times,
        online_depth=item.online_depth,
        registers=item.registers or "",
    )
