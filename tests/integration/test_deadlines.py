"""Deadlines on the real servers: the hall in this process under a clock that the test moves."""

import asyncio
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.clock import MovableClock
from shared.local.demo import PAPER
from shared.local.hall import build_hall, departments
from shared.local.issuer import DevelopmentIssuer, sample_persons
from shared.messaging.topics import create_topics
from shared.settings import load_settings

SUBMITTED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday 10:00 in the hall
FIRE = {"fire_mode": "promise", "agent": "no"}


class TimedHall:
    """All five services on the session's servers, one clock, and the tools of these tests."""

    def __init__(self, settings, clock, client):
        self.clock, self.client = clock, client
        self.issuer = DevelopmentIssuer(settings, departments())

    def headers(self, person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.mint(person)}", "Idempotency-Key": uuid.uuid4().hex}

    async def get(self, person: str, path: str) -> dict:
        reply = await self.client.get(path, headers=self.headers(person))
        assert reply.is_success, reply.text
        return reply.json()

    async def post(self, person: str, path: str, body: dict | None = None, **more) -> dict:
        reply = await self.client.post(path, headers=self.headers(person), json=body, **more)
        assert reply.is_success, reply.text
        return reply.json()

    async def submit(self, matter: str = "fire_check", answers: dict[str, str] = FIRE) -> str:
        """By default a 消防检查 under promise: acceptance within 5, decision within 1 and 20 working days."""
        notice = await self.post("applicant", f"/intake/guides/{matter}/notice", {"answers": answers})
        file = {"file": ("样例.pdf", PAPER, "application/pdf")}
        uploaded = (await self.post("applicant", "/intake/files", files=file))["id"]
        me = sample_persons(())["applicant"]
        body = {
            "matter": matter,
            "answers": answers,
            "applicant": {"kind": "person", "name": me.name, "code": me.id_number, "phone": "13900000001"},
            "materials": [
                {"material": each["key"], "files": [uploaded]} for each in notice["materials"] if each["to_hand_in"]
            ],
        }
        return (await self.post("applicant", "/intake/applications", body))["number"]

    async def events(self, number: str, *wanted: str) -> list[dict]:
        """The timeline's entries, once all of these are among them."""
        async with asyncio.timeout(30):
            while True:
                reply = await self.client.get(
                    f"/supervision/applications/{number}/timeline", headers=self.headers("applicant")
                )
                entries = reply.json()["entries"] if reply.is_success else []
                if set(wanted) <= {entry["event"] for entry in entries}:
                    return entries
                await asyncio.sleep(0.1)

    async def deadlines(self, number: str, *kinds: str) -> list[dict]:
        """The details of every DeadlinePassed in the timeline, once these kinds are among them."""
        async with asyncio.timeout(30):
            while True:
                entries = await self.events(number, "DeadlinePassed")
                passed = [entry["details"] for entry in entries if entry["event"] == "DeadlinePassed"]
                if set(kinds) <= {each["kind"] for each in passed}:
                    return passed
                await asyncio.sleep(0.1)

    async def clocks(self, number: str) -> dict[str, dict]:
        found = await self.get("applicant", f"/supervision/applications/{number}/clocks")
        return {clock["clock"]: clock for clock in found["clocks"]}

    async def until_light(self, number: str, clock: str, light: str) -> dict:
        async with asyncio.timeout(30):
            while (await self.clocks(number)).get(clock, {}).get("light") != light:
                await asyncio.sleep(0.1)
        return (await self.clocks(number))[clock]


