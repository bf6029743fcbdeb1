"""A page that keeps itself fresh is told that something changed, and nothing else, if its reader may see it."""

import asyncio
from datetime import UTC, datetime

import pytest

from shared import metrics
from shared.local.issuer import DevelopmentIssuer
from shared.messaging import tail as tails
from shared.messaging.runtime import Runtime
from shared.settings import load_settings
from shared.testing.echo import HEARS, Add, EchoCodec, EchoRules, decide, supplemented
from shared.testing.hall import MemoryHall
from shared.web import live as module
from shared.web.assemble import assemble
from shared.web.leaving import announced
from shared.web.live import live
from tests.streams import opened

MINE, OTHERS = "7ZQ0M3X5KD2WA", "8ZQ0M3X5KD2WA"


class House:
    """The echo service with pages that keep themselves fresh: of MINE for who has signed in, of lists for officers."""

    def __init__(self, path) -> None:
        settings = load_settings(data_dir=path)
        self.issuer, self.hall = DevelopmentIssuer(settings, ["xfdd"]), MemoryHall()
        backing = self.hall.backing("approval")
        self.runtime = Runtime(
            "approval", hears=HEARS, decide=decide, rules=EchoRules, store=backing.store(EchoCodec()),
            publisher=backing.publisher(), clock=lambda: datetime.now(UTC),
        )  # fmt: skip
        routers = [live(self.sees, "task.read")]
        self.app = assemble(self.runtime, settings, backing, title="echo", description="echo", routers=routers)

    async def sees(self, asker, number) -> bool:
        return number == MINE

    def open(self, path: str, who: str | None = "officer-xfdd", **scope):
        headers = {"Cookie": f"onedoor_session={self.issuer.mint(who)}"} if who else {}
        return opened(self.app, path, {"Accept": "text/event-stream", **headers}, scope)

    async def intake_says(self, *outgoing) -> None:
        await self.hall.bus.publish([outgoing])


@pytest.fixture
async def house(tmp_path, monkeypatch):
    monkeypatch.setattr(tails, "SETTLE_SECONDS", (0.01, 0.02))
    monkeypatch.setattr(tails, "PAUSE_SECONDS", 0.05)
    house = House(tmp_path)
    async with house.app.router.lifespan_context(house.app):
        yield house


async def test_a_stream_says_that_something_changed_and_nothing_else(house):
    async with house.open(f"/live/applications/{MINE}") as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["x-accel-buffering"] == "no"
        assert "no-cache" in stream.headers["cache-control"]
        assert await stream.next() == {"event": "beat", "data": "1", "retry": "3000"}
        await stream.until("changed")
        assert await house.runtime.ask(MINE, Add(application=MINE)) == {"count": 1}
        assert await stream.until("changed") == {"event": "changed", "data": "1"}


async def test_what_intake_says_is_told_once_this_service_has_handled_it(house):
    async with house.open("/live/list?age=0") as stream:
        await stream.until("changed")
        await house.intake_says(supplemented(OTHERS, 1))
        with pytest.raises(TimeoutError):
            await stream.until("changed", 1)
        await house.hall.pump()
        await stream.until("changed")


async def test_an_application_is_not_told_of_another(house):
    async with house.open(f"/live/applications/{MINE}") as stream, house.open("/live/list") as everything:
        await stream.until("changed")
        await everything.until("changed")
        await house.runtime.ask(OTHERS, Add(application=OTHERS))
        await everything.until("changed")
        with pytest.raises(TimeoutError):
            await stream.until("changed", 0.5)


@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        (f"/live/applications/{MINE}", None, 401),
        (f"/live/applications/{OTHERS}", "applicant", 404),
        (f"/live/applications/{MINE},{OTHERS}", "applicant", 404),
        ("/live/applications/nonsense", "applicant", 422),
        ("/live/list", None, 401),
        ("/live/list", "applicant", 403),
        ("/live/list?age=-1", "officer-xfdd", 422),
    ],
)
async def test_who_may_not_see_the_page_gets_no_stream(house, path, who, status):
    async with house.open(path, who) as stream:
        assert stream.status == status
    assert house.app.state.tail.listeners == 0


async def test_a_stream_ends_when_the_server_leaves(house):
    leaving = asyncio.Event()
    async with house.open("/live/list", **announced({}, leaving)) as stream:
        await stream.until("changed")
        leaving.set()
        async with asyncio.timeout(2):
            while not stream.ended:
                await stream.next(2)
    assert house.app.state.tail.listeners == 0


async def test_a_reader_who_leaves_frees_the_place(house):
    async with house.open("/live/list"):
        assert house.app.state.tail.listeners == 1
        assert metrics.LIVE_STREAMS.labels("approval")._value.get() == 1
    assert house.app.state.tail.listeners == 0
    assert metrics.LIVE_STREAMS.labels("approval")._value.get() == 0


async def test_too_many_streams_are_asked_to_come_back_later(house, monkeypatch):
    monkeypatch.setattr(tails, "MOST", 1)
    async with house.open("/live/list"), house.open("/live/list") as second:
        assert second.status == 503
        assert second.headers["retry-after"]


async def test_a_stream_ends_by_itself_now_and_then_so_that_permission_is_asked_anew(house, monkeypatch):
    monkeypatch.setattr(module, "LIFETIME", (0.05, 0.05))
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    async with house.open("/live/list") as stream:
        async with asyncio.timeout(5):
            while not stream.ended:
                await stream.next()


async def test_a_stream_counts_in_the_latencies_until_it_began(house):
    def measured() -> float:
        return metrics.HTTP_SECONDS.labels("approval", "GET", "/live/list")._sum.get()

    before = measured()
    async with house.open("/live/list") as stream:
        await stream.until("changed")
        await asyncio.sleep(1)
    assert 0 < measured() - before < 0.9
