"""What a verification finds: the place that does not hold, why, and what differs, in words and as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What reading raises where values are of another kind than anything that was ever saved."""
MOST = 50
"""Findings that a report holds; all are counted."""

REASONS: Mapping[str, tuple[str, str]] = {
    "missing": ("这一条不见了", "the entry is missing"),
    "changed": ("这一条的内容被改过", "the entry was changed"),
    "not_following": ("这一条接不上前一条", "the entry does not follow the one before"),
    "head_differs": ("最后一条与登记的摘要不同", "the last entry is not the one that the application names"),
    "added": ("多出了没有登记的记录", "there are entries that the application does not count"),
    "cut_off": ("封签以后，链被截短了", "the chain is shorter than it was when it was sealed"),
    "sealed_head_differs": ("链前后相接，但与封签不符：链被整段重写过", "the chain is not the one that was sealed"),
    "application_missing": ("封签里的申请不见了", "an application that was sealed is missing"),
    "unreadable": ("这份申请读不出来", "the application cannot be read"),
    "state_differs": ("申请的状态与链上说的不符", "the state is not what the chain says"),
    "state_not_said": (
        "申请的状态不是事件日志里的记录推出来的",
        "the state is not what the event log gives",
    ),
    "row_missing": ("统计用的一行不见了", "a row of the statistics is missing"),
    "row_differs": ("统计用的一行被改过", "a row of the statistics was changed"),
    "row_added": ("统计里多出了一行", "a row of the statistics belongs to nothing"),
    "calendar_differs": ("日历的一版被改过", "a version of the calendar was changed"),
    "heard_differs": ("已听到的编号与链不符", "what counts as heard is not what the chain has"),
    "index_differs": ("查找用的字段与状态不符", "the fields that are searched are not those of the state"),
    "record_missing": ("事件日志里没有这一条", "the event log has no such record"),
    "record_differs": ("与事件日志里的记录不符", "the record in the event log is another"),
    "seal_missing": ("这一天的封签不见了", "the seal of this day is missing"),
    "seal_unreadable": ("这一天的封签读不出来", "the seal of this day cannot be read"),
    "unknown_key": ("签名的密钥不认识", "the key that signed is not known"),
    "signature": ("签名不对", "the signature is wrong"),
    "seal_not_following": ("封签接不上前一天的", "the seal does not follow that of the day before"),
    "seal_head_differs": ("最后一个封签与登记的不同", "the last seal is not the one that was registered"),
    "root_differs": ("树根与各页不符", "the root is not that of the pages"),
    "page_missing": ("一页叶子不见了", "a page of leaves is missing"),
    "page_added": ("多出了一页叶子", "there is a page of leaves that the seal does not have"),
    "place_missing": ("封签在事件日志里的位置不见了", "the place of the seal in the event log is missing"),
    "leaf_changed": ("一页叶子被改过", "a leaf of the page was changed"),
    "published_differs": ("与公布在事件日志里的封签不符", "the seal in the event log is another"),
}
"""Reason → (Chinese, English)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that does not hold. `n`: the entry, from 1; `row`: the id of the row or document in the database;
    `detail`: what differs."""

    reason: str
    application: str = ""
    n: int | None = None
    day: str = ""
    row: str = ""
    detail: str = ""

    @property
    def words(self) -> tuple[str, str]:
        """In Chinese and in English."""
        return REASONS[self.reason]


@dataclass(slots=True)
class Report:
    """What was looked at, and what does not hold, in the order in which it was found.

    `compared`: entries that were held against the event log; `gone`: those whose records the broker no longer keeps;
    `published`: seals that were held against their copies there; `not_compared`: why nothing was. `waiting`:
    applications whose own events are on their way, whose state is not compared. `sealed_until`: the newest day that
    was looked at; `uncovered`: entries of the one application that came after it.
    """

    scope: str
    subject: str = ""
    applications: int = 0
    entries: int = 0
    seals: int = 0
    leaves: int = 0
    compared: int = 0
    gone: int = 0
    published: int = 0
    not_compared: str = ""
    waiting: int = 0
    sealed_until: str = ""
    uncovered: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.found == 0

    def add(self, finding: Finding | None) -> bool:
        """Note what was found, once; whether there is something."""
        if finding is None or finding in self.findings:
            return finding is not None
        self.found += 1
        if len(self.findings) < MOST:
            self.findings.append(finding)
        return True

    def as_data(self) -> dict[str, Any]:
        """For JSON: the first broken link apart, then all that are held."""
        plain = asdict(self)
        findings = [{**each, "what": REASONS[each["reason"]][1]} for each in plain.pop("findings")]
        return {"holds": self.holds, **plain, "broken": findings[0] if findings else None, "findings": findings}
