"""A double press, the back button and an old form with other entries: nothing is done twice, and everybody is told."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.component.hostile.house import DEPARTMENT, opened

OFFICER, HEAD = f"officer-{DEPARTMENT}", f"head-{DEPARTMENT}"


@pytest.fixture
async def house(tmp_path, monkeypatch):
    async with opened(tmp_path, monkeypatch) as house:
        yield house


def said(house) -> Counter:
    """How often each event was said."""
    return Counter(dict(record.headers)["ce_type"] for log in house.hall.bus.logs.values() for record in log)


async def twice(house, person, path, entries, others) -> None:
    """The same form again, and with other entries."""
    token, before = house.token(person), said(house)
    first = await house.send(person, path, entries, token)
    await house.hall.pump()
    assert first.status_code == 303, first.text
    done = said(house)
    assert done != before or "discard" in path
    again = await house.send(person, path, entries, token)
    assert (again.status_code, again.headers.get("location")) == (303, first.headers["location"]), again.text
    if others:
        other = await house.send(person, path, others, token)
        assert other.status_code == 409
        assert "这一页已经提交过一次" in other.text
    elsewhere = await house.send("applicant2", path, entries, token)
    assert elsewhere.status_code == 403, "a form is its reader's alone"
    await house.hall.pump()
    assert said(house) == done


async def test_at_the_window(house):
    numbers = [await house.submitted(f"key-0000{n}") for n in range(4)]
    seen = (await house.see("clerk", f"/intake/desk/pages/{numbers[0]}")).text
    key = seen.split('name="mark.', 1)[1].split('"', 1)[0]
    desk, case = {"desk": "综合窗口1号"}, f"{numbers[2]}-01"
    mark, refer = {f"mark.{key}": "no", **desk}, {f"outcome.{case}": "refer", f"body.{case}": "省局", **desk}
    phone = {"applicant.phone": "13900000009", "reason": "录错一位", **desk}
    for path, entries, others in (
        (f"{numbers[0]}/accept", desk, {"desk": "综合窗口2号"}),
        (f"{numbers[1]}/supplement", {**mark, f"why.{key}": "缺签名"}, {**mark, f"why.{key}": "看不清"}),
        (f"{numbers[2]}/outcomes", {**refer, f"reason.{case}": "不归"}, {**refer, f"reason.{case}": "另外"}),
        (f"{numbers[3]}/correct", phone, {**phone, "applicant.phone": "13900000008"}),
    ):
        await twice(house, "clerk", f"/intake/desk/pages/{path}", entries, others)


async def test_by_those_who_apply(house):
    number, accepted, done = (
        await house.submitted("key-00001"),
        await house.accepted("key-00002"),
        await house.done("3" * 9),
    )
    draft = await house.draft()
    for path, entries, others in (
        (f"/intake/pages/applications/{number}/withdrawal", {}, None),
        (f"/intake/pages/applications/{accepted}/withdrawal", {"cases": f"{accepted}-01"}, None),
        (f"/ratings/rate/{done}-01", {"level": "5"}, {"level": "1"}),
        (f"/intake/drafts/{draft}/discard", {}, None),
    ):
        await twice(house, "applicant", path, entries, others)


async def test_in_departments_and_beyond(house):
    number, done = await house.accepted("key-00001"), await house.done("key-00002")
    task, page = f"/approval/desk/tasks/{number}-01-T1", f"/supervision/pages/applications/{number}"
    case, urge = {"case": f"{number}-01"}, {"case": f"{number}-01", "departments": DEPARTMENT}
    for person, path, entries, others in (
        ("supervisor", f"{page}/urges", {**urge, "text": "请抓紧"}, {**urge, "text": "快"}),
        (OFFICER, f"{page}/answers", {**case, "urge": "1", "text": "马上"}, {**case, "urge": "1", "text": "明天"}),
        (OFFICER, f"{task}/take", {}, None),
        (OFFICER, f"{task}/hand-back", {"back_reason": "不在岗"}, {"back_reason": "别的"}),
        (HEAD, f"{task}/reassign", {"to": f"sample:{OFFICER}"}, {"to": f"sample:{HEAD}"}),
        (HEAD, f"{task}/opinion", {"verdict": "disagree", "reason": "不行"}, {"verdict": "agree"}),
        ("clerk", f"/licensing/desk/{done}-01", {"method": "counter"}, {"method": "post"}),
    ):
        await twice(house, person, path, entries, others)
