"""A sound piece of evidence: five services on memory, and applications that went every way an application can go."""

from __future__ import annotations

import asyncio
import base64
import copy
import importlib
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.catalogue import load
from shared.clock import MovableClock
from shared.contracts.approval import DepartmentOpinion
from shared.contracts.envelope import encode
from shared.contracts.topics import OPINION, SERVICES, opinion_topic
from shared.local.demo import ALONE
from shared.local.issuer import DevelopmentIssuer, sample_id_number
from shared.messaging.document import Undecodable
from shared.settings import load_settings
from shared.testing.hall import MemoryHall
from tests.proof.evidence import Evidence, Told

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOLDER_KEY = base64.b64encode(bytes(range(32))).decode()
"""Fixed, because application numbers are made from it, and with them the order in which events are met."""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


class Hall:
    """The five services on one bus, and whatever their clients were told."""

    def __init__(self, path: Path) -> None:
        self.memory, self.clock, self.told = MemoryHall(), MovableClock(NOW), []
        settings = load_settings(data_dir=path, holder_key=HOLDER_KEY)
        self.issuer = DevelopmentIssuer(settings, tuple(load().departments))
        self.apps = {
            name: importlib.import_module(f"services.{name}.app").create_app(
                settings, self.clock, self.memory.backing(name)
            )
            for name in SERVICES
        }

    async def ask(self, method: str, path: str, who: str | None, **more: Any) -> Any:
        name, _, rest = path.removeprefix("/").partition("/")
        headers = {"Authorization": f"Bearer {self.issuer.mint(who)}"} if who else {}
        headers |= {"Idempotency-Key": more.pop("key")} if "key" in more else {}
        transport = httpx.ASGITransport(app=self.apps[name])
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{name}.test") as http:
            answer = await http.request(method, f"/{rest}", headers=headers, **more)
        assert answer.is_success, answer.text
        await self.memory.pump()
        return answer.json()

    async def submit(self, matter: str, key: str) -> str:
        answers: dict[str, str] = {}
        while not (
            asked := await self.ask("POST", f"/intake/guides/{matter}/questions", None, json={"answers": answers})
        )["ready"]:
            question = asked["questions"][0]
            answers[question["key"]] = ALONE.get(question["key"], question["choices"][0]["value"])
        notice = await self.ask("POST", f"/intake/guides/{matter}/notice", None, json={"answers": answers})
        file = (await self.ask("POST", "/intake/files", "applicant", files={"file": ("a.pdf", PDF)}))["id"]
        body = {
            "matter": matter,
            "answers": notice["answers"],
            "applicant": {
                "kind": "person",
                "name": "样例申请人甲",
                "code": sample_id_number(1),
                "phone": "13900000001",
            },
            "materials": [{"material": m["key"], "files": [file]} for m in notice["materials"] if m["to_hand_in"]],
        }
        number = (await self.ask("POST", "/intake/applications", "applicant", json=body, key=key))["number"]
        self.told.append(Told("intake", number, "submitted", number, key))
        self.materials = body["materials"]
        return str(number)

    async def supplement(self, number: str) -> None:
        wanted = self.materials[:1]
        asked = {"materials": [{"material": wanted[0]["material"], "reason": "看不清"}]}
        await self.ask("POST", f"/intake/applications/{number}/supplement-request", "clerk", json=asked)
        self.told.append(Told("intake", number, "supplement_requested", number))
        await self.ask("POST", f"/intake/applications/{number}/supplement", "applicant", json={"materials": wanted})
        self.told.append(Told("intake", number, "supplemented", number))

    async def accept(self, number: str) -> None:
        await self.ask("POST", f"/intake/applications/{number}/accept", "clerk", json={})
        self.told.append(Told("intake", number, "accepted", number))

    async def withdraw(self, number: str) -> None:
        await self.ask("POST", f"/intake/applications/{number}/withdrawal", "applicant", json={})
        self.told.append(Told("intake", number, "withdrawn", number))

    async def urge(self, number: str) -> None:
        case, key = f"{number}-01", f"urge-{number}"
        told = await self.ask("POST", f"/supervision/cases/{case}/urges", "supervisor", json={"text": "请办"}, key=key)
        self.told.append(Told("supervision", number, "urged", case, key))
        for department in told["departments"]:
            path = f"/supervision/cases/{case}/urges/{told['urge']}/answer"
            await self.ask("POST", path, f"officer-{department}", json={"text": "已办"}, key=f"{key}-{department}")
            self.told.append(Told("supervision", number, "answered", case, f"{key}-{department}"))

    async def work(self, number: str, verdict: str = "agree", by_topic: bool = False) -> None:
        while tasks := (await self.ask("GET", f"/approval/tasks?application={number}", "supervisor"))["tasks"]:
            for task in tasks:
                if by_topic:
                    by_topic = False
                    await self.department_says(number, task)
                    continue
                body = {"verdict": verdict, "reason": "没有隔断" if verdict == "disagree" else None}
                path = f"/approval/tasks/{task['task']}/opinion"
                await self.ask("POST", path, f"officer-{task['department']}", json=body)
                self.told.append(Told("approval", number, "opinion", task["task"]))

    async def department_says(self, number: str, task: dict[str, Any]) -> None:
        """Twice the same record, as a department's own producer may."""
        said = encode(
            DepartmentOpinion(application=number, task=task["task"], verdict="agree", officer="o1"),
            topic=OPINION.name, source="x", seq=1, at=NOW, cause="c", traceparent="",
        )  # fmt: skip
        for _ in range(2):
            self.memory.bus.append(opinion_topic(task["department"]), said.key, said.value, said.headers)
        await self.memory.pump()

    async def rate(self, number: str) -> None:
        for case in (await self.ask("GET", f"/intake/applications/{number}", "applicant"))["cases"]:
            path = f"/ratings/cases/{case['case']}/rating"
            await self.ask("POST", path, "applicant", json={"level": 5, "tags": ["510"]}, key=f"rate-{case['case']}")
            self.told.append(Told("ratings", number, "rated", case["case"], f"rate-{case['case']}"))

    async def deem(self) -> None:
        """Let the period of acceptance pass."""
        self.clock.advance(timedelta(days=12))
        await self.apps["supervision"].state.scanner.once()
        await self.memory.pump()

    def evidence(self) -> Evidence:
        stores = {name: self.memory.backings[name].store(None) for name in SERVICES}
        records: dict[str, list[Any]] = {}
        for (topic, _), log in sorted(self.memory.bus.logs.items()):
            records.setdefault(topic, []).extend(log)
        return Evidence(
            records=records,
            documents={
                name: {key: store._loaded(row) for key, row in store.rows.items()} for name, store in stores.items()
            },
            facts={name: {key: dict(rows) for key, rows in store.facts.items()} for name, store in stores.items()},
            waiting={name: list(store.kept.values()) for name, store in stores.items()},
            told=tuple(self.told),
            indexed={name: dict(store.index) for name, store in stores.items()},
            since={name: dict(store.since) for name, store in stores.items()},
        )


