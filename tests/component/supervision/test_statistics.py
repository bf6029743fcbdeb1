"""Statistics against a recount from the topics alone: a hall of fifteen months, told out of order, twice and late."""

import csv
import io
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from services.supervision.statistics import kept
from shared.contracts.approval import CaseWithdrawn, LimitExtended, ProcedureEnded, ProcedureStarted
from shared.contracts.envelope import encode, parse
from shared.contracts.intake import CaseReady, ItemPublished
from shared.contracts.terms import Limits
from shared.contracts.topics import topic_named
from tests.component.supervision.conftest import TRACE
from tests.proof.recount import recounted
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
        later = said.model_copy(update={"published_at": at("02-01 09:00"), "visits": 0})
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


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch):
    """Every look asks the rows: what is kept from an earlier one proves nothing."""
    monkeypatch.setattr(kept, "KEPT_FOR", timedelta(0))


@pytest.fixture
async def year(desk):
    """The hall after fifteen months; `put` are all facts in the order in which they were put."""
    desk.clock.move_to(NOW)
    if not HEARD:
        await fifteen_months(desk)
        HEARD.extend((desk.hall.bus.logs, desk.store.facts, desk.put))
    logs, facts, desk.put = HEARD
    desk.hall.bus.logs = {place: list(log) for place, log in logs.items()}
    desk.store.facts = {name: dict(rows) for name, rows in facts.items()}
    return desk


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


# -- the recount: it knows the records and the calendar, and nothing of supervision ------------------------------------


def heard(desk) -> list:
    """Every event on the topics, each once."""
    found = {}
    for (name, _), log in desk.hall.bus.logs.items():
        topic = topic_named(name)
        for record in log if topic and topic.owner in ("intake", "approval") else ():
            event = parse(record, topic.known)
            found[event.source, event.seq] = event.event
    return list(found.values())


def end_of(month: str) -> datetime:
    year, number = map(int, month.split("-"))
    after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=SHANGHAI)
    return min(after, NOW.astimezone(SHANGHAI))


def share(part: int, whole: int) -> dict:
    percent = None if whole == 0 else float(f"{abs(part) * 100 / whole + 1e-9:.1f}") * (1 if part >= 0 else -1)
    return {"part": part, "whole": whole, "percent": percent}


def counted_by_hand(cases: list[dict], month: str) -> dict:
    """The figures of one month by walking through the cases."""
    taken = [case for case in cases if case["accepted_month"] == month]
    ended = [case for case in cases if case["ended_month"] == month]
    done = [case for case in ended if case["outcome"] in ("approved", "refused")]
    late = 0
    for case in cases:
        due = datetime.fromisoformat(case["due"]) if case["due"] else None
        late += bool(due and due <= end_of(month) and (case["ended_month"] == "" or case["ended_month"] > month))
    law = in_one_unit([case for case in taken if case["limited"]])
    fast = in_one_unit([case for case in done if case["bounded"]])
    return {
        "accepted": len(taken),
        "finished": len(done),
        "approved": sum(case["outcome"] == "approved" for case in done),
        "dropped": len(ended) - len(done),
        "overdue": late,
        "on_time": share(sum(case["timely"] for case in done), len(done) + late),
        "in_law": share(sum(case["lawful"] for case in done), sum(case["bounded"] for case in done)),
        "same_day": share(sum(case["same_day"] for case in done), len(done)),
        "online": share(sum(case["online"] for case in taken), len(taken)),
        "compression": share(
            sum(case["statutory"] - case["promised"] for case in law), sum(case["statutory"] for case in law)
        ),
        "speed_up": share(
            sum(case["allowed"] - case["spent"] for case in fast), sum(case["allowed"] for case in fast)
        ),
        "paused_days": sum(case["paused"] for case in done),
        "waited_days": sum(case["waited"] for case in taken),
    }  # fmt: skip


def in_one_unit(cases: list[dict]) -> list[dict]:
    working = [case for case in cases if case["unit"] == "working_days"]
    return working or cases


