"""Three members of a real replica set: what a majority has is there after the primary was killed."""

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared.local.mongo_set import MongoSet
from shared.local.process import until


async def test_a_majority_write_outlives_the_primary(tmp_path):
    members = MongoSet(tmp_path)
    try:
        await members.start()
        first = await members.primary()
        assert first in members.nodes
        with MongoClient(members.uri, w="majority", serverSelectionTimeoutMS=20_000) as client:
            client.db.things.insert_one({"_id": 1})
            await members.kill(first)

            async def another() -> bool:
                return await members.primary() not in (None, first)

            await until(another, 30)
            try:
                client.db.things.insert_one({"_id": 2})
            except PyMongoError:  # the driver may still have believed in the old one
                client.db.things.insert_one({"_id": 2})
            await members.start_node(first)
            second = await members.primary()
            assert await members.step_down() == second
            await until(another_than(members, second), 30)
            assert [row["_id"] for row in client.db.things.find().sort("_id", 1)] == [1, 2]
    finally:
        await members.close()


def another_than(members: MongoSet, former: int | None):
    """Whether some other member is primary now."""

    async def another() -> bool:
        return await members.primary() not in (None, former)

    return another
