"""`onedoor demo`: one real application through the public HTTP API, from the guide's questions to the rating.

It plays every person with the tokens of the development issuer, and then prints the timeline: every event that moved
the application, with its place in the log. People, papers and answers are synthetic.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from rich.console import Console

from shared.clock import shanghai
from shared.local.issuer import sample_persons

PATIENCE = 60.0
"""Seconds to wait for the services to hear of one step."""

ANSWERS = {
    "restaurant": {
        "has_licence": "no",
        "subject_type": "company",
        "area": "300to500",
        "fire_mode": "promise",
        "sign": "shop_sign",
        "tobacco": "yes",
        "drain": "yes",
        "agent": "no",
    },
    "newborn": {"parents": "married", "same_nation": "yes", "mother_insured": "employee", "childcare": "yes"},
}
"""Answers that make the demo worth watching; what is not named is answered with the first choice."""

ALONE = {"agent": "no"}
"""The demo's applicant has no agent: who says there is one must name them."""

PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""A small, empty PDF: what is uploaded for every material."""


class DemoFailed(Exception):
    """A step did not go as it must; the text says which, and what the hall answered."""


class Demo:
    """Carries one application through a running hall at `address`."""

    def __init__(self, address: str, console: Console) -> None:
        self._client = httpx.Client(base_url=address, timeout=30, headers={"Accept-Language": "zh"})
        self._console = console
        self._tokens: dict[str, str] = {}
        self._departments: dict[str, str] = {}
        self._me = sample_persons(())["applicant"]

    def carry(self, matter: str) -> dict[str, Any]:
        """From question to rating; returns number, cases, events with their places, licences, ratings and seconds."""
        began = time.monotonic()
        notice = self._guide(matter)
        number = self._submit(matter, notice)
        self._post("clerk", f"/intake/applications/{number}/accept", {"desk": "综合窗口1号"})
        self._say("受理", f"综合窗口受理 {number}")
        application = self._work(number)
        licences = self._collect(number)
        ratings = [self._rate(case) for case in application["cases"]]
        timeline = self._timeline(number, len(ratings))
        seconds = round(time.monotonic() - began, 3)
        self._print(timeline, seconds)
        return {
            "application": number,
            "matter": matter,
            "cases": application["cases"],
            "events": [{**entry, "time": entry["at"]} for entry in timeline["entries"]],
            "licences": [one["number"] for one in licences if one["kind"] == "licence"],
            "results": licences,
            "rating": ratings[0],
            "ratings": ratings,
            "seconds": seconds,
        }

    def _guide(self, matter: str) -> dict[str, Any]:
        """Answer the questions one after another, then take the one-time notice."""
        answers: dict[str, str] = {}
        while True:
            open_ones = self._post(None, f"/intake/guides/{matter}/questions", {"answers": answers})
            if open_ones["ready"]:
                break
            question = open_ones["questions"][0]
            choices = [choice["value"] for choice in question["choices"]]
            wanted = {**ALONE, **ANSWERS.get(matter, {})}.get(question["key"], choices[0])
            answers[question["key"]] = wanted if wanted in choices else choices[0]
        notice: dict[str, Any] = self._post(None, f"/intake/guides/{matter}/notice", {"answers": answers})
        items = "、".join(item["name"] for item in notice["items"])
        self._say("要办什么", f"{notice['name']}：{len(answers)} 个问题，{len(notice['items'])} 个办件（{items}）")
        self._say("一次告知", f"交 {notice['to_hand_in']} 份材料，{notice['not_needed']} 份不用交")
        return notice

    def _submit(self, matter: str, notice: dict[str, Any]) -> str:
        materials = [
            {"material": each["key"], "files": [self._upload(each["name"])]}
            for each in notice["materials"]
            if each["to_hand_in"]
        ]
        applicant = {"kind": "person", "name": self._me.name, "code": self._me.id_number, "phone": "13900000001"}
        body = {"matter": matter, "answers": notice["answers"], "applicant": applicant, "materials": materials}
        told = self._post("applicant", "/intake/applications", body, key=uuid.uuid4().hex)
        self._say("提交", f"一次提交，编号 {told['number']}")
        return str(told["number"])

    def _upload(self, name: str) -> str:
        file = {"file": (f"样例-{name}.pdf"[:80], PAPER, "application/pdf")}
        reply = self._send("POST", "applicant", "/intake/files", files=file)
        return str(reply["id"])

    def _work(self, number: str) -> dict[str, Any]:
        """Every department agrees to every task that opens, until the application has ended."""
        given = 0

        def ended() -> dict[str, Any] | None:
            nonlocal given
            tasks = self._get("supervisor", f"/approval/tasks?state=open&application={number}&size=100")["tasks"]
            for task in tasks:
                self._post(f"officer-{task['department']}", f"/approval/tasks/{task['task']}/opinion", _AGREE)
                given += 1
                self._say("审批", f"{self._name(task['department'])}  {task['item_name']} · {task['step_name']}：同意")
            application: dict[str, Any] = self._get("applicant", f"/intake/applications/{number}")
            return application if application["status"] == "ended" else None

        application = self._until(ended, "all cases end")
        self._say("办结", f"{given} 条意见，{len(application['cases'])} 个办件全部办结")
        return application

    def _collect(self, number: str) -> list[dict[str, Any]]:
        """Download every paper, and verify it as anybody can."""
        found = self._get("applicant", "/licensing/results?size=100")["results"]
        mine = [each for each in found if each["application"] == number]
        for each in mine:
            paper = self._raw("GET", "applicant", f"/licensing/results/{each['case']}/document").content
            verified = self._get(None, f"/licensing/verify/{each['number']}")
            if verified["signature"] != "matches":
                raise DemoFailed(f"{each['number']}: the signature is {verified['signature']}")
            self._say("出件", f"{each['name']} {each['number']}，{len(paper) // 1024} kB，{verified['status_text']}")
        return mine

    def _rate(self, case: dict[str, Any]) -> dict[str, Any]:
        path = f"/ratings/cases/{case['case']}"
        self._until(lambda: self._invited(path), f"the invitation to rate {case['case']}")
        rating = {"level": 5, "tags": ["510", "512"], "comment": "样例：办得很快"}
        given: dict[str, Any] = self._post("applicant", f"{path}/rating", rating, key=uuid.uuid4().hex)
        self._say("评价", f"{case['name']}：非常满意")
        return given

    def _invited(self, path: str) -> dict[str, Any] | None:
        case = self._maybe("applicant", path)
        return case if case and case["status"] == "invited" else None

    def _timeline(self, number: str, ratings: int) -> dict[str, Any]:
        def whole() -> dict[str, Any] | None:
            timeline = self._maybe("applicant", f"/supervision/applications/{number}/timeline")
            if timeline is None:
                return None
            said = [entry["event"] for entry in timeline["entries"]]
            stopped = said.count("ClockStopped") == said.count("ClockStarted") == len(timeline["clocks"])
            return timeline if stopped and said.count("RatingGiven") == ratings else None

        return self._until(whole, "the timeline holds every rating and every clock's end")

    def _name(self, department: str) -> str:
        if not self._departments:
            rows: Any = self._get(None, "/intake/catalogue/departments")
            self._departments = {row["code"]: row["name"] for row in rows}
        return self._departments.get(department, department)

    # -- the hall ------------------------------------------------------------------------

    def _maybe(self, person: str, path: str) -> dict[str, Any] | None:
        """What is there; None while the service has not heard of it yet, or does not answer."""
        reply = self._client.get(path, headers=self._headers(person))
        found: dict[str, Any] | None = reply.json() if reply.status_code == 200 else None
        return found

    def _get(self, person: str | None, path: str) -> dict[str, Any]:
        return self._send("GET", person, path)

    def _post(self, person: str | None, path: str, body: dict[str, Any], key: str = "") -> dict[str, Any]:
        return self._send("POST", person, path, json=body, headers={"Idempotency-Key": key} if key else {})

    def _send(self, method: str, person: str | None, path: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._raw(method, person, path, **more).json()
        return answer

    def _raw(self, method: str, person: str | None, path: str, **more: Any) -> httpx.Response:
        headers = {**self._headers(person), **more.pop("headers", {})}
        for _ in range(10):
            reply = self._client.request(method, path, headers=headers, **more)
            if reply.status_code != 503:
                break
            time.sleep(min(float(reply.headers.get("Retry-After", "1")), 5))
        if not reply.is_success:
            raise DemoFailed(f"{method} {path} 回答 {reply.status_code}：{_told(reply)}")
        return reply

    def _headers(self, person: str | None) -> dict[str, str]:
        if person is None:
            return {}
        if person not in self._tokens:
            reply = self._client.post("/dev/token", params={"person": person})
            if reply.status_code != 200:
                raise DemoFailed(
                    f"没有样例人员 {person} 的开发凭证（{reply.status_code}）：演示只能在开发环境的大厅运行。"
                )
            self._tokens[person] = reply.json()["access_token"]
        return {"Authorization": f"Bearer {self._tokens[person]}"}

    def _until(self, there: Callable[[], dict[str, Any] | None], what: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = there()
            if found is not None:
                return found
            time.sleep(0.05)
        raise DemoFailed(f"等了 {PATIENCE:g} 秒仍未等到 waited in vain until {what}")

    # -- the terminal --------------------------------------------------------------------

    def _say(self, what: str, text: str) -> None:
        self._console.print(f"[bold]{what}[/bold]  {text}", soft_wrap=True)

    def _print(self, timeline: dict[str, Any], seconds: float) -> None:
        self._console.print("[bold]时间线[/bold] [dim]北京时间 · topic/partition/offset · event · about[/dim]")
        for entry in sorted(timeline["entries"], key=lambda each: (each["at"], each["n"])):
            at = shanghai(datetime.fromisoformat(entry["at"]))
            place = f"{entry['topic']}/{entry['partition']}/{entry['offset']}"
            text = f"  {at:%H:%M:%S}.{at.microsecond // 1000:03d}  {place:<29}  {entry['event']} {entry['label']}"
            self._console.print(f"{text}  {entry['subject']}", soft_wrap=True, markup=False)
        in_time = sum(clock["on_time"] is True for clock in timeline["clocks"])
        self._console.print(
            f"{len(timeline['clocks'])} 个倒计时，{in_time} 个按时结束 [dim]clocks, ended in time[/dim]"
        )
        self._console.print(f"{len(timeline['entries'])} 个事件，{seconds} 秒 [dim]events, seconds in all[/dim]")


def _told(reply: httpx.Response) -> str:
    """What a problem says, with each field that it names."""
    try:
        problem = reply.json()
        fields = "；".join(f"{each['field']} {each['reason']}" for each in problem["errors"])
        return f"{problem['title']}：{problem['detail']} {fields}".strip()
    except (ValueError, KeyError, TypeError):
        return reply.text[:200]


_AGREE = {"verdict": "agree"}
