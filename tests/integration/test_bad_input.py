"""Bad input on the real servers: hostile records on every topic, and the five services that go on beside them."""

import asyncio
import json
import os
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError

from shared.contracts.approval import CaseApproved, DepartmentOpinion
from shared.contracts.intake import ApplicationSubmitted
from shared.contracts.licensing import ResultIssued
from shared.contracts.ratings import RatingGiven
from shared.contracts.supervision import DeadlinePassed
from shared.contracts.topics import (
    APPROVAL,
    INTAKE,
    LICENSING,
    MAX_RECORD,
    RATINGS,
    SERVICES,
    SUPERVISION,
    dead_letters,
    opinion_topic,
)
from shared.local.demo import PAPER
from shared.local.hall import build_hall, departments
from shared.local.issuer import DevelopmentIssuer, sample_persons
from shared.messaging.topics import create_topics
from shared.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 30
SOURCES = {
    INTAKE: ApplicationSubmitted,
    APPROVAL: CaseApproved,
    LICENSING: ResultIssued,
    SUPERVISION: DeadlinePassed,
    RATINGS: RatingGiven,
}
"""Each topic with an event on it that somebody hears."""


def invented() -> str:
    """The number of an application that does not exist: no two tests share a lane."""
    return f"X{uuid.uuid4().hex[:12].upper()}"


def headers(kind, **changes) -> list[tuple[str, bytes]]:
    """Right headers but for `changes`; None leaves one out."""
    right = {
        "ce_specversion": "1.0",
        "ce_id": uuid.uuid4().hex,
        "ce_source": f"elsewhere/{uuid.uuid4().hex}",
        "ce_type": kind,
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_seq": "1",
    } | changes
    return [(name, each if isinstance(each, bytes) else each.encode()) for name, each in right.items() if each]


