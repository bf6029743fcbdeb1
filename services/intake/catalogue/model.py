"""The catalogue's vocabulary: departments, licence types, questions, materials, items and their parts.

Every class is frozen and refuses unknown fields, so that a typing error in a data file cannot pass unseen.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, model_validator

Path = tuple[str | int, ...]  # where a value stands inside its entity: ("materials", 2, "when")
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=3650)]
Unit = Literal["working_days", "calendar_days"]
LOCAL = "本地设定"
NO_LAW = "法律法规没有规定"


def _listed(value: object) -> object:
    """Let `{agent: 'yes'}` stand for `{agent: ['yes']}`."""
    if not isinstance(value, dict):
        return value
    return {key: chosen if isinstance(chosen, list | tuple) else (chosen,) for key, chosen in value.items()}


When = Annotated[dict[Key, Annotated[tuple[Text, ...], Field(min_length=1)]], BeforeValidator(_listed)]


def holds(when: Mapping[str, tuple[str, ...]], answers: Mapping[str, str]) -> bool:
    """Whether every question of `when` is answered with one of its values; an empty `when` always holds."""
    return all(answers.get(question) in values for question, values in when.items())


def may_hold(when: Mapping[str, tuple[str, ...]], answers: Mapping[str, str]) -> bool:
    """Whether no answer given so far contradicts `when`."""
    return all(question not in answers or answers[question] in values for question, values in when.items())


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Grounded(Frozen):
    """Something that rests on law (`basis`) or was set by this hall (`local: true`, shown as 本地设定)."""

    basis: Text | None = None
    local: StrictBool = False

    @model_validator(mode="after")
    def _one_ground(self) -> Self:
        if (self.basis is None) != self.local:
            raise ValueError("give either basis (the law that it rests on) or local: true, and not both")
        return self

    @property
    def ground(self) -> str:
        """What people read as the reason: the law, or 本地设定."""
        return self.basis or LOCAL


class Hall(Frozen):
    county: Text
    hall: Text
    place: Text
    hours: Text


class Department(Grounded):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}$")]
    name: Text
    kind: Literal["gov", "partner"]
    uscc: Text
    scope: Text


class Validity(Frozen):
    """How long a licence is good for; no number means no fixed expiry (长期)."""

    text: Text
    days: Count | None = None
    months: Count | None = None
    years: Count | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(length is not None for length in (self.days, self.months, self.years)) > 1:
            raise ValueError("give one of days, months, years, or none for a licence without a fixed expiry")
        return self


class LicenceType(Grounded):
    """A type of e-licence; `code` = USCC of the defining body (18) + type number (3), GB/T 36904."""

    key: Key
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18}\d{3}$")]
    name: Text
    holder: Text
    validity: Validity
    issued_here: StrictBool
    issuer: Key
    fields: Annotated[tuple[Text, ...], Field(min_length=1)]


class Choice(Frozen):
    value: Text
    text: Text


class Question(Frozen):
    key: Key
    text: Text
    choices: Annotated[tuple[Choice, ...], Field(min_length=2)]

    def narrowed(self, values: tuple[str, ...] | None) -> "Question":
        """The same question offering only `values`; None offers all."""
        if values is None:
            return self
        return self.model_copy(update={"choices": tuple(c for c in self.choices if c.value in values)})


class Material(Frozen):
    """A document that items may ask for; `licence_type` may be shown electronically in its place.

    `held_by`: whose e-licence that is, for those that name the applicant or the agent. `pledgeable`: a written
    pledge replaces it (优化营商环境条例 Art. 40); then `basis` or `local` says who lists it as such.
    """

    key: Key
    name: Text
    kind: Literal["申请表", "证件", "证照", "证明", "图纸"]
    licence_type: Key | None = None
    held_by: Literal["applicant", "agent"] | None = None
    pledgeable: StrictBool = False
    basis: Text | None = None
    local: StrictBool = False

    @model_validator(mode="after")
    def _a_pledge_has_one_ground(self) -> Self:
        grounds = (self.basis is not None) + self.local
        if grounds != self.pledgeable:
            raise ValueError("a pledgeable material names its ground, basis or local: true; any other has none")
        return self

    @model_validator(mode="after")
    def _a_holder_holds_a_licence(self) -> Self:
        if self.held_by and not self.licence_type:
            raise ValueError("held_by says whose e-licence it is, so it needs a licence_type")
        return self


class Stage(Frozen):
    key: Key
    name: Text
    bundles: tuple[Key, ...]
    items: tuple[Key, ...]


class Tree(Frozen):
    key: Key
    name: Text
    audience: Text
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]


class Saying(Frozen):
    """What people call an item or a bundle: briefly, and when they look for it. `key` is the matter's."""

    key: Key
    short: Text
    words: tuple[Text, ...] = ()


class Limit(Grounded):
    """A statutory limit in days. Only a law sets one; None = no law does."""

    days: Count | None

    @model_validator(mode="after")
    def _a_law_sets_it(self) -> Self:
        if self.days is not None and self.local:
            raise ValueError("a statutory limit rests on a law: give its basis, or days: null when no law sets one")
        return self

    @property
    def ground(self) -> str:
        """The law, or that there is none."""
        return self.basis or NO_LAW


class Promise(Grounded):
    days: Count


class Need(Grounded):
    """One material of one item; both counts 0 = the system fetches it, the applicant hands in nothing."""

    material: Key
    originals: Count
    copies: Count
    when: When = Field(default_factory=dict)


class Condition(Grounded):
    text: Text


class Notice(Frozen):
    text: Text
    when: When = Field(default_factory=dict)


class Deadline(Grounded):
    text: Text


Whens = Iterator[tuple[Path, dict[str, tuple[str, ...]]]]
