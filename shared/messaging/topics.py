"""Creates the topics of the table in a broker, and checks those that exist: partition counts never change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import Topic, all_topics
from shared.messaging.document import Unavailable


class WrongPartitions(Exception):
    """A topic exists with another number of partitions than the table says."""


async def create_topics(bootstrap: str, departments: Sequence[str], replication: int = 1) -> list[str]:
    """Create what is missing and wait until every partition has a leader; returns the names created.

    Raises WrongPartitions, or Unavailable.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="onedoor-topics")
    try:
        await admin.start()
        wanted = dict(all_topics(tuple(departments)))
        missing = sorted(set(wanted) - set(await admin.list_topics()))
        if missing:
            _check(await admin.create_topics([_new(name, wanted[name], replication) for name in missing]))
        await _wait_for_leaders(admin, wanted)
        return missing
    except KafkaError as error:
        raise Unavailable(f"broker: {error!r}"[:300]) from error
    finally:
        await admin.close()


def _new(name: str, topic: Topic, replication: int) -> NewTopic:
    config = {
        "retention.ms": str(topic.retention_ms),
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "max.message.bytes": str(topic.max_bytes),
        "min.insync.replicas": str(max(1, replication - 1)),
    }
    if topic.foreign:  # the broker unpacks it, so that the limit holds for what we must hold in memory
        config["compression.type"] = "uncompressed"
    return NewTopic(name, topic.partitions, replication, topic_configs=config)


def _check(response: object) -> None:
    for _, code, *_rest in response.topic_errors:  # type: ignore[attr-defined]
        error = for_code(code)
        if error is not None and code and error is not TopicAlreadyExistsError:
            raise error()


async def _wait_for_leaders(admin: AIOKafkaAdminClient, wanted: dict[str, Topic]) -> None:
    for _ in range(100):
        described = {each["topic"]: each["partitions"] for each in await admin.describe_topics(list(wanted))}
        for name, topic in wanted.items():
            found = len(described.get(name, ()))
            if found and found != topic.partitions:
                raise WrongPartitions(
                    f"{name} has {found} partitions, the table says {topic.partitions}: "
                    "a topic never changes its partitions; give it a new version after a drain"
                )
        partitions = [each for name in wanted for each in described.get(name, ())]
        if all(described.get(name) for name in wanted) and all(each["leader"] >= 0 for each in partitions):
            return
        await asyncio.sleep(0.1)
    raise Unavailable("some partitions have no leader after 10 s")
