"""Items (事项) as the hall offers them: limits, materials, steps, results, and who may ask for them."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator

from services.intake.catalogue.model import (
    Condition,
    Count,
    Deadline,
    Frozen,
    Grounded,
    Key,
    Limit,
    Need,
    Notice,
    Promise,
    Text,
    Unit,
    When,
    Whens,
    holds,
)

KINDS = {"01": "行政许可", "05": "行政给付", "07": "行政确认", "08": "行政奖励", "09": "行政裁决", "10": "其他行政权力",
         "20": "公共服务"}  # fmt: skip
Applicant = Literal["person", "organisation"]
Excluded = Literal["听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"]  # 行政许可法 Art. 45, no other


class LimitVariant(Frozen):
    """What replaces the basic limits when `when` holds; without `statutory` that one stays."""

    when: Annotated[When, Field(min_length=1)]
    statutory: Limit | None = None
    promised: Promise


class NearLimit(Frozen):
    """临期: the light is yellow when no more than `least_days`, or than `percent` of the promise, remain."""

    least_days: Annotated[int, Field(strict=True, ge=0)]
    percent: Annotated[int, Field(strict=True, ge=0, le=100)]


class Limits(Frozen):
    """`near` None: the hall's own threshold of yellow. It is no part of an item's published content while unset."""

    unit: Unit
    statutory: Limit
    promised: Promise
    near: NearLimit | None = Field(default=None, exclude_if=lambda near: near is None)
    variants: tuple[LimitVariant, ...] = ()

    def under(self, answers: Mapping[str, str]) -> "Limits":
        """The limits that apply under these answers (the first variant that holds), without variants."""
        for variant in self.variants:
            if holds(variant.when, answers):
                statutory = variant.statutory or self.statutory
                return Limits(unit=self.unit, statutory=statutory, promised=variant.promised, near=self.near)
        return self.model_copy(update={"variants": ()})


class Step(Frozen):
    """One step; the same `seq` runs in parallel, several departments decide jointly.

    `accept` and `issue` frame the approval and cost no days of the limit.
    """

    seq: Annotated[int, Field(strict=True, ge=1)]
    key: Key
    kind: Literal["accept", "review", "decide", "issue"]
    name: Text
    departments: Annotated[tuple[Key, ...], Field(min_length=1)]
    days: Count
    on_site: StrictBool = False
    when: When = Field(default_factory=dict)
    basis: Text | None = None


class SpecialProcedure(Grounded):
    """A procedure whose time does not count, after written notice (行政许可法 Art. 45)."""

    kind: Excluded
    cause: Text


class Result(Grounded):
    kind: Literal["licence", "notice"]
    name: Text
    licence_type: Key | None = None

    @model_validator(mode="after")
    def _licence_has_a_type(self) -> Self:
        if (self.kind == "licence") != (self.licence_type is not None):
            raise ValueError("a licence names its licence_type, a notice has none")
        return self


class Fee(Grounded):
    charged: StrictBool
    amount: Text | None = None

    @model_validator(mode="after")
    def _charge_has_an_amount(self) -> Self:
        if self.charged != (self.amount is not None):
            raise ValueError("a charged fee says its amount, a free item has none (行政许可法 Art. 58)")
        return self


class Visits(Frozen):
    times: Count
    reason: Text


class Item(Frozen):
    """One item of one department. A case keeps the `version` that it was accepted under."""

    key: Key
    version: Annotated[int, Field(strict=True, ge=1)]
    name: Text
    department: Key
    kind: Literal["01", "05", "07", "08", "09", "10", "20"]
    handling: Literal["即办件", "承诺件"]
    objects: Annotated[
        tuple[Literal["自然人", "企业法人", "事业法人", "社会组织法人", "非法人企业", "行政机关", "个体工商户"], ...],
        Field(min_length=1),
    ]
    applicants: Annotated[tuple[Applicant, ...], Field(min_length=1)]
    basis: tuple[Text, ...]
    limits: Limits
    questions: tuple[Key, ...] = ()
    choices_limit: When = Field(default_factory=dict)
    materials: Annotated[tuple[Need, ...], Field(min_length=1)]
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(min_length=3)]
    special_procedures: tuple[SpecialProcedure, ...] = ()
    result: Result
    fee: Fee
    online_depth: Literal["互联网咨询", "收件", "预审", "受理", "结果反馈"]
    visits: Visits
    applicant_deadline: Deadline | None = None
    performed_by: Text | None = None
    registers: Literal["企业", "个体工商户"] | None = None
    """The kind of market entity (市场主体) that comes into being with an approval: 新增市场主体 are counted by it."""
    power_source: Literal["上级下放", "上级授权", "同级授权", "上级委托", "同级委托"] | None = None
    notices: tuple[Notice, ...] = ()

    def whens(self) -> Whens:
        """Every `when` of this item with its place."""
        for n, need in enumerate(self.materials):
            yield ("materials", n, "when"), need.when
        for n, step in enumerate(self.steps):
            yield ("steps", n, "when"), step.when
        for n, variant in enumerate(self.limits.variants):
            yield ("limits", "variants", n, "when"), variant.when
        for n, notice in enumerate(self.notices):
            yield ("notices", n, "when"), notice.when

    def steps_under(self, answers: Mapping[str, str]) -> tuple[Step, ...]:
        """The steps that apply under these answers, in order."""
        return tuple(step for step in self.steps if holds(step.when, answers))
