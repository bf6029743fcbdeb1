"""From the officer's form to the applicant's message, over approval, supervision and intake: a clock stands still for a
procedure, keeps what remained to the day, and becomes longer once (行政许可法 Art. 42, 45).
"""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest

from tests.component.hostile.house import APPLICANT, opened

ACCEPTED = date(2026, 3, 2)
DAYS, ALLOWED = 5, 20
"""What hygiene_licence promises where it is inspected, and what the law allows."""
REVIEW = {"kind": "expert_review", "planned_days": 15, "notice": "样特告〔2026〕1 号", "reason": "方案需要专家评审"}


def nth_day_after(day: date, days: int, without: tuple[date, date] | None = None) -> str:
    """The cut-off of the n-th working day after a day, found by looking at each; none counts that lies in `without`,
    whose first day stood still at its cut-off and whose last did not."""
    while days:
        day += timedelta(days=1)
        still = without is not None and without[0] <= day < without[1]
        days -= chinese_calendar.is_workday(day) and not still
    return f"{day}T10:00:00Z"


@pytest.fixture
async def house(tmp_path, monkeypatch):
    async with opened(tmp_path, monkeypatch) as house:
        yield house


async def accepted(house) -> str:
    answers = {"central_ac": "no", "hygiene_mode": "inspect", "agent": "no"}
    notice = (await house.say(None, "/intake/guides/hygiene_licence/notice", {"answers": answers})).json()
    file = await house.file("applicant")
    materials = [{"material": each["key"], "files": [file]} for each in notice["materials"] if each["to_hand_in"]]
    form = {"matter": "hygiene_licence", "answers": answers, "applicant": APPLICANT, "materials": materials}
    number = (await house.say("applicant", "/intake/applications", form, "hygiene-0001")).json()["number"]
    assert (await house.say("clerk", f"/intake/applications/{number}/accept")).status_code == 200
    return number


async def read(house, who, path):
    await house.hall.pump()
    answer = await house.http.get(path, headers={"Authorization": f"Bearer {house.issuer.mint(who)}"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decision(house, number):
    """The case's own clock, as supervision has it."""
    clocks = (await read(house, "supervisor", f"/supervision/applications/{number}/clocks"))["clocks"]
    return next(each for each in clocks if each["clock"] == "decision")


async def test_a_procedure_stops_the_clock_and_an_extension_lengthens_it(house):
    clock = house.hall.backing("approval").runtime.clock
    number = await accepted(house)
    (task,) = (await read(house, "officer-wjj", f"/approval/tasks?application={number}"))["tasks"]
    mine = f"/approval/tasks/{task['task']}"
    assert (await decision(house, number))["due"] == nth_day_after(ACCEPTED, DAYS)

    clock.move_to(datetime(2026, 3, 4, 2, 0, tzinfo=UTC))  # one day has counted, the second has not ended
    assert (await house.say("officer-wjj", f"{mine}/procedures", REVIEW)).status_code == 200
    assert (await decision(house, number))["light"] == "paused"
    assert (await read(house, "officer-wjj", mine))["light"] == "paused"

    clock.move_to(datetime(2026, 3, 25, 2, 0, tzinfo=UTC))  # long after the limit would have passed
    over = await house.say("officer-wjj", f"{mine}/procedures/{task['case']}-P1/end")
    assert over.status_code == 200
    still = (date(2026, 3, 4), date(2026, 3, 25))
    assert (await decision(house, number))["due"] == nth_day_after(ACCEPTED, DAYS, still)
    assert (await read(house, "officer-wjj", mine))["due"] == nth_day_after(ACCEPTED, DAYS, still)

    more = {"days": 5, "reason": "需要核实原登记档案"}
    assert (await house.say("officer-wjj", f"{mine}/extension-request", more)).status_code == 200
    assert (await decision(house, number))["due"] == nth_day_after(ACCEPTED, DAYS, still)
    assert (await house.say("head-wjj", f"{mine}/extension", more)).status_code == 200
    longer = await decision(house, number)
    assert longer["due"] == nth_day_after(ACCEPTED, DAYS + 5, still)
    assert longer["statutory_due"] == nth_day_after(ACCEPTED, ALLOWED + 5, still)

    told = {
        each["kind"]: each["text"] for each in (await read(house, "applicant", "/intake/mine/messages"))["messages"]
    }
    assert "方案需要专家评审" in told["procedure"]
    assert "15 个工作日，书面告知的文号是样特告〔2026〕1 号" in told["procedure"]
    assert "剩下的天数不变" in told["procedure_over"]
    assert "理由：需要核实原登记档案" in told["extended"]


async def test_a_withdrawal_in_a_procedure_leaves_no_clock_running(house):
    number = await accepted(house)
    (task,) = (await read(house, "officer-wjj", f"/approval/tasks?application={number}"))["tasks"]
    await house.say("officer-wjj", f"/approval/tasks/{task['task']}/procedures", REVIEW)
    await house.say("applicant", f"/intake/applications/{number}/withdrawal")
    clocks = (await read(house, "supervisor", f"/supervision/applications/{number}/clocks"))["clocks"]
    assert {each["clock"] for each in clocks if each["ended_at"] is None} == set()
    told = [each["kind"] for each in (await read(house, "applicant", "/intake/mine/messages"))["messages"]]
    assert told[0] == "withdrawn"
    assert "procedure_over" not in told
