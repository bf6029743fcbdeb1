"""Every page and every form against everyone: who is not meant to reach it learns nothing and changes nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.component.hostile.house import DEPARTMENT, opened
from tests.component.intake.conftest import APPLICANT

OFFICER, HEAD = f"officer-{DEPARTMENT}", f"head-{DEPARTMENT}"
PEOPLE = (
    None, "applicant", "applicant2", "company", "agent", "clerk", OFFICER, HEAD, "officer-xfdd", "head-xfdd",
    "supervisor", "reviewer", "administrator",
)  # fmt: skip
OWNER, CLERK, WATCH, ADMIN = {"applicant"}, {"clerk"}, {"supervisor"}, {"administrator"}
APPLY, CONCERNED = {"applicant", "applicant2", "company", "agent"}, {OFFICER, HEAD}
DESKS = CONCERNED | {"officer-xfdd", "head-xfdd"}
CLEAR = (APPLICANT["name"], APPLICANT["code"], APPLICANT["phone"])
FULLY = OWNER | CLERK
"""Who may read the applicant in full."""


@pytest.fixture
async def house(tmp_path, monkeypatch):
    async with opened(tmp_path, monkeypatch) as house:
        yield house


def pages(new, asked, accepted, done, draft, file) -> dict[str, set]:
    """Address → who reaches it."""
    intake, approval = "/intake/pages/applications", "/approval/desk/tasks"
    return {
        f"/intake/drafts/{draft}": OWNER,
        f"/intake/drafts/{draft}/check": OWNER,
        f"/intake/drafts/{draft}/applicant": OWNER,
        f"/intake/files/{draft}": set(),
        f"/intake/files/{file}": OWNER | CLERK | CONCERNED | WATCH,
        f"{intake}/{new}": OWNER | CLERK | CONCERNED | WATCH,
        f"{intake}/{new}/submitted": OWNER | CLERK,
        f"{intake}/{new}/materials": OWNER | CLERK | CONCERNED | WATCH,
        f"{intake}/{new}/receipts/all": OWNER | CLERK | CONCERNED | WATCH,
        f"{intake}/{new}/withdrawal": OWNER,
        f"{intake}/{asked}/supplement": OWNER | CLERK,
        f"/intake/desk/pages/{new}": CLERK,
        f"/intake/desk/pages/{new}/correct": CLERK,
        f"/intake/desk/pages/{new}/accept": CLERK,
        f"/intake/desk/pages/{new}/outcomes": CLERK,
        "/intake/desk": CLERK,
        "/intake/desk?q=0001": CLERK,
        "/intake/desk/applications.csv": CLERK,
        "/intake/catalogue": ADMIN,
        "/intake/ops": ADMIN,
        "/approval/ops": ADMIN,
        "/approval/desk": DESKS,
        "/approval/desk/tasks.csv": DESKS,
        f"{approval}/{accepted}-01-T1": CONCERNED | WATCH,
        "/licensing/mine": APPLY,
        "/licensing/desk": CLERK,
        f"/licensing/desk/{done}-01": CLERK,
        f"/licensing/pages/results/{done}-01": OWNER | CLERK | CONCERNED,
        f"/licensing/results/{done}-01/document": OWNER | CLERK | CONCERNED,
        f"/supervision/pages/applications/{done}": OWNER | CLERK | CONCERNED | WATCH,
        f"/supervision/pages/applications/{done}/audit": CLERK | CONCERNED | WATCH,
        f"/supervision/pages/applications/{done}/entries.csv": WATCH,
        "/supervision/desk": CLERK | DESKS | WATCH,
        "/supervision/wall": CLERK | DESKS | WATCH,
        f"/ratings/rate/{done}-01": OWNER,
    }


def forms(new, asked, accepted, done, draft) -> dict[str, tuple[set, dict]]:
    """Address of a form → who may send it, and entries that would do something."""
    task, timeline, urged = f"/approval/desk/tasks/{accepted}-01-T1", f"/supervision/pages/applications/{accepted}", {}
    urged = {"case": f"{accepted}-01", "departments": DEPARTMENT, "text": "请抓紧", "urge": "1"}
    return {
        f"/intake/pages/applications/{new}/unmask": (CONCERNED, {"reason": "核对"}),
        f"/intake/pages/applications/{new}/withdrawal": (OWNER, {}),
        f"/intake/pages/applications/{asked}/supplement": (OWNER | CLERK, {"act": "submit"}),
        f"/intake/desk/pages/{new}/accept": (CLERK, {"desk": "窗口"}),
        f"/intake/desk/pages/{new}/supplement": (CLERK, {"desk": "窗口"}),
        f"/intake/desk/pages/{new}/outcomes": (CLERK, {"desk": "窗口", f"outcome.{new}-01": "refer"}),
        f"/intake/desk/pages/{new}/correct": (CLERK, {"reason": "录错", "applicant.phone": "13900000009"}),
        f"/intake/drafts/{draft}/discard": (OWNER, {}),
        f"/intake/drafts/{draft}/check": (OWNER, {"truth": "yes"}),
        f"{task}/take": (CONCERNED, {}),
        f"{task}/hand-back": (CONCERNED, {"back_reason": "不在岗"}),
        f"{task}/reassign": ({HEAD}, {"to": "sample:x"}),
        f"{task}/opinion": (CONCERNED, {"verdict": "agree"}),
        f"{timeline}/urges": (WATCH, urged),
        f"{timeline}/answers": (CONCERNED, urged),
        f"/licensing/desk/{done}-01": (CLERK, {"method": "counter"}),
        f"/ratings/rate/{done}-01": (OWNER, {"level": "1"}),
        "/intake/ops/replay": (ADMIN, {"lane": new}),
        "/intake/ops/discard": (ADMIN, {"lane": new, "position": "x/1/1"}),
    }


async def everything(house) -> dict[str, str]:
    new, done = await house.submitted("key-00001"), await house.done("key-00004")
    found = {"new": new, "asked": await house.asked("key-00002"), "accepted": await house.accepted("key-00003")}
    return {**found, "done": done, "draft": await house.draft()}


def reached(answer) -> bool:
    """Whether somebody got in, and was not sent away."""
    away = answer.headers.get("location", "").startswith("/sign-in")
    return answer.status_code not in (401, 403, 404) and not away


async def test_a_page_opens_for_those_it_is_for_and_shows_nobody_else_who_applied(house):
    made = await everything(house)
    supervisor = {"Authorization": f"Bearer {house.issuer.mint('supervisor')}"}
    seen = (await house.http.get(f"/intake/applications/{made['new']}", headers=supervisor)).json()
    wrong = []
    for path, meant in pages(**made, file=seen["materials"][0]["files"][0]).items():
        for person in PEOPLE:
            answer = await house.see(person, path)
            if reached(answer) != (person in meant):
                wrong.append((path, person, answer.status_code))
            shown = answer.text.replace(f'<p class="who">{CLEAR[0]}</p>', "")
            if person not in FULLY and any(text in shown for text in CLEAR):
                wrong.append((path, person, "shows the applicant"))
            if person and reached(answer) and "no-store" not in answer.headers.get("cache-control", ""):
                wrong.append((path, person, "may be kept"))
    assert not wrong


async def test_a_form_does_nothing_for_anybody_whom_it_is_not_for(house):
    made = await everything(house)
    before, wrong = events(house), []
    for path, (meant, entries) in forms(**made).items():
        for person in PEOPLE:
            if person not in meant:
                answer = await house.send(person, path, entries)
                gone = path.endswith("/discard") and person in APPLY | CLERK  # as if it had been discarded before
                if reached(answer) and not gone:
                    wrong.append((path, person, answer.status_code))
    await house.hall.pump()
    assert not wrong
    assert events(house) == before
    assert (await house.see("applicant", f"/intake/drafts/{made['draft']}")).status_code == 200, "nobody discarded it"


async def test_what_somebody_entered_without_being_signed_in_stays_in_no_browser(house):
    number = await house.submitted("key-00001")
    for path in ("/intake/look-up", f"/intake/pages/applications/{number}/withdrawal"):
        answer = await house.send(None, path, {"number": number, "phone_tail": "0001"})
        assert number in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert "no-store" not in (await house.see(None, "/intake/look-up")).headers["cache-control"]


def events(house) -> Counter:
    return Counter(dict(record.headers)["ce_type"] for log in house.hall.bus.logs.values() for record in log)
