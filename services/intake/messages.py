"""What the owner of an application is told in the site, and in short on the phone: made from facts, never stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import groupby

from pydantic import BaseModel, Field

from services.intake.model import Accepted, Application, Case, News, NewsKind, NotRequired, Referred, news_of
from services.intake.time_messages import extended, joint_extended, procedure, procedure_over
from services.intake.wording import Words, titled, together
from shared.web import dates
from shared.web.i18n import _


class Link(BaseModel):
    """往哪里去：服务和其中的路径。"""

    service: str = Field(examples=["intake"])
    path: str = Field(examples=["/pages/applications/7ZQ0M3X5KD2WA/supplement"])


class Message(BaseModel):
    """一条消息。`unread` 为 true 是还没有看过。"""

    id: str = Field(description="同一件事只有一个编号，可以用来去重", examples=["7ZQ0M3X5KD2WA/accepted@2026-03-02T…"])
    kind: NewsKind
    at: datetime
    title: str = Field(examples=["请补正 2 份材料"])
    text: str
    link: Link
    number: str
    matter_name: str
    cases: list[str]
    unread: bool

    @property
    def news(self) -> str:
        """Its id within its application."""
        return self.id.partition("/")[2]


def messages_of(application: Application) -> list[Message]:
    """Everything that its owner was told, newest first, in the reader's language."""
    news = sorted(news_of(application), key=lambda each: (each.at, each.id), reverse=True)
    return [_message(application, list(together)) for _id, together in groupby(news, key=lambda each: each.id)]


def _message(application: Application, together: list[News]) -> Message:
    first = together[0]
    cases = [news.case for news in together if news.case]
    title, text = _WORDS[first.kind](application, first.at, cases)
    return Message(
        id=f"{application.number}/{first.id}",
        kind=first.kind,
        at=first.at,
        title=title,
        text=text,
        link=_link(application, first.kind, cases),
        number=application.number,
        matter_name=application.form.matter_name,
        cases=[case.number for case in cases],
        unread=application.read_upto is None or first.at > application.read_upto,
    )


def _link(application: Application, kind: NewsKind, cases: list[Case]) -> Link:
    """Where to go on: the list to answer while it is out, the paper, the licence, or else the timeline."""
    own = f"/pages/applications/{application.number}"
    if kind == "supplement" and application.asked:
        return Link(service="intake", path=f"{own}/supplement")
    if kind in _PAPERS:
        return Link(service="intake", path=f"{own}/receipts/{_PAPERS[kind]}-{cases[0].number}")
    if kind == "issued":
        return Link(service="licensing", path="/mine")
    return Link(service="supervision", path=own)


_PAPERS: Mapping[NewsKind, str] = {"not_required": "BS", "referred": "BY", "closed": "ZZ"}


def _supplement(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    asked = next(each for each in application.lists if each.at == at)
    wanted = "".join(_("“%(name)s”：%(reason)s。", name=m.name, reason=m.reason.rstrip("。")) for m in asked.materials)
    text = _(
        "%(materials)s请一次补齐后提交，可以在网上补交，也可以送到窗口。补齐之日起 5 个工作日内告知是否受理。",
        materials=wanted,
    )
    return _("请补正 %(n)s 份材料", n=len(asked.materials)), text


def _accepted(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    return titled(_("已受理"), cases), _promise(application, cases)


def _deemed(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    outcome = cases[0].outcome
    received = outcome.receipt_date if isinstance(outcome, Accepted) else application.submitted_at
    text = _(
        "窗口没有在 5 个工作日内告知，自收到材料之日（%(day)s）起即为受理。%(promise)s",
        day=dates.day(received),
        promise=_promise(application, cases),
    )
    return titled(_("视为受理"), cases), text


def _promise(application: Application, cases: list[Case]) -> str:
    """By when it will be done, as far as the plan says; the day itself is for supervision to count."""
    whole = application.form.whole
    if whole and whole.promised_days and len(cases) == len(application.cases):
        length = dates.days(whole.promised_days, whole.unit)
        return _("整件事承诺 %(days)s办结。您不用做什么，有结果会告诉您。", days=length)
    waiting = [case for case in cases if isinstance(case.outcome, Accepted) and case.outcome.waits_for]
    longest = max(cases, key=lambda case: case.plan.limits.promised_days)
    length = dates.days(longest.plan.limits.promised_days, longest.plan.limits.unit)
    if waiting:
        return _("各事项承诺 %(days)s内办结；需要前一项结果的，从前一项办成后开始计算。", days=length)
    if len(application.cases) > 1:
        return _("各事项最长承诺 %(days)s内办结。您不用做什么，有结果会告诉您。", days=length)
    return _("承诺 %(days)s内办结。您不用做什么，有结果会告诉您。", days=length)


def _not_required(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    reasons = [case.outcome.reason for case in cases if isinstance(case.outcome, NotRequired)]
    text = _("依法不需要办理：%(reason)s。可以查看和打印不受理通知书。", reason=together(reasons))
    return titled(_("不受理"), cases), text


def _referred(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    found = [case.outcome for case in cases if isinstance(case.outcome, Referred)]
    text = _(
        "请向%(bodies)s申请：%(reason)s。可以查看和打印不予受理通知书。",
        bodies=together(each.competent_body for each in found),
        reason=together(each.reason for each in found),
    )
    return titled(_("不予受理"), cases), text


def _approved(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    return titled(_("准予"), cases), _("正在制作证照或通知书，制好后马上告诉您。")


def _issued(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    names = together(case.result.name for case in cases if case.result)
    text = _("“%(names)s”已经制好，可以下载电子版，也可以到出件窗口领取。欢迎您评价这次办理。", names=names)
    return titled(_("已办结，可以领取"), cases), text


def _refused(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    text = _("理由和救济途径写在决定书里。对决定不服的，可以依法申请行政复议或者提起行政诉讼，期限见决定书。")
    return titled(_("不予办理"), cases), text


def _withdrawn(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    return titled(_("已按您的请求撤回"), cases), _("这个事项不再办理。需要时可以重新申请。")


def _taken_back(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    return _("申请已撤回"), _("受理前撤回，没有留下任何决定。需要时可以重新申请。")


def _closed(application: Application, at: datetime, cases: list[Case]) -> Words:  # noqa: ARG001
    before = {case.closed.predecessor for case in cases if case.closed}
    names = together(case.plan.item_name for case in application.cases if case.number in before)
    text = _("它要等“%(names)s”的结果，而那一项没有办成。解决后可以重新申请这一项。", names=names)
    return titled(_("办理终止"), cases), text


_WORDS: Mapping[NewsKind, Callable[[Application, datetime, list[Case]], Words]] = {
    "supplement": _supplement,
    "accepted": _accepted,
    "deemed": _deemed,
    "procedure": procedure,
    "procedure_over": procedure_over,
    "extended": extended,
    "joint_extended": joint_extended,
    "not_required": _not_required,
    "referred": _referred,
    "approved": _approved,
    "issued": _issued,
    "refused": _refused,
    "withdrawn": _withdrawn,
    "taken_back": _taken_back,
    "closed": _closed,
}
