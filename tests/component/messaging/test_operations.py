"""What operators do over HTTP leaves its mark, and is refused where there is nothing to do."""

import contextlib

import httpx
import pytest

from shared.local.issuer import DevelopmentIssuer
from shared.messaging.document import Unavailable
from shared.settings import load_settings
from shared.testing.echo import POISON, EchoRules, supplemented
from shared.testing.hall import MemoryHall
from shared.web.assemble import assemble
from tests.component.messaging.test_runtime import A, World


class Desk(World):
    """The echo service behind its web application, and people who ask."""

    def __init__(self, path) -> None:
        super().__init__()
        settings = load_settings(data_dir=path)
        self.issuer = DevelopmentIssuer(settings, ["xfdd"])
        backing = MemoryHall().backing("approval")
        app = assemble(self.runtime, settings, backing, title="echo", description="echo", routers=[])
        self.web = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")

    async def ask(self, method: str, path: str, who: str = "administrator") -> httpx.Response:
        return await self.web.request(method, path, headers={"Authorization": f"Bearer {self.issuer.mint(who)}"})


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


async def test_the_audit_says_who_did_what_newest_first(desk):
    await desk.runtime.handle(desk.said(supplemented(A, 1, POISON), supplemented(A, 2)))
    await desk.ask("POST", f"/ops/deadletters/{A}/replay")
    desk.rules = EchoRules(fixed=True)
    await desk.ask("POST", f"/ops/deadletters/{A}/replay")
    entries = (await desk.ask("GET", "/ops/interventions")).json()
    assert [each["outcome"] for each in entries] == ["handled", "handled", "failed: decision_raised"]
    assert {(each["lane"], each["action"], each["service"]) for each in entries} == {(A, "replay", "approval")}
    assert all(each["by"] for each in entries)
    assert len((await desk.ask("GET", "/ops/interventions?limit=1")).json()) == 1


@pytest.mark.parametrize(("who", "status"), [("administrator", 200), ("applicant", 403), ("clerk", 403)])
async def test_only_who_may_read_dead_letters_reads_the_audit(desk, who, status):
    assert (await desk.ask("GET", "/ops/interventions", who)).status_code == status


async def test_a_lane_that_is_not_parked_cannot_be_replayed(desk):
    await desk.runtime.handle(desk.said(supplemented(A, 1)))
    for lane in (A, "nobody"):
        assert (await desk.ask("POST", f"/ops/deadletters/{lane}/replay")).status_code == 404


async def test_a_crash_before_a_record_is_dropped_does_not_lose_who_replayed_it(desk):
    await desk.runtime.handle(desk.said(supplemented(A, 1, POISON)))
    desk.rules = EchoRules(fixed=True)

    async def crash(_):
        raise Unavailable("killed")

    drop, desk.store.drop_waiting = desk.store.drop_waiting, crash
    with contextlib.suppress(Unavailable):
        await desk.runtime.replay(A, "one")
    desk.store.drop_waiting = drop
    assert (await desk.runtime.replay(A, "two")).held_by is None
    assert [each.by for each in await desk.store.interventions(10)] == ["two", "one"]
    assert await desk.count(A) == 1
