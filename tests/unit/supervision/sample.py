"""Synthetic 样例 applications for the tests of supervision: what the other services say, and how it is heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.supervision.calendar.working_days import load_calendar
from services.supervision.decide import decide
from services.supervision.due import Office
from services.supervision.ladder import LADDER
from services.supervision.model import Scan
from services.supervision.rules import Rules
from shared.clock import SHANGHAI
from shared.contracts import approval, intake, licensing, ratings
from shared.contracts.envelope import Event, Heard, event_id
from shared.contracts.sealed import Keyring, Sealed
from shared.contracts.terms import CaseOutline, Limits, MaterialAsked, Party, ResultTemplate, Step, Unit
from shared.contracts.topics import TOPICS
from shared.testing.story import Story

APP = "7ZQ0M3X5KD2WA"
CASE, SECOND, THIRD = f"{APP}-01", f"{APP}-02", f"{APP}-03"
LADDERED = Rules(Office(load_calendar()))
"""As in the hall: the ladder of 督办 urges by itself."""
RULES = replace(LADDERED, ladder=tuple(replace(step, causes=()) for step in LADDER))
"""Clocks alone: nobody is urged by the ladder itself."""
RESULT = ResultTemplate(kind="notice", name="样例通知书")
_BOX = Keyring({"k1": b"s" * 32}, "k1").seal(
    Party(kind="organisation", name="样例餐饮有限公司", code="91000000EXAMPLE013"), APP
)
HOLDER = Sealed[Party].model_validate_json(_BOX.model_dump_json())
TOPIC_OF = {event: topic.name for topic in TOPICS for event in topic.events}


def at(text: str) -> datetime:
    """`02-12 10:00` in Shanghai in 2026, as UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI).astimezone(UTC)


def submitted(when: datetime, *departments: str, owner: str = "sample:applicant", application: str = APP) -> Event:
    """One case for each department; more than one make a bundle."""
    codes = departments or ("scjg",)
    cases = tuple(
        CaseOutline(case=f"{application}-{n:02d}", item=f"i{n}", item_version=1, name=f"样例事项{n}", department=code)
        for n, code in enumerate(codes, start=1)
    )
    return intake.ApplicationSubmitted(
        application=application, matter="m1", matter_name="样例事项", bundle=len(cases) > 1, cases=cases,
        channel="online", submitted_at=when, owner=owner, applicant_kind="organisation", applicant_ref="ref-1",
    )  # fmt: skip


def accepted(
    when: datetime, case: str = CASE, *, days: tuple[int, int | None] = (5, 20), joint: int | None = None,
    waits_for: tuple[str, ...] = (), deemed: bool = False, steps: tuple[str, ...] = ("scjg",),
    unit: Unit = "working_days",
) -> Event:  # fmt: skip
    return intake.CaseAccepted(
        application=case[:13], case=case, item="i1", item_version=1, item_name="样例事项", department="scjg",
        steps=(Step(seq=1, key="s1", name="样例环节", departments=steps, days=2),),
        limits=Limits(promised_days=days[0], statutory_days=days[1], unit=unit), joint_days=joint, result=RESULT,
        waits_for=waits_for, channel="online", accepted_at=when, receipt_date=date(2026, 2, 12), deemed=deemed,
        owner="sample:applicant", applicant_kind="organisation", applicant_ref="ref-1", holder=HOLDER,
    )  # fmt: skip


def asked_for_more(when: datetime, application: str = APP) -> Event:
    asked = MaterialAsked(material="m1", name="样例材料", reason="缺少第二页")
    return intake.SupplementRequested(application=application, at=when, materials=(asked,))


def supplemented(when: datetime, application: str = APP) -> Event:
    return intake.ApplicationSupplemented(application=application, at=when)


def ready(when: datetime, case: str = CASE) -> Event:
    return intake.CaseReady(application=case[:13], case=case, at=when)


def not_required(when: datetime, case: str = CASE) -> Event:
    return intake.CaseNotRequired(application=case[:13], case=case, at=when, reason="样例")


def closed(when: datetime, case: str = CASE, reason: Any = "predecessor_ended") -> Event:
    return intake.CaseClosed(application=case[:13], case=case, at=when, reason=reason)


def approved(when: datetime, case: str = CASE) -> Event:
    return approval.CaseApproved(
        application=case[:13], case=case, item="i1", item_version=1, item_name="样例事项", department="scjg",
        result=RESULT, owner="sample:applicant", applicant_ref="ref-1", holder=HOLDER, at=when,
    )  # fmt: skip


def refused(when: datetime, case: str = CASE) -> Event:
    return approval.CaseRefused(
        application=case[:13], case=case, item="i1", item_version=1, item_name="样例事项", department="scjg",
        reasons=("样例理由",), remedies=("行政复议", "行政诉讼"), owner="sample:applicant", applicant_ref="ref-1",
        holder=HOLDER, at=when,
    )  # fmt: skip


