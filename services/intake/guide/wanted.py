"""One view on what a person may want: a bundle, or a single item seen as a bundle of one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Literal

from services.intake.catalogue import Bundle, BundleLimits, Catalogue, SubItem, Wait
from services.intake.catalogue.model import Notice


class NoSuchKey(LookupError):
    """The catalogue has neither an item nor a bundle of this key."""


@dataclass(frozen=True)
class Wanted:
    """What the guide needs to know of an item or a bundle; a single item has no limits of its own here."""

    kind: Literal["item", "bundle"]
    key: str
    version: int
    name: str
    sub_items: tuple[SubItem, ...]
    questions: tuple[str, ...]
    choices_limit: Mapping[str, tuple[str, ...]]
    presets: Mapping[str, str]
    limits: BundleLimits | None
    waits: tuple[Wait, ...]
    notices: tuple[Notice, ...]


def wanted(catalogue: Catalogue, key: str) -> Wanted:
    """Raises NoSuchKey."""
    bundle = catalogue.bundles.get(key)
    if bundle is not None:
        return _of_bundle(bundle)
    item = catalogue.items.get(key)
    if item is None:
        raise NoSuchKey(key)
    alone = (SubItem(item=key, mode="required"),)
    return Wanted("item", key, item.version, item.name, alone, item.questions, item.choices_limit, {}, None, (), ())


def longest_path(days: Mapping[str, int], after: Mapping[str, Collection[str]]) -> int:
    """Days until the last of `days` ends when each starts as soon as those of `after` in `days` have ended.

    The graph has no circle (the loader refuses one).
    """
    ends: dict[str, int] = {}
    waits = {key: [other for other in after.get(key, ()) if other in days] for key in days}
    for key in TopologicalSorter(waits).static_order():
        ends[key] = days[key] + max((ends[other] for other in waits[key]), default=0)
    return max(ends.values(), default=0)


def _of_bundle(bundle: Bundle) -> Wanted:
    return Wanted(
        kind="bundle",
        key=bundle.key,
        version=bundle.version,
        name=bundle.name,
        sub_items=bundle.sub_items,
        questions=bundle.questions,
        choices_limit=bundle.choices_limit,
        presets=bundle.presets,
        limits=bundle.limits,
        waits=bundle.waits,
        notices=bundle.notices,
    )