class Hall:
    """All five services in this process, the people at them, and a producer that may write anything anywhere."""

    def __init__(self, settings, client, producer):
        self.settings, self.client, self.producer = settings, client, producer
        self.issuer = DevelopmentIssuer(settings, departments())
        self.begun: dict[TopicPartition, int] = {}

    async def ask(self, person, method, path, **more) -> httpx.Response:
        signed = {"Authorization": f"Bearer {self.issuer.mint(person)}", "Idempotency-Key": uuid.uuid4().hex}
        return await self.client.request(method, path, headers=signed, **more)

    async def good(self, person, method, path, **more) -> dict:
        reply = await self.ask(person, method, path, **more)
        assert reply.is_success, reply.text
        return reply.json()

    async def accepted(self) -> tuple[str, dict]:
        """An accepted application of one item with two steps of one department, and its first open task."""
        answers = {"fire_mode": "promise", "agent": "no"}
        notice = await self.good("applicant", "POST", "/intake/guides/fire_check/notice", json={"answers": answers})
        file = {"file": ("样例.pdf", PAPER, "application/pdf")}
        paper = (await self.good("applicant", "POST", "/intake/files", files=file))["id"]
        me = sample_persons(())["applicant"]
        body = {
            "matter": "fire_check",
            "answers": answers,
            "applicant": {"kind": "person", "name": me.name, "code": me.id_number, "phone": "13900000001"},
            "materials": [
                {"material": each["key"], "files": [paper]} for each in notice["materials"] if each["to_hand_in"]
            ],
        }
        number = (await self.good("applicant", "POST", "/intake/applications", json=body))["number"]
        await self.good("clerk", "POST", f"/intake/applications/{number}/accept", json={})
        return number, await self.open_task(number)

    async def open_task(self, number) -> dict:
        path = f"/approval/tasks?application={number}"
        async with asyncio.timeout(PATIENCE):
            while not (tasks := (await self.good("supervisor", "GET", path))["tasks"]):
                await asyncio.sleep(0.05)
        return tasks[0]

    async def status(self, number) -> str:
        return (await self.good("clerk", "GET", f"/approval/cases/{number}-01"))["status"]

    async def carried_to_the_end(self) -> None:
        """One more application, through every one of the five services."""
        number, task = await self.accepted()
        for _ in range(2):
            path = f"/approval/tasks/{task['task']}/opinion"
            await self.good(f"officer-{task['department']}", "POST", path, json={"verdict": "agree"})
            if await self.status(number) == "open":
                task = await self.open_task(number)
        async with asyncio.timeout(PATIENCE):
            while (await self.ask("applicant", "GET", f"/licensing/results/{number}-01")).status_code != 200:
                await asyncio.sleep(0.05)
            case = f"/ratings/cases/{number}-01"
            while (await self.ask("applicant", "POST", f"{case}/rating", json={"level": 5})).status_code != 201:
                await asyncio.sleep(0.05)
            while True:
                timeline = await self.ask("applicant", "GET", f"/supervision/applications/{number}/timeline")
                if "RatingGiven" in timeline.text:
                    return
                await asyncio.sleep(0.05)

    async def put(self, topic, value, sent, key=None) -> str:
        """Write a record; returns its position."""
        at = await self.producer.send_and_wait(topic, value, key=key and key.encode(), headers=sent)
        return f"{at.topic}/{at.partition}/{at.offset}"

    async def put_shrunk(self, topic, value, sent) -> str:
        """The same, compressed on its way: the broker measures what arrives, and we hold what it unpacks to."""
        large = 20 * MAX_RECORD
        shrinking = AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka, compression_type="gzip", max_request_size=large, max_batch_size=large
        )
        async with shrinking:
            at = await shrinking.send_and_wait(topic, value, key=invented().encode(), headers=sent)
        return f"{at.topic}/{at.partition}/{at.offset}"

    async def letters(self, wanted: set[str]) -> dict[str, list]:
        """Position → dead letters since this hall began, once every wanted one has at least one."""
        found: dict[str, list] = {}
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka, max_partition_fetch_bytes=4 * MAX_RECORD)
        await consumer.start()
        try:
            consumer.assign(list(self.begun))
            for partition, offset in self.begun.items():
                consumer.seek(partition, offset)
            async with asyncio.timeout(PATIENCE):
                while not wanted <= found.keys():
                    for records in (await consumer.getmany(timeout_ms=100)).values():
                        for record in records:
                            found.setdefault(dict(record.headers)["onedoor_position"].decode(), []).append(record)
        finally:
            await consumer.stop()
        return found

    async def refusals(self, code: str) -> float:
        lines = (await self.client.get("/approval/metrics")).text.splitlines()
        mine = [
            line for line in lines if line.startswith("onedoor_refusals_total{") and f'"{code}",path="topic"' in line
        ]
        return sum(float(line.rpartition(" ")[2]) for line in mine)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(servers, tmp_path_factory):
    await create_topics(servers.kafka, departments())
    prefix = f"bad_{uuid.uuid4().hex[:8]}"
    settings = load_settings(
        data_dir=tmp_path_factory.mktemp("hall"),
        kafka=servers.kafka,
        mongo_uri=servers.mongo_uri,
        database_prefix=prefix,
    )
    app = build_hall(settings)
    transport = httpx.ASGITransport(app)
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, max_request_size=20 * MAX_RECORD)
    letters = [TopicPartition(dead_letters(name).name, 0) for name in SERVICES]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://hall"))
        await producer.start()
        stack.push_async_callback(producer.stop)
        hall = Hall(settings, client, producer)
        async with AIOKafkaConsumer(bootstrap_servers=servers.kafka) as looking:
            hall.begun = await looking.end_offsets(letters)
        yield hall


async def test_an_opinion_counts_from_the_topic_of_its_own_department_alone(hall):
    number, task = await hall.accepted()
    said = {"application": number, "task": task["task"], "verdict": "agree", "officer": "desk-7"}
    kind = DepartmentOpinion.type_name()
    refused = await hall.refusals("not_your_task")

    await hall.put(opinion_topic("cgj"), json.dumps(said).encode(), headers(kind), number)
    claiming = json.dumps(said | {"department": task["department"]}).encode()
    position = await hall.put(opinion_topic("cgj"), claiming, headers(kind), number)
    [letter] = (await hall.letters({position}))[position]
    assert dict(letter.headers)["onedoor_reason"] == b"broken_body"
    async with asyncio.timeout(PATIENCE):
        while await hall.refusals("not_your_task") != refused + 1:
            await asyncio.sleep(0.05)
    over_http = await hall.ask(
        "officer-cgj", "POST", f"/approval/tasks/{task['task']}/opinion", json={"verdict": "agree"}
    )
    assert (over_http.status_code, over_http.json()["code"]) == (404, "no_such_task")
    assert (await hall.open_task(number))["task"] == task["task"], "nothing of it counted"

    own = opinion_topic(task["department"])
    await hall.put(own, json.dumps(said).encode(), headers(kind, ce_id="own-1"), number)
    await hall.put(own, json.dumps(said | {"verdict": "disagree"}).encode(), headers(kind, ce_id="own-1"), number)
    async with asyncio.timeout(PATIENCE):
        while (await hall.open_task(number))["task"] == task["task"]:
            await asyncio.sleep(0.05)
    case = await hall.good("clerk", "GET", f"/approval/cases/{number}-01")
    given = [each["opinion"] for each in case["tasks"] if each["opinion"]]
    assert [(each["verdict"], each["officer"]) for each in given] == [("agree", "desk-7")]
    assert case["status"] == "open"


