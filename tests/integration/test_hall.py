"""The whole hall as a person runs it: `onedoor run` in one process and as five, real cases through its public API."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from stdnum.iso7064 import mod_37_36

from shared.contracts.topics import SERVICES
from tests.broken_record import send_broken
from tests.running_hall import RunningHall

ONCE = {
    "ApplicationSubmitted",
    "CaseAccepted",
    "CaseReady",
    "CaseApproved",
    "LicenceIssued",
    "ResultIssued",
    "ResultDelivered",
    "RatingInvited",
    "RatingGiven",
}
"""What happens to a subject at most once."""
MATTERS = ["fire_check", "restaurant", "newborn"]


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    hall = RunningHall(tmp_path_factory.mktemp("hall"))
    yield hall
    assert hall.stop() == 0


@pytest.fixture(scope="module")
def demos(hall) -> dict[str, dict]:
    return carried(hall)


def carried(hall) -> dict[str, dict]:
    """What `onedoor demo --json` says of each matter."""
    found = {}
    for matter in MATTERS:
        file = hall.data / f"{matter}.json"
        done = hall.command("demo", matter, "--json", str(file))
        assert done.returncode == 0, done.stdout + done.stderr
        found[matter] = json.loads(file.read_text())
    return found


@pytest.mark.parametrize("matter", MATTERS)
def test_a_case_is_carried_from_the_first_question_to_the_rating(demos, matter):
    demo = demos[matter]
    events = [entry["event"] for entry in demo["events"]]
    assert events.count("ApplicationSubmitted") == 1
    cases = demo["cases"]
    for said in ("CaseAccepted", "CaseApproved", "ResultIssued", "ResultDelivered", "RatingInvited", "RatingGiven"):
        assert events.count(said) == len(cases), said
    assert [case["status"] for case in cases] == ["issued"] * len(cases)
    assert events.count("ClockStarted") == events.count("ClockStopped") > 0
    assert demo["rating"]["level"] == 5
    assert demo["seconds"] > 0
    assert demo["licences"]
    for licence in demo["licences"]:
        assert mod_37_36.is_valid(licence.removeprefix("1.2.156.3005.2.").replace(".", ""))


def test_a_bundle_runs_its_parts_in_parallel_and_waits_where_it_must(demos):
    entries = demos["newborn"]["events"]
    cases = {case["item"]: case["case"] for case in demos["newborn"]["cases"]}
    order = {(entry["event"], entry["subject"]): n for n, entry in enumerate(entries)}
    birth, household = cases["birth_certificate"], cases["hukou_birth"]
    licence = next(
        n for n, entry in enumerate(entries) if entry["event"] == "ResultIssued" and entry["subject"] == birth
    )
    assert licence < order["CaseReady", household]
    assert ("CaseReady", birth) not in order
    first = next(entry for entry in entries if entry["event"] == "TaskAssigned" and entry["subject"] == household)
    ready = next(entry for entry in entries if entry["event"] == "CaseReady" and entry["subject"] == household)
    assert first["at"] > ready["at"]
    assert {"tobacco_retail", "drainage_permit"} <= {case["item"] for case in demos["restaurant"]["cases"]}


async def test_every_place_that_the_timeline_names_holds_that_event_and_nothing_was_said_twice(hall, demos):
    log = await whole_log(hall.kafka)
    applications = {demo["application"] for demo in demos.values()}
    for demo in demos.values():
        for entry in demo["events"]:
            record = log[entry["topic"], entry["partition"], entry["offset"]]
            assert record["ce_id"] == entry["id"]
            assert record["key"] == demo["application"]
    said = defaultdict(dict)
    for record in log.values():
        if record["key"] in applications:
            earlier = said[record["ce_source"]].setdefault(int(record["ce_seq"]), record["ce_id"])
            assert earlier == record["ce_id"]
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in said.values())


async def test_one_trace_goes_through_all_five_services(hall, demos):
    services = defaultdict(set)
    for record in (await whole_log(hall.kafka)).values():
        if record["key"] == demos["newborn"]["application"]:
            services[record["traceparent"].split("-")[1]].add(record["ce_source"].split("/")[0])
    assert set(SERVICES) in services.values()


async def test_events_hold_no_name_and_no_number_of_a_person(hall, demos):
    me = "样例申请人甲"
    for record in (await whole_log(hall.kafka)).values():
        assert me not in record["value"]
        assert "110000199" not in record["value"]
        assert "13900000001" not in record["value"]
    for log in (hall.data / "logs").glob("hall*.log"):
        text = log.read_text()
        assert me not in text
        assert "110000199" not in text
        assert "13900000001" not in text


def test_the_audit_chain_of_every_case_is_intact(hall, demos):
    for demo in demos.values():
        path = f"/supervision/audit/{demo['application']}/verify"
        chain = hall.client.get(path, headers=hall.token("supervisor")).json()
        assert chain["intact"]
        assert chain["entries"] == len(demo["events"])


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_ready_documented_and_measured(hall, service):
    assert hall.client.get(f"/{service}/healthz/ready").status_code == 200
    assert hall.client.get(f"/{service}/healthz/live").status_code == 200
    assert hall.client.get(f"/{service}/openapi.json").json()["openapi"].startswith("3.")
    assert f'service="{service}"' in hall.client.get(f"/{service}/metrics").text
    assert hall.client.get(f"/{service}/docs").status_code == 200


@pytest.mark.parametrize("page", ["/healthz/ready", "/asyncapi", "/asyncapi.json", "/supervision/numbers"])
def test_the_front_answers(hall, page):
    assert hall.client.get(page).status_code == 200


def test_the_address_of_the_hall_leads_to_its_home_page(hall):
    answer = hall.client.get("/")
    assert answer.is_redirect
    assert hall.client.get(answer.headers["location"]).status_code == 200


def test_status_shows_everything_at_a_glance(hall, demos):
    shown = hall.command("status")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert all(service in shown.stdout for service in SERVICES)
    assert "在办 0 件" in shown.stdout


def test_existing_servers_are_used_on_a_fresh_data_directory(hall, tmp_path):
    run = json.loads((hall.data / "run.json").read_text())
    given = {"ONEDOOR_KAFKA": run["kafka"], "ONEDOOR_MONGO_URI": run["mongo_uri"]}
    other = RunningHall(tmp_path, environment=given | {"ONEDOOR_DATABASE_PREFIX": "other"})
    try:
        assert other.client.get("/healthz/ready").status_code == 200
        assert not (tmp_path / "kafka").exists()
    finally:
        assert other.stop() == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ONEDOOR_KAFKA", "127.0.0.1:9"), ("ONEDOOR_MONGO_URI", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=500")],
)
@pytest.mark.parametrize("arguments", [["run"], ["serve", "ratings"], ["topics"]])
def test_servers_that_are_away_are_named_in_one_sentence(hall, tmp_path, variable, value, arguments):
    if arguments == ["topics"] and variable == "ONEDOOR_MONGO_URI":
        arguments = ["status"]  # topics needs no database; a hall that is not there is as plain
    run = json.loads((hall.data / "run.json").read_text())
    servers = {"ONEDOOR_KAFKA": run["kafka"], "ONEDOOR_MONGO_URI": run["mongo_uri"], variable: value}
    done = subprocess.run(
        [sys.executable, "-m", "shared.cli", *arguments],
        env=hall.environment | servers | {"ONEDOOR_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert "✗" in done.stderr


def test_a_second_run_beside_a_live_one_says_so(hall):
    second = hall.command("run")
    assert second.returncode == 1
    assert hall.address in second.stderr
    assert "已在运行" in second.stderr


async def test_an_operator_sees_and_discards_what_a_broken_record_parked(hall):
    lane = "ZZZZZZZZZZZZ9"
    await send_broken(hall.kafka, lane)
    wait_until(lambda: lane in hall.command("deadletters", "list").stdout)
    listed = hall.command("deadletters", "list").stdout
    assert "broken_body" in listed
    shown = hall.command("deadletters", "show", lane, "-s", "approval").stdout
    assert "13912345678" not in shown
    assert "王五" not in shown
    position = re.search(r"onedoor\.intake\.v1/\d+/\d+", shown)[0]
    replayed = hall.command("deadletters", "replay", lane, "-s", "approval")
    assert replayed.returncode == 1
    assert "broken_body" in replayed.stdout
    for service in ("approval", "supervision"):
        gone = hall.command("deadletters", "discard", lane, position, "-s", service, "--yes")
        assert gone.returncode == 0, gone.stdout + gone.stderr
    assert lane not in hall.command("deadletters", "list").stdout
    audit = hall.command("deadletters", "audit").stdout
    assert audit.count(f"discard  {lane}") == 2
    assert audit.count(position) == 3, "the replay that failed, too"
    assert audit.index("discard") < audit.index("replay")


def test_five_processes_carry_the_same_cases_and_data_survive_a_restart(tmp_path):
    hall = RunningHall(tmp_path, "--processes")
    try:
        demos = carried(hall)
        assert all(demo["rating"]["level"] == 5 for demo in demos.values())
        logs = {path.name for path in (tmp_path / "logs").iterdir()}
        assert {f"{service}.log" for service in SERVICES} <= logs
    finally:
        assert hall.stop() == 0
    again = RunningHall(tmp_path)
    try:
        found = again.client.get(
            f"/intake/applications/{demos['newborn']['application']}", headers=again.token("applicant")
        ).json()
        assert found["status"] == "ended"
    finally:
        assert again.stop() == 0


async def test_a_service_that_is_killed_and_comes_back_neither_loses_nor_doubles_anything(tmp_path):
    hall = RunningHall(tmp_path, "--processes")
    back = []
    try:
        commands = [
            subprocess.Popen(
                [sys.executable, "-m", "shared.cli", "demo", matter, "--data", str(tmp_path)],
                env=hall.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for matter in ("restaurant", "newborn", "restaurant", "newborn")
        ]
        for service in ("approval", "licensing", "supervision"):
            await asyncio.sleep(0.7)
            os.kill(int((tmp_path / "run" / f"{service}.pid").read_text()), signal.SIGKILL)
            back.append(hall.serve(service))
        outputs = [command.communicate(timeout=120)[0] for command in commands]
        assert [command.returncode for command in commands] == [0] * len(commands), "\n".join(outputs)
        said, effects = defaultdict(set), defaultdict(set)
        for record in (await whole_log(hall.kafka)).values():
            said[record["ce_source"]].add((int(record["ce_seq"]), record["ce_id"]))
            effects[record["ce_type"], record["ce_subject"]].add(record["ce_id"])
        for source, events in said.items():
            assert sorted(number for number, _ in events) == list(range(1, len(events) + 1)), source
        for (kind, subject), ids in effects.items():
            if kind.split(".")[2] in ONCE:
                assert len(ids) == 1, f"{kind} of {subject} happened {len(ids)} times"
    finally:
        for process in back:
            process.terminate()
        for process in back:
            process.wait(30)
        assert hall.stop() == 0


async def whole_log(kafka: str) -> dict[tuple[str, int, int], dict[str, str]]:
    """Every record of the five services' topics by its place: headers, key and value as text."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        await consumer._client.force_metadata_update()
        topics = [f"onedoor.{service}.v1" for service in SERVICES]
        parts = [TopicPartition(topic, each) for topic in topics for each in consumer.partitions_for_topic(topic)]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        found = {}
        for part in parts:
            while await consumer.position(part) < ends[part]:
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    for each in batch:
                        headers = {name: value.decode() for name, value in each.headers}
                        place = (each.topic, each.partition, each.offset)
                        found[place] = {
                            "ce_source": "",
                            "ce_seq": "0",
                            "traceparent": "-",
                            **headers,
                            "key": each.key.decode(),
                            "value": each.value.decode("utf-8", "replace"),
                        }
        return found
    finally:
        await consumer.stop()


def wait_until(true, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)