@pytest.fixture
async def hall(servers, tmp_path):
    await create_topics(servers.kafka, departments())
    settings = load_settings(
        data_dir=tmp_path,
        kafka=servers.kafka,
        mongo_uri=servers.mongo_uri,
        database_prefix=f"timed_{uuid.uuid4().hex[:8]}",
    )
    clock = MovableClock(SUBMITTED)
    app = build_hall(settings, clock=clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://hall"))
        yield TimedHall(settings, clock, client)


async def test_silence_is_acceptance_from_the_receipt_date_and_the_lights_follow_the_law(hall):
    number = await hall.submit()
    await hall.events(number, "ClockStarted")
    due = (await hall.clocks(number))["acceptance"]["due"]
    assert due == "2026-03-09T10:00:00Z", "five working days after Monday 2 March end on Monday 9 March at 18:00"

    hall.clock.move_to(datetime(2026, 3, 9, 9, 59, tzinfo=UTC))
    await hall.until_light(number, "acceptance", "yellow")
    assert "CaseAccepted" not in {entry["event"] for entry in await hall.events(number)}

    hall.clock.advance(timedelta(minutes=2))
    entries = await hall.events(number, "DeadlinePassed", "CaseAccepted", "TaskAssigned")
    passed = next(entry for entry in entries if entry["event"] == "DeadlinePassed")
    assert passed["details"]["kind"] == "acceptance"
    application = await hall.get("applicant", f"/intake/applications/{number}")
    (case,) = application["cases"]
    assert case["deemed"]
    assert case["receipt_date"] == "2026-03-02"
    decision = await hall.until_light(number, "decision", "red")
    assert decision["due"] == "2026-03-03T10:00:00Z", "one working day from the receipt date: passed already"
    assert decision["statutory_due"] == "2026-03-30T10:00:00Z", "twenty working days from the receipt date"

    hall.clock.move_to(datetime(2026, 3, 30, 10, 0, tzinfo=UTC))
    await hall.until_light(number, "decision", "deep_red")
    passed = [each["kind"] for each in await hall.deadlines(number, "statutory")]
    assert passed == ["acceptance", "promised", "statutory"], "each announced once"
    lit = await hall.get("supervisor", "/supervision/cases?light=deep_red")
    assert number in [each["application"] for each in lit["applications"]]


async def test_accepted_in_time_stays_green_and_a_refusal_gives_reasons_and_remedies(hall):
    number = await hall.submit()
    hall.clock.advance(timedelta(hours=1))
    await hall.post("clerk", f"/intake/applications/{number}/accept", {})
    await hall.events(number, "TaskAssigned")
    tasks = (await hall.get("supervisor", f"/approval/tasks?application={number}"))["tasks"]
    opinion = {"verdict": "disagree", "reason": "样例：疏散通道宽度不足"}
    await hall.post("officer-xfdd", f"/approval/tasks/{tasks[0]['task']}/opinion", opinion)
    await hall.events(number, "CaseRefused", "ResultIssued", "RatingInvited")
    clocks = await hall.clocks(number)
    assert all(clock["on_time"] and clock["light"] == "green" for clock in clocks.values()), clocks
    case = await hall.get("applicant", f"/approval/cases/{number}-01")
    assert case["reasons"] == ["样例：疏散通道宽度不足"]
    assert len(case["remedies"]) == 2
    result = await hall.get("applicant", f"/licensing/results/{number}-01")
    assert result["kind"] == "refusal"


async def test_a_supplement_stops_the_acceptance_clock_and_starts_it_anew(hall):
    number = await hall.submit()
    await hall.events(number, "ClockStarted")
    hall.clock.advance(timedelta(days=1))
    asked = {"materials": [{"material": "fire_layout", "reason": "样例：缺少二层平面图"}]}
    await hall.post("clerk", f"/intake/applications/{number}/supplement-request", asked)
    await hall.until_light(number, "acceptance", "paused")
    hall.clock.advance(timedelta(days=9))
    file = {"file": ("样例.pdf", PAPER, "application/pdf")}
    uploaded = (await hall.post("applicant", "/intake/files", files=file))["id"]
    brought = {"materials": [{"material": "fire_layout", "files": [uploaded]}]}
    await hall.post("applicant", f"/intake/applications/{number}/supplement", brought)
    acceptance = await hall.until_light(number, "acceptance", "green")
    assert acceptance["due"] == "2026-03-19T10:00:00Z", "five working days from Thursday 12 March"
    await hall.post("clerk", f"/intake/applications/{number}/accept", {})
    entries = await hall.events(number, "CaseAccepted")
    assert "DeadlinePassed" not in {entry["event"] for entry in entries}


async def test_silence_after_a_supplement_is_acceptance_from_the_day_of_the_supplement(hall):
    number = await hall.submit()
    await hall.events(number, "ClockStarted")
    hall.clock.advance(timedelta(days=1))
    asked = {"materials": [{"material": "fire_layout", "reason": "样例：缺少二层平面图"}]}
    await hall.post("clerk", f"/intake/applications/{number}/supplement-request", asked)
    await hall.until_light(number, "acceptance", "paused")
    hall.clock.move_to(datetime(2026, 3, 12, 2, 0, tzinfo=UTC))
    file = {"file": ("样例.pdf", PAPER, "application/pdf")}
    uploaded = (await hall.post("applicant", "/intake/files", files=file))["id"]
    brought = {"materials": [{"material": "fire_layout", "files": [uploaded]}]}
    await hall.post("applicant", f"/intake/applications/{number}/supplement", brought)
    assert (await hall.until_light(number, "acceptance", "green"))["generation"] == 3, "paused and restarted"

    hall.clock.move_to(datetime(2026, 3, 19, 9, 59, tzinfo=UTC))
    await hall.until_light(number, "acceptance", "yellow")
    assert "CaseAccepted" not in {entry["event"] for entry in await hall.events(number)}
    hall.clock.move_to(datetime(2026, 3, 19, 10, 0, tzinfo=UTC))
    await hall.events(number, "DeadlinePassed", "CaseAccepted", "TaskAssigned")
    (case,) = (await hall.get("applicant", f"/intake/applications/{number}"))["cases"]
    assert (case["deemed"], case["receipt_date"]) == (True, "2026-03-12")
    decision = await hall.until_light(number, "decision", "red")
    assert decision["due"] == "2026-03-13T10:00:00Z", "one working day from the day of the supplement"
    assert decision["statutory_due"] == "2026-04-10T10:00:00Z", "twenty, over the holiday of 4 to 6 April"


async def test_a_limit_in_calendar_days_counts_the_holiday_but_does_not_end_in_it(hall):
    hall.clock.move_to(datetime(2026, 4, 2, 2, 0, tzinfo=UTC))  # Thursday; 4 to 6 April are 清明
    number = await hall.submit("hpf_retire", {})
    await hall.post("clerk", f"/intake/applications/{number}/accept", {})
    await hall.events(number, "CaseAccepted", "ClockStarted")
    decision = await hall.until_light(number, "decision", "green")
    assert (decision["unit"], decision["remaining"], decision["provisional"]) == ("calendar_days", "还剩 1 天", False)
    assert decision["due"] == "2026-04-03T10:00:00Z", "promised: one calendar day, Friday at closing"
    assert decision["statutory_due"] == "2026-04-07T10:00:00Z", "three end on Sunday, so with Tuesday at closing"

    hall.clock.move_to(datetime(2026, 4, 3, 10, 0, tzinfo=UTC))
    await hall.until_light(number, "decision", "red")
    hall.clock.move_to(datetime(2026, 4, 7, 10, 0, tzinfo=UTC))
    await hall.until_light(number, "decision", "deep_red")
    passed = await hall.deadlines(number, "promised", "statutory")
    assert [(each["kind"], each["due"]) for each in passed] == [
        ("promised", "2026-04-03T10:00:00Z"),
        ("statutory", "2026-04-07T10:00:00Z"),
    ]
