"""Statistics against a recount from the topics alone."""

import random
from datetime import datetime, timedelta
from itertools import product
from operator import attrgetter

from services.supervision.statistics import kept, store
from shared.contracts.envelope import parse
from shared.contracts.intake import ItemPublished
from shared.contracts.topics import topic_named
from tests.component.supervision.fifteen_months import MONTHS, NOW, SHANGHAI, asked
from tests.proof.recount import recounted


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


def offer_by_hand(events: list, month: str, **where: str) -> dict:
    """The items on offer at the end of a month, each in its last edition."""
    last = {}
    for event in sorted((each for each in events if isinstance(each, ItemPublished)), key=published_at):
        if event.published_at < end_of(month):
            last[event.item] = event
    items = [event for event in last.values() if all(getattr(event, name) == value for name, value in where.items())]
    limited = [event.limits for event in items if event.limits.statutory_days is not None]
    law = [limits for limits in limited if limits.unit == "working_days"] or limited
    return {
        "items": len(items),
        "immediate": share(sum(event.handling == "即办件" for event in items), len(items)),
        "once": share(sum(event.visits <= 1 for event in items), len(items)),
        "compression": share(
            sum(limits.statutory_days - limits.promised_days for limits in law),
            sum(limits.statutory_days for limits in law),
        ),
    }


published_at = attrgetter("published_at")


def in_one_unit(cases: list[dict]) -> list[dict]:
    working = [case for case in cases if case["unit"] == "working_days"]
    return working or cases


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
    events, seen = heard(year), set()
    for month, by in product(("2024-12", "2025-06", "2026-01", "2026-02"), ("department", "item")):
        said = await asked(year, month, by)
        assert said["offer"] == offer_by_hand(events, month)
        for row in said["rows"]:
            assert row["offer"] == offer_by_hand(events, month, **{by: row["key"]})
            seen.add((row["key"], str(row["offer"])))
    assert len(seen) > 10
    for row in (await asked(year, "2026-03", "month", department="xfdd"))["rows"]:
        assert row["offer"] == offer_by_hand(events, row["key"], department="xfdd")


async def test_an_item_that_has_moved_is_its_new_departments_and_no_longer_its_old_ones(year):
    before, after = [(await asked(year, month, department="cgj"))["offer"]["items"] for month in ("2026-01", "2026-02")]
    assert (before, after) == (1, 0)


async def test_every_window_takes_every_item_and_has_none_of_its_own(year):
    said = await asked(year, "2026-02", "window")
    assert {row["offer"]["items"] for row in said["rows"]} == {0}
    assert said["offer"]["items"] == 5


async def test_more_publications_than_one_answer_holds_are_all_heard(year, monkeypatch):
    whole = await asked(year, "2026-02", "item")
    monkeypatch.setattr(store, "AT_ONCE", 3)
    assert await asked(year, "2026-02", "item") == whole


async def test_some_days_are_not_held_against_a_whole_month(year):
    said = await asked(year, "2026-03", "month")
    assert (said["accepted"]["by_year"], said["finished"]["by_month"]) == ("本月还没有结束，月末再比",) * 2
    assert said["entities"]["企业"]["by_year"] == "本月还没有结束，月末再比"
    assert said["rows"][0]["accepted"]["by_year"] == "本月还没有结束，月末再比"
    assert "本月" not in said["rows"][1]["accepted"]["by_year"], "the months before are over"


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
