"""The table of clocks: what starts, pauses, extends and stops each, how long it runs, who is told, and by which law.

A new clock is one row here and one test; `countdown.py` says what a row means. Events are named by their class in
`shared.contracts`. Lengths without a basis in law are the hall's own policy, and say so.
"""

from __future__ import annotations

from typing import Literal

from services.supervision.countdown import Countdown, Limit, Told

Licensed = Literal["renewal_opens", "renewal", "expiry"]
ENDINGS = ("CaseApproved", "CaseRefused", "CaseWithdrawn", "CaseClosed")


def _of_a_licence(key: Licensed, name: str, *, less: int, basis: str, effect: str) -> Countdown:
    """A clock that ends `less` calendar days before the last day of a licence."""
    return Countdown(
        key=key,
        name=name,
        over="licence",
        leads=False,
        ends_at_limit=True,
        whose="applicant",
        unit="calendar_days",
        starts=("LicenceIssued",),
        stops=("LicenceRenewed", "LicenceRevoked", "LicenceCancelled", "LicenceExpired"),
        promised=Limit(days="LicenceIssued.valid_until", less=less, kind=key, basis=basis, effect=effect),
        told=Told(red=("applicant",)),
    )


CLOCKS: tuple[Countdown, ...] = (
    Countdown(
        key="acceptance",
        name="受理",
        over="application",
        starts=("ApplicationSubmitted",),
        pauses=("SupplementRequested",),  # the one full list is out: now the applicant is waited for
        restarts=("ApplicationSupplemented",),
        stops=("CaseAccepted", "CaseNotRequired", "CaseReferred", "CaseClosed"),
        statutory=Limit(
            days="ApplicationSubmitted.acceptance_days",
            kind="acceptance",
            basis="行政许可法 Art. 32(4), 82",
            effect="intake deems the application accepted, from the day of receipt",
        ),
        told=Told(yellow=("clerk",), red=(), deep_red=("clerk", "supervisor")),
    ),
    Countdown(
        key="decision",
        name="办理",
        over="case",
        unit_in="CaseAccepted.limits.unit",
        starts=("CaseAccepted", "CaseReady"),
        held_by="waits_for",  # in a bundle a case that waits for another starts at CaseReady
        pauses=("ProcedureStarted",),
        resumes=("ProcedureEnded",),
        extends=("LimitExtended",),
        stops=ENDINGS,
        near_in="CaseAccepted.limits.near",
        promised=Limit(
            days="CaseAccepted.limits.promised_days",
            kind="promised",
            basis="优化营商环境条例 Art. 36",
            effect="the case is red: the public promise is broken",
        ),
        statutory=Limit(
            days="CaseAccepted.limits.statutory_days",
            kind="statutory",
            basis="行政许可法 Art. 42(1), 45, 82",
            effect="the case is deep red: the law is broken, and the overrun is explained in public",
        ),
        told=Told(
            yellow=("officer",),
            red=("officer", "department_head"),
            deep_red=("department_head", "supervisor", "applicant"),
        ),
    ),
    Countdown(
        key="joint",
        name="联办",
        over="application",
        starts=("CaseAccepted",),
        pauses=("ProcedureStarted",),  # Art. 45 speaks of every limit of its section, this one too
        resumes=("ProcedureEnded",),
        extends=("JointLimitExtended",),
        stops=(*ENDINGS, "CaseNotRequired", "CaseReferred"),
        statutory=Limit(
            days="CaseAccepted.joint_days",
            kind="joint",
            basis="行政许可法 Art. 42(2), 45, 82",
            effect="the joint case is deep red: 45 working days for all departments together are over",
        ),
        told=Told(yellow=("department_head",), red=(), deep_red=("department_head", "supervisor")),
    ),
    Countdown(
        key="issuance",
        name="出件",
        over="case",
        starts=("CaseApproved",),
        stops=("ResultIssued",),
        statutory=Limit(
            days=10,
            kind="issuance",
            basis="行政许可法 Art. 44, 82",
            effect="the result is overdue: it must be issued within ten working days of the decision",
        ),
        told=Told(yellow=("clerk",), red=(), deep_red=("clerk", "supervisor")),
    ),
    Countdown(
        key="supplement",
        name="补正",
        over="application",
        leads=False,
        whose="applicant",
        unit="calendar_days",
        starts=("SupplementRequested",),
        stops=("ApplicationSupplemented", "CaseAccepted", "CaseNotRequired", "CaseReferred", "CaseClosed"),
        promised=Limit(
            days=30,
            kind="supplement",
            basis="policy: 行政许可法 Art. 32(4) gives applicants no limit",
            effect="the applicant is reminded; nothing is lost",
        ),
        told=Told(red=("applicant", "clerk")),
    ),
    Countdown(
        key="step",
        name="环节",
        over="task",
        leads=False,
        unit_in="TaskAssigned.unit",
        starts=("TaskAssigned",),
        pauses=("ProcedureStarted",),
        resumes=("ProcedureEnded",),
        stops=("OpinionGiven", *ENDINGS),
        promised=Limit(
            days="TaskAssigned.due_days",
            kind="step",
            basis="policy: the item's plan inside the promise of 优化营商环境条例 Art. 36",
            effect="the step is red, also where the case is in time",
        ),
        told=Told(red=("officer", "department_head")),
    ),
    Countdown(
        key="procedure",
        name="特别程序",
        over="procedure",
        leads=False,
        starts=("ProcedureStarted",),
        stops=("ProcedureEnded", *ENDINGS),
        promised=Limit(
            days="ProcedureStarted.planned_days",
            kind="procedure",
            basis="行政许可法 Art. 45: the applicant was told in writing how long it takes",
            effect="the pause is longer than what the applicant was told",
        ),
        told=Told(red=("officer", "department_head", "supervisor")),
    ),
    Countdown(
        key="delivery",
        name="送达",
        over="case",
        leads=False,
        starts=("ResultIssued",),
        stops=("ResultDelivered",),
        promised=Limit(
            days=10,
            kind="delivery",
            basis="policy beside 行政许可法 Art. 44: whoever has not fetched a result is called or sent it",
            effect="the counter calls the applicant, or posts the result",
        ),
        told=Told(red=("clerk", "applicant")),
    ),
    _of_a_licence(
        "renewal_opens",
        "可申请延续",
        less=90,
        basis="policy before 行政许可法 Art. 50(1): its holder is told in good time",
        effect="the holder is told that the licence can be renewed",
    ),
    _of_a_licence(
        "renewal",
        "申请延续",
        less=30,
        basis="行政许可法 Art. 50(1): asked for thirty days before it expires",
        effect="whoever asks now asks late",
    ),
    _of_a_licence(
        "expiry",
        "有效期",
        less=0,
        basis="行政许可法 Art. 70(1): the last day of validity is over",
        effect="licensing expires the licence",
    ),
    Countdown(
        key="rating",
        name="评价",
        over="case",
        leads=False,
        ends_at_limit=True,
        whose="applicant",
        unit="calendar_days",
        starts=("RatingInvited",),
        stops=("RatingGiven", "RatingDefaulted"),
        promised=Limit(
            days=7,
            kind="rating",
            basis="policy: 7 natural days (粤办函〔2020〕21号)",
            effect="ratings records a default, which never counts with what people said",
        ),
        told=Told(),
    ),
    Countdown(
        key="rectification",
        name="差评整改",
        over="case",
        leads=False,
        starts=("RectificationOpened",),
        stops=("RectificationClosed",),
        promised=Limit(
            days=5,
            kind="rectification",
            basis="policy: 5 working days (国办发〔2019〕51号 sets none; local rules)",
            effect="the rectification is overdue, and shown as such",
        ),
        told=Told(red=("department_head", "supervisor")),
    ),
    Countdown(
        key="reply",
        name="督办答复",
        over="reply",
        leads=False,
        unit="calendar_days",  # to a date: where that is a rest day, to the next working day (民法典 Art. 203(1))
        starts=("UrgeIssued",),
        stops=("UrgeAnswered", "CaseRefused", "CaseWithdrawn", "CaseClosed", "ResultIssued"),
        promised=Limit(
            days="UrgeIssued.reply_by",
            kind="reply",
            basis="policy: the day up to which the supervisor asked for the answer",
            effect="the urge goes up by a rung",
        ),
        told=Told(red=("department_head", "supervisor")),
    ),
)

LEADING = tuple(row.key for row in CLOCKS if row.leads)
"""The clocks whose light is that of a case or application."""
