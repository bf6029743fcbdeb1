"""The running approval service on memory, the people at it, and what the topics bring."""

import json
import re

import httpx
import pytest

from services.approval.app import create_app
from shared.clock import MovableClock
from shared.contracts.approval import DepartmentOpinion
from shared.contracts.envelope import encode
from shared.contracts.topics import APPROVAL, INTAKE, SUPERVISION, opinion_topic
from shared.local.issuer import DevelopmentIssuer
from shared.settings import load_settings
from shared.testing.hall import MemoryHall
from tests.unit.approval.sample import CASE, NOW

PAGE = {"Accept": "text/html"}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Desk:
    """The running service, the people at it, and what intake and the departments put on the topics."""

    def __init__(self, hall, http, issuer, settings, clock) -> None:
        self.hall, self.http, self.issuer, self.settings, self.clock = hall, http, issuer, settings, clock
        self.numbers: dict[str, int] = {}

    async def hear(self, *events) -> None:
        """Intake and supervision say these."""
        for event in events:
            source = f"{event.service}/{event.application}"
            number = self.numbers[source] = self.numbers.get(source, 0) + 1
            topic = {"intake": INTAKE, "supervision": SUPERVISION}[event.service].name
            self.put(encode(event, topic=topic, source=source, seq=number, at=NOW, cause="c", traceparent=TRACE))
        await self.hall.pump()

    def put(self, outgoing) -> None:
        self.hall.bus.append(outgoing.topic, outgoing.key, outgoing.value, outgoing.headers)

    async def says(self, department: str, task: str, ce_id: str, value: bytes | None = None, **body) -> None:
        """A department's own software writes to its topic; `value` instead of a right body."""
        said = DepartmentOpinion(
            application=task[:13], task=task, officer="desk-7", **{"verdict": "agree", "reason": None, **body}
        )
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", ce_id.encode()),
            ("ce_source", b"whatever-it-likes"),
            ("ce_type", DepartmentOpinion.type_name().encode()),
            ("ce_time", b"2026-03-02T02:00:00Z"),
        ]
        value = value if value is not None else said.model_dump_json().encode()
        self.hall.bus.append(opinion_topic(department), task[:13].encode(), value, headers)
        await self.hall.pump()

    async def get(self, who, path: str, **params):
        return await self.http.get(path, params=params, headers=self._who(who))

    async def give(self, who, task: str, verdict="agree", reason=None, key=None):
        headers = self._who(who) | ({"Idempotency-Key": key} if key else {})
        body = {"verdict": verdict, "reason": reason} if reason is not None else {"verdict": verdict}
        return await self.http.post(f"/tasks/{task}/opinion", json=body, headers=headers)

    async def page(self, who, path: str):
        """A page as a browser asks for it."""
        return await self.http.get(path, headers=self._who(who) | PAGE)

    async def send(self, who, page, act: str, token_from: str | None = None, *, token: str | None = None, **entries):
        """Sends one of the forms of a task's page (the page, or its path), with the token that stands in it.

        `token_from`: the page whose first token is taken, where the own page shows none.
        """
        if isinstance(page, str):
            path, asked = page, await self.page(who, token_from or page)
        else:
            path, asked = page.url.path.removesuffix(f"/{act}"), page
        form = re.search(rf'action="[^"]*{path}/{act}".*?name="_token" value="([^"]+)"', asked.text, re.S)
        found = form or re.search(r'name="_token" value="([^"]+)"', asked.text)
        entries["_token"] = token or (found[1] if found else "none")
        return await self.http.post(f"{path}/{act}", data=entries, headers=self._who(who) | PAGE)

    async def post(self, who, path: str, key=None, **body):
        headers = self._who(who) | ({"Idempotency-Key": key} if key else {})
        return await self.http.post(path, json=body, headers=headers)

    def _who(self, who) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.mint(who)}"} if who else {}

    def said(self) -> list[tuple[str, dict]]:
        """What approval has said: (event, body)."""
        return [
            (dict(record.headers)["ce_type"].decode().split(".")[2], json.loads(record.value))
            for record in self.hall.bus.records(APPROVAL.name)
        ]

    def letters(self) -> list[str]:
        records = self.hall.bus.records("onedoor.approval.dlq")
        return [dict(record.headers)["onedoor_reason"].decode() for record in records]

    async def status(self, case=CASE) -> str:
        return (await self.get("clerk", f"/cases/{case}")).json()["status"]


@pytest.fixture
async def desk(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    issuer = DevelopmentIssuer(settings, ("scjg", "xfdd", "wjj", "cgj"))
    hall, clock = MemoryHall(), MovableClock(NOW)
    app = create_app(settings, clock, hall.backing("approval"))
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://hall") as http:
        yield Desk(hall, http, issuer, settings, clock)
