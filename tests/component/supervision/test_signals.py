"""监察信号 over HTTP and on pages: who sees them, and how a supervisor raises and closes one."""

from tests.unit.supervision.sample import APP, CASE, accepted, agreed, assigned, at, submitted

PAGE = f"/pages/applications/{APP}/signals"
TEXT = "样例：投诉称收取了目录以外的费用"


async def noticed(desk):
    """A department disagrees and says nothing."""
    disagreed = agreed(at("02-12 10:00")).model_copy(update={"verdict": "disagree"})
    await desk.hear(submitted(at("02-12 09:00")), accepted(at("02-12 09:30")), assigned(at("02-12 09:40")), disagreed)


async def test_it_is_listed_for_whom_it_concerns(desk):
    await noticed(desk)
    assert "没有说明理由" in (await desk.page("supervisor", "/signals")).text
    assert "没有说明理由" in (await desk.page("officer-xfdd", "/signals")).text
    assert "现在没有监察信号" in (await desk.page("officer-cgj", "/signals")).text
    assert (await desk.page("applicant", "/signals")).status_code == 403


async def test_the_list_can_be_filtered_and_taken_away(desk):
    await noticed(desk)
    assert "没有这样的信号" in (await desk.page("supervisor", "/signals", code="charge")).text
    assert "没有这样的信号" in (await desk.page("supervisor", "/signals", standing="closed")).text
    table = (await desk.page("supervisor", "/signals.csv", standing="open")).text
    assert APP in table
    assert "报警" in table


async def test_programs_read_it_with_its_ground(desk):
    await noticed(desk)
    (one,) = (await desk.get("supervisor", f"/applications/{APP}/signals")).json()["signals"]
    assert (one["code"], one["level"], one["open"], one["departments"]) == ("no_reason", "alarm", True, ["xfdd"])
    assert "Art. 38" in one["basis"]
    assert (await desk.get("officer-cgj", f"/applications/{APP}/signals")).status_code == 404


async def test_a_repeat_with_the_same_key_raises_one(desk):
    await noticed(desk)
    body = {"code": "charge", "text": TEXT}
    answers = [await desk.post("supervisor", f"/cases/{CASE}/signals", body, key="complaint-0001") for _ in range(2)]
    assert [(each.status_code, each.json()["signal"]) for each in answers] == [(201, 2), (201, 2)]
    assert len(desk.said("SignalRaised")) == 2
    assert (await desk.post("officer-xfdd", f"/cases/{CASE}/signals", body, key="complaint-0002")).status_code == 403


async def test_a_supervisor_raises_and_closes_in_a_browser(desk):
    await noticed(desk)
    sent = await desk.send("supervisor", PAGE, PAGE, case=CASE, code="charge", text=TEXT)
    assert sent.status_code == 303
    shown = (await desk.page("supervisor", PAGE)).text
    assert TEXT in shown
    assert "办结第 2 个信号" in shown
    sent = await desk.send("supervisor", PAGE, PAGE, signal="2", outcome="explained", closing="样例：在目录内")
    assert sent.status_code == 303
    shown = (await desk.page("supervisor", PAGE)).text
    assert "办结：不违反规定。" in shown
    assert "样例：在目录内" in shown
    assert desk.said("SignalClosed")[0]["outcome"] == "explained"


async def test_what_is_wrong_with_a_form_is_said_and_what_was_written_stays(desk):
    await noticed(desk)
    sent = await desk.send("supervisor", PAGE, PAGE, case=CASE, code="charge", text="电话 13800138000")
    assert sent.status_code == 422
    assert "电话 13800138000" in sent.text
    sent = await desk.send("supervisor", PAGE, PAGE, case="9ZQ0M3X5KD2WA-01", code="charge", text=TEXT)
    assert sent.status_code == 404


async def test_those_on_duty_read_it_in_the_history_and_the_applicant_does_not(desk):
    await noticed(desk)
    progress = f"/pages/applications/{APP}"
    assert "监察信号：不同意或者不予许可，没有说明理由" in (await desk.page("supervisor", progress)).text
    assert "监察信号" not in (await desk.page("applicant", progress)).text
