"""Every page of the hall: who may see it, where it is, and what must be on it. The walk goes by this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.contracts.topics import SERVICES
from tests.browser.things import Things


@dataclass(frozen=True)
class PageOf:
    """One page. `route` as the app declares it; `path` below the service's root; `who` a key of the chooser.

    `holds`: a text that a reader must find in Chinese.
    """

    service: str
    name: str
    route: str
    holds: str
    path: Callable[[Things], str] | str = ""
    who: Callable[[Things], str] | str | None = None
    status: int = 200

    def address(self, things: Things) -> str:
        """Where it is, below the hall's address."""
        found = self.path(things) if callable(self.path) else self.path or self.route
        return found if self.service == "hall" else f"/{self.service}{found}"

    def reader(self, things: Things) -> str | None:
        """Who looks at it."""
        return self.who(things) if callable(self.who) else self.who

    def __str__(self) -> str:
        return f"{self.service}-{self.name}"


def officer(things: Things) -> str:
    """The officer whose department has the open task."""
    return f"officer-{things.department}"


def about(number: str) -> str:
    """Where each service shows what it knows of an application."""
    return f"/pages/applications/{number}"


def result(number: str) -> str:
    """Where licensing shows the result of an application's first case."""
    return f"/pages/results/{number}-01"


of_application = "/pages/applications/{number}"
PAGES = (
    PageOf("hall", "sign-in", "/sign-in", "选一位样例人员登录"),
    PageOf("hall", "system", "/system", "系统", who="administrator"),
    PageOf("hall", "components", "/_components", "部件"),
    PageOf("hall", "not-found", "", "没有", "/nowhere", status=404),
    *(PageOf(service, "ops", "/ops", "停放的申请", who="administrator") for service in SERVICES),
    PageOf(
        "approval", "ops-lane", "/ops/lane", "正文不符合约定", lambda t: f"/ops/lane?lane={t.parked}", "administrator"
    ),
    PageOf(
        "approval", "ops-discard", "/ops/discard", "放弃", lambda t: f"/ops/discard?lane={t.parked}", "administrator"
    ),
    PageOf("approval", "ops-audit", "/ops/audit", "重新处理和放弃的记录", who="administrator"),
    PageOf("licensing", "check", "/check", "核验证照和文书"),
    PageOf("licensing", "verified", "/check/{number}", "有效", lambda t: f"/check/{t.licence}"),
    PageOf("licensing", "unknown", "", "查无此证", "/check/TZ-0000000000000-01", status=404),
    PageOf("licensing", "mine", "/mine", "我的证照和结果", who="applicant"),
    PageOf("licensing", "results", of_application, "办理结果", lambda t: about(t.ended), "applicant"),
    PageOf("licensing", "result", "/pages/results/{case}", "样例申请人甲", lambda t: result(t.ended), "applicant"),
    PageOf("licensing", "refusal", "", "行政复议", lambda t: result(t.refused), "applicant"),
    PageOf("licensing", "counter", "/desk", "等着领取的结果", who="clerk"),
    PageOf("licensing", "hand-out", "/desk/{case}", "领取", lambda t: f"/desk/{t.ended_case}", "clerk"),
    PageOf("supervision", "timeline", of_application, "最晚", lambda t: about(t.bundle), "applicant"),
    PageOf("supervision", "timeline-submitted", "", "经过", lambda t: about(t.submitted), "applicant"),
    PageOf("supervision", "timeline-ended", "", "经过", lambda t: about(t.ended), "applicant"),
    PageOf("supervision", "timeline-on-duty", "", "逐日核查", lambda t: about(t.open), "supervisor"),
    PageOf("ratings", "board", "/", "大家怎么评各个部门"),
    PageOf("ratings", "windows", "", "大家怎么评各个窗口", "/?by=desk"),
    PageOf("ratings", "department", "/departments/{key}", "办得很快", lambda t: f"/departments/{t.department}"),
    PageOf("ratings", "window", "/windows/{key}", "综合窗口1号", "/windows/综合窗口1号"),
    PageOf("ratings", "mine", "/mine", "我的评价", who="applicant"),
    PageOf("ratings", "application", of_application, "评价", lambda t: about(t.rated), "applicant"),
    PageOf("ratings", "rate", "/rate/{case}", "非常满意", lambda t: f"/rate/{t.ended_case}", "applicant"),
)

NO_PAGES = {
    ("hall", "/"): "leads to intake's home",
    ("hall", "/preferences"): "leads back",
    ("hall", "/static/hall.css"): "the stylesheet",
    ("ratings", "/board.csv"): "a spreadsheet",
    **{(service, "/ops/live/list"): "a stream" for service in SERVICES},
    **{
        (service, path): "the same page as approval's"
        for service in SERVICES
        for path in ("/ops/lane", "/ops/discard", "/ops/audit")
        if service != "approval"
    },
}
"""Routes outside the API that are nothing to look at, and why."""
