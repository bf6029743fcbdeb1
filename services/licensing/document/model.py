"""What stands on a licence and on a notice: plain values, complete in themselves, so that a PDF can be made anew."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The signature over the result's payload: `value` is the raw signature, `key_id` and `algorithm` name the key."""

    key_id: str
    algorithm: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paper:
    """What both papers have. `number` is the number people know the paper by.

    `issued_at` is an aware instant; its day in Asia/Shanghai is printed. `verify_url` is what the QR code holds.
    `synthetic` prints 样例 over the page: this paper has no legal force.
    """

    name: str
    number: str
    issuer: str
    issued_at: datetime
    verify_url: str
    signature: Signature
    synthetic: bool

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at: give an aware instant, a bare local time is ambiguous")
        if not self.verify_url.startswith(("https://", "http://")) or len(self.verify_url) > 300:
            raise ValueError("verify_url: give an http(s) address of at most 300 characters")
        if not self.name.strip() or not self.issuer.strip():
            raise ValueError("name, issuer: a paper has a heading and says who issued it")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceDocument(_Paper):
    """An e-licence (716令 Art. 10).

    `name` is the licence's (食品经营许可证), `number` its own number (may be empty where it has none), `identifier`
    the national one. `holder_code` is printed as given, so mask it before where it must be masked; the labels of
    both are those the licence type uses. `fields` are (label, value) in order; `scope` comes last under 许可范围
    (a licence whose law calls it otherwise gives it as a field). `valid_until` is the last valid day, None
    means 长期.
    """

    identifier: str
    holder: str
    holder_code: str
    holder_label: str = "持有人"
    holder_code_label: str = "统一社会信用代码"
    fields: tuple[tuple[str, str], ...] = ()
    scope: str = ""
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDocument(_Paper):
    """A notice or a refusal.

    `name` is the heading (核验结果通知书, 不予行政许可决定书), `addressee` who is told, `item` and `case` what it is
    about. `paragraphs` say what was decided; `facts` are (label, value); `basis` is law. A refusal needs `reasons`
    and `remedies` (行政许可法 Art. 38(2), kept for every kind of item), each a whole sentence. `signs` labels the
    issuer: a company is no 机关.
    """

    kind: Literal["notice", "refusal"]
    addressee: str
    item: str
    case: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    signs: str = "出具单位"

    def __post_init__(self) -> None:
        super(NoticeDocument, self).__post_init__()
        if self.kind == "refusal" and not (self.reasons and self.remedies):
            raise ValueError("a refusal gives its reasons and remedies (行政许可法 Art. 38)")
