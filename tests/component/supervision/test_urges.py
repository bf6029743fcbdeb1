"""催办 over HTTP: who may urge, who may answer, and what a repeated press does."""

import pytest

from tests.unit.supervision.sample import APP, CASE, accepted, asked_for_more, at, submitted

pytestmark = pytest.mark.usefixtures("by_hand")
URGES = f"/cases/{CASE}/urges"
PLEASE = {"text": "请说明超期原因。", "reply_by": "2026-03-03"}


@pytest.fixture
async def open_case(desk):
    await desk.hear(submitted(at("02-12 09:00"), "scjg", "wjj"), accepted(at("02-12 10:00"), steps=("xfdd",)))
    await desk.scan_at("03-02 09:00")
    return desk


async def test_a_supervisor_urges_and_each_urged_department_answers(open_case):
    desk = open_case
    given = await desk.post("supervisor", URGES, PLEASE)
    assert (given.status_code, given.json()) == (201, {"case": CASE, "urge": 1, "departments": ["scjg", "xfdd"]})
    answered = await desk.post("officer-xfdd", f"{URGES}/1/answer", {"text": "今日现场核查。"})
    assert (answered.status_code, answered.json()) == (200, {"case": CASE, "urge": 1, "department": "xfdd"})
    (urge,) = (await desk.get("supervisor", URGES)).json()["urges"]
    assert (urge["text"], urge["awaited"], urge["reply_by"]) == ("请说明超期原因。", ["scjg"], "2026-03-03")
    assert [(each["department"], each["text"]) for each in urge["answers"]] == [("xfdd", "今日现场核查。")]
    assert [each["urge"] for each in desk.said("UrgeIssued") + desk.said("UrgeAnswered")] == [1, 1]


async def test_both_stand_in_the_timeline_and_the_chain_holds(open_case):
    desk = open_case
    await desk.post("supervisor", URGES, PLEASE)
    await desk.post("head-scjg", f"{URGES}/1/answer", {"text": "明日办结。"})
    entries = (await desk.get("clerk", f"/applications/{APP}/timeline")).json()["entries"]
    issued, answered = entries[-2:]
    assert [(each["event"], each["label"]) for each in (issued, answered)] == [
        ("UrgeIssued", "监管催办"),
        ("UrgeAnswered", "部门答复催办"),
    ]
    told = {"urge": 1, "departments": ["scjg", "xfdd"], "reply_by": "2026-03-03", "rung": "urge", "automatic": False}
    assert told.items() <= issued["details"].items()
    assert answered["details"] == {"urge": 1, "department": "scjg", "late": False}
    assert (await desk.get("supervisor", f"/audit/{APP}/verify")).json()["intact"] is True


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("supervisor", 201),
        ("clerk", 403),
        ("officer-scjg", 403),
        ("applicant", 403),
        ("administrator", 403),
        (None, 401),
    ],
)
async def test_only_a_supervisor_urges(open_case, who, status):
    assert (await open_case.post(who, URGES, PLEASE)).status_code == status


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ("officer-scjg", 200, None), ("head-scjg", 200, None), ("officer-wjj", 404, "no_such_urge"),
        ("officer-cgj", 404, "no_such_urge"), ("supervisor", 403, "forbidden"), ("applicant", 403, "forbidden"),
    ],
)  # fmt: skip
async def test_only_those_who_were_urged_answer(open_case, who, status, code):
    await open_case.post("supervisor", URGES, {**PLEASE, "departments": ["scjg"]})
    answer = await open_case.post(who, f"{URGES}/1/answer", {"text": "明日办结。"})
    assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_the_same_press_is_one_urge_and_one_answer(open_case):
    for _ in range(2):
        assert (await open_case.post("supervisor", URGES, PLEASE, key="press-0001")).json()["urge"] == 1
        answer = await open_case.post("officer-scjg", f"{URGES}/1/answer", {"text": "办。"}, key="press-0002")
        assert answer.status_code == 200
    other = await open_case.post("supervisor", URGES, {"text": "另一句。"}, key="press-0001")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert len(open_case.said("UrgeIssued")) == 1
    again = await open_case.post("officer-scjg", f"{URGES}/1/answer", {"text": "再答。"})
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": " "}, 422, "text_needed"),
        ({"text": "催" * 501}, 422, "invalid_input"),
        ({"text": "请回电 13812345678"}, 422, "personal_data"),
        ({**PLEASE, "departments": ["cgj"]}, 422, "not_concerned"),
        ({**PLEASE, "departments": ["市监"]}, 422, "invalid_input"),
        ({**PLEASE, "reply_by": "2026-03-01"}, 422, "reply_by_past"),
        ({**PLEASE, "reply_by": "明天"}, 422, "invalid_input"),
        ({**PLEASE, "loud": True}, 422, "invalid_input"),
    ],
)
async def test_a_refusal_says_what_to_do(open_case, body, status, code):
    answer = await open_case.post("supervisor", URGES, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]


async def test_nobody_is_urged_while_the_applicant_is_waited_for(desk):
    await desk.hear(submitted(at("02-12 09:00")), asked_for_more(at("02-12 09:30")))
    answer = await desk.post("supervisor", URGES, {"text": "请办。"})
    assert (answer.status_code, answer.json()["code"]) == (409, "clock_paused")


async def test_an_unknown_case_and_an_unknown_urge_are_not_found(open_case):
    for path in (f"/cases/{APP}-09/urges", "/cases/9ZQ0M3X5KD2WA-01/urges"):
        answer = await open_case.post("supervisor", path, {"text": "请办。"})
        assert answer.status_code == 404
        assert (await open_case.get("supervisor", path)).status_code == 404
    assert (await open_case.post("officer-scjg", f"{URGES}/7/answer", {"text": "办。"})).status_code == 404


async def test_who_may_read_urges(open_case):
    await open_case.post("supervisor", URGES, PLEASE)
    for who, status in (("clerk", 200), ("officer-wjj", 200), ("officer-cgj", 404), ("applicant", 403)):
        assert (await open_case.get(who, URGES)).status_code == status