def assigned(when: datetime, department: str = "xfdd", case: str = CASE) -> Event:
    return approval.TaskAssigned(
        application=case[:13], case=case, task=f"{case}-T1", step="s1", step_name="样例环节", department=department,
        item="i1", item_name="样例事项", due_days=2, at=when,
    )  # fmt: skip


def agreed(when: datetime, department: str = "xfdd", case: str = CASE) -> Event:
    return approval.OpinionGiven(
        application=case[:13], case=case, task=f"{case}-T1", step="s1", department=department, verdict="agree",
        officer="sample-officer", at=when,
    )  # fmt: skip


def procedure_started(
    when: datetime, procedure: str = "P1", case: str = CASE, *, planned: int = 10, task: str = ""
) -> Event:
    return approval.ProcedureStarted(
        application=case[:13], case=case, procedure=procedure, kind="expert_review", task=task, planned_days=planned,
        notice="样例告知1号", reason="样例：需要专家评审", by="sample-officer", at=when,
    )  # fmt: skip


def procedure_ended(when: datetime, procedure: str = "P1", case: str = CASE) -> Event:
    return approval.ProcedureEnded(application=case[:13], case=case, procedure=procedure, at=when)


def extended(when: datetime, days: int = 10, case: str = CASE) -> Event:
    return approval.LimitExtended(
        application=case[:13], case=case, days=days, reason="样例：案情复杂", by="sample-head", at=when
    )


def joint_extended(when: datetime, days: int = 15, application: str = APP) -> Event:
    return approval.JointLimitExtended(
        application=application, days=days, reason="样例：部门协调", by="sample-government", at=when
    )


def issued(when: datetime, case: str = CASE) -> Event:
    return licensing.ResultIssued(
        application=case[:13], case=case, kind="notice", number="样例-1", name="样例通知书", at=when
    )


def rated(when: datetime, case: str = CASE) -> Event:
    return ratings.RatingGiven(application=case[:13], case=case, department="scjg", level=5, at=when)


def delivered(when: datetime, case: str = CASE) -> Event:
    return licensing.ResultDelivered(application=case[:13], case=case, number="样例-1", method="counter", at=when)


def licensed(when: datetime, until: date | None, case: str = CASE, licence: str = "样例-L1") -> Event:
    return licensing.LicenceIssued(
        application=case[:13], case=case, licence=licence, licence_type="样例证", type_code="91000000EXAMPLE013001",
        holder_ref="ref-1", valid_from=date(2026, 2, 24), valid_until=until, at=when,
    )  # fmt: skip


def cancelled(when: datetime, case: str = CASE, licence: str = "样例-L1") -> Event:
    return licensing.LicenceCancelled(application=case[:13], case=case, licence=licence, reason="样例", at=when)


def invited(when: datetime, case: str = CASE) -> Event:
    return ratings.RatingInvited(application=case[:13], case=case, department="scjg", at=when)


def defaulted(when: datetime, case: str = CASE) -> Event:
    return ratings.RatingDefaulted(application=case[:13], case=case, department="scjg", at=when)


def rectification_opened(when: datetime, case: str = CASE) -> Event:
    return ratings.RectificationOpened(application=case[:13], case=case, department="scjg", level=1, at=when)


def rectified(when: datetime, case: str = CASE) -> Event:
    return ratings.RectificationClosed(
        application=case[:13], case=case, department="scjg", outcome="corrected", at=when
    )  # fmt: skip


def source_of(event: Event) -> str:
    """The document that says it: licensing has one for each result."""
    return f"{event.service}/{event.about() if event.service == 'licensing' else event.key()}"


class Ear:
    """Hears events as the log would give them: numbered in their source, placed in their topic."""

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._offsets: Counter[str] = Counter()

    def __call__(self, event: Event) -> Heard:
        source, topic = source_of(event), TOPIC_OF[type(event)]
        self._numbers[source] += 1
        self._offsets[topic] += 1
        number = self._numbers[source]
        return Heard(
            event=event, id=event_id(source, number), source=source, seq=number, at=at("02-12 09:00"), cause="c",
            traceparent="", topic=topic, partition=3, offset=self._offsets[topic] - 1, key=event.key(),
        )  # fmt: skip


def story(*events: Event | datetime) -> Story:
    """These events heard in this order; an instant is a scan, which may find nothing."""
    return tell(Story(decide, RULES, at("12-31 00:00")), *events)


def tell(told: Story, *events: Event | datetime, ear: Ear | None = None) -> Story:
    """Go on with a story."""
    ear = ear or Ear()
    for event in events:
        told = told.when(Scan(instant=event)) if isinstance(event, datetime) else told.given(ear(event))
    return told


def said(*events: Event | datetime) -> list[Any]:
    """Everything that supervision says about these, told in order."""
    told, ear, found = Story(decide, RULES, at("12-31 00:00")), Ear(), []
    for event in events:
        told = tell(told, event, ear=ear)
        found += getattr(told.last, "events", ())
    return found


def named(event: Any) -> str:
    """An event of a clock in a few words: `decision LightChanged yellow`."""
    more = getattr(event, "light", None) or getattr(event, "kind", None)
    return " ".join(each for each in (event.clock, type(event).__name__, more) if each)
