"""What other people do while a page is looked at: the same commands through the JSON interface, by sample persons."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx

from shared.local.demo import ANSWERS, PAPER
from shared.local.issuer import sample_persons
from tests.broken_record import send_broken

PATIENCE = 30.0
"""Seconds within which every service has heard of a step."""
PHONE = "13900000001"
Found = TypeVar("Found")


class Hands:
    """Everybody in the hall. `address`: the hall's; `kafka`: its broker's, which a broken record comes over."""

    def __init__(self, address: str, kafka: str) -> None:
        self._kafka = kafka
        self._client = httpx.Client(base_url=address, timeout=30, headers={"Accept-Language": "zh"})
        self._tokens: dict[str, str] = {}
        self._people = sample_persons(())

    def close(self) -> None:
        """Put everything down."""
        self._client.close()

    def get(self, person: str | None, path: str, **params: Any) -> Any:
        """The answer's body. AssertionError for anything but a success."""
        return self._answer(self._client.get(path, params=params, headers=self._who(person)))

    def post(self, person: str | None, path: str, body: object, key: str = "") -> Any:
        """The answer's body, of a command with a key of its own."""
        headers = {**self._who(person), "Idempotency-Key": key or uuid.uuid4().hex}
        return self._answer(self._client.post(path, json=body, headers=headers))

    def submit(self, matter: str = "fire_check", person: str = "applicant", by: str = "", **answers: str) -> str:
        """A new application of `person` with everything handed in, `by` a clerk or themselves; its number."""
        by = by or person
        notice = self._notice(matter, answers)
        materials = [
            {"material": each["key"], "files": [self.upload(each["name"], by)]}
            for each in notice["materials"]
            if each["to_hand_in"]
        ]
        me = self._people[person]
        party = {"kind": "person", "name": me.name, "code": me.id_number, "phone": PHONE}
        body = {"matter": matter, "answers": notice["answers"], "applicant": party, "materials": materials}
        return str(self.post(by, "/intake/applications", body)["number"])

    def draft(self, matter: str = "fire_check", person: str = "applicant2", **answers: str) -> str:
        """An application that has just been begun; the draft's id."""
        given = self._notice(matter, answers)["answers"]
        query = {"matter": matter, **{f"a.{question}": value for question, value in given.items()}}
        reply = self._client.get("/intake/drafts/new", params=query, headers=self._who(person))
        told = reply.headers.get("location", "") + reply.text  # there may be one already, to be gone on with
        found = re.search(r"/intake/drafts/([0-9a-f]{32})", told)
        assert found, f"{reply.status_code} {reply.text[:300]}"
        return found[1]

    def answers(self, matter: str, **answers: str) -> str:
        """The query with which a matter's notice is asked for."""
        told = self._notice(matter, answers)["answers"]
        return "&".join(f"a.{question}={value}" for question, value in told.items())

    def upload(self, name: str, person: str = "applicant") -> str:
        """A file of this person; its id."""
        file = {"file": (f"样例-{name}.pdf"[:80], PAPER, "application/pdf")}
        return str(self._answer(self._client.post("/intake/files", files=file, headers=self._who(person)))["id"])

    def accept(self, number: str) -> None:
        """The clerk accepts every case."""
        self.post("clerk", f"/intake/applications/{number}/accept", {"desk": "综合窗口1号"})

    def ask_supplement(self, number: str, reason: str = "样例：复印件不清楚，请重新拍照") -> str:
        """The clerk asks for the first material once more; its key."""
        material = self.application(number)["materials"][0]["key"]
        asked = {"materials": [{"material": material, "reason": reason}]}
        self.post("clerk", f"/intake/applications/{number}/supplement-request", asked)
        return str(material)

    def application(self, number: str) -> Any:
        """The application as its clerk sees it."""
        return self.get("clerk", f"/intake/applications/{number}")

    def task(self, number: str) -> dict[str, Any]:
        """An open task of the application, as soon as there is one."""
        found = until(lambda: self._open_tasks(number), f"a task of {number}")
        return dict(found[0])

    def agree(self, number: str) -> None:
        """Every department agrees to every task, until the application has ended."""

        def ended() -> bool:
            for task in self._open_tasks(number):
                path = f"/approval/tasks/{task['task']}/opinion"
                self.post(f"officer-{task['department']}", path, {"verdict": "agree"})
            return bool(self.application(number)["status"] == "ended")

        until(ended, f"the end of {number}")

    def refuse(self, number: str, reason: str = "样例：安全出口少一个") -> None:
        """The department of the open task disagrees."""
        task = self.task(number)
        body = {"verdict": "disagree", "reason": reason}
        self.post(f"officer-{task['department']}", f"/approval/tasks/{task['task']}/opinion", body)
        until(lambda: self.application(number)["status"] == "ended", f"the end of {number}")

    def results(self, number: str, person: str = "applicant") -> list[dict[str, Any]]:
        """The licences and papers of an application that has ended."""

        def issued() -> list[dict[str, Any]]:
            found = self.get(person, "/licensing/results", size=100)["results"]
            return [each for each in found if each["application"] == number]

        return until(issued, f"the results of {number}")

    def invited(self, number: str, person: str = "applicant") -> str:
        """The first case of an ended application, as soon as its owner may rate it."""
        case = str(self.application(number)["cases"][0]["case"])

        def asked() -> bool:
            reply = self._client.get(f"/ratings/cases/{case}", headers=self._who(person))
            return reply.status_code == 200 and reply.json()["status"] == "invited"

        until(asked, f"the invitation to rate {case}")
        return case

    def rate(self, number: str, level: int = 5, person: str = "applicant") -> str:
        """The owner rates the first case; its number."""
        case = self.invited(number, person)
        body = {"level": level, "tags": ["510", "512"] if level == 5 else [], "comment": "样例：办得很快，窗口讲得清楚"}
        self.post(person, f"/ratings/cases/{case}/rating", body)
        return case

    def followed(self, number: str) -> None:
        """Waits until supervision has a countdown for every case of an accepted application."""
        path = f"/supervision/applications/{number}/timeline"

        def there() -> bool:
            reply = self._client.get(path, headers=self._who("supervisor"))
            return reply.status_code == 200 and bool(reply.json()["clocks"])

        until(there, f"the clocks of {number}")

    def park(self, lane: str) -> str:
        """A broken record comes in, and approval parks its lane; the lane."""
        with ThreadPoolExecutor(1) as aside:  # this thread has a loop already, Playwright's
            aside.submit(asyncio.run, send_broken(self._kafka, lane)).result()

        def parked() -> bool:
            return lane in str(self.get("administrator", "/approval/ops/deadletters"))

        until(parked, f"{lane} to be parked")
        return lane

    def _notice(self, matter: str, wanted: dict[str, str]) -> Any:
        given: dict[str, str] = {}
        prefer = {"agent": "no", **ANSWERS.get(matter, {}), **wanted}
        while True:
            asked = self.post(None, f"/intake/guides/{matter}/questions", {"answers": given})
            if asked["ready"]:
                return self.post(None, f"/intake/guides/{matter}/notice", {"answers": given})
            question = asked["questions"][0]
            choices = [choice["value"] for choice in question["choices"]]
            choice = prefer.get(question["key"], choices[0])
            given[question["key"]] = choice if choice in choices else choices[0]

    def _open_tasks(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(
            "supervisor", "/approval/tasks", state="open", application=number, size=100
        )["tasks"]
        return found

    def _who(self, person: str | None) -> dict[str, str]:
        if person is None:
            return {}
        if person not in self._tokens:
            reply = self._answer(self._client.post("/dev/token", params={"person": person}))
            self._tokens[person] = str(reply["access_token"])
        return {"Authorization": f"Bearer {self._tokens[person]}"}

    @staticmethod
    def _answer(reply: httpx.Response) -> Any:
        assert reply.is_success, f"{reply.request.method} {reply.request.url}: {reply.status_code} {reply.text[:500]}"
        return reply.json()


def until(found: Callable[[], Found], what: str) -> Found:
    """What `found` returns, as soon as it is true; AssertionError when it takes longer than PATIENCE."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if there := found():
            return there
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")
