"""What an item or a bundle can come to at most, before any question is answered: the figures of a landing page."""

from dataclasses import dataclass

from services.intake.catalogue import Catalogue
from services.intake.guide.materials import merge
from services.intake.guide.wanted import longest_path, wanted


@dataclass(frozen=True)
class Outline:
    """All sub-items and all materials counted, basic promises only (variants left out); days as promised."""

    items: int
    materials_raw: int
    materials_distinct: int
    replaceable_by_licence: int
    critical_path_days: int
    critical_path_days_with_opt_in: int


def outline(catalogue: Catalogue, key: str) -> Outline:
    """The figures; the first critical path leaves opt-in items out, the second counts them. Raises NoSuchKey."""
    aim = wanted(catalogue, key)
    needs = [(sub.item, need) for sub in aim.sub_items for need in catalogue.items[sub.item].materials]
    after = {sub.item: sub.after for sub in aim.sub_items}
    distinct = merge(catalogue, needs, after)
    days = {sub.item: catalogue.items[sub.item].limits.promised.days for sub in aim.sub_items}
    firm = {sub.item: days[sub.item] for sub in aim.sub_items if sub.mode != "opt_in"}
    return Outline(
        items=len(aim.sub_items),
        materials_raw=len(needs),
        materials_distinct=len(distinct),
        replaceable_by_licence=sum(material.exempt_by is not None for material in distinct),
        critical_path_days=longest_path(firm, after),
        critical_path_days_with_opt_in=longest_path(days, after),
    )
