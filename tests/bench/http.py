"""Commands over HTTP: every step of a case as its people would send it, with their own tokens and keys.

What is in a case: `POST /applications`, the clerk's `POST /applications/{number}/accept`, one `POST
/tasks/{task}/opinion` for each department, the owner's `GET /results/{case}` of the signed licence, and `POST
/cases/{case}/rating`; so N + 4 requests. A 503 is an error, and is tried again when its `Retry-After` says; so is a
connection that breaks, at once: with its key a request may be sent twice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import aiohttp

from shared.identity import Person
from shared.local.issuer import DevelopmentIssuer
from shared.permissions import Role
from tests.bench.feeders import Case
from tests.bench.matters import MATERIAL, Submissions, party_of, subject
from tests.proof.evidence import Told

CONNECTIONS = 64
KEPT_SECONDS = 2.0
"""How long an idle connection is used again; less than the services keep it."""
TRIES = 5
RATING = {"level": 5, "tags": ["510", "512"], "comment": "样例：办得很快"}
BROKEN = 599
"""Stands for the status of an answer that did not come."""


class Unanswered(Exception):
    """A request that was not answered as it should be."""


class OverHttp:
    """The Commands port over one keep-alive client. `errors` counts every answer that was not a success."""

    def __init__(self, addresses: Mapping[str, str], issuer: DevelopmentIssuer, submissions: Submissions) -> None:
        self._addresses, self._issuer, self._submissions = addresses, issuer, submissions
        self._client: aiohttp.ClientSession | None = None
        self.errors = 0
        self.requests = 0
        self.problems: list[str] = []
        self.told: list[Told] = []
        self._token_of = cache(self._token)

    async def __aenter__(self) -> OverHttp:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_SECONDS)
        self._client = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._client is not None
        await self._client.close()

    async def submit(self, case: Case) -> None:
        form = case.submit.form
        applicant = int(form.by.rpartition("-")[2])
        body = {
            "matter": form.matter,
            "applicant": party_of(applicant).model_dump(),
            "materials": [{"material": MATERIAL, "pledge": True}],
        }
        key = self._submissions.keys[case.number]
        said = await self._post("intake", "/applications", body, form.by, key)
        if said["number"] != case.number:
            raise Unanswered(f"the number of {key} is {said['number']} and should be {case.number}")
        self.told.append(Told("intake", case.number, "submitted", case.number, key))

    async def accept(self, case: Case) -> None:
        key = f"accept-{case.number}"
        await self._post("intake", f"/applications/{case.number}/accept", {}, "clerk", key)
        self.told.append(Told("intake", case.number, "accepted", case.number, key))

    async def opinion(self, case: Case, task: str, department: str) -> None:
        key = f"opinion-{task}"
        await self._post("approval", f"/tasks/{task}/opinion", {"verdict": "agree"}, f"officer-{department}", key)
        self.told.append(Told("approval", case.number, "opinion", task, key))

    async def read(self, case: Case, about: str) -> None:
        result = await self._ask("licensing", "GET", f"/results/{about}", None, case.submit.form.by, None)
        if not result["proof"]["signature"]:
            raise Unanswered(f"the licence of {about} has no signature")

    async def rate(self, case: Case, about: str) -> None:
        key = f"rating-{about}"
        await self._post("ratings", f"/cases/{about}/rating", RATING, case.submit.form.by, key)
        self.told.append(Told("ratings", case.number, "rated", about, key))

    async def _post(self, service: str, path: str, body: Mapping[str, Any], who: str, key: str) -> Any:
        return await self._ask(service, "POST", path, body, who, key)

    async def _ask(
        self, service: str, method: str, path: str, body: Mapping[str, Any] | None, who: str, key: str | None
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._token_of(who)}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        data = None if body is None else json.dumps(body).encode()
        for _ in range(TRIES):
            status, content, pause = await self._once(method, self._addresses[service] + path, data, headers)
            if status < 300:
                return json.loads(content)
            problem = f"{method} {path}: {status} {content[:200]!r}"
            self._note(problem)
            if status not in (503, BROKEN):
                break
            await asyncio.sleep(pause)
        raise Unanswered(problem)

    async def _once(
        self, method: str, address: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, float]:
        """Status, content, and how long to wait before the next try. BROKEN: the connection broke."""
        assert self._client is not None
        self.requests += 1
        try:
            async with self._client.request(method, address, data=data, headers=headers) as answer:
                return answer.status, await answer.read(), float(answer.headers.get("Retry-After", "1"))
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            return BROKEN, repr(error).encode(), 0.1

    def _note(self, problem: str) -> None:
        self.errors += 1
        if len(self.problems) < 5:
            self.problems.append(problem)

    def _token(self, who: str) -> str:
        prefix = subject(0).rpartition("-")[0]
        if not who.startswith(prefix):
            return self._issuer.mint(who)
        party = party_of(int(who.rpartition("-")[2]))
        return self._issuer.mint(Person(who, party.name, frozenset({Role.APPLICANT}), id_number=party.code))