async def _run(path: Path) -> Evidence:
    hall = Hall(path)
    async with AsyncExitStack() as stack:
        for app in hall.apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        done = await hall.submit("fire_check", "key-0001")
        await hall.supplement(done)
        await hall.accept(done)
        await hall.urge(done)
        await hall.work(done, by_topic=True)
        await hall.rate(done)
        refused = await hall.submit("fire_check", "key-0002")
        await hall.accept(refused)
        await hall.work(refused, "disagree")
        await hall.withdraw(await hall.submit("fire_check", "key-0003"))
        late = await hall.submit("newborn", "key-0004")
        await hall.accept(late)
        await hall.work(late)
        accepted = await hall.submit("fire_check", "key-0005")
        await hall.accept(accepted)
        await hall.withdraw(accepted)
        await hall.submit("fire_check", "key-0006")
        await hall.deem()
    return hall.evidence()


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The evidence of one sound run, made once."""
    return asyncio.run(_run(tmp_path_factory.mktemp("proof")))


@pytest.fixture
def sound(whole: Evidence) -> Evidence:
    """A copy of it that a test may tamper with."""
    assert not any(isinstance(doc.state, Undecodable) for docs in whole.documents.values() for doc in docs.values())
    fields = {name: copy.copy(getattr(whole, name)) for name in ("records", "documents", "facts", "indexed", "since")}
    for name, parts in fields.items():
        for key, part in parts.items():
            parts[key] = (
                {k: dict(v) if name == "facts" else v for k, v in part.items()}
                if isinstance(part, dict)
                else list(part)
            )
    return Evidence(**fields, waiting={name: list(kept) for name, kept in whole.waiting.items()}, told=whole.told)
