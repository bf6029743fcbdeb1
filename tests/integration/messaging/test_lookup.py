"""Single records of a real Kafka are found by their places, and it is said why one is not there."""

import uuid

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from shared.contracts.envelope import Record
from shared.messaging.document import Unavailable
from shared.messaging.lookup import Absent, KafkaRecords


@pytest.fixture
async def topic(servers):
    """A topic of two partitions; 700 records on the first, of which the oldest ten were deleted."""
    name, admin = f"lookup-{uuid.uuid4().hex[:8]}", AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=2, replication_factor=1)])
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, enable_idempotence=True)
    await producer.start()
    for number in range(700):
        body = f"body {number} ".encode() * (3_000 if number == 300 else 1)
        await producer.send(name, body, key=b"key", headers=[("ce_id", b"%d" % number)], partition=0)
    await producer.stop()
    await admin.delete_records({TopicPartition(name, 0): RecordsToDelete(before_offset=10)})
    await admin.close()
    return name


async def test_records_are_found_by_their_places(servers, topic):
    records = KafkaRecords(servers.kafka)
    await records.start()
    try:
        wanted = [(topic, 0, offset) for offset in (699, 11, 10, 300, 12, 650)]
        found = await records.at(wanted)
        assert [place for place in wanted if not isinstance(found[place], Record)] == []
        for place in wanted:
            record = found[place]
            assert (record.topic, record.partition, record.offset) == place
            assert record.value.startswith(b"body %d " % place[2])
            assert (record.key, dict(record.headers)) == (b"key", {"ce_id": b"%d" % place[2]})
        assert await records.at([(topic, 0, 300)]) == {(topic, 0, 300): found[topic, 0, 300]}  # once more, elsewhere
        absent = {
            (topic, 0, 9): Absent.GONE,
            (topic, 0, 700): Absent.NEVER,
            (topic, 0, -5): Absent.NEVER,
            (topic, 1, 0): Absent.NEVER,
            (topic, 7, 0): Absent.NEVER,
            ("no-such-topic", 0, 0): Absent.NEVER,
        }
        assert await records.at(absent) == absent
    finally:
        await records.stop()


async def test_a_broker_that_is_away_is_unavailable():
    records = KafkaRecords("127.0.0.1:9")
    with pytest.raises(Unavailable):
        await records.start()
