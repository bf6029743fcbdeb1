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


EVENTS: tuple[type[Event], ...] = (RatingInvited, RatingGiven)
