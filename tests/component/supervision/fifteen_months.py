"""A hall of fifteen months, told out of order, twice and late, and what it answers."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.contracts.approval import CaseWithdrawn, LimitExtended, ProcedureEnded, ProcedureStarted
from shared.contracts.envelope import encode
from shared.contracts.intake import CaseReady, ItemPublished
from shared.contracts.terms import Limits
from tests.unit.supervision.sample import (
    TOPIC_OF,
    accepted,
    approved,
    asked_for_more,
    at,
    closed,
    refused,
    source_of,
    submitted,
    supplemented,
)

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = at("03-10 11:00")
MONTHS = [f"2025-{n:02d}" for n in range(1, 13)] + ["2026-01", "2026-02", "2026-03"]
ITEMS = {  # department, promised, statutory, unit, what it registers, handling, visits
    "food": ("scjg", 8, 20, "working_days", "", "承诺件", 1),
    "shop": ("scjg", 0, 3, "working_days", "个体工商户", "即办件", 0),
    "firm": ("scjg", 1, 3, "working_days", "企业", "即办件", 0),
    "sign": ("cgj", 5, None, "working_days", "", "承诺件", 2),
    "fire": ("xfdd", 10, 30, "calendar_days", "", "承诺件", 1),
}
MOVED = {"sign": {"department": "xfdd"}, "food": {"handling": "即办件"}}
"""What else is new in their later edition."""
DESKS = ("综合窗口 1", "综合窗口 2", "")


def number_of(place: int) -> str:
    return f"7ZQ0M3X5K{place:04d}"


def one_application(draw: random.Random, place: int) -> dict[str, list]:
    """What intake and approval say of it, each in its own order."""
    name, items = number_of(place), draw.sample(sorted(ITEMS), draw.choice((1, 1, 2)))
    filed = datetime(2025, 1, 2, 1, tzinfo=UTC) + timedelta(minutes=draw.randrange(410 * 24 * 60))
    desk = draw.choice(DESKS)
    outline = submitted(filed, *(ITEMS[item][0] for item in items), application=name)
    cases = tuple(
        case.model_copy(update={"item": item, "name": f"样例 {item}", "department_name": ITEMS[item][0].upper()})
        for case, item in zip(outline.cases, items, strict=True)
    )
    channel = "window" if desk or draw.random() < 0.2 else "online"
    intake = [outline.model_copy(update={"cases": cases, "desk": desk, "channel": channel})]
    approval = []
    at_last = filed + timedelta(hours=draw.randrange(1, 60))
    if draw.random() < 0.3:
        intake += [asked_for_more(at_last, name)]
        at_last += timedelta(hours=draw.randrange(1, 400))
        intake += [supplemented(at_last, name)]
    taken = at_last + timedelta(minutes=draw.randrange(60 * 24 * 3))
    for place_of, (case, item) in enumerate(zip(cases, items, strict=True)):
        waits = (cases[0].case,) if place_of and draw.random() < 0.5 else ()
        _, promised, law, unit, *_ = ITEMS[item]
        first = accepted(taken, case.case, days=(promised, law), unit=unit, waits_for=waits)
        intake.append(first)
        starts = taken
        if waits and draw.random() < 0.8:
            starts = taken + timedelta(hours=draw.randrange(200))
            intake.append(CaseReady(application=name, case=case.case, at=starts))
        elif draw.random() < 0.1:
            legal = max(filed, taken - timedelta(days=draw.randrange(20)))
            intake.append(first.model_copy(update={"accepted_at": legal, "deemed": True}))
        approval += decided(draw, case.case, starts, intake)
    return {f"intake/{name}": intake, f"approval/{name}": approval}


def decided(draw: random.Random, case: str, starts: datetime, intake: list) -> list:
    """Pauses, an extension and an ending of a case; some have none of them yet."""
    found, when = [], starts + timedelta(minutes=draw.randrange(60, 60 * draw.choice((5, 30, 100))))
    for number in range(draw.choice((0, 0, 0, 1, 2))):
        procedure = f"P{number}"
        found.append(
            ProcedureStarted(
                application=case[:13], case=case, procedure=procedure, kind="testing", planned_days=3,
                notice="样例 1 号", reason="样例", by="sample:officer", at=when,
            )
        )  # fmt: skip
        when += timedelta(hours=draw.randrange(1, 300))
        if draw.random() < 0.9:
            found.append(ProcedureEnded(application=case[:13], case=case, procedure=procedure, at=when))
            when += timedelta(hours=draw.randrange(1, 80))
    if draw.random() < 0.1:
        found.append(
            LimitExtended(application=case[:13], case=case, days=5, reason="样例", by="sample:head", at=when)
        )  # fmt: skip
    when += timedelta(minutes=draw.randrange(60 * 24 * draw.choice((1, 1, 3, 10, 60))))
    how = draw.choice(("approved",) * 6 + ("refused", "withdrawn", "closed", "open"))
    if how == "approved":
        found.append(approved(when, case))
    elif how == "refused":
        found.append(refused(when, case))
    elif how == "withdrawn":
        found.append(CaseWithdrawn(application=case[:13], case=case, at=when))
    elif how == "closed":
        intake.append(closed(when, case))
    return found


def items_published() -> dict[str, list]:
    found = {}
    for item, (department, promised, law, unit, registers, handling, visits) in ITEMS.items():
        said = ItemPublished(
            item=item, item_version=1, name=f"样例 {item}", department=department, handling=handling, visits=visits,
            limits=Limits(promised_days=promised, statutory_days=law, unit=unit), registers=registers,
            published_at=at("01-05 09:00").replace(year=2025),
        )  # fmt: skip
        later = said.model_copy(update={"published_at": at("02-01 00:00"), "visits": 0, **MOVED.get(item, {})})
        found[f"intake/{item}"] = [said, later]
    return found


def happened(events: list) -> list:
    """What a source has said up to now. An acceptance said again has its legal date, and is said later."""
    said = [getattr(event, "submitted_at", None) or getattr(event, "at", None) for event in events]
    return [event for event, at in zip(events, said, strict=True) if at is None or at <= NOW]


async def tell(desk, draw: random.Random, sources: dict[str, list]) -> None:
    """All of it in an order that keeps only each source's own, some records twice."""
    waiting = {source: list(events) for source, events in sources.items() if events}
    numbers: dict[str, int] = defaultdict(int)
    said = []
    while waiting:
        source = draw.choice(sorted(waiting)[:12])
        event = waiting[source].pop(0)
        if not waiting[source]:
            del waiting[source]
        numbers[source] += 1
        assert source_of(event) == source
        said.append(
            encode(event, topic=TOPIC_OF[type(event)], source=source, seq=numbers[source], at=NOW, cause="c",
                   traceparent=TRACE)
        )  # fmt: skip
        if draw.random() < 0.1:
            said.append(draw.choice(said[-5:]))
    for record in said:
        desk.hall.bus.append(record.topic, record.key, record.value, record.headers)
        if draw.random() < 0.02:
            await desk.hall.pump()
    await desk.hall.pump()


