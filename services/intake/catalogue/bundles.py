"""Bundles (一件事): several items that one application asks for, and which of them wait for which."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.intake.catalogue.model import (
    Count,
    Frozen,
    Grounded,
    Key,
    Notice,
    Promise,
    Text,
    Unit,
    When,
    Whens,
    holds,
)


class SubItem(Frozen):
    """An item of a bundle: always in, in when `when` holds, or offered then for the applicant to take.

    It waits for those of `after` that were selected; the others are ignored.
    """

    item: Key
    mode: Literal["required", "conditional", "opt_in"]
    when: When = Field(default_factory=dict)
    after: tuple[Key, ...] = ()
    basis: Text | None = None

    @model_validator(mode="after")
    def _mode_fits_when(self) -> Self:
        if (self.mode == "required") != (not self.when):
            raise ValueError("a required sub-item has no when; a conditional or opt_in one has one")
        return self


class Wait(Grounded):
    """Time outside the hall (a public notice) that must pass before one item, in calendar days."""

    key: Key
    name: Text
    calendar_days: Count
    when: When = Field(default_factory=dict)
    before: Key


class BundleVariant(Frozen):
    when: Annotated[When, Field(min_length=1)]
    promised: Promise


class Joint(Grounded):
    """The joint statutory limit, in working days (行政许可法 Art. 42(2), Art. 82)."""

    days: Count
    extension: Count


class BundleLimits(Frozen):
    unit: Unit
    promised: Promise
    variants: tuple[BundleVariant, ...] = ()
    joint_statutory: Joint | None = None

    def under(self, answers: Mapping[str, str]) -> "BundleLimits":
        """The limits that apply under these answers (the first variant that holds), without variants."""
        held = (variant.promised for variant in self.variants if holds(variant.when, answers))
        return self.model_copy(update={"promised": next(held, self.promised), "variants": ()})


class Bundle(Frozen):
    """A 一件事. `presets` are answers that the bundle itself implies and never asks for."""

    key: Key
    version: Annotated[int, Field(strict=True, ge=1)]
    name: Text
    summary: Text
    tree: Key
    lead_department: Key
    basis: tuple[Text, ...]
    questions: tuple[Key, ...]
    presets: dict[Key, Text] = Field(default_factory=dict)
    choices_limit: When = Field(default_factory=dict)
    sub_items: Annotated[tuple[SubItem, ...], Field(min_length=2)]
    waits: tuple[Wait, ...] = ()
    limits: BundleLimits
    visits: Count
    notices: tuple[Notice, ...] = ()

    def whens(self) -> Whens:
        """Every `when` of the bundle itself with its place; those of its items are the items' own."""
        for n, sub in enumerate(self.sub_items):
            yield ("sub_items", n, "when"), sub.when
        for n, variant in enumerate(self.limits.variants):
            yield ("limits", "variants", n, "when"), variant.when
        for n, wait in enumerate(self.waits):
            yield ("waits", n, "when"), wait.when
        for n, notice in enumerate(self.notices):
            yield ("notices", n, "when"), notice.when
