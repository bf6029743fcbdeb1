"""The store suite on a real MongoDB, with Motor and with PyMongo's own async client."""

import uuid
from dataclasses import replace

import pytest

from shared.kernel import Fact
from shared.messaging.document import Change, Document, Entry, Remembered, Unavailable, Undecodable, Unstorable
from shared.mongo import MongoStore, connect, disconnect
from shared.testing.echo import EchoCodec
from tests.store_suite import INDEXES, A, B, StoreSuite, counted

C = "CCCCCCCCCCCC3"


def _large(n):
    return (Entry(n, Fact("counts", str(n), {"text": "x" * 9_000_000})),)


class MongoSuite(StoreSuite):
    driver = "motor"

    @pytest.fixture
    async def store(self, servers):
        client = connect(servers.mongo_uri, self.driver)
        store = MongoStore(client, f"suite_{uuid.uuid4().hex[:8]}", EchoCodec(), INDEXES)
        await store.prepare()
        yield store
        await client.drop_database(store.db.name)
        await disconnect(client)

    async def spoil(self, store, name):
        await store.documents.update_one({"_id": name}, {"$set": {"state": {"count": "many"}}})

    async def test_a_database_that_is_away_is_unavailable(self):
        client = connect("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300", self.driver)
        store = MongoStore(client, "nowhere", EchoCodec())
        with pytest.raises(Unavailable):
            await store.load(["A"])
        await disconnect(client)

    @pytest.mark.parametrize(
        "answer", [{"n": 2**63}, {"n": "\ud800"}, {"a\0b": 1}, {"n": "x" * 17_000_000}, {"n": {1}}, {"n": b"x" * 2**24}]
    )
    async def test_content_that_cannot_be_stored_is_refused_alone(self, store, answer):
        bad = counted(A, 1, commands=(Remembered("k", "d", answer),))
        changes = [Change(Document(B), counted(B, 1)), Change(Document(A), bad), Change(Document(C), counted(C, 1))]
        won, refused, other = await store.save(changes)
        assert (won, other) == (True, True)
        assert isinstance(refused, Unstorable)
        assert sorted(await store.load([A, B, C])) == [B, C]

    async def test_a_document_that_grows_too_large_is_refused_alone(self, store):
        big = Remembered("k", "d", {"text": "x" * 9_000_000})
        await self.put(store, counted(A, 1, outbox=_large(1)), counted(B, 1))
        a, b = await self.one(store, A), await self.one(store, B)
        changes = [Change(a, replace(a, outbox=(*a.outbox, *_large(2)))), Change(b, replace(b, commands=(big,)))]
        refused, won = await store.save(changes)
        assert isinstance(refused, Unstorable)
        assert won is True
        assert [entry.n for entry in (await self.one(store, A)).outbox] == [1]

    async def test_it_is_known_who_won_although_others_have_saved_since(self, store):
        await self.put(store, counted(A, 1), counted(B, 1))
        a, b = await self.one(store, A), await self.one(store, B)
        await store.save([Change(b, replace(b, inbox={"other": 1}))])
        ask = store._tokens_of

        async def after_another_save(changes):
            seen = await self.one(store, A)
            del store._tokens_of
            assert await store.save([Change(seen, replace(seen, inbox={**seen.inbox, "other": 1}))]) == [True]
            return await ask(changes)

        store._tokens_of = after_another_save
        changes = [Change(a, replace(a, inbox={"mine": 1})), Change(b, replace(b, inbox={"mine": 1}))]
        assert await store.save(changes) == [True, False]

    async def test_what_is_published_was_read_from_a_majority(self, store):
        assert store.documents.read_concern.level == "majority"

    async def test_a_codec_that_fails_makes_one_document_undecodable(self, store):
        await self.put(store, counted(A, 1), counted(B, 1))
        await store.documents.update_one({"_id": A}, {"$set": {"state": [1]}})
        loaded = await store.load([A, B])
        assert isinstance(loaded[A].state, Undecodable)
        assert loaded[B].state.count == 1

    async def test_a_save_is_durable_on_a_majority(self, store):
        assert store.documents.write_concern.document == {"w": "majority", "j": True, "wtimeout": 30_000}

    async def test_the_sweeper_and_the_parked_list_use_their_indexes(self, store):
        await self.put(store, counted("AAAAAAAAAAAA1", 1))
        names = set(await store.documents.index_information())
        assert {"outbox_since_1", "parked.since_1", "idx.count_1"} <= names


class TestMotor(MongoSuite):
    driver = "motor"


@pytest.mark.containers
class TestPyMongoAsync(MongoSuite):
    driver = "pymongo"


del MongoSuite
