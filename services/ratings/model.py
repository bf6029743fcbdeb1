"""What ratings 好差评 knows of an application, what people may ask of it, and the shape of the rules it decides by."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.contracts.approval import CaseWithdrawn
from shared.contracts.envelope import ApplicationNo, CaseNo, DepartmentCode, Instant
from shared.contracts.intake import ApplicationSubmitted, CaseClosed, CaseNotRequired, CaseReferred, EntryCorrected
from shared.contracts.licensing import ResultIssued
from shared.kernel import Frozen

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_COMMENT = 150
"""Characters of a comment, as the evaluation devices of the national integration take them."""

HowEnded = Literal["licence", "notice", "refusal", "withdrawn", "closed", "not_required", "referred"]
Channel = Literal["web", "app", "qr", "terminal"]
"""The channels that a signed-in person uses alone; device, sms, hotline and box need a proof of their own."""
Status = Literal["open", "invited", "rated"]
EndingEvent = ResultIssued | CaseWithdrawn | CaseClosed | CaseNotRequired | CaseReferred


class Ending(Frozen):
    """办结: how a case ended and when, as the service that ended it says."""

    at: Instant
    how: HowEnded


class Outline(Frozen):
    """What intake told about a case; `department` is the code of the one that is rated."""

    item: str
    name: str
    department: DepartmentCode
    department_name: str = ""


class Rating(Frozen):
    """A rating as given. The comment never leaves this service in an event."""

    level: int = Field(ge=1, le=5)
    tags: tuple[str, ...] = ()
    comment: str | None = None
    channel: Channel = "web"
    at: Instant


class RatedCase(Frozen):
    """One case. Outline and ending come from different services, in any order; with both the owner is invited."""

    case: CaseNo
    outline: Outline | None = None
    ending: Ending | None = None
    invited_at: Instant | None = None
    rating: Rating | None = None

    @property
    def status(self) -> Status:
        """`open` until the invitation, then `invited` until the one rating."""
        if self.rating:
            return "rated"
        return "invited" if self.invited_at else "open"


class RatingFile(Frozen):
    """评价档案 of one application: its cases in the order of their numbers. `owner` None: intake was not heard yet.

    `desk`: the window that received it; empty for an application online.
    """

    application: ApplicationNo
    owner: str | None = None
    desk: str = ""
    cases: tuple[RatedCase, ...] = ()

    def case(self, number: str) -> RatedCase | None:
        """The case of this number, if anything was ever heard of it."""
        return next((case for case in self.cases if case.case == number), None)

    def having(self, changed: RatedCase) -> RatingFile:
        """The file with this case in place of the one of its number."""
        others = [case for case in self.cases if case.case != changed.case]
        cases = tuple(sorted([*others, changed], key=lambda case: case.case))
        return self.model_copy(update={"cases": cases})


class GiveRating(Frozen):
    """评价: by one of `owners`, the `owner` values that are the asker's own. `comment` is clean text or nothing."""

    case: CaseNo
    owners: tuple[str, ...]
    level: int = Field(ge=1, le=5)
    tags: tuple[str, ...] = Field(default=(), max_length=8)
    comment: str | None = Field(default=None, min_length=1, max_length=MAX_COMMENT)
    channel: Channel = "web"


Message = ApplicationSubmitted | EntryCorrected | EndingEvent | GiveRating


class Tag(Frozen):
    """评价标签. `core`: 核心指标, the others are 扩展; `checks_against`: what of ours confirms or contradicts it."""

    code: str
    text: str
    core: bool = False
    checks_against: Literal["clock", "visits", "one_window"] | None = None


class Level(Frozen):
    """评价等级 with its tags; `bad`: 差评, to be called back and put right."""

    level: int
    name: str
    bad: bool
    tags: tuple[Tag, ...]


class Rules(Frozen):
    """The levels and tags in force: a national, versioned set without local additions."""

    version: int
    levels: tuple[Level, ...]

    def codes(self, level: int) -> frozenset[str]:
        """The tags that a rating of this level may bear."""
        return frozenset(tag.code for row in self.levels if row.level == level for tag in row.tags)


def month_of(at: datetime) -> str:
    """`2026-03`: the month in which the hall counts a rating."""
    return f"{at.astimezone(SHANGHAI):%Y-%m}"
