"""A running intake on memory, with sample people, and the topics that it hears and speaks on."""

import io
import json
import zipfile
from datetime import UTC, datetime

import httpx
import pytest

from services.intake import app as intake
from services.intake.catalogue import DEFAULT, load
from services.intake.licences import Unreachable
from shared.clock import MovableClock
from shared.contracts.envelope import encode
from shared.contracts.topics import INTAKE
from shared.local.issuer import DevelopmentIssuer, sample_id_number, sample_uscc
from shared.settings import load_settings
from shared.testing.hall import MemoryHall
from tests.unit.intake.sample import RESTAURANT

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
APPLICANT = {"kind": "person", "name": "样例申请人甲", "code": sample_id_number(1), "phone": "13900000001"}
COMPANY = {"kind": "organisation", "name": "样例餐饮有限公司", "code": sample_uscc(1), "phone": "13900000003"}


def office(*parts: str) -> bytes:
    """A ZIP container with these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return content.getvalue()


class Licensing:
    """Stands in for licensing: what it has issued, and whether it answers at all."""

    def __init__(self) -> None:
        self.issued, self.answers, self.asked = {}, True, []
        self.held, self.shown_to = [], []

    async def __call__(self, number):
        self.asked.append(number)
        if not self.answers:
            raise Unreachable("silent")
        return self.issued.get(number)

    async def own(self, token):
        """The list of whoever has this token; nothing while licensing is silent."""
        self.shown_to.append(token)
        return self.held if self.answers else []


class Window:
    """The running service and the people at it."""

    def __init__(self, hall, http, issuer, settings, clock, licensing) -> None:
        self.licensing = licensing
        self.hall, self.http, self.issuer, self.settings, self.clock = hall, http, issuer, settings, clock
        self.numbers: dict[str, int] = {}

    async def get(self, who, path: str, **params):
        return await self.http.get(path, params=params, headers=self._who(who))

    async def post(self, who, path: str, body=None, key=None):
        headers = self._who(who) | ({"Idempotency-Key": key} if key else {})
        return await self.http.post(path, json={} if body is None else body, headers=headers)

    async def upload(self, who, content=PDF, name="材料.pdf"):
        return await self.http.post("/files", files={"file": (name, content)}, headers=self._who(who))

    def _who(self, who) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.mint(who)}"} if who else {}

    async def form(self, who="applicant", matter="restaurant", answers=RESTAURANT, **changed):
        """A complete form: one uploaded file for whatever has to be handed in."""
        file = (await self.upload(who)).json()["id"]
        notice = (await self.post(None, f"/guides/{matter}/notice", {"answers": answers})).json()
        materials = [{"material": each["key"], "files": [file]} for each in notice["materials"] if each["to_hand_in"]]
        form = {"matter": matter, "answers": answers, "applicant": APPLICANT, "materials": materials}
        return form | changed

    async def submitted(self, who="applicant", key="key-00001", **changed) -> str:
        """The number of a submitted application."""
        answer = await self.post(who, "/applications", await self.form(who, **changed), key=key)
        assert answer.status_code == 201, answer.text
        return answer.json()["number"]

    async def accepted(self, **changed) -> str:
        """The number of an application that the window has accepted."""
        number = await self.submitted(**changed)
        answer = await self.post("clerk", f"/applications/{number}/accept")
        assert answer.status_code == 200, answer.text
        return number

    async def hear(self, topic, event, source: str) -> None:
        """Another service says this."""
        seq = self.numbers[source] = self.numbers.get(source, 0) + 1
        said = encode(event, topic=topic.name, source=source, seq=seq, at=NOW, cause="c", traceparent=TRACE)
        self.hall.bus.append(said.topic, said.key, said.value, said.headers)
        await self.hall.pump()

    async def said(self, topic=INTAKE) -> list[tuple[str, dict]]:
        """What intake has said: (event, body)."""
        await self.hall.pump()
        return [
            (dict(record.headers)["ce_type"].decode().split(".")[2], json.loads(record.value))
            for record in self.hall.bus.records(topic.name)
        ]

    async def status(self, number: str) -> dict[str, str]:
        """Item -> status."""
        seen = (await self.get("clerk", f"/applications/{number}")).json()
        return {case["item"]: case["status"] for case in seen["cases"]}


LOADED = load()


@pytest.fixture(autouse=True)
def catalogue_loaded_once(monkeypatch):
    """The true catalogue, read once for all tests; any other is read as ever."""
    monkeypatch.setattr(intake, "load", lambda path: LOADED if path == DEFAULT else load(path))


@pytest.fixture
def settings(tmp_path):
    return load_settings(data_dir=tmp_path, upload_limit=200_000)


@pytest.fixture
async def window(settings):
    clock, hall = MovableClock(NOW), MemoryHall()
    issuer = DevelopmentIssuer(settings, tuple(LOADED.departments))
    licensing = Licensing()
    app = intake.create_app(settings, clock, hall.backing("intake"), licences=licensing, own_licences=licensing.own)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake.test") as http:
            yield Window(hall, http, issuer, settings, clock, licensing)
