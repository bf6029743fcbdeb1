"""All five services behind one door on memory, with applications in several states: what strangers try to open."""

from __future__ import annotations

import importlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape

import httpx

from services.intake import app as intake
from services.intake.catalogue import DEFAULT
from shared.clock import MovableClock
from shared.contracts.topics import SERVICES
from shared.local.hall import front
from shared.local.issuer import DevelopmentIssuer
from shared.settings import load_settings
from shared.testing.hall import MemoryHall
from shared.web.app import build_app, run_lifespans
from tests.component.intake.conftest import APPLICANT, LOADED, PDF, Licensing

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ITEM, ANSWERS, DEPARTMENT = "signboard", {}, "cgj"
PAGE = {"Accept": "text/html"}
FIELDS = re.compile(r'<(?:input|textarea|select|button)[^>]*\bname="([^"]+)"')


class House:
    """The hall with everyone in it."""

    def __init__(self, apps, http, issuer, settings, hall) -> None:
        self.apps, self.http, self.issuer, self.settings, self.hall = apps, http, issuer, settings, hall
        self._minted: dict[str | None, str] = {}

    def who(self, person: str | None) -> dict[str, str]:
        """The cookie of this person's browser."""
        if person not in self._minted:
            self._minted[person] = self.issuer.mint(person) if person else ""
        return {"Cookie": f"onedoor_session={self._minted[person]}"} if person else {}

    async def see(self, person, path: str, **headers) -> httpx.Response:
        """A page as a browser asks for it."""
        return await self.http.get(path, headers={**PAGE, **self.who(person), **headers})

    async def send(self, person, path: str, data=None, token: str | None = None, *, headers=None, **more):
        """A form, with a fresh token of this person unless another is given."""
        data = {"_token": self.token(person) if token is None else token, **(data or {})}
        return await self.http.post(path, data=data, headers={**PAGE, **self.who(person), **(headers or {})}, **more)

    def token(self, person: str | None) -> str:
        from shared.web.forms import Forms

        return Forms(self.settings).token(self.issuer.persons[person] if person else None)

    async def say(self, person, path: str, body=None, key: str | None = None) -> httpx.Response:
        """A program's request."""
        headers = {"Authorization": f"Bearer {self.issuer.mint(person)}"} if person else {}
        answer = await self.http.post(
            path, json=body or {}, headers=headers | ({"Idempotency-Key": key} if key else {})
        )
        await self.hall.pump()
        return answer

    async def file(self, person) -> str:
        headers = {"Authorization": f"Bearer {self.issuer.mint(person)}"}
        answer = await self.http.post("/intake/files", files={"file": ("材料.pdf", PDF)}, headers=headers)
        return answer.json()["id"]

    async def submitted(self, key: str, person="applicant", **changed) -> str:
        notice = (await self.say(None, f"/intake/guides/{ITEM}/notice", {"answers": ANSWERS})).json()
        file = await self.file(person)
        materials = [{"material": each["key"], "files": [file]} for each in notice["materials"] if each["to_hand_in"]]
        form = {"matter": ITEM, "answers": ANSWERS, "applicant": APPLICANT, "materials": materials, **changed}
        answer = await self.say(person, "/intake/applications", form, key)
        assert answer.status_code == 201, answer.text
        return answer.json()["number"]

    async def accepted(self, key: str, **changed) -> str:
        number = await self.submitted(key, **changed)
        answer = await self.say("clerk", f"/intake/applications/{number}/accept")
        assert answer.status_code == 200, answer.text
        return number

    async def done(self, key: str) -> str:
        number = await self.accepted(key)
        for _ in range(10):
            headers = {"Authorization": f"Bearer {self.issuer.mint('supervisor')}"}
            tasks = (await self.http.get(f"/approval/tasks?application={number}", headers=headers)).json()["tasks"]
            for task in tasks:
                answer = await self.say(
                    f"officer-{task['department']}", f"/approval/tasks/{task['task']}/opinion", {"verdict": "agree"}
                )
                assert answer.status_code == 200, answer.text
            if not tasks:
                return number
        raise AssertionError("never done")

    async def asked(self, key: str) -> str:
        number = await self.submitted(key)
        headers = {"Authorization": f"Bearer {self.issuer.mint('clerk')}"}
        seen = (await self.http.get(f"/intake/applications/{number}", headers=headers)).json()
        asked = {"material": seen["materials"][0]["key"], "reason": "缺签名"}
        answer = await self.say("clerk", f"/intake/applications/{number}/supplement-request", {"materials": [asked]})
        assert answer.status_code == 200, answer.text
        return number

    async def draft(self, person="applicant", matter=ITEM) -> str:
        answer = await self.see(person, f"/intake/drafts/new?matter={matter}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rsplit("/", 1)[1]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


@asynccontextmanager
async def opened(path, monkeypatch) -> AsyncIterator[House]:
    """The hall, empty."""
    monkeypatch.setattr(intake, "load", lambda which: LOADED if which == DEFAULT else None)
    settings = load_settings(data_dir=path, upload_limit=200_000)
    hall, clock = MemoryHall(), MovableClock(NOW)
    apps = {}
    for name in SERVICES:
        more = {"licences": Licensing()} if name == "intake" else {}
        create = importlib.import_module(f"services.{name}.app").create_app
        apps[name] = create(settings, clock, hall.backing(name), **more)
    whole = build_app(
        "hall",
        settings,
        title="样例",
        description="样例",
        routers=front(settings, {}).routers,
        lifespan=lambda _: run_lifespans([apps[name] for name in SERVICES]),
    )
    for name, app in apps.items():
        whole.mount(f"/{name}", app)
    apps["hall"] = whole
    transport = httpx.ASGITransport(whole, raise_app_exceptions=False)
    issuer = DevelopmentIssuer(settings, tuple(LOADED.departments))
    async with (
        whole.router.lifespan_context(whole),
        httpx.AsyncClient(transport=transport, base_url="http://hall") as http,
    ):
        await hall.pump()
        yield House(apps, http, issuer, settings, hall)
