"""What every store must do: one suite, run on memory, on Motor and on PyMongo's own async client."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.contracts.envelope import Record
from shared.kernel import Fact
from shared.messaging.document import (
    Change,
    Document,
    Entry,
    Index,
    Intervention,
    Parked,
    Remembered,
    Undecodable,
    Waiting,
)
from shared.testing.echo import Count, supplemented

A, B = "AAAAAAAAAAAA1", "BBBBBBBBBBBB2"
INDEXES = [Index((("count", 1),)), Index((("named.$**", 1),)), Index((("count", 1),), "counts")]


def counted(name: str, count: int, **changes) -> Document:
    return replace(Document(name, state=Count(application=name, count=count)), **changes)


def entries(*numbers: int) -> tuple[Entry, ...]:
    return tuple(Entry(n, supplemented(A, n)) for n in numbers)


def record(offset: int, topic: str = "onedoor.intake.v1") -> Record:
    return Record(topic, 0, offset, b"key", b"\xff body", [("ce_type", b"\xfe")])


class StoreSuite:
    """Subclasses give the fixture `store`: empty, prepared, over the echo codec."""

    async def put(self, store, *documents: Document) -> None:
        assert all(await store.save([Change(Document(each.id), each) for each in documents]))

    async def one(self, store, name: str) -> Document:
        return (await store.load([name]))[name]

    async def test_a_document_comes_back_as_it_was_saved(self, store):
        saved = counted(
            A,
            3,
            inbox={"intake/A": 4, "a.b$c": 1},
            commands=(Remembered("k", "d", {"count": 3, "when": "now"}),),
            outbox=(*entries(1), Entry(2, Fact("counts", "x", {"count": 3})), Entry(3, Fact("counts", "x", {}, 2))),
            next_seq=2,
            next_entry=4,
        )
        await self.put(store, saved)
        assert await self.one(store, A) == replace(saved, version=1)
        assert await store.load(["nobody"]) == {}

    async def test_only_one_of_two_writers_wins(self, store):
        await self.put(store, counted(A, 1))
        seen = await self.one(store, A)
        first, second = replace(seen, state=Count(application=A, count=2)), replace(seen, inbox={"s": 1})
        assert await store.save([Change(seen, first)]) == [True]
        assert await store.save([Change(seen, second)]) == [False]
        assert (await self.one(store, A)).state.count == 2

    async def test_a_save_writes_only_what_has_changed_of_the_state(self, store):
        await self.put(store, replace(counted(A, 1), state=Count(application=A, count=1, note="first")))
        seen = await self.one(store, A)
        change = Change(seen, replace(seen, state=seen.state.model_copy(update={"count": 2, "note": ""})))
        assert change.fields == {"count", "note"}
        assert await store.save([change]) == [True]
        again = await self.one(store, A)
        assert again.state == Count(application=A, count=2)
        assert "note" not in again.state.model_fields_set  # it stands at its default again, so it is not stored

    async def test_in_a_bulk_it_is_known_who_won(self, store):
        await self.put(store, counted(A, 1), counted(B, 1))
        a, b = await self.one(store, A), await self.one(store, B)
        await store.save([Change(a, replace(a, inbox={"other": 1}))])
        new = counted("CCCCCCCCCCCC3", 1)
        changes = [
            Change(a, replace(a, inbox={"mine": 1})),
            Change(b, replace(b, inbox={"mine": 1})),
            Change(Document(new.id), new),
            Change(Document(B), counted(B, 9)),
        ]
        assert await store.save(changes) == [False, True, True, False]
        assert (await self.one(store, B)).state.count == 1

    async def test_entries_are_added_to_what_is_stored_not_put_back(self, store):
        await self.put(store, counted(A, 1, outbox=entries(1, 2), next_seq=3, next_entry=3))
        seen = await self.one(store, A)
        await store.clear({A: 1})
        more = replace(seen, outbox=(*seen.outbox, *entries(3)), next_seq=4, next_entry=4)
        assert await store.save([Change(seen, more)]) == [True]
        assert [entry.n for entry in (await self.one(store, A)).outbox] == [2, 3]

    async def test_a_save_drops_what_was_said(self, store):
        await self.put(store, counted(A, 1, outbox=entries(1, 2), next_seq=3, next_entry=3))
        seen = replace(await self.one(store, A), outbox=entries(2))
        more = replace(seen, outbox=entries(2, 3), next_seq=4, next_entry=4)
        assert await store.save([Change(seen, more, said=1)]) == [True]
        assert [entry.n for entry in (await self.one(store, A)).outbox] == [2, 3]
        assert await store.unpublished(timedelta(0), 10) == [A]
        seen = replace(await self.one(store, A), outbox=())
        assert await store.save([Change(seen, replace(seen, inbox={"s": 1}), said=3)]) == [True]
        assert (await self.one(store, A)).outbox == ()
        assert await store.unpublished(timedelta(0), 10) == []
        assert await store.outbox_age() == (0.0, 0)

    async def test_how_long_something_waits_begins_anew_once_all_that_is_older_was_said(self, store):
        await self.put(store, counted(A, 1, outbox=entries(1), next_seq=2, next_entry=2))
        await asyncio.sleep(0.2)
        kept = await self.one(store, A)
        await store.save([Change(kept, replace(kept, outbox=entries(1, 2), next_entry=3), said=0)])
        assert (await store.outbox_age())[0] >= 0.2
        seen = replace(await self.one(store, A), outbox=())
        await store.save([Change(seen, replace(seen, outbox=entries(3), next_entry=4), said=2)])
        assert (await store.outbox_age())[0] < 0.2

    async def test_the_outbox_is_known_until_the_last_entry_is_gone(self, store):
        await self.put(store, counted(A, 1, outbox=entries(1, 2)), counted(B, 1))
        age, documents = await store.outbox_age()
        assert documents == 1
        assert 0 <= age < 60
        assert await store.unpublished(timedelta(hours=1), 10) == []
        assert await store.unpublished(timedelta(0), 10) == [A]
        await store.clear({A: 1})
        assert (await store.outbox_age())[1] == 1
        await store.clear({A: 2})
        assert await store.outbox_age() == (0.0, 0)

    async def test_what_is_said_while_the_outbox_is_cleared_is_left_to_the_sweeper_too(self, store):
        await self.put(store, counted(A, 1, outbox=entries(1), next_seq=2, next_entry=2))
        seen = await self.one(store, A)
        await store.clear({A: 1})
        more = replace(seen, outbox=(*seen.outbox, *entries(2)), next_seq=3, next_entry=3)
        assert await store.save([Change(seen, more)]) == [True]
        assert await store.unpublished(timedelta(0), 10) == [A]
        assert (await store.outbox_age())[1] == 1

    async def test_clearing_leaves_the_version_alone(self, store):
        await self.put(store, counted(A, 1, outbox=entries(1)))
        seen = await self.one(store, A)
        await store.clear({A: 1})
        assert await store.save([Change(seen, replace(seen, inbox={"s": 1}))]) == [True]

    async def test_facts_are_inserted_once(self, store):
        await store.put_facts([Fact("counts", "x", {"count": 1}), Fact("counts", "y", {"count": 2})])
        await store.put_facts([Fact("counts", "x", {"count": 99}), Fact("counts", "z", {"count": 2})])
        rows = await store.find_facts("counts", {}, sort=[("_id", 1)])
        assert [(row["_id"], row["count"]) for row in rows] == [("x", 1), ("y", 2), ("z", 2)]
        assert await store.tally_facts("counts", {"count": {"$gte": 2}}, ["count"]) == {(2,): 2}

    async def test_a_fact_gives_way_to_a_later_edition_alone(self, store):
        first, second, third = (Fact("counts", "x", {"count": n, "more": "$count"}, n) for n in (1, 2, 3))
        await store.put_facts([second])
        await store.put_facts([first, Fact("counts", "y", {"count": 5}, 1)])
        assert [row["count"] for row in await store.find_facts("counts", {}, sort=[("_id", 1)])] == [2, 5]
        await store.put_facts([third, second, first, third])
        row, _ = await store.find_facts("counts", {}, sort=[("_id", 1)])
        assert dict(row) == {"_id": "x", "count": 3, "more": "$count", "edition": 3}

    async def test_editions_that_are_put_at_once_leave_the_last(self, store):
        editions = [Fact("counts", "x", {"count": n}, n) for n in range(1, 13)]
        await asyncio.gather(*(store.put_facts([each]) for each in reversed(editions)))
        assert [row["count"] for row in await store.find_facts("counts", {})] == [12]

    async def test_facts_are_summed_by_their_fields(self, store):
        rows = [("a", 1, 2), ("a", 3, 5), ("b", 1, 7)]
        await store.put_facts(
            [Fact("sums", str(n), {"of": of, "days": days, "late": late}) for n, (of, days, late) in enumerate(rows)]
        )
        assert await store.sum_facts("sums", {}, ["of"], ["days", "late"]) == {("a",): (2, 4, 7), ("b",): (1, 1, 7)}
        assert await store.sum_facts("sums", {"days": {"$gt": 1}}, [], ["late"]) == {(): (1, 5)}
        assert await store.sum_facts("sums", {"of": "c"}, ["of"], ["late"]) == {}

    async def test_waiting_records_are_kept_by_position_poison_first(self, store):
        later, first = Waiting(A, record(7)), Waiting(A, record(5))
        await store.keep_waiting([later, first, Waiting(B, record(6))])
        await store.keep_waiting([later])
        assert await store.count_waiting(A) == 2
        assert [each.id for each in await store.waiting(A, 10)] == [first.id, later.id]
        await store.keep_waiting([replace(later, dead="broken", detail="why")])
        poison = (await store.waiting(A, 1))[0]
        assert (poison.id, poison.dead, poison.detail) == (later.id, "broken", "why")
        assert (poison.record.value, list(poison.record.headers)) == (b"\xff body", [("ce_type", b"\xfe")])
        await store.drop_waiting([first.id, later.id])
        assert await store.count_waiting(A) == 0

    async def test_parking_is_a_field_of_the_document(self, store):
        since = datetime(2026, 3, 2, 1, tzinfo=UTC)
        await self.put(store, Document(A, parked=Parked("broken", "why", since, 2)), counted(B, 1))
        (doc,) = await store.parked(10)
        assert (doc.id, doc.state, doc.parked) == (A, None, Parked("broken", "why", since, 2))
        assert await store.save([Change(doc, replace(doc, parked=None))]) == [True]
        assert await store.parked(10) == []
        assert (await self.one(store, A)).parked is None

    async def test_a_state_that_does_not_fit_says_so(self, store):
        await self.put(store, counted(A, 1))
        await self.spoil(store, A)
        assert isinstance((await self.one(store, A)).state, Undecodable)

    async def test_documents_are_found_by_their_index(self, store):
        await self.put(store, *(counted(f"{n:012d}X", n % 3) for n in range(9)))
        found = await store.find({"count": {"$in": [1, 2]}}, sort=[("count", -1)], limit=4)
        assert [doc.state.count for doc in found] == [2, 2, 2, 1]
        assert await store.count({"count": 0}) == 3
        assert await store.tally({"count": {"$lt": 2}}, ["count"]) == {(0,): 3, (1,): 3}
        assert [doc.state.count for doc in await store.find({}, sort=[("count", 1)], skip=8)] == [2]

    async def test_indexed_fields_are_looked_at_without_documents(self, store):
        await self.put(store, *(counted(f"{n:012d}X", n % 3) for n in range(9)))
        await self.spoil(store, f"{0:012d}X")
        found = await store.look({"count": {"$in": [0, 2]}}, ["count"], sort=[("count", -1)], limit=4)
        assert found == [{"count": 2}, {"count": 2}, {"count": 2}, {"count": 0}], "also of one that cannot be read"
        assert await store.look({"count": 7}, ["count"]) == []

    async def test_documents_are_found_in_order_by_a_key_of_an_indexed_field(self, store):
        await self.put(store, *(counted(f"{n:012d}X", n) for n in range(6)))
        odd = {"named.1": {"$gte": ""}}
        assert [doc.state.count for doc in await store.find(odd, sort=[("named.1", -1)], limit=2)] == [5, 3]
        assert [doc.state.count for doc in await store.find(odd, sort=[("named.1", 1)], skip=1)] == [3, 5]
        assert await store.count({"named.0": {"$gte": "002"}}) == 2
        assert await store.count({"named.2": {"$gte": ""}}) == 0

    async def test_a_board_of_leases_is_turned_by_one_at_a_time(self, store):
        nobody = await store.leases("scan")
        assert (nobody.version, nobody.terms) == (0, ())
        assert await store.lease("scan", nobody, "$one", [0, 2], 60.0) is True
        assert await store.lease("scan", nobody, "two", [0, 1, 2], 60.0) is False, "another was first"
        seen = await store.leases("scan")
        assert await store.lease("scan", seen, "two", [1], 60.0) is True
        assert await store.lease("scan", seen, "three", [1], 60.0) is False, "the board has been turned since"
        board = await store.leases("scan")
        assert {term.member: term.shards for term in board.living} == {"$one": {0, 2}, "two": {1}}
        assert board.version == 2
        assert (await store.leases("another work")).terms == ()

    async def test_a_lease_ends_by_the_clock_of_the_database(self, store):
        await store.lease("scan", await store.leases("scan"), "short", [0], 0.2)
        await store.lease("scan", await store.leases("scan"), "long", [1], 60.0)
        board = await store.leases("scan")
        assert 59 < (board.living[-1].until - board.at).total_seconds() <= 60
        await asyncio.sleep(0.25)
        assert [term.member for term in (await store.leases("scan")).living] == ["long"]
        assert await store.lease("scan", await store.leases("scan"), "long", [0, 1], 60.0) is True
        assert [term.member for term in (await store.leases("scan")).terms] == ["long"], "who has expired is gone"

    async def test_who_leaves_stands_on_the_board_no_more(self, store):
        for member in ("one", "two"):
            await store.lease("scan", await store.leases("scan"), member, [0], 60.0)
        assert await store.lease("scan", await store.leases("scan"), "one", (), 0) is True
        assert [term.member for term in (await store.leases("scan")).terms] == ["two"]

    async def test_of_many_who_come_at_once_each_turns_the_board_once(self, store):
        async def come(member: str) -> None:
            while not await store.lease("scan", await store.leases("scan"), member, [], 60.0):
                await asyncio.sleep(0)

        await asyncio.gather(*(come(f"member {n}") for n in range(8)))
        board = await store.leases("scan")
        assert (board.version, len(board.living)) == (8, 8)

    async def test_interventions_are_read_newest_first(self, store):
        at = datetime(2026, 3, 2, 1, tzinfo=UTC)
        first, second, third, last = (
            Intervention(A, "replay", "sub", at + timedelta(seconds=seconds), f"t/0/{n}", "handled")
            for n, seconds in enumerate((5, 7, 7, 9))
        )
        for each in (last, first, second, third):
            await store.record_intervention(each)
        assert await store.interventions(10) == [last, third, second, first]
        assert await store.interventions(2) == [last, third]
