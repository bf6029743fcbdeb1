"""The order of work in words and as drawings, for guides and notices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from services.intake.catalogue import Catalogue
from services.intake.guide import Placed
from services.intake.pages.public.drawing import Drawing, narrow, wide
from shared.web.i18n import _


class Part(NamedTuple):
    """One item at its bar: brief name, department, how long."""

    name: str
    department: str
    days: str


class Step(NamedTuple):
    """Items that begin together, once those named before have ended; `before` is empty at first."""

    before: tuple[str, ...]
    parts: tuple[Part, ...]


class Ordered(NamedTuple):
    """Everything about the order; `total`: days until all have ended."""

    parts: dict[str, Part]
    steps: tuple[Step, ...]
    total: int
    wide: Drawing
    narrow: Drawing


def ordered(catalogue: Catalogue, placed: Sequence[Placed]) -> Ordered:
    """The drawings in the reader's language."""
    parts = {each.key: _part(catalogue, each) for each in placed}
    words = {key: (part.name, f"{part.department} · {part.days}") for key, part in parts.items()}
    return Ordered(parts, _steps(placed, parts), max(each.end for each in placed), wide(placed, words), narrow(placed))


def _part(catalogue: Catalogue, each: Placed) -> Part:
    department = catalogue.departments[catalogue.items[each.key].department].name
    return Part(catalogue.short(each.key), department, _("%(n)s 天", n=each.days) if each.days else _("当场"))


def _steps(placed: Sequence[Placed], parts: dict[str, Part]) -> tuple[Step, ...]:
    begins = sorted(placed, key=lambda each: (each.start, each.slot, each.after))
    return tuple(
        Step(tuple(parts[other].name for other in after), tuple(parts[each.key] for each in together))
        for (_start, _slot, after), together in groupby(begins, key=lambda each: (each.start, each.slot, each.after))
    )
