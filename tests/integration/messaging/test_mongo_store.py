"""The store suite on a real MongoDB, with Motor and with PyMongo's own async client."""

import uuid

import pytest

from shared.messaging.document import Unavailable
from shared.mongo import MongoStore, connect, disconnect
from shared.testing.echo import EchoCodec
from tests.store_suite import INDEXES, StoreSuite, counted


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

    async def interventions(self, store):
        return await store.db["interventions"].find().to_list(None)

    async def test_a_database_that_is_away_is_unavailable(self):
        client = connect("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300", self.driver)
        store = MongoStore(client, "nowhere", EchoCodec())
        with pytest.raises(Unavailable):
            await store.load(["A"])
        await disconnect(client)

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
