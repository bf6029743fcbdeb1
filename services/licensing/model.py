"""What licensing keeps of one result, the command that hands it out, and the rules that come in from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from shared.contracts.approval import CaseApproved, CaseRefused
from shared.contracts.envelope import ApplicationNo, CaseNo, DepartmentCode, Instant
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Party, ResultKind
from shared.kernel import Frozen

SHANGHAI = ZoneInfo("Asia/Shanghai")

Method = Literal["download", "counter", "post"]
Status = Literal["valid", "expired", "not_yet_valid", "issued"]


class RefusalForm(Frozen):
    """What a written refusal is called and says, who signs it as what, and the article that wants it in writing."""

    name: str
    verdict: str
    signs: str = "作出决定的机关"
    article: str = ""


REFUSAL_FORMS = {
    "01": RefusalForm(
        name="不予行政许可决定书",
        verdict="现决定不予行政许可",
        article="《中华人民共和国行政许可法》第三十八条第二款",
    ),
    "05": RefusalForm(name="不予给付决定书", verdict="现决定不予给付"),
    "07": RefusalForm(name="不予确认决定书", verdict="现决定不予确认"),
    "20": RefusalForm(name="不予办理告知书", verdict="不予办理，现予告知", signs="出具单位"),
}
"""By 事项类型. 行政许可法 binds a 行政许可 only (Art. 2); a 公共服务 may be a company's, which is no 机关."""
OTHER_FORM = RefusalForm(name="不予办理决定书", verdict="现决定不予办理")


def refusal_form(item_kind: str) -> RefusalForm:
    """The form for a kind of item, also for one that nobody named."""
    return REFUSAL_FORMS.get(item_kind, OTHER_FORM)


def refusal_form_named(name: str) -> RefusalForm:
    """The form by its signed name, so that a refusal is printed as it was issued whatever the table says later."""
    return next((form for form in REFUSAL_FORMS.values() if form.name == name), OTHER_FORM)


class Facts(Frozen):
    """The public facts of a result: what is signed, and what its paper and its verification say.

    `number`: the e-licence identifier with its root, or the notice's number. `valid_until` is the last valid day
    (None: no fixed end, `validity` says it in words). `basis`: the law under which the item was judged. Signatures
    leave out what stands at its default: a field may be added with a default, and no default may ever change, or
    papers already handed out no longer verify.
    """

    case: CaseNo
    kind: ResultKind
    number: str
    name: str
    item: str
    item_name: str
    department: DepartmentCode
    issuer: str
    holder_ref: str
    issued_at: Instant
    type_key: str = ""
    type_code: str = ""
    issuer_code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    validity: str = ""
    reasons: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()

    def canonical(self) -> Mapping[str, Any]:
        """The facts as they are signed: exact JSON values, without those at their default."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Signed(Frozen):
    """A signature over `Facts.canonical()`; `value` is base64."""

    key_id: str
    algorithm: str
    value: str


class Delivery(Frozen):
    """One way that the result reached its holder; `by` is the subject of who downloaded it or handed it out."""

    method: Method
    at: Instant
    by: str


class Result(Frozen):
    """One result (出件): facts, signature, the sealed holder, and how it was delivered. Its id is the case number.

    `decided_at`: when the case was decided (None: issued before this was kept); `item_kind`: 事项类型, for the law that
    stands beside a limit; `found_by`: keyed hashes of the holder's name, for the counter.
    """

    application: ApplicationNo
    facts: Facts
    signed: Signed
    owner: str
    holder: Sealed[Party]
    deliveries: tuple[Delivery, ...] = ()
    decided_at: Instant | None = None
    item_kind: str = ""
    found_by: tuple[str, ...] = ()

    def status(self, today: date) -> Status:
        """What its dates say on a day in Asia/Shanghai; both ends are valid days. Notices have no validity."""
        first, last = self.facts.valid_from, self.facts.valid_until
        if first is None:
            return "issued"
        if today < first:
            return "not_yet_valid"
        return "expired" if last is not None and today > last else "valid"


class Deliver(Frozen):
    """Command: the result reaches its holder (行政许可法 Art. 44)."""

    case: CaseNo
    method: Method
    by: str


Message = CaseApproved | CaseRefused | Deliver


class Rules(Protocol):
    """What deciding needs from outside. All are deterministic: the same arguments always give the same answer."""

    def make_identifier(self, type_code: str, issuer_code: str, case: str, issued_on: date) -> str:
        """The full e-licence identifier of a new licence (GB/T 36904). Raises ValueError for a wrong code."""

    def sign(self, facts: Facts) -> Signed:
        """The hall's signature over the facts."""

    def found_by(self, holder: Sealed[Party], application: str) -> tuple[str, ...]:
        """The keyed hashes by which the counter finds a result of this holder."""


def shanghai_day(instant: datetime) -> date:
    """The day of an instant as the hall's calendar shows it."""
    return instant.astimezone(SHANGHAI).date()
