"""The whole catalogue as one value: what the loader gives out, and the simple search over it."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.intake.catalogue.bundles import Bundle
from services.intake.catalogue.items import Item
from services.intake.catalogue.model import Department, Hall, LicenceType, Material, Question, Saying, Tree


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
    words: dict[str, Saying] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Draft(Contents):
    """What the checks see: the whole parts, and by kind the keys of all parts, broken ones included."""

    known: Mapping[str, Collection[str]]


@dataclass(frozen=True, kw_only=True)
class Catalogue(Contents):
    """A checked catalogue. Only `load` makes one, so whoever holds it may trust every reference in it."""

    hall: Hall

    def search(self, text: str) -> tuple[Found, ...]:
        """Bundles, then items, that are meant by `text`: those named so first, then those that people call so.

        Width, case and blanks do not matter; a blank text finds nothing. An everyday word is also found inside a
        sentence (我想开饭店).
        """
        wanted = _folded(text)
        if not wanted:
            return ()
        kinds = (("bundle", self.bundles), ("item", self.items))
        named = [Found(kind, e.key, e.name) for kind, part in kinds for e in part.values()]  # type: ignore[arg-type]
        hits = [(_closeness(wanted, text, each, self.words.get(each.key)), each) for each in named]
        ranked = sorted((hit for hit in hits if hit[0]), key=lambda hit: (hit[1].kind == "item", -hit[0]))
        return tuple(each for _, each in ranked)

    def short(self, key: str) -> str:
        """The brief name of an item or a bundle."""
        if key in self.words:
            return self.words[key].short
        return self.bundles[key].name.removesuffix("一件事") if key in self.bundles else self.items[key].name

    def licence_for(self, item: str) -> LicenceType | None:
        """The type of licence that an item ends in, or None when it ends in a notice."""
        key = self.items[item].result.licence_type
        return self.licence_types[key] if key else None


def _closeness(wanted: str, text: str, found: Found, saying: Saying | None) -> int:
    """How near a matter is to what was looked for: 4 just this, 3 named so, 2 called so, 1 called so inside a
    sentence, 0 not at all."""
    name = _folded(found.name)
    words = [_folded(word) for word in (saying.short, *saying.words)] if saying else []
    if wanted in (name, *words):
        return 4
    if all(part in name for part in map(_folded, text.split())):
        return 3
    if any(wanted in word for word in words):
        return 2
    return int(any(len(word) > 1 and word in wanted for word in words))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
