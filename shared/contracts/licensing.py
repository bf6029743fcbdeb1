"""What licensing 统一出件 says: every result, notices too, and the life of a licence."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.envelope import CaseEvent, Event, Instant
from shared.contracts.terms import PublicText, ResultKind


class ResultIssued(CaseEvent):
    """出件: the result of a case exists. `number` is the licence identifier or the notice's number."""

    service: ClassVar[str] = "licensing"
    kind: ResultKind
    number: str
    name: str
    at: Instant


class LicenceIssued(CaseEvent):
    """电子证照已签发 (716令 Art. 10; GB/T 36904)."""

    service: ClassVar[str] = "licensing"
    licence: str
    licence_type: str
    type_code: str
    holder_ref: str
    valid_from: date
    valid_until: date | None = None
    at: Instant

    def about(self) -> str:
        return self.licence


class ResultDelivered(CaseEvent):
    """已送达 (行政许可法 Art. 44): handed out, posted, or first downloaded by its owner."""

    service: ClassVar[str] = "licensing"
    number: str
    method: Literal["download", "counter", "post"]
    at: Instant


class LicenceEvent(CaseEvent):
    """Something in the later life of a licence, which belongs to the case that it came from."""

    service: ClassVar[str] = "licensing"
    licence: str
    at: Instant

    def about(self) -> str:
        return self.licence


class LicenceRenewed(LicenceEvent):
    """延续 (行政许可法 Art. 50): the licence `successor` follows it, deemed renewed too."""

    successor: str


class LicenceRevoked(LicenceEvent):
    """撤销 (行政许可法 Art. 69)."""

    reason: PublicText


class LicenceCancelled(LicenceEvent):
    """注销 (行政许可法 Art. 70)."""

    reason: PublicText


class LicenceExpired(LicenceEvent):
    """有效期届满: its last day is over, and nobody renewed it."""


EVENTS: tuple[type[Event], ...] = (
    ResultIssued,
    LicenceIssued,
    ResultDelivered,
    LicenceRenewed,
    LicenceRevoked,
    LicenceCancelled,
    LicenceExpired,
)
