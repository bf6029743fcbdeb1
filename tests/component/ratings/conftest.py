"""The ratings service on memory: its neighbours' events come over the bus, people come over HTTP."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from services.ratings.app import create_app
from shared.clock import MovableClock
from shared.contracts.envelope import encode
from shared.contracts.intake import ApplicationSubmitted
from shared.contracts.licensing import ResultIssued
from shared.contracts.terms import CaseOutline
from shared.contracts.topics import INTAKE, LICENSING, RATINGS
from shared.local.issuer import DevelopmentIssuer
from shared.settings import load_settings
from shared.testing.hall import MemoryHall

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class Hall:
    """The ratings service alone on memory, and the events of its neighbours."""

    def __init__(self, path):
        self.settings = load_settings(data_dir=path)
        self.issuer = DevelopmentIssuer(self.settings, ["xfdd", "wjj"])
        self.memory, self.clock = MemoryHall(), MovableClock(NOW)
        self.app = create_app(self.settings, self.clock, self.memory.backing("ratings"))
        self.web = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")

    def hear(self, topic, event, source, seq=1):
        said = encode(event, topic=topic.name, source=source, seq=seq, at=NOW, cause="", traceparent="")
        self.memory.bus.append(said.topic, said.key, said.value, said.headers)

    async def submitted(self, application, owner="sample:applicant", departments=("xfdd",), desk=""):
        cases = tuple(
            CaseOutline(
                case=f"{application}-{n:02d}", item=f"item-{code}", item_version=1, name="样例事项", department=code
            )
            for n, code in enumerate(departments, 1)
        )
        event = ApplicationSubmitted(
            application=application, matter="m", matter_name="样例", bundle=False, cases=cases,
            channel="window" if desk else "online", desk=desk, submitted_at=NOW, owner=owner,
            applicant_kind="person", applicant_ref="r",
        )  # fmt: skip
        self.hear(INTAKE, event, f"intake/{application}")
        await self.memory.pump()

    async def issued(self, application, number="01"):
        case = f"{application}-{number}"
        event = ResultIssued(application=application, case=case, kind="licence", number=case, name="样例证", at=NOW)
        self.hear(LICENSING, event, f"licensing/{case}")
        await self.memory.pump()

    async def ended(self, application, owner="sample:applicant", departments=("xfdd",), desk=""):
        await self.submitted(application, owner, departments, desk)
        for n in range(len(departments)):
            await self.issued(application, f"{n + 1:02d}")

    def headers(self, person, key=None):
        return {"Authorization": f"Bearer {self.issuer.mint(person)}"} | ({"Idempotency-Key": key} if key else {})

    async def give(self, case, body, person="applicant", key=None):
        answer = await self.web.post(f"/cases/{case}/rating", json=body, headers=self.headers(person, key))
        await self.memory.pump()
        return answer

    async def get(self, path, person=None, **params):
        return await self.web.get(path, params=params, headers=self.headers(person) if person else {})

    def said(self):
        return [dict(each.headers)["ce_type"].decode().split(".")[2] for each in self.memory.bus.records(RATINGS.name)]


@asynccontextmanager
async def running(hall):
    async with hall.app.router.lifespan_context(hall.app), hall.web:
        yield hall


@pytest.fixture
async def hall(tmp_path):
    async with running(Hall(tmp_path)) as ready:
        yield ready
