"""督办 in a browser: the ladder climbs by itself, the page says what comes next, and people decide what is theirs."""

import pytest

from tests.unit.supervision.sample import APP, CASE, accepted, assigned, at, submitted

PAGE = f"/pages/applications/{APP}/audit"
URGES, OUTCOMES = f"/pages/applications/{APP}/urges", f"/pages/applications/{APP}/outcomes"
ANSWERS = f"/pages/applications/{APP}/answers"


@pytest.fixture
async def silent(desk):
    """The step of xfdd is over since 4 March; urged, and silent until the 6th."""
    await desk.hear(submitted(at("03-02 09:00")), accepted(at("03-02 10:00"), steps=("xfdd",)))
    await desk.hear(assigned(at("03-02 11:00")))
    await desk.scan_at("03-04 18:30")
    return desk


async def test_the_page_says_which_rung_by_whom_until_when_and_what_comes_next(silent):
    shown = (await silent.page("officer-xfdd", PAGE)).text
    assert "3月4日 周三 18:00 自动发给xfdd；请在 3月6日 周五前答复" in shown
    assert "到 3月6日 周五 18:00 还没有办好或者没有答复，自动" in shown
    assert "没有到这一级" in shown
    assert "第 1 次，自动催办：xfdd" in shown


async def test_silence_is_supervised_and_then_a_talk_is_proposed_and_decided_by_a_person(silent):
    await silent.scan_at("03-06 18:30")
    shown = (await silent.page("supervisor", PAGE)).text
    assert "3月6日 周五前应答复，到期没有答复" in shown
    assert "还没有答复，建议约谈，由监管人员决定。" in shown
    await silent.scan_at("03-11 18:30")
    assert [each["rung"] for each in silent.said("UrgeIssued")] == ["urge", "supervise"]
    shown = (await silent.page("supervisor", PAGE)).text
    assert "建议约谈：xfdd到期没有答复第 2 次督办。" in shown
    assert 'value="talk" checked' in shown, "the next rung is chosen beforehand"
    sent = await silent.send("supervisor", PAGE, URGES, case=CASE, rung="talk", text="请负责人到场说明。")
    assert sent.status_code == 303
    shown = (await silent.page("supervisor", PAGE, sent=f"{CASE}.3")).text
    assert "已经发出约谈：" in shown
    assert "建议约谈" not in shown
    assert "还没有记录结果" in shown


async def test_what_came_of_a_talk_is_recorded_on_the_page(silent):
    await silent.send("supervisor", PAGE, URGES, case=CASE, rung="talk", text="请负责人到场说明。")
    fields = {"case": CASE, "urge": "2", "outcome": "heard", "day": "2026-03-09", "outcome_text": "负责人已说明。"}
    ahead = await silent.send("supervisor", PAGE, OUTCOMES, **fields)
    assert (ahead.status_code, "日期还没有到" in ahead.text, "负责人已说明。" in ahead.text) == (422, True, True)
    sent = await silent.send("supervisor", PAGE, OUTCOMES, **{**fields, "day": "2026-03-04"})
    assert sent.status_code == 303
    shown = (await silent.page("supervisor", PAGE)).text
    assert "约谈的结果：已经听取说明（移送的，对方已经接收）" in shown
    assert "负责人已说明。" in shown
    assert "建议问责移送" not in shown, "the case is within its limit"
    await silent.scan_at("03-10 18:30")
    assert "建议问责移送" in (await silent.page("supervisor", PAGE)).text
    empty = await silent.send("supervisor", PAGE, OUTCOMES, **{**fields, "outcome": "closed", "outcome_text": " "})
    assert (empty.status_code, "还没有写内容" in empty.text) == (422, True)
    assert (await silent.send("officer-xfdd", PAGE, OUTCOMES, **fields)).status_code == 403


async def test_an_answer_after_its_day_is_shown_as_late(silent):
    await silent.scan_at("03-06 18:30")
    await silent.send("officer-xfdd", PAGE, ANSWERS, case=CASE, urge="1", text="已安排。")
    shown = (await silent.page("supervisor", PAGE)).text
    assert "xfdd过期才答复" in shown
    assert silent.said("UrgeAnswered")[0]["late"] is True


async def test_the_list_is_narrowed_by_the_rung_on_which_a_case_stands(silent):
    assert APP in (await silent.page("supervisor", "/desk", light="urged", rung="urge")).text
    empty = (await silent.page("supervisor", "/desk", light="urged", rung="supervise")).text
    assert (APP in empty, "没有停在这一级的办件" in empty) == (False, True)
    await silent.scan_at("03-06 18:30")
    for who, rung, found in (
        ("supervisor", "urge", False),
        ("supervisor", "supervise", True),
        ("officer-xfdd", "supervise", True),
        ("officer-scjg", "supervise", False),
    ):
        assert (APP in (await silent.page(who, "/desk", light="urged", rung=rung)).text) == found
    assert "督办 · 请在 3月11日 周三前答复" in (await silent.page("supervisor", "/desk", light="urged")).text


async def test_to_the_applicant_the_ladder_is_no_news(silent):
    await silent.scan_at("03-11 18:30")
    shown = (await silent.page("applicant", f"/pages/applications/{APP}")).text
    for word in ("催办", "督办", "提醒", "答复时限"):
        assert word not in shown
    await silent.send("supervisor", PAGE, URGES, case=CASE, rung="urge", text="请说明。")
    assert "监管人员催办了" in (await silent.page("applicant", f"/pages/applications/{APP}")).text


async def test_outcomes_and_rungs_over_http(silent):
    urged = await silent.post("supervisor", f"/cases/{CASE}/urges", {"rung": "talk", "text": "请到场说明。"})
    assert urged.status_code == 201
    path = f"/cases/{CASE}/urges/2/outcomes"
    body = {"outcome": "heard", "day": "2026-03-04", "text": "已说明。"}
    for _ in range(2):
        kept = await silent.post("supervisor", path, body, key="press-0003")
        assert (kept.status_code, kept.json()) == (201, {"case": CASE, "urge": 2, "outcome": "heard"})
    assert (await silent.post("supervisor", path, body)).json()["code"] == "already_recorded"
    assert (await silent.post("head-xfdd", path, body)).status_code == 403
    assert (await silent.post("supervisor", path, {**body, "outcome": "forgotten"})).status_code == 422
    urges = (await silent.get("supervisor", f"/cases/{CASE}/urges")).json()["urges"]
    assert [(each["rung"], each["automatic"]) for each in urges] == [("urge", True), ("talk", False)]
    assert urges[1]["records"][0]["outcome"] == "heard"
    answer = await silent.post("officer-xfdd", f"/cases/{CASE}/urges/2/answer", {"text": "办。"})
    assert answer.json()["code"] == "no_answer_asked"
