"""The supervision service on memory: what the other services say comes over the bus, people come over HTTP."""

import asyncio
import json
import re
from datetime import timedelta
from functools import partial

import httpx
import pytest

from services.supervision.app import create_app
from services.supervision.rules import Rules
from services.supervision.statistics import kept
from shared.clock import MovableClock
from shared.contracts.envelope import encode
from shared.contracts.topics import INTAKE, SUPERVISION
from shared.local.issuer import DevelopmentIssuer
from shared.settings import load_settings
from shared.testing.hall import MemoryHall
from tests.component.supervision.fifteen_months import TRACE, begin
from tests.unit.supervision.sample import RULES, TOPIC_OF, asked_for_more, at, source_of

FILED = at("02-12 09:00")


class Desk:
    """The running service, the people at it, and what the other services put on the topics."""

    def __init__(self, hall, app, http, issuer, settings, clock) -> None:
        self.hall, self.app, self.http, self.issuer, self.settings, self.clock = (
            hall,
            app,
            http,
            issuer,
            settings,
            clock,
        )
        self.numbers: dict[str, int] = {}

    @property
    def store(self):
        return self.hall.backing("supervision").documents

    async def hear(self, *events) -> None:
        """The other services say these, now."""
        for event in events:
            source = source_of(event)
            number = self.numbers[source] = self.numbers.get(source, 0) + 1
            said = encode(
                event, topic=TOPIC_OF[type(event)], source=source, seq=number, at=self.clock(), cause="c",
                traceparent=TRACE,
            )  # fmt: skip
            self.hall.bus.append(said.topic, said.key, said.value, said.headers)
        await self.hall.pump()

    async def poison(self, application: str) -> None:
        """A record that nobody can read parks this application."""
        event = encode(asked_for_more(FILED, application), topic=INTAKE.name, source="intake/x", seq=1, at=FILED,
                       cause="c", traceparent=TRACE)  # fmt: skip
        self.hall.bus.append(event.topic, event.key, b"{", event.headers)
        await self.hall.pump()

    async def scan_at(self, text: str) -> int:
        """The clock goes there, and one pass is made."""
        self.clock.move_to(at(text))
        moved = await asyncio.wait_for(self.app.state.scanner.once(), 10)
        await self.hall.pump()
        return moved

    async def get(self, who, path: str, **params):
        return await self.http.get(path, params=params, headers=self._of(who))

    async def post(self, who, path: str, body: dict, key: str | None = None):
        headers = {**self._of(who), **({"Idempotency-Key": key} if key else {})}
        answer = await self.http.post(path, json=body, headers=headers)
        await self.hall.pump()
        return answer

    async def page(self, who, path: str, **params) -> httpx.Response:
        """A page as a browser gets it."""
        return await self.http.get(path, params=params, headers={**self._of(who), "Accept": "text/html"})

    async def send(self, who, at: str, path: str, **fields) -> httpx.Response:
        """The form of the page at `at`, sent to `path` with these entries."""
        asked = (await self.page(who, at)).text
        token = re.search(r'name="_token" value="([^"]+)"', asked)
        data = {"_token": token[1] if token else "", **fields}
        answer = await self.http.post(path, data=data, headers={**self._of(who), "Accept": "text/html"})
        await self.hall.pump()
        return answer

    def _of(self, who) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.mint(who)}"} if who else {}

    def said(self, name: str) -> list[dict]:
        """What supervision has said under this name."""
        records = self.hall.bus.records(SUPERVISION.name)
        return [json.loads(each.value) for each in records if f".{name}.".encode() in dict(each.headers)["ce_type"]]


@pytest.fixture
def by_hand(monkeypatch):
    """The ladder urges nobody by itself: what people do stands alone."""
    monkeypatch.setattr("services.supervision.calendar.in_force.Rules", partial(Rules, ladder=RULES.ladder))


@pytest.fixture
async def desk(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    issuer = DevelopmentIssuer(settings, ("scjg", "xfdd", "wjj", "cgj"))
    hall, clock = MemoryHall(), MovableClock(at("02-12 10:00"))
    app = create_app(settings, clock, hall.backing("supervision"))
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://hall") as http:
        yield Desk(hall, app, http, issuer, settings, clock)


@pytest.fixture
async def year(desk, monkeypatch):
    """The hall after fifteen months. Every look asks the rows: what is kept from an earlier one proves nothing."""
    monkeypatch.setattr(kept, "KEPT_FOR", timedelta(0))
    await begin(desk)
    return desk
