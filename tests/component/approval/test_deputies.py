"""AB角 over HTTP and in a browser: the head names deputies, and silence hands a task over by what they named."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.approval.sample import CASE, TOGETHER, accepted, unanswered, urged

TASK, PAGE = f"{CASE}-T1", "/desk/deputies"
OFFICER, SECOND = "sample:officer-xfdd", "sample:second-xfdd"
DUE = datetime(2026, 3, 5, 10, tzinfo=UTC)


async def test_silence_hands_the_task_to_the_deputy_that_the_head_named(desk):
    await desk.hear(accepted(*TOGETHER))
    await desk.post("officer-xfdd", f"/tasks/{TASK}/take")
    named = await desk.post("head-xfdd", "/deputies", officer=OFFICER, deputy=SECOND)
    assert (named.status_code, named.json()) == (200, {"officer": OFFICER, "deputy": SECOND})
    await desk.hear(urged(1, "xfdd", automatic=True))
    asked = (await desk.page("officer-xfdd", f"/desk/tasks/{TASK}")).text
    assert "您接了的任务转给 B 角或者对全部门开放" in asked
    desk.clock.move_to(DUE + timedelta(seconds=2))
    await desk.hear(unanswered(1, "xfdd", DUE))
    assert (await desk.get("officer-xfdd", f"/tasks/{TASK}")).json()["held_by"] == SECOND
    said = [body for name, body in desk.said() if name == "TaskReassigned"][-1]
    assert (said["by"], said["to_officer"], said["reason"]) == (
        "system:approval", SECOND, "催办到期没有答复，任务自动转交 B 角。",
    )  # fmt: skip
    assert "催办到期没有答复，任务自动转交 B 角。" in (await desk.page("officer-xfdd", f"/desk/tasks/{TASK}")).text


async def test_a_reply_of_another_clock_or_kind_moves_nothing(desk):
    await desk.hear(accepted(*TOGETHER))
    await desk.post("officer-xfdd", f"/tasks/{TASK}/take")
    await desk.hear(urged(1, "xfdd"), unanswered(1, "xfdd", DUE).model_copy(update={"clock": "step", "kind": "step"}))
    assert (await desk.get("officer-xfdd", f"/tasks/{TASK}")).json()["held_by"] == OFFICER


async def test_the_head_names_and_takes_back_on_one_page(desk):
    assert "还没有指定 B 角" in (await desk.page("head-xfdd", PAGE)).text
    await desk.post("head-xfdd", "/deputies", deputy=SECOND)
    shown = (await desk.page("head-xfdd", PAGE)).text
    assert SECOND in shown
    assert "全部门" in shown
    assert (await desk.get("head-xfdd", "/deputies")).json()[0]["deputy"] == SECOND
    assert (await desk.get("head-scjg", "/deputies")).json() == [], "another department's"
    await desk.post("head-xfdd", "/deputies", deputy="")
    assert (await desk.get("head-xfdd", "/deputies")).json() == []


async def test_the_form_of_the_page_says_what_is_missing(desk):
    page = await desk.page("head-xfdd", PAGE)
    token = page.text.split('name="_token" value="')[1].split('"')[0]
    headers = desk._who("head-xfdd") | {"Accept": "text/html"}
    empty = await desk.http.post(PAGE, data={"_token": token, "officer": "", "deputy": ""}, headers=headers)
    assert (empty.status_code, "选一位同事，或填写对方的登录账号" in empty.text) == (422, True)
    done = await desk.http.post(PAGE, data={"_token": token, "officer": OFFICER, "account": SECOND}, headers=headers)
    assert (done.status_code, done.headers["location"]) == (303, "/approval/desk/deputies")
    assert SECOND in (await desk.page("head-xfdd", PAGE)).text
    token = (await desk.page("head-xfdd", PAGE)).text.split('name="_token" value="')[1].split('"')[0]
    await desk.http.post(PAGE, data={"_token": token, "officer": OFFICER, "drop": "1"}, headers=headers)
    assert "还没有指定 B 角" in (await desk.page("head-xfdd", PAGE)).text


@pytest.mark.parametrize(("who", "status"), [("officer-xfdd", 403), ("supervisor", 403), (None, 303)])
async def test_only_heads_name_deputies(desk, who, status):
    assert (await desk.page(who, PAGE)).status_code == status
    if who:
        assert (await desk.post(who, "/deputies", deputy=SECOND)).status_code == 403


async def test_nobody_stands_in_for_oneself(desk):
    answer = await desk.post("head-xfdd", "/deputies", officer=SECOND, deputy=SECOND)
    assert (answer.status_code, answer.json()["code"]) == (422, "own_deputy")
