"""The delivery core when something is wrong: faults stay where they belong, and nothing is passed over."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.envelope import Record, encode
from shared.contracts.intake import ApplicationSupplemented
from shared.contracts.supervision import ClockPaused
from shared.contracts.topics import INTAKE, OPINION
from shared.contracts.topics import SUPERVISION as CLOCKS
from shared.kernel import Refused
from shared.messaging.commands import Asked, CommandDesk, Overloaded
from shared.messaging.document import Unavailable
from shared.messaging.draft import Step
from shared.messaging.hears import Ears, Hears, Reading, by_application
from shared.testing.echo import AT, POISON, Add, EchoCodec, EchoRules, supplemented
from tests.component.messaging.test_runtime import A, B, World


class Narrow(EchoCodec):
    """A database that takes no count above `most`, and cannot read `broken` ones."""

    most, broken = 3, 99

    def dump(self, state, fields=None):
        if state.count > self.most:
            raise OverflowError
        return super().dump(state, fields)

    def load(self, raw):
        if raw["count"] == self.broken:
            raise KeyError("count")
        return super().load(raw)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def running(world):
    await world.runtime.start()
    yield world
    await world.runtime.stop()


def _failing(times: int, function, error: Exception):
    """`function` that fails so many times first."""
    left = iter(range(times))

    async def failing(*args):
        if next(left, None) is not None:
            raise error
        return await function(*args)

    return failing


async def _at_once(*_):
    """No pause."""


class TestNothingIsPassedOver:
    async def test_a_fault_of_ours_is_tried_again_until_it_is_gone(self, world):
        world.runtime._sleep = _at_once
        world.store.load = _failing(5, world.store.load, RuntimeError("a bug"))
        await world.runtime.insist(world.said(supplemented(A, 1)), _at_once)
        assert await world.count(A) == 1

    async def test_a_service_that_stops_does_not_insist(self, world):
        world.runtime._sleep = _at_once
        world.store.load = _failing(10**9, world.store.load, Unavailable("the database"))

        async def stop():
            world.runtime.stopping = True

        async with asyncio.timeout(2):
            with pytest.raises(Unavailable):
                await world.runtime.insist(world.said(supplemented(A, 1)), stop)


class TestWhatCannotBeStored:
    async def test_it_parks_its_lane_from_the_culprit_on_and_others_go_on(self, world):
        world.store.codec = Narrow()
        records = world.said(*(supplemented(A, seq) for seq in range(1, 6)), supplemented(B, 1))
        await world.runtime.handle(records)
        assert (await world.count(A), await world.count(B)) == (3, 1)
        (parked,) = await world.store.parked(10)
        assert (parked.id, parked.parked.reason, parked.parked.waiting) == (A, "unstorable", 2)
        assert world.echoes(A) == [f"{A}-01", f"{A}-02", f"{A}-03"]
        world.store.codec = EchoCodec()
        assert (await world.runtime.replay(A, "operator")).handled == 2
        assert await world.count(A) == 5

    async def test_a_command_that_cannot_be_stored_reaches_only_its_caller(self, running):
        running.store.codec = Narrow()
        ask = running.runtime.ask
        answers = await asyncio.gather(
            ask(A, Add(application=A)),
            ask(A, Add(application=A, by=9)),
            ask(B, Add(application=B)),
            ask(A, Add(application=A)),
            return_exceptions=True,
        )
        assert [isinstance(each, RuntimeError) for each in answers] == [False, True, False, False]
        assert [answers[0], answers[2], answers[3]] == [{"count": 1}, {"count": 1}, {"count": 2}]

    async def test_a_document_that_its_codec_cannot_read_parks_alone(self, world):
        await world.runtime.handle(world.said(supplemented(A, 1), supplemented(B, 1)))
        world.store.rows[A] = replace(world.store.rows[A], version=9, state={"application": A, "count": 99})
        world.store.codec = Narrow()
        await world.runtime.handle(world.said(supplemented(A, 2), supplemented(B, 2)))
        assert await world.count(B) == 2
        assert [doc.id for doc in await world.store.parked(10)] == [A]

    async def test_an_event_is_bounded_with_its_headers_before_it_is_saved(self, running):
        with pytest.raises(RuntimeError, match="decision_raised"):
            await running.runtime.ask(A, Add(application=A), cause="x" * 600_000)
        assert running.store.rows == {}


class TestReading:
    def _reading(self, record, topic=INTAKE):
        return Ears([Hears(topic, topic.events, by_application)]).read(record)

    def _record(self, **changes) -> Record:
        known = supplemented(A, 1)
        return replace(Record(INTAKE.name, 0, 0, known.key, known.value, known.headers), **changes)

    def test_an_event_whose_own_check_fails_is_a_data_error(self, monkeypatch):
        def broken(*_, **__):
            raise KeyError("a bug in a validator")

        monkeypatch.setattr(ApplicationSupplemented, "model_validate_json", broken)
        assert self._reading(self._record()).problem.reason == "not_readable"

    def test_a_record_that_was_packed_larger_than_its_topic_allows_is_a_data_error(self):
        reading = self._reading(self._record(value=b" " * 1024 * 1024 + supplemented(A, 1).value))
        assert (reading.lane, reading.problem.reason) == (A, "too_large")

    @pytest.mark.parametrize("name", ["ce_id", "ce_cause", "ce_source", "ce_subject"])
    def test_attributes_that_would_swell_what_follows_are_refused(self, name):
        headers = {**dict(supplemented(A, 1).headers), name: b"x" * 60_000}
        assert self._reading(self._record(headers=tuple(headers.items()))).problem.reason == "broken_headers"

    @pytest.mark.parametrize("changed", ["v1", "v9"])
    def test_of_an_event_that_is_not_heard_nothing_is_read_in_whatever_version(self, changed):
        name = f"onedoor.intake.CaseAccepted.{changed}"
        record = self._record(value=b"{", headers=(("ce_type", name.encode()),))
        reading = Ears([Hears(INTAKE, (ApplicationSupplemented,), by_application)]).read(record)
        assert (reading.problem, reading.addressed) == (None, ())
        assert reading.unknown == (name if changed == "v9" else None)

    def _paused(self, clock: str) -> Record:
        event = ClockPaused(application=A, subject=f"{A}-01", clock=clock, generation=1, at=AT)
        said = encode(event, topic=CLOCKS.name, source="s/1", seq=1, at=AT, cause="c", traceparent="")
        return Record(CLOCKS.name, 0, 0, said.key, said.value, said.headers)

    def test_where_a_row_names_what_it_is_about_no_other_body_is_parsed(self):
        ears = Ears([Hears(CLOCKS, (ClockPaused,), by_application, about="/decision")])
        assert len(ears.read(self._paused("decision")).addressed) == 1
        other = replace(self._paused("issuance"), value=b"{")
        assert ears.read(other) == Reading(other, A)
        assert ears.read(replace(self._paused("decision"), value=b"{")).problem.reason == "broken_body"

    def test_an_event_that_does_not_say_what_it_is_about_is_asked(self):
        ears = Ears([Hears(CLOCKS, (ClockPaused,), by_application, about="/decision")])
        for clock, addressed in (("decision", 1), ("issuance", 0)):
            record = self._paused(clock)
            silent = replace(record, headers=tuple(each for each in record.headers if each[0] != "ce_subject"))
            assert len(ears.read(silent).addressed) == addressed

    def test_an_event_that_another_row_hears_whole_is_parsed_for_it(self):
        narrow = Hears(CLOCKS, (ClockPaused,), by_application, about="/decision")
        ears = Ears([narrow, Hears(CLOCKS, (ClockPaused,), by_application)])
        assert [len(ears.read(self._paused(clock)).addressed) for clock in ("decision", "issuance")] == [2, 1]

    def test_an_unknown_version_of_an_event_that_is_heard_is_a_data_error(self):
        headers = {**dict(supplemented(A, 1).headers), "ce_type": b"onedoor.intake.CaseAccepted.v9"}
        assert self._reading(self._record(headers=tuple(headers.items()))).problem.reason == "unknown_version"

    def test_any_topic_that_the_subscription_can_bring_is_read(self):
        record = self._record(topic="onedoor.opinion.x.v1", headers=())
        assert self._reading(record, OPINION).problem.reason == "broken_headers"


class TestCommands:
    async def test_one_that_raises_takes_nobody_behind_it_along(self, running):
        ask = running.runtime.ask
        answers = await asyncio.gather(
            ask(A, Add(application=A)),
            ask(A, "not a command"),
            ask(A, Add(application=A)),
            ask(A, "not a command either"),
            ask(A, Add(application=A)),
            return_exceptions=True,
        )
        assert [answers[0], answers[2], answers[4]] == [{"count": 1}, {"count": 2}, {"count": 3}]
        assert all(isinstance(each, RuntimeError) for each in (answers[1], answers[3]))

    async def test_an_accepted_one_is_told_so_although_its_lane_was_parked_meanwhile(self, running):
        """Two documents of one lane: the second is decided again, and by then the lane waits."""
        runtime, save, once = running.runtime, running.store.save, iter([True])

        async def losing_b(changes):
            won = await save([change for change in changes if change.after.id != B])
            if next(once, False):
                await running.replica().handle(running.said(supplemented(A, 1, POISON)))
                return [won.pop(0) if change.after.id != B else False for change in changes]
            return won

        running.store.save = losing_b
        first, second = await asyncio.gather(
            runtime.ask(A, Add(application=A)), runtime.ask(B, Add(application=B), lane=A)
        )
        assert (first, second) == ({"count": 1}, Refused("parked"))

    async def test_a_caller_who_went_away_holds_up_nobody(self, running):
        gone = asyncio.create_task(running.runtime.ask(A, Add(application=A)))
        await asyncio.sleep(0)
        gone.cancel()
        assert await running.runtime.ask(A, Add(application=A)) == {"count": 2}

    async def test_people_are_told_that_we_are_behind_while_the_broker_is_away(self, running):
        async def silent(sequences):
            return [0 for _ in sequences]

        running.bus.publish = silent
        await running.runtime.ask(A, Add(application=A))
        running.store.since[A] = datetime.now(UTC) - timedelta(minutes=1)
        with pytest.raises(Unavailable):
            await running.runtime.sweep()
        with pytest.raises(Overloaded):
            await running.runtime.ask(B, Add(application=B))

    async def test_whoever_waits_when_closing_is_cut_off_is_told(self):
        async def never(_: list[Asked]) -> None:
            await asyncio.Event().wait()

        desk = CommandDesk(never)
        desk.start()
        step = Step(A, A, 0, None, "", "")
        first = asyncio.create_task(desk.ask(step))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(desk.ask(step))
        await asyncio.sleep(0.01)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(desk.close(), 0.1)
        async with asyncio.timeout(1):
            told = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(each) for each in told] == [Unavailable, Unavailable]


class TestLanes:
    async def test_two_operators_may_replay_at_once(self, world):
        await world.runtime.handle(world.said(supplemented(A, 1, POISON), supplemented(A, 2), supplemented(A, 3)))
        world.rules = EchoRules(fixed=True)
        count, other, once = world.store.count_waiting, world.replica(), iter([True])

        async def counted_before_the_other_was_done(lane):
            found = await count(lane)
            if next(once, False):
                assert (await other.replay(A, "two")).handled == 3
            return found

        world.store.count_waiting = counted_before_the_other_was_done
        assert (await world.runtime.replay(A, "one")).held_by is None
        assert await world.count(A) == 3
        assert world.store.kept == {}

    async def test_a_lane_says_what_holds_it_up_now_and_how_much_waits(self, world):
        await world.runtime.handle([world.rubbish(A), *world.said(supplemented(A, 1), supplemented(A, 2, POISON))])
        head = (await world.store.waiting(A, 1))[0]
        assert await world.runtime.discard(A, "operator", head.id)
        assert (await world.runtime.replay(A, "operator")).handled == 1
        parked = (await world.store.load([A]))[A].parked
        assert (parked.reason, parked.waiting) == ("decision_raised", 1)

    async def test_a_record_does_not_vanish_from_a_lane_that_another_replica_parked_again(self, world):
        """An arrival finds its lane open; another replica parks it again with the same records; the arrival dies."""
        runtime, other = world.runtime, world.replica()
        await runtime.handle(world.said(supplemented(A, 1, POISON)))
        arrivals = world.said(supplemented(A, 2, POISON), supplemented(A, 3))
        keep, drop, once = world.store.keep_waiting, world.store.drop_waiting, iter([True])

        async def open_the_lane_first(records):
            if next(once, False):
                world.rules = EchoRules(fixed=True)
                await other.replay(A, "operator")
                world.rules = EchoRules()
                world.store.drop_waiting = let_the_other_park_and_die
            await keep(records)

        async def let_the_other_park_and_die(ids):
            await other.handle(arrivals)
            await drop(ids)
            raise Unavailable("killed")

        world.store.keep_waiting = open_the_lane_first
        with contextlib.suppress(Unavailable):
            await runtime.handle(arrivals)
        assert await world.store.count_waiting(A) == 2
        assert (await world.store.load([A]))[A].parked.waiting == 2
