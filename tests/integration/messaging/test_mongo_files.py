"""The suite of files on GridFS, with Motor and with PyMongo's own async client."""

import uuid

import pytest

from shared.messaging.document import Unavailable
from shared.mongo import GridFiles, connect, disconnect
from tests.files_suite import NOON, FilesSuite


class GridSuite(FilesSuite):
    driver = "motor"

    @pytest.fixture
    async def files(self, servers):
        client = connect(servers.mongo_uri, self.driver)
        database = client.get_database(f"files_{uuid.uuid4().hex[:8]}")
        files = GridFiles(database)
        await files.prepare()
        await files.prepare()
        yield files
        await client.drop_database(database.name)
        await disconnect(client)

    async def test_a_database_that_is_away_is_unavailable(self):
        client = connect("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300", self.driver)
        with pytest.raises(Unavailable):
            await GridFiles(client.get_database("nowhere")).loose(NOON, 1)
        await disconnect(client)


class TestMotor(GridSuite):
    driver = "motor"


class TestPyMongo(GridSuite):
    driver = "pymongo"


del GridSuite, FilesSuite