async def asked(desk, month: str, by: str = "department", who: str = "supervisor", **filters) -> dict:
    answer = await desk.get(who, "/statistics", month=month, by=by, **filters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def agree(figures: dict, cases: list[dict], month: str) -> None:
    by_hand = counted_by_hand(cases, month)
    assert {name: figures[name] for name in by_hand} == by_hand


async def test_every_figure_of_every_month_is_that_of_the_recount(year):
    cases = list(recounted(heard(year)).values())
    assert len(cases) > 180
    for month, by in product(MONTHS, ("department", "item", "window")):
        said = await asked(year, month, by)
        agree(said["figures"], cases, month)
        for row in said["rows"]:
            agree(row["figures"], [case for case in cases if case[by] == row["key"]], month)
        there = {case[by] for case in cases if month in (case["accepted_month"], case["ended_month"])}
        assert there <= {row["key"] for row in said["rows"]}


async def test_the_figures_of_a_department_of_an_item_and_of_a_window_too(year):
    cases, seen = list(recounted(heard(year)).values()), 0
    for department, item, window in product(("scjg", "xfdd"), ("food", "fire", ""), ("online", "综合窗口 1", "")):
        wanted = {"department": department, "item": item, "window": window}
        mine = [case for case in cases if all(case[name] == value for name, value in wanted.items() if value)]
        said = await asked(year, "2025-11", "month", **{name: value for name, value in wanted.items() if value})
        for row in said["rows"]:
            agree(row["figures"], mine, row["key"])
            seen += row["figures"]["accepted"]
    assert seen > 150


async def test_growth_is_against_the_month_before_and_the_same_month_of_last_year(year):
    cases = list(recounted(heard(year)).values())
    said = await asked(year, "2026-02")
    for name, of in {"accepted": lambda case: case["accepted_month"], "finished": finished_in}.items():
        now, before, last_year = (
            sum(of(case) == month for case in cases) for month in ("2026-02", "2026-01", "2025-02")
        )
        assert [said[name][each] for each in ("now", "month_before", "year_before")] == [now, before, last_year]
        way = "与上年同期持平" if now == last_year else "同比增长" if now > last_year else "同比下降"
        assert said[name]["by_year"].startswith(way)
    assert (await asked(year, "2025-06"))["accepted"]["by_year"] == "上年同期为 0，不计算增幅"


def finished_in(case: dict) -> str:
    return case["ended_month"] if case["outcome"] in ("approved", "refused") else ""


async def test_new_market_entities_are_the_approvals_of_the_items_that_register_one(year):
    cases = list(recounted(heard(year)).values())
    for month in MONTHS:
        for kind, item in {"企业": "firm", "个体工商户": "shop"}.items():
            born = [c for c in cases if (c["item"], c["outcome"], c["ended_month"]) == (item, "approved", month)]
            assert (await asked(year, month))["entities"][kind]["now"] == len(born)


async def test_items_are_counted_as_they_were_published_by_the_end_of_the_month(year):
    early, late = (await asked(year, "2025-06"))["offer"], (await asked(year, "2026-02"))["offer"]
    assert early["immediate"] == late["immediate"] == share(2, 5)
    assert (early["once"], late["once"]) == (share(4, 5), share(5, 5))
    assert early["compression"] == share(12 + 3 + 2, 20 + 3 + 3), "calendar days are not added to working days"
    assert (await asked(year, "2024-12"))["offer"]["immediate"] == share(0, 0)


async def test_facts_put_again_in_any_order_change_nothing(year):
    before = [await asked(year, month, "item") for month in MONTHS]
    old = list(year.put)
    assert len({(fact.id, fact.edition) for fact in old if fact.collection == "cases"}) > len(
        {fact.id for fact in old if fact.collection == "cases"}
    )
    random.Random(7).shuffle(old)  # noqa: S311
    await year.store.put_facts(old)
    assert [await asked(year, month, "item") for month in MONTHS] == before
    year.store.facts["cases"].clear()
    random.Random(8).shuffle(old)  # noqa: S311
    await year.store.put_facts(old)
    assert [await asked(year, month, "item") for month in MONTHS] == before


async def test_old_months_are_asked_again_after_a_while_and_new_ones_each_time(year, monkeypatch):
    monkeypatch.setattr(kept, "KEPT_FOR", timedelta(minutes=10))
    old, new = [(await asked(year, month))["accepted"]["now"] for month in ("2025-06", "2026-02")]
    rows = year.store.facts["cases"]
    for month in ("2025-06", "2026-02"):
        more = next(row for row in rows.values() if row["accepted_month"] == month)
        rows[f"more/{month}"] = more
    assert [(await asked(year, month))["accepted"]["now"] for month in ("2025-06", "2026-02")] == [old, new + 1]
    assert (await asked(year, "2026-02"))["months"]["2025-06"]["accepted"] == old
    year.clock.move_to(NOW + timedelta(minutes=10))
    assert (await asked(year, "2025-06"))["accepted"]["now"] == old + 1


async def test_what_is_kept_is_what_was_asked_for(year, monkeypatch):
    monkeypatch.setattr(kept, "KEPT_FOR", timedelta(minutes=10))
    ways = list(product(("2025-03", "2025-11", "2026-02"), ("department", "item", "window", "month")))
    first = [await asked(year, month, by) for month, by in ways]
    assert [await asked(year, month, by) for month, by in ways] == first
    monkeypatch.setattr(kept, "KEPT_FOR", timedelta(0))
    assert [await asked(year, month, by) for month, by in ways] == first


async def test_the_table_to_take_away_has_every_numerator_and_denominator(year):
    said = await asked(year, "2026-01", "item")
    answer = await year.get("supervisor", "/statistics.csv", month="2026-01", by="item")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    place = head.index("按时办结率")
    for row, told in zip(rows, said["rows"], strict=True):
        ratio = told["figures"]["on_time"]
        assert row[:2] == ["2026-01", told["key"]]
        assert row[place + 1 : place + 3] == [str(ratio["part"]), str(ratio["whole"])]


class TestReport:
    async def test_it_says_what_the_figures_say_in_words_and_tables(self, year):
        said = await asked(year, "2026-02")
        text = words_of(await year.get("supervisor", "/statistics/report-2026-02.pdf"))
        for line in (
            f"全厅受理办件{said['accepted']['now']}件，{said['accepted']['by_month']}，{said['accepted']['by_year']}",
            f"办结{said['finished']['now']}件，{said['finished']['by_month']}，{said['finished']['by_year']}",
            f"新增市场主体{sum(each['now'] for each in said['entities'].values())}户（企业",
            f"累计受理{said['year']['accepted']}件",
        ):
            assert line.replace(" ", "") in text
        for row in said["rows"]:
            assert row["name"] in text
            ratio = row["figures"]["on_time"]
            assert f"{ratio['percent']}%{ratio['part']}/{ratio['whole']}" in text

    async def test_it_is_the_same_to_the_byte_while_the_records_are(self, year):
        first = await year.get("supervisor", "/statistics/report-2026-02.pdf")
        year.clock.move_to(NOW + timedelta(days=3))
        again = await year.get("supervisor", "/statistics/report-2026-02.pdf")
        assert first.content == again.content
        other = await year.get("supervisor", "/statistics/report-2026-01.pdf")
        assert other.content != first.content

    async def test_a_department_gets_its_own_items_and_the_numbers_of_all(self, year):
        text = words_of(await year.get("officer-scjg", "/statistics/report-2026-02.pdf"))
        assert "按事项（SCJG）" in text
        assert "样例food" in text
        assert "样例fire" not in text
        assert "XFDD" in text

    @pytest.mark.parametrize("month", ["2026-03", "2027-01"])
    async def test_a_month_that_is_not_over_has_none_and_says_where_to_look(self, desk, month):
        desk.clock.move_to(NOW)
        answer = await desk.get("supervisor", f"/statistics/report-{month}.pdf")
        assert (answer.status_code, answer.json()["code"]) == (404, "month_not_over")

    async def test_a_month_without_cases_has_one_too(self, desk):
        assert "本月没有办件" in words_of(await desk.get("supervisor", "/statistics/report-2025-12.pdf"))


def words_of(answer) -> str:
    """The text of a PDF, without the spaces and line ends of its setting."""
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


class TestWhoMayLook:
    async def test_nobody_without_a_duty(self, desk):
        for path in ("/statistics", "/statistics.csv", "/statistics/report-2026-01.pdf"):
            assert (await desk.get(None, path)).status_code == 401
            assert (await desk.get("applicant", path)).status_code == 403

    async def test_a_department_sees_all_numbers_and_into_its_own(self, year):
        whole = await asked(year, "2026-01", who="officer-scjg")
        assert {row["key"] for row in whole["rows"]} == {"scjg", "cgj", "xfdd"}
        own = await asked(year, "2026-01", "item", who="officer-scjg")
        assert own["department"] == "scjg"
        assert {row["key"] for row in own["rows"]} == {"food", "shop", "firm"}
        asked_for = await asked(year, "2026-01", "item", who="officer-scjg", department="xfdd")
        assert asked_for["department"] == "scjg"
        foreign = await asked(year, "2026-01", who="officer-scjg", item="fire")
        assert (foreign["rows"], foreign["figures"]["accepted"]) == ([], 0)


class TestPage:
    async def test_it_shows_the_figures_and_opens_into_items(self, year):
        shown = (await year.page("supervisor", "/statistics", month="2026-01")).text
        assert "2026-01 统计" in shown
        assert "?month=2026-01&amp;department=scjg&amp;by=item" in shown
        assert "怎样算" in shown
        items = (await year.page("supervisor", "/statistics", month="2026-01", department="scjg", by="item")).text
        assert "样例 food" in items
        assert "样例 fire" not in items

    async def test_a_month_without_cases_says_so(self, desk):
        shown = (await desk.page("supervisor", "/statistics")).text
        assert "这个月没有办件" in shown
        assert "没有可算的办件" in shown

    async def test_another_departments_line_is_no_link(self, year):
        shown = (await year.page("officer-scjg", "/statistics", month="2026-01")).text
        assert "department=scjg&amp;by=item" in shown
        assert "department=xfdd&amp;by=item" not in shown

    async def test_a_month_that_is_none_is_refused(self, desk):
        assert (await desk.get("supervisor", "/statistics", month="2026-13")).status_code == 422
