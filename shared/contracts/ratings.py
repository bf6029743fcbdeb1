"""What ratings 好差评 says: one rating for each case (GB/T 39734-2020, 一事一评)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import CaseEvent, DepartmentCode, Event, Instant


class RatingInvited(CaseEvent):
    """邀请评价 at every ending of a case."""

    service: ClassVar[str] = "ratings"
    department: DepartmentCode
    at: Instant


class RatingGiven(CaseEvent):
    """已评价: level 5 to 1 (1 and 2 are 差评) with the national tags; the comment stays in ratings."""

    service: ClassVar[str] = "ratings"
    department: DepartmentCode
    level: int = Field(ge=1, le=5)
    tags: tuple[str, ...] = ()
    channel: Literal["web", "device", "qr", "app", "sms", "terminal", "hotline", "box"] = "web"
    commented: bool = False
    at: Instant


class RatingDefaulted(CaseEvent):
    """默认评价: nobody rated within the days that are given for it; never counted with what people said."""

    service: ClassVar[str] = "ratings"
    department: DepartmentCode
    at: Instant


class RectificationOpened(CaseEvent):
    """差评整改: a bad rating (level 1 or 2) is to be verified with its author and put right."""

    service: ClassVar[str] = "ratings"
    department: DepartmentCode
    level: int = Field(ge=1, le=2)
    at: Instant


class RectificationClosed(CaseEvent):
    """整改办结: corrected, explained where no rule was broken, or found mistaken on appeal."""

    service: ClassVar[str] = "ratings"
    department: DepartmentCode
    outcome: Literal["corrected", "explained", "mistaken"]
    at: Instant


EVENTS: tuple[type[Event], ...] = (
    RatingInvited,
    RatingGiven,
    RatingDefaulted,
    RectificationOpened,
    RectificationClosed,
)
