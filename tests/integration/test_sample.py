"""A small sample on the real servers: the hall fills itself through its own doors, and stands as it says."""

import asyncio
import json
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from rich.console import Console

from shared.clock import SHANGHAI
from shared.contracts.topics import SERVICES
from shared.local.data import PlatformError
from shared.local.hall import build_hall, departments
from shared.local.issuer import DevelopmentIssuer
from shared.local.sample import keeping
from shared.local.sample.doors import Doors
from shared.local.sample.keeping import MARK, fill, half_made
from shared.messaging.topics import create_topics
from shared.settings import load_settings

COUNT = 15
"""The affairs of 样例申请人甲, and four more: nearly every story."""


def settings_of(servers, folder):
    prefix = f"sample_{uuid.uuid4().hex[:8]}"
    return load_settings(data_dir=folder, kafka=servers.kafka, mongo_uri=servers.mongo_uri, database_prefix=prefix)


@pytest.fixture(scope="module")
def sample(servers, tmp_path_factory):
    """A sample that is made once: (settings, what was made)."""
    folder = tmp_path_factory.mktemp("sample")
    settings = settings_of(servers, folder)

    async def make():
        await create_topics(servers.kafka, departments())
        return await fill(folder, settings, Console(quiet=True), COUNT)

    return settings, asyncio.run(make())


@pytest.fixture
async def doors(sample):
    """The doors of a hall that goes on with the sample, on the system's clock."""
    settings, _ = sample
    hall = build_hall(settings)
    async with (
        hall.router.lifespan_context(hall),
        httpx.AsyncClient(transport=httpx.ASGITransport(hall), base_url="http://hall", timeout=60) as client,
    ):
        yield Doors(client, DevelopmentIssuer(settings, departments()))


async def test_a_sample_stands_where_its_stories_say(sample, doors):
    settings, made = sample
    assert (made.applications, dict(made.refused)) == (COUNT, {})
    assert json.loads((settings.data_dir / MARK).read_text())["state"] == "made"

    mine = (await doors.get("applicant", "/intake/applications?size=100"))["applications"]
    by_matter = {each["matter"]: each for each in mine}
    assert by_matter["marriage_register"]["status"] == "submitted"
    assert by_matter["fire_check"]["status"] == "supplement_requested"
    assert by_matter["restaurant"]["status"] == "accepted"
    assert by_matter["newborn"]["status"] == "ended"
    assert {each["channel"] for each in mine} == {"online"}

    lights = {}
    for light in ("green", "yellow", "red", "paused"):
        lit = await doors.get("supervisor", f"/supervision/cases?light={light}&size=100")
        lights[light] = {each["application"] for each in lit["applications"]}
    assert by_matter["residence_permit"]["number"] in lights["yellow"]
    assert by_matter["tobacco_retail"]["number"] in lights["red"]
    assert by_matter["fire_check"]["number"] in lights["paused"]
    assert by_matter["food_operation"]["number"] in lights["green"] | lights["yellow"]

    companys = (await doors.get("company", "/intake/applications?size=100"))["applications"]
    (standing,) = [each["number"] for each in companys if each["matter"] == "planning_permit"]
    assert standing in lights["paused"]
    told = await doors.get("company", f"/intake/applications/{standing}")
    assert told["cases"][0]["standing_still"].startswith("正在专家评审")

    refused = await doors.get("applicant", f"/licensing/results/{by_matter['hardship_recognise']['number']}-01")
    assert refused["kind"] == "refusal"
    deemed = await doors.get("applicant", f"/intake/applications/{by_matter['drainage_permit']['number']}")
    assert deemed["cases"][0]["deemed"]
    withdrawn = await doors.get("applicant", f"/intake/applications/{by_matter['freight']['number']}")
    assert withdrawn["cases"][0]["status"] == "withdrawn"


async def test_all_of_it_happened_in_order_and_lies_in_the_past(doors):
    now = datetime.now(UTC)
    for each in (await doors.get("applicant", "/intake/applications?size=100"))["applications"]:
        number = each["number"]
        application = await doors.get("clerk", f"/intake/applications/{number}")
        assert application["applicant"]["name"].startswith("样例")
        timeline = await doors.get("supervisor", f"/supervision/applications/{number}/timeline")
        events = [(datetime.fromisoformat(entry["at"]), entry["event"]) for entry in timeline["entries"]]
        assert max(at for at, _ in events) <= now
        first = {event: at for at, event in sorted(events, reverse=True)}
        order = ["ApplicationSubmitted", "CaseAccepted", "TaskAssigned", "OpinionGiven", "ResultIssued"]
        told = [first[event] for event in order if event in first]
        assert told == sorted(told), (each["matter"], first)
        reaction = ("CaseAccepted", "TaskAssigned")
        if set(reaction) <= set(first) and not any(case["deemed"] for case in application["cases"]):
            lag = (first["TaskAssigned"] - first["CaseAccepted"]).total_seconds()
            assert lag < 130, "what follows by itself follows within the same time of the day"
        chain = await doors.get("supervisor", f"/supervision/audit/{number}/verify")
        assert chain["intact"]


async def _left(doors, service) -> Counter[str]:
    status = await doors.get("administrator", f"/{service}/ops/status")
    return Counter({name: status[name] for name in ("lag", "outbox_documents", "parked")})


async def test_nothing_is_left_to_say_or_to_hear(sample, doors):
    _, made = sample
    async with asyncio.timeout(30):  # a hall that opens seals the days that are over, and hears of that
        while left := [service for service in SERVICES if +await _left(doors, service)]:
            print(left)
            await asyncio.sleep(0.5)
    counts = await doors.get("clerk", "/intake/desk/counts")
    assert sum(counts.values()) == made.applications


async def test_a_sample_that_fails_stays_half_made_and_says_what_to_do(servers, tmp_path, monkeypatch):
    async def failing(*_, **__):
        raise TimeoutError("样例")

    monkeypatch.setattr(keeping, "make_sample", failing)
    assert keeping.intended(tmp_path, Console(quiet=True), empty=False)
    with pytest.raises(PlatformError, match="--empty"):
        await fill(tmp_path, settings_of(servers, tmp_path), Console(quiet=True), COUNT)
    assert half_made(tmp_path)


async def test_every_day_of_it_was_sealed_in_the_night_after(doors):
    seals, upto = [], None
    while not seals or upto:
        page = await doors.get("supervisor", f"/supervision/seals{f'?upto={upto}' if upto else ''}")
        seals, upto = [*seals, *page["seals"]], page["older"]
    nights = {datetime.fromisoformat(seal["sealed_at"]).astimezone(SHANGHAI).date() for seal in seals}
    assert nights == {date.fromisoformat(seal["day"]) + timedelta(days=1) for seal in seals}
    assert len(seals) == len(nights) > 7