def broken_ones(kind: str) -> list[tuple[bytes | None, list, str | None, str]]:
    """(value, headers, key, reason) of each way to be broken."""
    return [
        (b"{}", headers(kind, ce_id=b"\xff\xfe"), invented(), "broken_headers"),
        (b"{}", [], invented(), "broken_headers"),
        (b"{}", headers(kind, ce_time=None), invented(), "broken_headers"),
        (b'{"application":', headers(kind), invented(), "broken_body"),
        (b"[" * 100_000, headers(kind), invented(), "broken_body"),
        (b'{"application": "\xff"}', headers(kind), invented(), "broken_body"),
        (None, headers(kind), invented(), "broken_body"),
        (os.urandom(MAX_RECORD - 8192), headers(kind), invented(), "broken_body"),
        (b"{}", headers(kind.removesuffix("1") + "9"), invented(), "unknown_version"),
        (b"{}", headers(kind), None, "wrong_key"),
    ]


async def test_every_broken_record_is_a_dead_letter_with_its_reason_and_nothing_else_stops(hall):
    expected = {}
    for topic, event in SOURCES.items():
        for value, sent, key, reason in broken_ones(event.type_name()):
            expected[await hall.put(topic.name, value, sent, key)] = (topic, reason, value, sent)
        nobodys = await hall.put(topic.name, b"rubbish", headers("some.other.thing.v1"), invented())
        with pytest.raises(MessageSizeTooLargeError):
            await hall.put(topic.name, os.urandom(10 * MAX_RECORD), headers(event.type_name()), invented())

    shrunk = await hall.put_shrunk(INTAKE.name, bytes(10 * MAX_RECORD), headers(ApplicationSubmitted.type_name()))
    with pytest.raises(MessageSizeTooLargeError):
        await hall.put_shrunk(opinion_topic("xfdd"), bytes(10 * MAX_RECORD), headers(DepartmentOpinion.type_name()))

    found = await hall.letters({*expected, shrunk})
    [reason] = {dict(letter.headers)["onedoor_reason"] for letter in found[shrunk]}
    assert reason == b"too_large", "ten megabytes that passed the broker's limit in a few kilobytes"
    for position, (topic, reason, value, sent) in expected.items():
        for letter in found[position]:
            told = dict(letter.headers)
            assert told["onedoor_reason"].decode() == reason
            assert (letter.value or None) == value, "the bytes as they came"
            assert list(letter.headers)[: len(sent)] == sent
        assert len(found[position]) <= len(topic.consumers)
    assert nobodys not in found, "a type that nobody knows is counted and skipped"
    await hall.carried_to_the_end()


async def test_a_broken_record_of_an_application_parks_it_alone_until_an_operator_decides(hall):
    number, task = await hall.accepted()
    opinion = f"/approval/tasks/{task['task']}/opinion"
    await hall.put(
        INTAKE.name,
        b"{",
        headers(ApplicationSubmitted.type_name().replace("ApplicationSubmitted", "CaseReady")),
        number,
    )
    async with asyncio.timeout(PATIENCE):
        while not (await hall.ask("administrator", "GET", f"/approval/ops/deadletters/{number}")).is_success:
            await asyncio.sleep(0.05)
    parked = await hall.ask("officer-xfdd", "POST", opinion, json={"verdict": "agree"})
    assert (parked.status_code, parked.json()["code"]) == (423, "parked")
    await hall.carried_to_the_end()

    # What supervision says of the application's clocks may have come meanwhile, and waits behind it.
    waiting, *_ = (await hall.ask("administrator", "GET", f"/approval/ops/deadletters/{number}")).json()
    assert waiting["dead"] == "broken_body"
    again = await hall.good("administrator", "POST", f"/approval/ops/deadletters/{number}/replay")
    assert again["held_by"].startswith("broken_body")
    position = {"position": waiting["position"]}
    await hall.good("administrator", "POST", f"/approval/ops/deadletters/{number}/discard", params=position)
    await hall.ask("administrator", "POST", f"/approval/ops/deadletters/{number}/replay")
    assert (await hall.good("officer-xfdd", "POST", opinion, json={"verdict": "agree"}))["verdict"] == "agree"
