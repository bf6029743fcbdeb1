"""Items and bundles as lists and trees show them, from the catalogue alone."""

from __future__ import annotations

from typing import NamedTuple

from services.intake.catalogue import KINDS, Catalogue, Stage, Tree
from shared.contracts.terms import Unit

SHOWN, ROOM = 3, 17
"""Items named beside a stage, and how many characters its line has room for, bundles included."""
POPULAR = ("restaurant", "newborn", "retirement", "second_hand_house")
FOR_ELDERS = ("elderly_allowance",)
"""What 长辈版 names first, for there the stages show their bundles only."""


class Row(NamedTuple):
    """One line of a list. `departments`: how many take part; `department`: the one that leads; days in `unit`."""

    key: str
    bundle: bool
    name: str
    summary: str
    department: str
    departments: int
    items: int
    days: int
    unit: Unit
    visits: int


class Named(NamedTuple):
    """A matter by its brief name."""

    key: str
    name: str


class Branch(NamedTuple):
    """One stage of a tree with what is named beside it; `total`: how many items it has in all."""

    key: str
    name: str
    bundles: tuple[Named, ...]
    items: tuple[Named, ...]
    total: int

    @property
    def more(self) -> bool:
        """Whether not everything is named."""
        return self.total > len(self.items)


class Trunk(NamedTuple):
    """A tree with its stages."""

    key: str
    name: str
    first: str
    last: str
    branches: tuple[Branch, ...]


def row(catalogue: Catalogue, key: str) -> Row:
    """The line of an item or a bundle that the catalogue has."""
    names = catalogue.departments
    if key in catalogue.bundles:
        bundle = catalogue.bundles[key]
        taking_part = {catalogue.items[sub.item].department for sub in bundle.sub_items}
        return Row(
            key=key,
            bundle=True,
            name=bundle.name,
            summary=bundle.summary,
            department=names[bundle.lead_department].name,
            departments=len(taking_part),
            items=len(bundle.sub_items),
            days=bundle.limits.promised.days,
            unit=bundle.limits.unit,
            visits=bundle.visits,
        )
    item = catalogue.items[key]
    return Row(
        key=key,
        bundle=False,
        name=item.name,
        summary=KINDS[item.kind],
        department=names[item.department].name,
        departments=1,
        items=1,
        days=item.limits.promised.days,
        unit=item.limits.unit,
        visits=item.visits.times,
    )


def trunks(catalogue: Catalogue) -> tuple[Trunk, ...]:
    """Both trees for the home page."""
    return tuple(
        Trunk(
            key=tree.key,
            name=briefly(tree),
            first=tree.stages[0].name,
            last=tree.stages[-1].name,
            branches=tuple(_branch(catalogue, stage) for stage in tree.stages),
        )
        for tree in catalogue.trees.values()
    )


def briefly(tree: Tree) -> str:
    """人生 for 人生N件事."""
    return tree.name.removesuffix("N件事")


def stage_of(catalogue: Catalogue, key: str) -> tuple[Tree, Stage] | None:
    """Where an item or a bundle stands first."""
    return next(
        (
            (tree, stage)
            for tree in catalogue.trees.values()
            for stage in tree.stages
            if key in stage.items or key in stage.bundles
        ),
        None,
    )


def named(catalogue: Catalogue, key: str) -> Named:
    """A matter by its brief name."""
    return Named(key, catalogue.short(key))


def _branch(catalogue: Catalogue, stage: Stage) -> Branch:
    bundles = tuple(named(catalogue, key) for key in stage.bundles)
    inside = {sub.item for key in stage.bundles for sub in catalogue.bundles[key].sub_items}
    alone_first = sorted(stage.items, key=lambda key: key in inside)
    room, items = ROOM - sum(len(each.name) for each in bundles), []
    for each in (named(catalogue, key) for key in alone_first[:SHOWN]):
        room -= len(each.name)
        if room >= 0:
            items.append(each)
    return Branch(key=stage.key, name=stage.name, bundles=bundles, items=tuple(items), total=len(stage.items))
