"""One material on a page: what it is, how it may come, and in words how it came; or why nobody has to bring it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.catalogue import Catalogue
from services.intake.drafts import Brought
from services.intake.guide import PlannedMaterial as Guided
from services.intake.model import PlannedMaterial
from services.intake.uploads import KINDS
from shared.web.i18n import _

ACCEPTED = ",".join(suffix for kind in KINDS for suffix in kind.suffixes)
"""What a browser lets choose: the same kinds as are taken, by the ends of their names."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A material that has to be brought, with what is said beneath its name.

    `licence`: the e-licence that may be shown. `pledge`: by which law a pledge may replace it, beside the general one
    (empty: by that alone); None where it may not.
    """

    planned: PlannedMaterial
    licence: str | None
    pledge: str | None
    counts: str = ""
    used_for: str = ""
    reason: str = ""

    @property
    def key(self) -> str:
        """The material's key."""
        return self.planned.key

    @property
    def name(self) -> str:
        """The material's name."""
        return self.planned.name

    @property
    def several(self) -> bool:
        """Whether there is more than one way."""
        return self.licence is not None or self.pledge is not None


def wanted(catalogue: Catalogue, planned: PlannedMaterial, *, reason: str = "") -> Wanted:
    """A material of an application, which has to be brought (again)."""
    found, kind = catalogue.materials.get(planned.key), catalogue.licence_types.get(planned.licence_type or "")
    ground = (found.basis or "") if found and planned.pledgeable else None
    asked = planned.model_copy(update={"fetched": False, "from_case": None})
    return Wanted(asked, licence=kind.name if kind else None, pledge=ground, reason=reason)


def guided(catalogue: Catalogue, material: Guided) -> Wanted:
    """A material of the guide's one list."""
    planned = PlannedMaterial(
        key=material.key, name=material.name, licence_type=material.exempt_by, pledgeable=material.pledgeable
    )
    found = wanted(catalogue, planned)
    names = "、".join(catalogue.items[need.item].name for need in material.needed_by)
    return Wanted(planned, found.licence, found.pledge, counts=_counts(material), used_for=names)


def _counts(material: Guided) -> str:
    originals = _("原件 %(n)s 份", n=material.originals) if material.originals else ""
    copies = _("复印件 %(n)s 份", n=material.copies) if material.copies else ""
    return (
        _("%(originals)s、%(copies)s", originals=originals, copies=copies)
        if originals and copies
        else originals + copies
    )


def not_needed(catalogue: Catalogue, material: Guided) -> str:
    """Why nobody has to hand it in."""
    if material.produced_by:
        name = catalogue.items[material.produced_by].name
        return _("您不用交：“%(item)s”办成后会有电子证照，系统直接用它。", item=name)
    return _("您不用交：系统向有关部门调取。")


def brought_in_words(brought: Brought) -> str:
    """How a material came; empty where it has not."""
    if brought.ways > 1:
        return _("请只留一种交法")
    if brought.licence:
        return _("出示电子证照")
    if brought.pledge:
        return _("告知承诺")
    if brought.paper:
        return _("已收纸质原件")
    return _("已上传 %(n)s 个文件", n=len(brought.files)) if brought.files else ""


def answers_in_words(catalogue: Catalogue, answers: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Question key → question and answer as they were read; what the catalogue does not know any more stays a key."""
    rows = {}
    for key, value in answers.items():
        question = catalogue.questions.get(key)
        choices = {choice.value: choice.text for choice in question.choices} if question else {}
        rows[key] = (question.text if question else key, choices.get(value, value))
    return rows
