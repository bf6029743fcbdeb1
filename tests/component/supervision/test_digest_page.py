"""`/digest`: a week of each department, kept once it is over, corrected by what is heard later."""

import csv
import io

import pytest

from services.supervision.digest import HALL, Digests, Week
from tests.unit.supervision.sample import APP, accepted, approved, assigned, at, submitted

OTHER = "8ZQ0M3X5KD2WB"


@pytest.fixture
async def week(desk):
    """Two cases due on Monday 9 March, one decided in time; a step over since the 4th, urged, silent, supervised."""
    await desk.hear(submitted(at("03-02 09:00")), accepted(at("03-02 10:00"), steps=("xfdd",)))
    await desk.hear(assigned(at("03-02 11:00")))
    await desk.hear(submitted(at("03-02 09:00"), application=OTHER), accepted(at("03-02 10:00"), f"{OTHER}-01"))
    await desk.hear(approved(at("03-05 10:00"), f"{OTHER}-01"))
    for moment in ("03-04 18:30", "03-06 18:30", "03-09 18:30", "03-16 00:01"):
        await desk.scan_at(moment)
    return desk


def digests(desk) -> Digests:
    return Digests(desk.app.state.scanner._runtime)


async def test_the_numbers_of_a_week(week):
    found = {each.department: each for each in await digests(week).of(Week("2026-W11"))}
    own, hall = found["scjg"], found[HALL]
    assert (own.due, own.timely, own.on_time, own.promised) == (2, 1, "50.0%", 1)
    assert (hall.due, hall.timely, hall.promised, hall.lights["red"]) == (2, 1, 1, 1)
    assert [each.application for each in hall.longest] == [APP]
    assert found["xfdd"].waiting == 1
    before = {each.department: each for each in await digests(week).of(Week("2026-W10"))}
    assert (before["xfdd"].step, before["xfdd"].urged, before["xfdd"].answered) == (1, 2, 0)


async def test_a_week_that_is_over_stays_as_it_was_but_for_corrections_that_say_so(week):
    before = await digests(week).of(Week("2026-W11"))
    await week.hear(approved(at("03-09 10:00")))
    assert await digests(week).of(Week("2026-W11")) == before, "kept as it was first worked out"
    assert await digests(week).correct(Week("2026-W11")) == 2
    after = {each.department: each for each in await digests(week).of(Week("2026-W11"))}
    assert (after["scjg"].timely, after["scjg"].edition, after["xfdd"].edition) == (2, 2, 1)
    assert after["scjg"].lights == next(each.lights for each in before if each.department == "scjg")
    assert await digests(week).correct(Week("2026-W11")) == 0, "once"
    assert "第 1 次更正" in (await week.page("head-scjg", "/digest", week="2026-W11")).text


async def test_the_week_that_is_not_over_is_told_as_it_stands(week):
    shown = (await week.page("supervisor", "/digest", week="2026-W12")).text
    assert "本周还没有结束" in shown
    assert week.store.facts.get("digests", {}) == {}
    assert "下一周" not in shown


async def test_a_head_sees_the_own_department_and_a_supervisor_all(week):
    own = (await week.page("head-xfdd", "/digest")).text
    assert ("xfdd" in own, "scjg" in own, "全厅" in own) == (True, False, False)
    every = (await week.page("supervisor", "/digest")).text
    assert all(name in every for name in ("全厅", "scjg", "xfdd"))
    assert "2026年3月9日 周一 至 2026年3月15日 周日 督办通报" in every
    rows = list(csv.reader(io.StringIO((await week.page("head-xfdd", "/digest.csv")).content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["部门", "xfdd"]


@pytest.mark.parametrize(
    ("who", "status"), [("officer-xfdd", 403), ("clerk", 403), ("applicant", 403), (None, 303), ("head-cgj", 200)]
)
async def test_who_reads_it(week, who, status):
    answer = await week.page(who, "/digest")
    assert answer.status_code == status
    assert ("这一周没有可通报的" in answer.text) == (who == "head-cgj")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("2026-W10", 200),
        ("2099-W10", 200),
        ("2026-W53", 200),
        ("2025-W53", 200),
        ("2026-W54", 422),
        ("2026-10", 422),
        ("x", 422),
    ],
)
async def test_the_week_in_the_address(week, asked, status):
    assert (await week.page("supervisor", "/digest", week=asked)).status_code == status


async def test_heads_are_led_to_the_newest_from_their_list(week):
    assert 'href="/supervision/digest"' in (await week.page("head-xfdd", "/desk")).text
    assert 'href="/supervision/digest"' not in (await week.page("officer-xfdd", "/desk")).text
