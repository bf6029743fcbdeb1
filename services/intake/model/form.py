"""An application as it was submitted: the plan that the catalogue gave that day, and what was handed in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.contracts.envelope import ApplicationNo, CaseNo, DepartmentCode
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Channel, Limits, Party, PartyKind, ResultTemplate, Step
from shared.kernel import Frozen

DESK = "综合窗口"
Desk = Annotated[str, Field(min_length=1, max_length=20)]


class PlannedCase(Frozen):
    """One case as the catalogue had it on the day of submission: all that accepting it needs."""

    case: CaseNo
    item: str
    item_version: int
    item_name: str
    item_kind: str = ""
    basis: tuple[str, ...] = ()
    department: DepartmentCode
    department_name: str
    partner: bool = False
    steps: tuple[Step, ...] = Field(min_length=1)
    limits: Limits
    result: ResultTemplate
    waits_for: tuple[CaseNo, ...] = ()
    materials: tuple[str, ...] = ()


class PlannedMaterial(Frozen):
    """A material of the one list. `from_case`: that case's licence will serve. `fetched`: the hall gets it itself."""

    key: str
    name: str
    licence_type: str | None = None
    pledgeable: bool = False
    from_case: CaseNo | None = None
    fetched: bool = False

    @property
    def to_hand_in(self) -> bool:
        """Whether the applicant has to bring it."""
        return not self.fetched and self.from_case is None


class HandedIn(Frozen):
    """One material as it came: file ids, the number of an e-licence shown, a written pledge (告知承诺), or on
    paper, which the window keeps (`paper`).

    `verified`: of an e-licence, whether licensing vouched for it when it was shown; otherwise the clerk examines it.
    """

    material: str
    files: tuple[str, ...] = ()
    licence: str | None = None
    pledged: bool = False
    verified: bool | None = None
    paper: bool = False


class Form(Frozen):
    """An application as submitted. `by`: the token subject of who submitted; parties are sealed for `number`.

    `found_by`: keyed hashes of the parties' names and phone tails, by which a clerk finds it; empty on older ones.
    `whole`: what the bundle promises over all its cases, as the notice said; None for one case, and on older ones.
    """

    number: ApplicationNo
    matter: str
    matter_name: str
    bundle: bool
    joint_days: int | None = None
    whole: Limits | None = None
    channel: Channel
    owner: str
    by: str
    desk: Desk | None = None
    applicant_kind: PartyKind
    applicant_ref: str
    holder: Sealed[Party]
    agent: Sealed[Party] | None = None
    found_by: tuple[str, ...] = ()
    answers: dict[str, str]
    materials: tuple[PlannedMaterial, ...]
    handed_in: tuple[HandedIn, ...]

    def material(self, key: str) -> PlannedMaterial | None:
        """A material of the plan."""
        return next((material for material in self.materials if material.key == key), None)
