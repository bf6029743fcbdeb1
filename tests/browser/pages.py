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


def receipt(number: str) -> str:
    """Where the written proof of what was received can be printed."""
    return f"{about(number)}/receipts/SJ-{number}"


def desk(number: str, more: str = "") -> str:
    """Where the window works on an application."""
    return f"/desk/pages/{number}{more}"


of_application = "/pages/applications/{number}"
PAGES = (
    PageOf("hall", "sign-in", "/sign-in", "选一位样例人员登录"),
    PageOf("hall", "system", "/system", "系统", who="administrator"),
    PageOf("hall", "components", "/_components", "部件"),
    PageOf("hall", "not-found", "", "没有", "/nowhere", status=404),
    PageOf("intake", "home", "/", "只进一扇门"),
    PageOf("intake", "search", "/search", "按部门找"),
    PageOf("intake", "search-found", "", "开办餐饮店一件事", "/search?q=开饭店"),
    PageOf("intake", "search-nothing", "", "没有找到", "/search?q=𠮷䶮"),
    PageOf("intake", "stage", "/trees/{tree}/{stage}", "出生", "/trees/life/birth"),
    PageOf("intake", "bundle", "/matters/{key}", "开办餐饮店一件事", "/matters/restaurant"),
    PageOf("intake", "item", "", "消防安全检查", "/matters/fire_check"),
    PageOf("intake", "no-matter", "", "没有", "/matters/nothing", status=404),
    PageOf("intake", "questions", "/matters/{key}/questions", "第 1 题", "/matters/restaurant/questions"),
    PageOf(
        "intake",
        "notice",
        "/matters/{key}/notice",
        "这一张纸就够了",
        lambda t: f"/matters/restaurant/notice?{t.answers}",
    ),
    PageOf("intake", "look-up", "/look-up", "查进度"),
    PageOf("intake", "help", "/help", "办不成事"),
    PageOf("intake", "drafts", "/drafts", "暂存的申请", who="applicant2"),
    PageOf("intake", "draft", "/drafts/{draft}", "还差", lambda t: f"/drafts/{t.draft}", "applicant2"),
    PageOf(
        "intake",
        "draft-applicant",
        "/drafts/{draft}/applicant",
        "联系电话",
        lambda t: f"/drafts/{t.draft}/applicant",
        "applicant2",
    ),
    PageOf(
        "intake",
        "draft-material",
        "/drafts/{draft}/materials/{material}",
        "选择文件",
        lambda t: f"/drafts/{t.draft}/materials/fire_pledge",
        "applicant2",
    ),
    PageOf(
        "intake", "draft-check", "/drafts/{draft}/check", "核对一遍", lambda t: f"/drafts/{t.draft}/check", "applicant2"
    ),
    PageOf(
        "intake",
        "draft-discard",
        "/drafts/{draft}/discard",
        "要删除这份暂存吗",
        lambda t: f"/drafts/{t.draft}/discard",
        "applicant2",
    ),
    PageOf(
        "intake",
        "draft-again",
        "/drafts/new",
        "接着填吗",
        "/drafts/new?matter=fire_check&a.fire_mode=promise&a.agent=no",
        "applicant2",
    ),
    PageOf(
        "intake",
        "submitted",
        "/pages/applications/{number}/submitted",
        "申请已提交",
        lambda t: about(t.submitted) + "/submitted",
        "applicant",
    ),
    PageOf(
        "intake",
        "paper",
        "/pages/applications/{number}/receipts/{paper}",
        "收件凭证",
        lambda t: receipt(t.submitted),
        "applicant",
    ),
    PageOf("intake", "queue", "/desk", "先到期的在前", who="clerk"),
    PageOf("intake", "queue-none", "", "没有找到", "/desk?q=王老五", "clerk"),
    PageOf("intake", "walk-in", "/desk/new", "代为申请", who="clerk"),
    PageOf("intake", "decide", "/desk/pages/{number}", "作出受理决定", lambda t: desk(t.submitted), "clerk"),
    PageOf("intake", "decided", "", "受理结果", lambda t: desk(t.supplement), "clerk"),
    PageOf(
        "intake",
        "accept",
        "/desk/pages/{number}/accept",
        "受理决定作出后不能撤回",
        lambda t: desk(t.submitted, "/accept"),
        "clerk",
    ),
    PageOf(
        "intake",
        "outcomes",
        "/desk/pages/{number}/outcomes",
        "作出后不能改",
        lambda t: desk(t.submitted, "/outcomes"),
        "clerk",
    ),
    PageOf(
        "intake",
        "correct",
        "/desk/pages/{number}/correct",
        "当场更正",
        lambda t: desk(t.submitted, "/correct"),
        "clerk",
    ),
    PageOf("approval", "tasks", "/desk", "本部门的任务", who=officer),
    PageOf("approval", "tasks-mine", "", "您手上没有任务", "/desk?tab=mine", officer),
    PageOf("approval", "task", "/desk/tasks/{task}", "审查意见", lambda t: f"/desk/tasks/{t.task}", officer),
    PageOf("approval", "deputies", "/desk/deputies", "还没有指定 B 角", who=lambda t: f"head-{t.department}"),
    PageOf(
        "approval", "task-head", "", "延长办理期限", lambda t: f"/desk/tasks/{t.task}", lambda t: f"head-{t.department}"
    ),
    PageOf(
        "approval", "joint", "/desk/joint/{application}", "登记批准", lambda t: f"/desk/joint/{t.bundle}", "supervisor"
    ),
    PageOf(
        "approval",
        "given",
        "/desk/tasks/{task}/given",
        "意见已提交",
        lambda t: f"/desk/tasks/{t.ended_case}-T1/given",
        officer,
    ),
    PageOf("supervision", "digest", "/digest", "督办通报", who="supervisor"),
    PageOf("supervision", "list", "/desk", "最严重、超期最久的在前", who="supervisor"),
    PageOf("supervision", "wall", "/wall", "监管大屏", who="supervisor"),
    PageOf("supervision", "statistics", "/statistics", "怎样算", who="supervisor"),
    PageOf("supervision", "seals", "/seals", "每天零点半以后"),
    PageOf("supervision", "signals", "/signals", "监察信号", who="supervisor"),
    PageOf("supervision", "calendar", "/calendar", "公布放假安排", who="administrator"),
    PageOf(
        "supervision", "calendar-version", "/pages/calendar/{number}", "重新计算", "/pages/calendar/1", "supervisor"
    ),
    PageOf(
        "supervision",
        "audit",
        "/pages/applications/{number}/audit",
        "审计链完整",
        lambda t: about(t.open) + "/audit",
        "supervisor",
    ),
    PageOf(
        "intake", "draft-agent", "/drafts/{draft}/agent", "经办人", lambda t: f"/drafts/{t.agent_draft}/agent", "agent"
    ),
    PageOf("intake", "draft-behalf", "", "照申请人的证件填写", lambda t: f"/drafts/{t.agent_draft}/applicant", "agent"),
    PageOf("intake", "mine", "/mine", "等您补正", who="applicant"),
    PageOf("intake", "mine-empty", "", "您还没有提交过申请", "/mine", "company"),
    PageOf("intake", "messages", "/messages", "补正、受理、决定", who="applicant"),
    PageOf("intake", "application", of_application, "材料", lambda t: about(t.submitted), "applicant"),
    PageOf("intake", "application-seen", "", "看完整的姓名", lambda t: about(t.open), officer),
    PageOf(
        "intake", "materials", of_application + "/materials", "交了的", lambda t: about(t.open) + "/materials", officer
    ),
    PageOf(
        "intake",
        "replace",
        of_application + "/materials/{material}",
        "换成这一份",
        lambda t: about(t.submitted) + "/materials/fire_pledge",
        "applicant",
    ),
    PageOf(
        "intake",
        "supplement",
        of_application + "/supplement",
        "复印件不清楚",
        lambda t: about(t.supplement) + "/supplement",
        "applicant",
    ),
    PageOf(
        "intake",
        "withdraw",
        of_application + "/withdrawal",
        "要撤回这份申请吗",
        lambda t: about(t.submitted) + "/withdrawal",
        "applicant",
    ),
    PageOf("intake", "withdraw-asked", "", "申请撤回哪些事项", lambda t: about(t.bundle) + "/withdrawal", "applicant"),
    PageOf(
        "intake",
        "papers",
        of_application + "/receipts/all",
        "收件凭证",
        lambda t: about(t.bundle) + "/receipts/all",
        "applicant",
    ),
    PageOf("intake", "catalogue", "/catalogue", "事项", who="administrator"),
    PageOf(
        "intake",
        "catalogue-matter",
        "/catalogue/matters/{key}",
        "消防",
        "/catalogue/matters/fire_check",
        "administrator",
    ),
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
    PageOf(
        "supervision",
        "application-signals",
        "/pages/applications/{number}/signals",
        "监察信号",
        lambda t: f"/pages/applications/{t.open}/signals",
        "supervisor",
    ),
    PageOf("supervision", "timeline-on-duty", "", "逐日核查", lambda t: about(t.open), "supervisor"),
    PageOf("ratings", "board", "/", "大家怎么评各个部门"),
    PageOf("ratings", "windows", "", "大家怎么评各个窗口", "/?by=desk"),
    PageOf("ratings", "department", "/departments/{key}", "办得很快", lambda t: f"/departments/{t.department}"),
    PageOf("ratings", "window", "/windows/{key}", "综合窗口", "/windows/综合窗口"),
    PageOf("ratings", "mine", "/mine", "我的评价", who="applicant"),
    PageOf("ratings", "application", of_application, "评价", lambda t: about(t.rated), "applicant"),
    PageOf("ratings", "rate", "/rate/{case}", "非常满意", lambda t: f"/rate/{t.ended_case}", "applicant"),
)

