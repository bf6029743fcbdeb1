"""The one list of materials: each document once, however many items ask for it (一套材料, 国办发〔2025〕24号)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.intake.catalogue import Catalogue, Need


@dataclass(frozen=True)
class NeededBy:
    """An item that asks for the material, and on what ground: a law, or None = 本地设定."""

    item: str
    basis: str | None


@dataclass(frozen=True)
class PlannedMaterial:
    """One document of the plan.

    `originals` and `copies` are the most that any item asks for, as one set serves all. `exempt_by` is the
    licence type whose e-licence may be shown instead of paper; `produced_by` the earlier sub-item whose
    e-licence will serve every item that asks for this, so that nobody has to hand it in. `system_fetched`:
    the hall gets it itself, for all items. `pledgeable`: a written pledge may replace it.
    """

    key: str
    name: str
    kind: str
    originals: int
    copies: int
    needed_by: tuple[NeededBy, ...]
    exempt_by: str | None
    produced_by: str | None
    system_fetched: bool
    pledgeable: bool

    @property
    def to_hand_in(self) -> bool:
        """Whether the applicant must hand in paper, a file or an e-licence."""
        return not self.system_fetched and self.produced_by is None


def merge(
    catalogue: Catalogue, needs: Iterable[tuple[str, Need]], after: Mapping[str, Collection[str]]
) -> tuple[PlannedMaterial, ...]:
    """De-duplicate `needs` (item, need) by material, in the order of first mention."""
    by_key: dict[str, list[tuple[str, Need]]] = {}
    for item, need in needs:
        by_key.setdefault(need.material, []).append((item, need))
    return tuple(_one(catalogue, key, asked, after) for key, asked in by_key.items())


def _one(
    catalogue: Catalogue, key: str, asked: list[tuple[str, Need]], after: Mapping[str, Collection[str]]
) -> PlannedMaterial:
    material = catalogue.materials[key]
    originals, copies = max(need.originals for _, need in asked), max(need.copies for _, need in asked)
    return PlannedMaterial(
        key=key,
        name=material.name,
        kind=material.kind,
        originals=originals,
        copies=copies,
        needed_by=tuple(NeededBy(item, need.basis) for item, need in asked),
        exempt_by=material.licence_type,
        produced_by=_producer(catalogue, material.licence_type, [item for item, _ in asked], after),
        system_fetched=originals == copies == 0,
        pledgeable=material.pledgeable,
    )


def _producer(
    catalogue: Catalogue, licence_type: str | None, items: list[str], after: Mapping[str, Collection[str]]
) -> str | None:
    """An item whose licence is of this type and that ends before every one of `items` starts."""
    if licence_type is None:
        return None
    before_all = set.intersection(*(ancestors(item, after) for item in items))
    makers = [item for item in after if item in before_all and _makes(catalogue, item, licence_type)]
    return makers[0] if makers else None


def _makes(catalogue: Catalogue, item: str, licence_type: str) -> bool:
    return catalogue.items[item].result.licence_type == licence_type


def ancestors(item: str, after: Mapping[str, Collection[str]]) -> set[str]:
    """All items that end before `item` starts."""
    found: set[str] = set()
    waiting = list(after.get(item, ()))
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting.extend(after.get(other, ()))
    return found
