"""The licensing service on memory: decisions of approval come over the bus, people come over HTTP."""

import base64
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from services.licensing.app import create_app
from shared.clock import MovableClock
from shared.contracts.approval import CaseApproved, CaseRefused
from shared.contracts.envelope import encode
from shared.contracts.sealed import Sealed
from shared.contracts.terms import LicenceType, Party, ResultTemplate
from shared.contracts.topics import APPROVAL, LICENSING
from shared.local.issuer import DevelopmentIssuer, sample_id_number, sample_uscc
from shared.settings import load_settings
from shared.testing.hall import MemoryHall
from shared.web.commands import holder_ref

APPLICATION, CASE = "0123456789ABC", "0123456789ABC-01"
NOW = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # 2026-11-22 00:30 in Shanghai
PERSON = Party(kind="person", name="样例申请人甲", code=sample_id_number(1))
COMPANY = Party(kind="organisation", name="样例餐饮有限公司", code=sample_uscc(1))
FOOD = LicenceType(
    key="food_licence",
    code=sample_uscc(3) + "020",
    name="食品经营许可证",
    issuer="scjg",
    issuer_name="样例县市场监督管理局",
    issuer_code=sample_uscc(2),
    valid_months=60,
    validity="5年",
)
LAW = ("食品安全法(2021)第33、35条",)
REMEDIES = ("自收到决定书之日起六十日内申请行政复议。", "自收到决定书之日起六个月内提起行政诉讼。")


class World:
    """The running service with what tests need around it."""

    def __init__(self, path, hall=None):
        self.path, self.hall, self.clock = path, hall or MemoryHall(), MovableClock(NOW)
        self.settings = load_settings(data_dir=path, public_url="http://hall.example")
        self.issuer = DevelopmentIssuer(self.settings, ["scjg", "xfdd"])
        self.backing = self.hall.backing("licensing")
        self.app = create_app(self.settings, self.clock, self.backing)
        self.seq = {}

    @asynccontextmanager
    async def running(self):
        transport = httpx.ASGITransport(self.app)
        async with (
            self.app.router.lifespan_context(self.app),
            httpx.AsyncClient(transport=transport, base_url="http://hall") as self.http,
        ):
            yield self

    def restarted(self):
        """Another process over the same database and secrets: nothing in memory survives."""
        return World(self.path, self.hall).running()

    def known(self, holder, case, owner):
        sealed = self.settings.keyring.seal(holder, case[:13])
        box = {
            "kid": sealed.kid,
            "nonce": base64.b64encode(sealed.nonce).decode(),
            "box": base64.b64encode(sealed.box).decode(),
        }
        return {
            "application": case[:13],
            "case": case,
            "item": "food_operation",
            "item_version": 1,
            "item_name": "食品经营许可（新办）",
            "item_kind": "01",
            "basis": LAW,
            "department": "scjg",
            "owner": owner,
            "applicant_ref": holder_ref(self.settings.holder_key, holder.code),
            "holder": Sealed[Party].model_validate(box),
            "at": NOW,
        }

    async def approve(self, case=CASE, holder=PERSON, owner="sample:applicant", kind="licence", name="食品经营许可证"):
        template = ResultTemplate(kind=kind, name=name, licence_type=FOOD if kind == "licence" else None)
        return await self.say(CaseApproved(**self.known(holder, case, owner), result=template))

    async def refuse(self, case=CASE, holder=COMPANY, owner="sample:applicant", **changes):
        told = {"reasons": ("加工场所没有隔断。",), "remedies": REMEDIES}
        return await self.say(CaseRefused(**{**self.known(holder, case, owner), **told, **changes}))

    async def say(self, event):
        self.seq[event.application] = seq = self.seq.get(event.application, 0) + 1
        said = encode(
            event,
            topic=APPROVAL.name,
            source=f"approval/{event.application}",
            seq=seq,
            at=NOW,
            cause="test",
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
        self.hall.bus.append(said.topic, said.key, said.value, said.headers)
        await self.hall.pump()
        return said

    async def get(self, path, person=None, **more):
        return await self.ask("GET", path, person, **more)

    async def ask(self, method, path, person=None, headers=None, **more):
        token = {"Authorization": f"Bearer {self.issuer.mint(person)}"} if person else {}
        answer = await self.http.request(method, path, headers={**token, **(headers or {})}, **more)
        await self.hall.pump()
        return answer

    async def number(self, case=CASE):
        return (await self.get(f"/results/{case}", "clerk")).json()["number"]

    def said(self):
        """(event name, body) of everything on the licensing topic."""
        return [
            (dict(record.headers)["ce_type"].decode().split(".")[2], json.loads(record.value))
            for record in self.hall.bus.records(LICENSING.name)
        ]

    def names(self):
        return [name for name, _ in self.said()]


@pytest.fixture
async def world(tmp_path):
    async with World(tmp_path).running() as world:
        yield world
