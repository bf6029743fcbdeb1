"""Liveness: whoever stands still while records wait is restarted, but not while its database or broker is away."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.messaging.commands import Overloaded
from shared.messaging.document import Unavailable
from shared.messaging.observer import Observer
from shared.messaging.runtime import MAX_LAG, Runtime
from shared.settings import load_settings
from shared.testing.echo import HEARS, Add, EchoRules, decide, supplemented
from shared.testing.hall import MemoryHall
from shared.web.assemble import assemble
from tests.component.messaging.test_runtime import A, World

PLACE = ("onedoor.intake.v1", 0)


class Watched(World):
    """A service whose sweeps a test dates, and whose liveness is asked over HTTP, now."""

    def __init__(self, path) -> None:
        self.at, self.waiting, self.pings = datetime.now(UTC), 0, 0
        super().__init__()
        self.broker: Exception | None = None
        self.runtime.meter.lag_by_partition = self.lag
        backing = MemoryHall().backing("approval")
        app = assemble(
            self.runtime, load_settings(data_dir=path), backing, title="echo", description="echo", routers=[]
        )
        self.web = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")

    def replica(self) -> Runtime:
        return Runtime(
            "approval",
            hears=HEARS,
            decide=decide,
            rules=EchoRules,
            store=self.store,
            publisher=self.bus,
            clock=lambda: self.at,
            observer=Observer("approval", lambda: self.at),
        )

    async def lag(self):
        if self.broker:
            raise self.broker
        return {PLACE: self.waiting}

    async def swept(self, seconds_ago: float) -> None:
        self.at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        await self.runtime.sweep()

    async def live(self) -> int:
        return (await self.web.get("/healthz/live")).status_code


@pytest.fixture
def watched(tmp_path) -> Watched:
    return Watched(tmp_path)


async def test_records_wait_and_all_answer_and_no_batch_ends_for_two_minutes(watched):
    watched.waiting = 3
    await watched.swept(130)
    await watched.swept(5)
    assert await watched.live() == 503


async def test_a_batch_that_ended_meanwhile_keeps_it_alive(watched):
    watched.waiting = 3
    await watched.swept(130)
    watched.at += timedelta(seconds=60)
    watched.runtime.observer.batch_ended()
    await watched.swept(5)
    assert await watched.live() == 200


async def test_whoever_waits_for_nothing_is_alive(watched):
    await watched.swept(130)
    await watched.swept(5)
    assert await watched.live() == 200


@pytest.mark.parametrize("error", [Unavailable("broker"), TimeoutError()])
async def test_while_the_broker_is_away_it_stays_alive_and_people_are_still_told_that_it_is_behind(watched, error):
    watched.waiting = 3
    await watched.swept(300)
    watched.broker = error
    watched.store.since[A] = datetime.now(UTC) - timedelta(seconds=3)
    await watched.swept(130)
    assert await watched.live() == 200, "even if no sweep ended after this one"
    assert watched.runtime.load.outbox_age >= 3
    assert watched.runtime.load.lag == 3, "the last that was known"
    assert await watched.runtime.meter.lag() == 3
    await watched.swept(5)
    assert await watched.live() == 200
    watched.broker = None
    await watched.swept(4)
    assert await watched.live() == 200, "the two minutes begin when the broker is back"


async def test_while_the_database_is_away_it_stays_alive(watched):
    watched.waiting = 3
    await watched.swept(300)

    async def away():
        raise Unavailable("database")

    watched.store.outbox_age = away
    await watched.runtime.start()
    while watched.runtime.observer.progress.fault(datetime.now(UTC)):
        await watched.runtime._sleep(0.01)
    await watched.runtime.stop()
    assert await watched.live() == 200


async def test_whoever_has_no_partitions_asks_the_broker_once_all_the_same(watched):
    asked = []

    async def nothing():
        asked.append("ends")
        return {}

    async def ping():
        asked.append("ping")

    watched.runtime.meter.lag_by_partition, watched.bus.ping = nothing, ping
    await watched.swept(5)
    assert asked == ["ends", "ping"]


async def test_what_follows_from_a_command_names_its_cause(watched):
    await watched.runtime.start()
    await watched.runtime.ask(A, Add(application=A))
    await watched.runtime.ask(A, Add(application=A))
    await watched.runtime.ask(A, Add(application=A), key="k" * 8, digest="d")
    await watched.runtime.stop()
    await watched.runtime.handle(watched.said(supplemented(A, 1)))
    causes = [dict(each.headers)["ce_cause"].decode() for each in watched.bus.records("onedoor.approval.v1")]
    heard = [dict(each.headers)["ce_id"].decode() for each in watched.bus.records("onedoor.intake.v1")]
    assert causes[2:] == ["k" * 8, *heard]
    assert len(set(causes)) == 4
    assert all(causes)


@pytest.mark.parametrize(("topic", "busy"), [("onedoor.intake.v1", True), ("onedoor.approval.v1", False)])
async def test_people_wait_for_what_others_said_and_not_for_what_it_said_itself(watched, topic, busy):
    async def far_behind():
        return {(topic, 0): MAX_LAG + 1}

    watched.runtime.meter.lag_by_partition = far_behind
    await watched.runtime.start()
    await watched.runtime.sweep()
    assert watched.runtime.load.lag == MAX_LAG + 1
    if busy:
        with pytest.raises(Overloaded):
            await watched.runtime.ask(A, Add(application=A))
    else:
        assert await watched.runtime.ask(A, Add(application=A)) == {"count": 1}
    await watched.runtime.stop()