NO_PAGES = {
    ("hall", "/"): "leads to intake's home",
    ("hall", "/preferences"): "leads back",
    ("hall", "/static/hall.css"): "the stylesheet",
    ("ratings", "/board.csv"): "a spreadsheet",
    ("supervision", "/desk.csv"): "a spreadsheet",
    ("supervision", "/statistics.csv"): "a spreadsheet",
    ("supervision", "/signals.csv"): "a spreadsheet",
    ("supervision", "/pages/calendar/{number}/moved.csv"): "a spreadsheet",
    ("supervision", "/statistics/report-{month}.pdf"): "a document",
    ("supervision", "/pages/applications/{number}/urges"): "leads to the page with its form",
    ("supervision", "/pages/applications/{number}/answers"): "leads to the page with its form",
    ("supervision", "/digest.csv"): "a spreadsheet",
    ("supervision", "/pages/applications/{number}/outcomes"): "leads to the page with its form",
    ("intake", "/pages/applications/{number}/receipts"): "leads to the page of the application",
    ("intake", "/desk/pages/{number}/supplement"): "leads back to where it is marked what is missing",
    ("intake", "/desk/applications.csv"): "a spreadsheet",
    ("supervision", "/pages/applications/{number}/entries.csv"): "a spreadsheet",
    ("approval", "/desk/tasks.csv"): "a spreadsheet",
    **{
        ("approval", f"/desk/tasks/{{task}}/{act}"): "leads back to the task"
        for act in (
            "opinion",
            "take",
            "hand-back",
            "reassign",
            "procedure",
            "procedure-end",
            "extension-request",
            "extension",
            "extension-refusal",
        )
    },
    ("supervision", "/wall/parts"): "what the wall's script shows",
    ("supervision", "/wall/live"): "a stream",
    **{(service, "/live/list"): "a stream" for service in ("intake", "approval", "supervision")},
    **{(service, "/live/applications/{numbers}"): "a stream" for service in ("intake", "supervision")},
    **{(service, "/ops/live/list"): "a stream" for service in SERVICES},
    **{
        (service, path): "the same page as approval's"
        for service in SERVICES
        for path in ("/ops/lane", "/ops/discard", "/ops/audit")
        if service != "approval"
    },
}
"""Routes outside the API that are nothing to look at, and why."""
