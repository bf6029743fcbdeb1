"""The delivery core on memory: repeats, commands, dead letters, parking, replay."""

import asyncio
from datetime import UTC, datetime

import pytest

from shared.contracts.topics import APPROVAL, INTAKE
from shared.kernel import Refused
from shared.messaging.commands import digest
from shared.messaging.document import Unavailable
from shared.messaging.runtime import Runtime
from shared.testing.echo import HEARS, POISON, Add, EchoCodec, EchoRules, decide, supplemented
from shared.testing.memory import MemoryBus, MemoryStore

A, B = "AAAAAAAAAAAA1", "BBBBBBBBBBBB2"
GOOD = supplemented(A, 1).value


class World:
    """An echo service on memory, and the tools of its tests."""

    def __init__(self) -> None:
        self.store, self.bus, self.rules = MemoryStore(EchoCodec()), MemoryBus(), EchoRules()
        self.runtime = self.replica()

    def replica(self) -> Runtime:
        return Runtime(
            "approval",
            hears=HEARS,
            decide=decide,
            rules=lambda: self.rules,
            store=self.store,
            publisher=self.bus,
            clock=lambda: datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
        )

    def said(self, *outgoing):
        return [self.bus.append(each.topic, each.key, each.value, each.headers) for each in outgoing]

    def rubbish(self, key: str, value: bytes = b"{", **headers: str):
        """A record of a known type whose body is broken."""
        plain = dict(supplemented(key, 1).headers)
        plain |= {name: text.encode() for name, text in headers.items()}
        return self.bus.append(INTAKE.name, key.encode(), value, list(plain.items()))

    async def count(self, application: str) -> int:
        doc = (await self.store.load([application])).get(application)
        return doc.state.count if doc and doc.state else 0

    def echoes(self, application: str) -> list[str]:
        return [
            record.headers[5][1].decode()
            for record in self.bus.records(APPROVAL.name)
            if record.key == application.encode()
        ]


@pytest.fixture
def world() -> World:
    return World()


async def test_an_event_takes_effect_once_however_often_it_comes(world):
    records = world.said(supplemented(A, 1), supplemented(A, 2))
    await world.runtime.handle(records)
    await world.runtime.handle(records)
    await world.runtime.handle(records[1:])
    assert await world.count(A) == 2
    assert world.echoes(A) == [f"{A}-01", f"{A}-02"]
    await world.runtime.published()
    assert not world.store.since


async def test_a_repeat_publishes_what_a_crash_left_in_the_outbox(world):
    async def silent(sequences):
        return [0 for _ in sequences]

    records = world.said(supplemented(A, 1))
    publish, world.bus.publish = world.bus.publish, silent
    with pytest.raises(Unavailable):
        await world.runtime.handle(records)
    world.bus.publish = publish
    assert world.echoes(A) == []
    await world.runtime.handle(records)
    assert world.echoes(A) == [f"{A}-01"]
    assert await world.count(A) == 1


async def test_a_lost_compare_and_set_is_decided_again(world):
    other, records = world.replica(), world.said(supplemented(A, 1), supplemented(B, 1))
    load, once = world.store.load, iter([True])

    async def load_and_let_the_other_win(ids):
        documents = await load(ids)
        if next(once, False):
            await other.start()
            await other.ask(A, Add(application=A, by=10))
            await other.stop()
        return documents

    world.store.load = load_and_let_the_other_win
    await world.runtime.handle(records)
    assert await world.count(A) == 11
    assert await world.count(B) == 1
    assert world.echoes(A) == [f"{A}-10", f"{A}-11"]


async def test_facts_are_inserted_under_their_id(world):
    await world.runtime.handle(world.said(supplemented(A, 1)))
    assert world.store.facts["counts"] == {f"{A}/1": {"application": A, "count": 1}}


class TestCommands:
    async def test_the_same_key_returns_the_first_answer_and_another_body_is_refused(self, world):
        await world.runtime.start()
        ask = world.runtime.ask
        assert await ask(A, Add(application=A), key="k1", digest="d1") == {"count": 1}
        assert await ask(A, Add(application=A), key="k1", digest="d1") == {"count": 1}
        assert await ask(A, Add(application=A), key="k1", digest="d2") == Refused("key_reused")
        assert await ask(A, Add(application=A, by=0), key="k2", digest="d3") == Refused("nothing_to_add")
        assert await ask(A, Add(application=A), key="k2", digest="d4") == {"count": 2}, "a refused key is free"
        await world.runtime.stop()
        assert await world.count(A) == 2

    async def test_commands_that_wait_are_written_as_one_batch(self, world):
        saves = []
        save = world.store.save

        async def counting(changes):
            saves.append(len(changes))
            return await save(changes)

        world.store.save = counting
        await world.runtime.start()
        names = [f"{number:012d}X" for number in range(50)]
        answers = await asyncio.gather(*(world.runtime.ask(name, Add(application=name)) for name in names))
        await world.runtime.stop()
        assert answers == [{"count": 1}] * 50
        assert sum(saves) == 50
        assert len(saves) <= 3

    async def test_a_rule_that_raises_reaches_only_its_caller(self, world):
        await world.runtime.start()
        bad, good = await asyncio.gather(
            world.runtime.ask(A, "not a command"),
            world.runtime.ask(B, Add(application=B)),
            return_exceptions=True,
        )
        await world.runtime.stop()
        assert isinstance(bad, RuntimeError)
        assert good == {"count": 1}


