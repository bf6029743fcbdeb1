"""Whatever is written into any place of any page, the answer is one that was foreseen: never 500, nothing run."""

from __future__ import annotations

import re

import pytest

from tests.component.hostile.attacks import SCRIPT, TEXTS, quoted, targets
from tests.component.hostile.house import DEPARTMENT, FIELDS, ITEM, hidden, opened

PEOPLE = (None, "applicant", "clerk", f"head-{DEPARTMENT}", "supervisor", "administrator")
NAMES = [
    "number", "phone_tail", "matter", "draft", "kind", "name", "code", "phone", "act", "remove", "truth", "desk",
    "reason", "cases", "outcome", "lane", "position", "text", "departments", "reply_by", "case", "urge", "verdict",
    "back_reason", "to", "account", "reassign_reason", "method", "level", "tags", "comment", "person", "back",
    "a.agent", "opt", "upto",
]  # fmt: skip
"""Fields of forms; every page's own are found on it besides."""


@pytest.fixture
async def house(tmp_path, monkeypatch):
    async with opened(tmp_path, monkeypatch) as house:
        yield house


async def states(house) -> dict[str, list[str]]:
    """Real things for the places of addresses: name of the place → values."""
    numbers = [await house.submitted("key-00001"), await house.asked("key-00002"), await house.done("key-00003")]
    numbers.append(await house.accepted("key-00004"))
    draft = await house.draft()
    token = {"Authorization": f"Bearer {house.issuer.mint('supervisor')}"}
    tasks = [
        task["task"]
        for state in ("open", "given")
        for task in (await house.http.get(f"/approval/tasks?state={state}", headers=token)).json()["tasks"]
    ]
    seen = (await house.http.get(f"/intake/applications/{numbers[0]}", headers=token)).json()
    shown = await house.see("clerk", f"/licensing/pages/results/{numbers[2]}-01")
    licence = re.search(r'class="cert__no num">([^<]+)<', shown.text)[1]
    assert tasks
    assert draft
    return {
        "number": [*numbers, licence],
        "case": [f"{number}-01" for number in numbers],
        "task": tasks,
        "draft": [draft],
        "material": [each["key"] for each in seen["materials"]][:1],
        "key": [ITEM, DEPARTMENT],
        "tree": ["person"],
        "stage": ["birth"],
        "paper": [f"SJ-{numbers[0]}"],
    }


async def allowed(house, target, real) -> tuple[str | None, str] | None:
    """Who gets somewhere, with which real address."""
    reached = []
    for values in _real(target, real):
        for person in PEOPLE:
            path = target.at(**values)
            answer = await house.see(person, path) if target.method == "GET" else await house.send(person, path)
            login = answer.headers.get("location", "").startswith("/sign-in")
            if answer.status_code not in (401, 403, 404) and not login:
                reached.append((answer.status_code != 200, (person, path)))
    return min(reached, key=lambda each: each[0])[1] if reached else None


def _real(target, real):
    most = max((len(real.get(place, ["x"])) for place in target.places), default=1)
    for n in range(most):
        yield {place: (some := real.get(place, ["x"]))[n % len(some)] for place in target.places}


def unforeseen(answer) -> str | None:
    """What is wrong with an answer, if anything is."""
    location = answer.headers.get("location", "/").removeprefix("http://hall")
    cookies = answer.headers.get("set-cookie", "")
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    if SCRIPT in answer.text or "alert(1)</script>" in answer.text:
        return "a script is run"
    if "onedoor_session=x" in cookies:
        return "a header is made of a value"
    if not location.startswith(("/", "../", "#")) or location.startswith("//"):
        return f"leads elsewhere: {location[:80]}"
    if answer.status_code >= 400 and not re.search("[\u4e00-\u9fff]", answer.text):
        return f"status {answer.status_code} without words"
    return None


async def attack(house, service, app) -> tuple[int, list[tuple]]:
    """How much was tried, and what came of it that should not. What changes things comes last."""
    real, tried, found = await states(house), 0, []
    for target in sorted(targets(service, app), key=lambda each: (each.method != "GET", "discard" in each.path)):
        plain = next(iter(_real(target, real)))
        person, path = await allowed(house, target, real) or (None, target.at(**plain))
        for address in addresses(target, path, plain):
            tried += 1
            answer = await (house.see(person, address) if target.method == "GET" else house.send(person, address))
            found += _noted(answer, target, person, address)
        if target.method == "POST":
            tried += await _forms(house, person, path, target, found)
    return tried, found


def addresses(target, path: str, plain: dict[str, str]) -> list[str]:
    """Each place and each question with each text, all questions at once, and questions that nobody asks."""
    found, asked = [], [*target.asked, "a.agent", "opt", "q", "ask"]
    for value in quoted():
        found += [target.at(**{**plain, place: value}) for place in target.places]
        if target.method == "GET":
            found += [f"{path}?{name}={value}" for name in target.asked]
            found.append(f"{path}?{'&'.join(f'{name}={value}&{name}[]={value}&{name}=1' for name in asked)}")
    return list(dict.fromkeys(each[:LONGEST].removesuffix("%").removesuffix("%2") for each in found))


def _noted(answer, target, person, what) -> list[tuple]:
    why = unforeseen(answer)
    return [(why, target.method, target.path, person, str(what)[:120])] if why else []


LONGEST = 60_000
"""Characters of an address: a server takes no longer ones."""
SOME = (SCRIPT, TEXTS[2], TEXTS[9], TEXTS[-3])
"""Texts that are written into one field alone, too."""


async def _forms(house, person, path, target, found) -> int:
    page = await house.see(person, path)
    own = dict.fromkeys(FIELDS.findall(page.text)) if page.status_code == 200 else {}
    names = [name for name in dict.fromkeys([*own, *NAMES]) if name != "_token"]
    kept = {name: value for name, value in hidden(page.text).items() if name != "_token"}
    tried = 0
    for value in (*TEXTS, [SCRIPT, "x", "\x00"]):
        forms = [dict.fromkeys(names, value)]
        if value in SOME:
            forms += [{**kept, name: value} for name in own if name != "_token"]
        for form in forms:
            tried += 1
            answer = await house.send(person, path, form)
            found += _noted(answer, target, person, form)
    for name in (SCRIPT, "a" * 5000, "\x00", "why.\x00", "files.x"):
        answer = await house.send(person, path, {name: "1"}, files={name: ("\x00<script>😀/../x.pdf", b"%PDF-1.7")})
        found += _noted(answer, target, person, name)
    return tried


@pytest.mark.parametrize("service", ["intake", "approval", "licensing", "supervision", "ratings", "hall"])
async def test_no_text_in_any_place_of_any_page_is_unforeseen(house, service):
    tried, found = await attack(house, service, house.apps[service])
    assert tried > 100
    assert not found, "\n".join(map(str, found[:40]))
