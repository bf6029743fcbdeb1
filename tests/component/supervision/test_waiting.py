"""Who is waited for, as its owner and those on duty see it; steps and procedures on the audit page."""

import pytest

from tests.unit.supervision.sample import (
    APP,
    CASE,
    SECOND,
    accepted,
    asked_for_more,
    assigned,
    at,
    delivered,
    extended,
    issued,
    licensed,
    procedure_ended,
    procedure_started,
    refused,
    submitted,
)

PAGE, AUDIT = f"/pages/applications/{APP}", f"/pages/applications/{APP}/audit"
FILED = at("02-12 09:00")
BEGUN = (submitted(FILED), accepted(at("02-12 10:00")), assigned(at("02-12 11:00")))


async def shown(desk, who, path, now="02-13 10:30") -> str:
    desk.clock.move_to(max(desk.clock(), at(now)))
    answer = await desk.page(who, path)
    assert answer.status_code == 200
    return answer.text


async def test_the_owner_reads_in_one_sentence_who_is_waited_for(desk):
    await desk.hear(*BEGUN)
    assert "<p>现在在等xfdd出具意见。</p>" in await shown(desk, "applicant", PAGE)


async def test_the_owner_is_asked_and_the_staff_are_told(desk):
    await desk.hear(submitted(FILED), asked_for_more(at("02-13 10:00")))
    assert "现在在等您补正材料。" in await shown(desk, "applicant", PAGE)
    assert "现在在等申请人补正材料。" in await shown(desk, "clerk", PAGE)


async def test_nobody_is_waited_for_when_all_is_over(desk):
    desk.clock.move_to(at("02-13 13:00"))
    await desk.hear(*BEGUN, refused(at("02-13 10:00")), issued(at("02-13 11:00")), delivered(at("02-13 12:00")))
    assert "现在在等" not in await shown(desk, "applicant", PAGE)


async def test_the_audit_page_splits_the_whole_and_counts_steps_and_procedures(desk):
    await desk.hear(*BEGUN, procedure_started(at("02-13 10:00"), planned=2))
    await desk.scan_at("02-26 20:00")
    text = await shown(desk, "supervisor", AUDIT)
    assert "时间用在谁那里" in text
    assert "专家评审的结果（依法不计入期限）" in text
    assert "专家评审（告知书 样例告知1号）" in text
    assert "期限 2 个工作日 · 2月24日 周二 18:00 到期" in text, "the 14th is a make-up day"
    assert "期限 2 个工作日 · 暂停中" in text, "the step stands still"


async def test_the_audit_page_says_whether_a_procedure_took_longer_than_was_told(desk):
    await desk.hear(*BEGUN, extended(at("02-12 15:00"), days=3), procedure_started(at("02-13 10:00"), planned=1))
    await desk.hear(procedure_ended(at("02-26 10:00")))
    await desk.scan_at("02-26 20:00")
    text = await shown(desk, "supervisor", AUDIT)
    assert "超过告知的时间" in text
    assert "加 3 个工作日，2026年2月12日 周四 15:00 决定" in text


async def test_licences_are_counted_down_too(desk):
    await desk.hear(*BEGUN, licensed(at("02-24 11:00"), at("02-24 11:00").date().replace(year=2027)))
    text = await shown(desk, "supervisor", AUDIT)
    assert "证照有效期" in text


async def test_programs_read_the_parts_and_their_sum(desk):
    await desk.hear(*BEGUN)
    desk.clock.move_to(at("02-24 20:00"))
    answer = await desk.get("applicant", f"/cases/{CASE}/waiting")
    said = answer.json()
    assert [each["reason"] for each in said["spans"]] == ["intake", "decision", "task"]
    assert said["spans"][-1] | {"open": True, "whom": ["xfdd"], "party": "department"} == said["spans"][-1]
    assert sum(each["seconds"] for each in said["spans"]) == said["seconds"]
    assert sum(each["working_days"] for each in said["spans"]) == said["working_days"] == 4


@pytest.mark.parametrize(
    ("who", "status"), [("applicant2", 404), ("officer-cgj", 404), (None, 401), ("supervisor", 200)]
)
async def test_nobody_else_may_read_it(desk, who, status):
    await desk.hear(*BEGUN)
    assert (await desk.get(who, f"/cases/{CASE}/waiting")).status_code == status


async def test_a_case_that_is_none_of_the_application_s_is_not_found(desk):
    await desk.hear(*BEGUN)
    answer = await desk.get("supervisor", f"/cases/{SECOND}/waiting")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_case")