class TestPoison:
    async def test_other_applications_go_on_the_poisoned_one_waits_and_replay_releases_it_in_order(self, world):
        runtime = world.runtime
        await runtime.handle(
            world.said(supplemented(A, 1), supplemented(A, 2, POISON), supplemented(B, 1), supplemented(A, 3))
        )
        await runtime.handle(world.said(supplemented(A, 4), supplemented(B, 2)))
        assert (await world.count(A), await world.count(B)) == (1, 2)
        (parked,) = await world.store.parked(10)
        assert (parked.id, parked.parked.reason, parked.parked.waiting) == (A, "decision_raised", 3)
        assert len(world.bus.records("onedoor.approval.dlq")) == 1

        assert (await runtime.replay(A, "operator")).held_by.startswith("decision_raised")
        world.rules = EchoRules(fixed=True)
        assert (await runtime.replay(A, "operator")).handled == 3
        assert await world.count(A) == 4
        assert (await world.store.load([A]))[A].inbox == {f"intake/{A}": 4}
        assert await world.store.parked(10) == []
        outcomes = [each.outcome for each in reversed(await world.store.interventions(10))]
        assert outcomes == ["failed: decision_raised", "handled", "handled", "handled"]

    async def test_a_discarded_record_is_gone_and_the_rest_is_handled_on_replay(self, world):
        await world.runtime.handle(world.said(supplemented(A, 1, POISON), supplemented(A, 2)))
        head = (await world.store.waiting(A, 1))[0]
        assert not await world.runtime.discard(A, "operator", "some/other/position")
        assert await world.runtime.discard(A, "operator", head.id)
        assert (await world.store.load([A]))[A].parked.waiting == 1
        assert (await world.runtime.replay(A, "operator")).held_by is None
        assert await world.count(A) == 1

    @pytest.mark.parametrize(
        ("value", "headers", "reason"),
        [
            (b"{", {}, "broken_body"),
            (b'{"application":"AAAAAAAAAAAA1"}', {}, "broken_body"),
            (b"\xff\xfe" * 1000, {}, "broken_body"),
            (b"[" * 100_000, {}, "broken_body"),
            (b"{}", {"ce_type": "onedoor.intake.ApplicationSupplemented.v9"}, "unknown_version"),
            (GOOD, {"ce_seq": "many"}, "broken_envelope"),
            (GOOD, {"ce_time": "yesterday"}, "broken_envelope"),
            (GOOD, {"ce_specversion": "0.3"}, "broken_headers"),
            (GOOD, {"ce_id": ""}, "broken_headers"),
        ],
    )
    async def test_a_record_that_cannot_be_read_is_a_dead_letter_with_its_reason(self, world, value, headers, reason):
        records = [world.rubbish(A, value, **headers), *world.said(supplemented(B, 1))]
        await world.runtime.handle(records)
        (letter,) = world.bus.records("onedoor.approval.dlq")
        assert dict(letter.headers)["onedoor_reason"].decode() == reason
        assert letter.value == value
        assert await world.count(B) == 1
        assert (await world.store.load([A]))[A].parked

    async def test_headers_that_are_not_text_and_records_without_a_key_hold_up_nobody(self, world):
        records = [
            world.bus.append(INTAKE.name, A.encode(), b"{}", [("ce_type", b"\xff\xfe")]),
            world.bus.append(INTAKE.name, None, None, []),
            *world.said(supplemented(B, 1)),
        ]
        await world.runtime.handle(records)
        assert len(world.bus.records("onedoor.approval.dlq")) == 2
        assert await world.count(B) == 1

    async def test_an_unknown_type_is_skipped(self, world):
        await world.runtime.handle([world.rubbish(A, b"{", ce_type="onedoor.intake.SomethingElse.v1")])
        assert world.bus.records("onedoor.approval.dlq") == []
        assert await world.store.parked(10) == []

    async def test_a_command_on_a_parked_application_is_told_so(self, world):
        await world.runtime.handle(world.said(supplemented(A, 1, POISON)))
        await world.runtime.start()
        assert await world.runtime.ask(A, Add(application=A)) == Refused("parked")
        await world.runtime.stop()

    async def test_a_redelivered_batch_parks_and_counts_once(self, world):
        records = world.said(supplemented(A, 1, POISON), supplemented(A, 2))
        await world.runtime.handle(records)
        await world.runtime.handle(records)
        assert (await world.store.load([A]))[A].parked.waiting == 2

    async def test_an_arrival_after_the_lane_was_opened_is_handled(self, world):
        await world.runtime.handle(world.said(supplemented(A, 1, POISON)))
        world.rules = EchoRules(fixed=True)
        keep, runtime = world.store.keep_waiting, world.runtime
        once = iter([True])

        async def open_the_lane_first(records):
            if next(once, False):
                await runtime.replay(A, "operator")
            await keep(records)

        world.store.keep_waiting = open_the_lane_first
        await runtime.handle(world.said(supplemented(A, 2)))
        assert await world.count(A) == 2
        assert world.store.kept == {}


def test_two_kinds_of_command_with_the_same_fields_are_told_apart():
    class Less(Add):
        """As `Add`, and another thing to do."""

    assert digest(Add(application=A, by=1)) == digest(Add(application=A, by=1))
    assert digest(Add(application=A, by=1)) != digest(Less(application=A, by=1))