HEARD: list = []
"""The topics, the rows and the facts of the hall, once it was told: every test begins with a copy."""


async def begin(desk) -> None:
    """The hall is told once; every test begins with a copy. `put` are all facts in the order in which they were put."""
    desk.clock.move_to(NOW)
    if not HEARD:
        await fifteen_months(desk)
        HEARD.extend((desk.hall.bus.logs, desk.store.facts, desk.put))
    logs, facts, desk.put = HEARD
    desk.hall.bus.logs = {place: list(log) for place, log in logs.items()}
    desk.store.facts = {name: dict(rows) for name, rows in facts.items()}


async def fifteen_months(desk) -> None:
    draw = random.Random(20260310)  # noqa: S311
    desk.put, put_facts = [], desk.store.put_facts

    async def remembered(facts):
        desk.put += facts
        await put_facts(facts)

    desk.store.put_facts = remembered
    sources = items_published()
    for place in range(170):
        sources |= {name: happened(events) for name, events in one_application(draw, place).items()}
    await tell(desk, draw, sources)
    desk.store.put_facts = put_facts


async def asked(desk, month: str, by: str = "department", who: str = "supervisor", **filters) -> dict:
    answer = await desk.get(who, "/statistics", month=month, by=by, **filters)
    assert answer.status_code == 200, answer.text
    return answer.json()
