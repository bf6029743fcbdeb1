"""The whole catalogue as one value: what the loader gives out, and the simple search over it."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.intake.catalogue.bundles import Bundle
from services.intake.catalogue.items import Item
from services.intake.catalogue.model import Department, Hall, LicenceType, Material, Question, Tree


@dataclass(frozen=True)
class Found:
    """One hit of a search."""

    kind: Literal["item", "bundle"]
    key: str
    name: str


@dataclass(frozen=True)
class Contents:
    """All parts by key."""

    departments: dict[str, Department] = field(default_factory=dict)
    licence_types: dict[str, LicenceType] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    materials: dict[str, Material] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Draft(Contents):
    """What the checks see: the whole parts, and by kind the keys of all parts, broken ones included."""

    known: Mapping[str, Collection[str]]


@dataclass(frozen=True, kw_only=True)
class Catalogue(Contents):
    """A checked catalogue. Only `load` makes one, so whoever holds it may trust every reference in it."""

    hall: Hall

    def search(self, text: str) -> tuple[Found, ...]:
        """Bundles, then items, whose name contains `text`; width and case do not matter, blank finds nothing."""
        wanted = _folded(text)
        if not wanted:
            return ()
        bundles = (Found("bundle", b.key, b.name) for b in self.bundles.values() if wanted in _folded(b.name))
        items = (Found("item", i.key, i.name) for i in self.items.values() if wanted in _folded(i.name))
        return (*bundles, *items)

    def licence_for(self, item: str) -> LicenceType | None:
        """The type of licence that an item ends in, or None when it ends in a notice."""
        key = self.items[item].result.licence_type
        return self.licence_types[key] if key else None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
