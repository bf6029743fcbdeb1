"""Nothing legitimate looks like tampering, and the second seal after an entry has it at the latest."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.model import SEALS
from services.supervision.sealing.sealed import leaves_of, seals_in_order, state_of
from services.supervision.sealing.sealer import next_day
from services.supervision.store import chain
from shared.messaging.document import Unavailable
from tests.component.supervision.sealed_hall import SealedHall, pages_of
from tests.unit.supervision.sample import (
    APP,
    accepted,
    approved,
    asked_for_more,
    at,
    closed,
    submitted,
    supplemented,
)
from tests.unit.supervision.test_decide_interleavings import applications, interleaved

OTHERS = [f"7ZQ0M3X5KD2{n:02d}" for n in range(10, 16)]
FILED = at("02-12 09:00")


async def holds(hall: SealedHall) -> None:
    report = await hall.everything()
    assert report.holds, report.findings
    assert report.waiting == 0


async def live(events, scans) -> None:
    """One application, whatever order it is heard in and whenever it is scanned; sealed each night in between."""
    async with SealedHall() as hall:
        for event, hours in zip(events, scans, strict=True):
            hall.say(event)
            if hours is not None:
                await hall.pump()
                hall.now += timedelta(hours=hours)
                await hall.scan(APP)
                await hall.seal()
        await hall.pump()
        await hall.scan(APP)
        await holds(hall)
        report = await hall.case(APP)
        assert report.holds, report.findings
        assert report.compared == report.entries > len(events)


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_whatever_happens_to_an_application_its_state_is_what_its_chain_says(data):
    events = data.draw(interleaved(data.draw(applications())))
    hours = st.lists(st.sampled_from([None, 0, 7, 40, 300]), min_size=len(events), max_size=len(events))
    asyncio.run(live(events, data.draw(hours)))


ACTS = st.one_of(
    st.tuples(st.just("hear"), st.sampled_from(OTHERS), st.integers(-22, 22)),
    st.tuples(st.just("pass"), st.integers(1, 60), st.just(0)),
    st.tuples(st.just("seal"), st.just(0), st.just(0)),
    st.tuples(st.just("seal, in part"), st.integers(1, 3), st.just(0)),
)


async def days(acts) -> None:
    heard: dict[str, list[tuple[int, int]]] = {}
    async with SealedHall() as hall:
        for act, what, skew in acts:
            match act:
                case "hear":
                    hall.skew = timedelta(hours=skew)
                    await hall.hear(asked_for_more(hall.now, what))
                    entries = (await hall.store.load([what]))[what].state.entries
                    heard.setdefault(what, []).append((entries, (await state_of(hall.store)).sealed))
                case "pass":
                    hall.now += timedelta(hours=what)
                case "seal":
                    await hall.seal()
                case "seal, in part":
                    await in_part(hall, what)
        hall.now += timedelta(days=1)
        await hall.seal()
        hall.now += timedelta(days=1)
        await hall.seal()
        await holds(hall)
        await covered(hall, heard)


async def in_part(hall: SealedHall, steps: int) -> None:
    """A replica that dies after so many steps."""
    for _ in range(steps):
        state = await state_of(hall.store)
        day, over = next_day(state, hall.now)
        if day <= over:
            await hall.sealer._step(state, day)
    await hall.pump()


async def covered(hall: SealedHall, heard) -> None:
    """Each entry is in the seal that was being made when it was heard, or in the next one."""
    order = [seal.day async for seal in seals_in_order(hall.store)]
    for application, moments in heard.items():
        leaves = await leaves_of(hall.store, application)
        for entries, sealed in moments:
            under = min(order.index(leaf.day) for leaf in leaves if leaf.leaf.entries >= entries)
            assert under <= sealed + 1, (application, entries, sealed, order[under])


@settings(deadline=None, max_examples=50)
@given(st.lists(ACTS, max_size=25))
def test_every_entry_is_under_the_second_seal_after_it_at_the_latest_whatever_the_clocks_say(acts):
    with pages_of(2):
        asyncio.run(days(acts))


@pytest.mark.parametrize("first", [closed, approved])
async def test_a_case_that_ended_twice_holds_whichever_ending_was_heard_first(first):
    """The earlier one stands, by the instants that the endings name (README, 2026-11-26)."""
    last = {closed: approved, approved: closed}[first]
    async with SealedHall() as hall:
        await hall.hear(submitted(FILED), accepted(FILED), first(at("02-13 12:00")), last(at("02-13 11:00")))
        await holds(hall)
        assert (await hall.case(APP)).holds


async def test_an_acceptance_that_is_said_twice_has_one_row_of_either():
    """Rows of two saves are put in their places in any order, where one was left behind by a crash."""
    async with SealedHall() as hall:
        await hall.hear(submitted(FILED), accepted(at("02-13 10:00")))
        row = dict(hall.store.facts["milestones"][f"accepted/{APP}-01"])
        hall.now += timedelta(hours=3)
        await hall.hear(accepted(FILED, deemed=True))
        again = hall.store.facts["milestones"][f"accepted/{APP}-01"]
        assert again == row
        said = {entry["time"] for entry in await chain(hall.store, (await hall.store.load([APP]))[APP])
                if entry["type"].endswith(".CaseAccepted.v1")}  # fmt: skip
        (later,) = said - {row["time"]}
        hall.store.facts["milestones"][f"accepted/{APP}-01"] = {**row, "time": later}
        await holds(hall)
        hall.store.facts["milestones"][f"accepted/{APP}-01"] = {**row, "time": "2026-02-12T01:00:00.000000+00:00"}
        assert not (await hall.everything()).holds


async def test_while_its_own_events_are_on_their_way_the_state_is_not_compared():
    async with SealedHall() as hall:
        hall.say(submitted(FILED))
        records = [record for log in hall.bus.logs.values() for record in log]
        await hall.runtime.handle(records)
        report = await hall.case(APP, log=False)
        assert report.holds
        assert report.waiting == 1


async def test_what_is_heard_while_a_day_is_being_sealed_and_proved_is_no_break():
    async with SealedHall() as hall:
        for number in (APP, *OTHERS):
            await hall.hear(submitted(FILED, application=number))
        hall.now = at("02-13 01:00")

        async def busy():
            for number in (APP, *OTHERS):
                await hall.hear(asked_for_more(FILED, number), supplemented(FILED, number))

        with pages_of(2):
            await asyncio.gather(hall.seal(), busy())
        reports, _ = await asyncio.gather(hall.everything(), hall.hear(accepted(FILED)))
        assert reports.holds, reports.findings


async def test_a_seal_that_was_saved_and_not_put_in_its_place_yet_is_read_from_where_it_waits(monkeypatch):
    async with SealedHall() as hall:
        for number in (APP, *OTHERS):
            await hall.hear(submitted(FILED, application=number))

        async def away(facts):
            raise Unavailable("the database is away for a moment")

        monkeypatch.setattr(hall.store, "put_facts", away)
        with pages_of(2):
            hall.now = at("02-13 01:00")
            assert await hall.sealer.once() == 1
            await hall.sealer._runtime.said()
            assert "seals" not in hall.store.facts
            report = await hall.everything()
            assert report.holds, report.findings
            assert (report.seals, report.leaves, report.published) == (1, 7, 0)
            assert (await hall.case(APP)).sealed_until == "2026-02-12"
            monkeypatch.undo()
            await hall.sealer._runtime._relay.publish((await hall.store.load([SEALS])).values())
            await hall.pump()
            report = await hall.everything()
            assert (report.holds, report.published) == (True, 1)


@pytest.mark.parametrize("number", ["7ZQ0M3X5KD299", f"{APP}-07"])
async def test_what_nobody_knows_is_not_proved(number):
    async with SealedHall() as hall:
        await hall.hear(submitted(FILED))
        assert await hall.cases().proof(number) is None
