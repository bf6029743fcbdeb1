"""The values that several events share: parties, steps, limits, results, verdicts and lights."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.contracts.envelope import CaseNo, DepartmentCode

PERSONAL = re.compile(
    r"(?<!\d)(?:\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx\uff38\uff58]|[1\uff11][3-9\uff13-\uff19]\d([ -]?)\d{4}\1\d{4})(?!\d)"
)
"""An identity or mobile number, also in parts or in full-width digits."""


def _no_personal_data(text: str) -> str:
    if PERSONAL.search(text):
        raise ValueError("holds an identity or telephone number; name the document instead")
    return text


PublicText = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_no_personal_data)]
"""A text that travels in events: bounded, and without identity or telephone numbers (PIPL Art. 6)."""

Channel = Literal["online", "window"]
PartyKind = Literal["person", "organisation"]
Verdict = Literal["agree", "disagree"]
Light = Literal["green", "yellow", "red", "deep_red", "paused"]
ResultKind = Literal["licence", "notice", "refusal"]
Unit = Literal["working_days", "calendar_days"]
"""In what a limit is counted: 工作日 or 自然日."""


class Term(BaseModel):
    """A frozen part of an event; additions with defaults are tolerated."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Party(Term):
    """Who applies, or holds a licence. Only ever inside `Sealed`. `code` is an 18-digit id number or credit code."""

    kind: PartyKind
    name: str = Field(min_length=1, max_length=120)
    code: str = Field(pattern=r"^[0-9A-Z]{18}$")
    phone: str = Field(default="", pattern=r"^\+?[0-9-]{0,20}$")


class CaseOutline(Term):
    """One case of an application as submitted."""

    case: CaseNo
    item: str
    item_version: int
    name: str
    department: DepartmentCode
    department_name: str = ""
    waits_for: tuple[CaseNo, ...] = ()


class Step(Term):
    """A step of the item's plan: steps with the same `seq` run in parallel, one task for each department.

    `days` are a target inside the promised limit, in the unit of the item's limits. `department_names` stand in the
    order of `departments`; empty: said before this field.
    """

    seq: int = Field(ge=1)
    key: str
    name: str
    departments: tuple[DepartmentCode, ...] = Field(min_length=1)
    department_names: tuple[str, ...] = ()
    days: int = Field(ge=0)


class Near(Term):
    """临期: a limit is near when no more than `least_days`, or than `percent` of its promised days, remain."""

    least_days: int = Field(default=1, ge=0)
    percent: int = Field(default=20, ge=0, le=100)


class Limits(Term):
    """Days from acceptance: working days (行政许可法 Art. 42, 82), or calendar days where a special law says so.

    `statutory_days` None: the law sets no limit. `near` None: the hall's own threshold holds.
    """

    promised_days: int = Field(ge=0)
    statutory_days: int | None = Field(default=None, ge=0)
    basis: str = ""
    unit: Unit = "working_days"
    near: Near | None = None


class LicenceType(Term):
    """The type of an e-licence. `code` = defining body's credit code (18) + 3 digits (GB/T 36902, 36904).

    At most one of `valid_months` and `valid_days`; neither: valid without end.
    """

    key: str
    code: str = Field(pattern=r"^[0-9A-Z]{21}$")
    name: str
    issuer: DepartmentCode
    issuer_name: str
    issuer_code: str = Field(pattern=r"^[0-9A-Z]{18}$")
    valid_months: int | None = Field(default=None, ge=1)
    valid_days: int | None = Field(default=None, ge=1)
    validity: str = "长期"


class ResultTemplate(Term):
    """What a case yields when it is approved: a licence, or a notice where the item yields none."""

    kind: Literal["licence", "notice"]
    name: str
    licence_type: LicenceType | None = None


class MaterialAsked(Term):
    """One entry of a supplement list: which material, and what is wrong or missing."""

    material: str
    name: str
    reason: PublicText
