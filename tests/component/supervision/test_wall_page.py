"""`/wall`: the hall at one glance."""

import re

import pytest

from services.supervision.wall import fresh
from shared.contracts.terms import PERSONAL
from tests.unit.supervision.sample import APP, CASE, accepted, approved, asked_for_more, at, issued, submitted

OTHER, THIRD = "8ZQ0M3X5KD2WB", "9ZQ0M3X5KD2WC"
FILED = at("02-12 09:00")


@pytest.fixture(autouse=True)
def never_from_memory(monkeypatch):
    monkeypatch.setattr(fresh, "FRESH_SECONDS", 0.0)


def row(shown: str, name: str) -> list[str]:
    """The numbers of one department, and their total."""
    found = re.search(rf'<th scope="row">(?:<[^>]*>)*{name}(?:<[^>]*>)*?</th>(.*?)</tr>', shown)
    return re.findall(r'<td(?! class="wbars")[^>]*>([^<]*)</td>', found[1])


async def busy(desk):
    await desk.hear(
        submitted(FILED, "scjg", application=OTHER),
        accepted(at("02-12 10:00"), f"{OTHER}-01", days=(5, 30), steps=("xfdd",)),
        submitted(FILED, "scjg"),
        accepted(at("02-12 10:00"), days=(12, 30)),
        submitted(FILED, "wjj", application=THIRD),
        asked_for_more(at("02-12 09:30"), THIRD),
    )
    await desk.scan_at("03-05 10:00")


async def test_departments_with_all_their_lights_and_the_total_of_what_is_paused(desk):
    await busy(desk)
    shown = (await desk.page("supervisor", "/wall")).text
    assert row(shown, "scjg") == ["—", "1", "1", "—", "—", "2"]
    assert row(shown, "xfdd") == ["—", "—", "1", "—", "—", "1"]
    assert row(shown, "wjj") == ["—", "—", "—", "—", "1", "1"]
    assert row(shown, "全厅（一件只算一次）") == ["0", "1", "1", "0", "1", "3"]
    assert '<dd class="np">1</dd>' in shown
    assert 'href="/supervision/desk?department=scjg"' in shown


async def test_the_wall_counts_cases_and_the_list_applications_and_both_say_so(desk):
    await desk.hear(submitted(FILED, "scjg", "wjj"), accepted(FILED), accepted(FILED, f"{APP}-02"))
    wall, listed = [(await desk.page("supervisor", path)).text for path in ("/wall", "/desk")]
    assert "按事项计：一份申请有几项，就算几件。" in wall
    assert "<dd>2</dd><dt>在办</dt>" in wall
    assert "按申请计：一份申请有几项亮同一种灯，只算一份。" in listed
    assert '<span class="num">1</span>' in listed
    assert '<span class="num">2</span>' not in listed


async def test_the_longest_over_and_what_comes_due_next(desk):
    await busy(desk)
    shown = (await desk.page("supervisor", "/wall")).text
    over = re.search(r'<ol class="wover">.*?</ol>', shown, re.S)[0]
    assert re.findall(r'class="d">(\d+)<small> 个工作日', over) == ["5"]
    assert f"/supervision/pages/applications/{OTHER}/audit" in over
    assert "3月6日 周五" in shown


async def test_what_happened_today_without_personal_data(desk):
    desk.clock.move_to(at("03-05 09:00"))
    now = at("03-05 09:00")
    await desk.hear(submitted(now), accepted(now), approved(now), issued(now))
    await desk.hear(submitted(now, application=OTHER), accepted(now, f"{OTHER}-01"))
    await desk.post("supervisor", f"/cases/{OTHER}-01/urges", {"text": "请办。"})
    shown = (await desk.page("supervisor", "/wall")).text
    news = re.search(r'<ul class="wnews">.*?</ul>', shown, re.S)[0]
    for words in ("准予样例事项1", "收到催办"):
        assert words in news
    assert not PERSONAL.search(shown)
    assert "sample:applicant" not in shown
    assert "data-key" in news
    assert APP not in news, "a department sees the news of all, and applications of its own alone"


async def test_the_trend_has_a_point_for_each_of_twenty_working_days(desk):
    await busy(desk)
    shown = (await desk.page("supervisor", "/wall")).text
    for line in re.findall(r'<polyline class="ln2?" points="([^"]+)"', shown):
        assert len(line.split()) == 20
    assert "最后一天受理 0 件，办结 0 件" in shown
    await desk.scan_at("03-06 10:00")
    again = (await desk.page("supervisor", "/wall")).text
    assert "3月5日 周四" in again


async def test_the_days_of_the_trend_count_what_was_accepted_and_ended_on_them(desk):
    desk.clock.move_to(at("02-13 10:00"))
    now = at("02-13 10:00")
    await desk.hear(submitted(now), accepted(now), submitted(now, application=OTHER), accepted(now, f"{OTHER}-01"))
    await desk.hear(approved(now, CASE))
    await desk.scan_at("02-14 10:00")
    shown = (await desk.page("supervisor", "/wall")).text
    assert "最后一天受理 2 件，办结 1 件" in shown


async def test_an_empty_hall_says_so(desk):
    shown = (await desk.page("supervisor", "/wall")).text
    for words in ("没有超期的办件。", "现在没有在办件。", "没有临近到期的办件。", "今天还没有新的动静。"):
        assert words in shown


async def test_more_departments_than_there_is_room_for_are_one_row(desk):
    codes = [f"d{letter}" for letter in "abcdefghijklmnopq"]
    for n, code in enumerate(codes):
        await desk.hear(submitted(FILED, code, application=f"{n:012d}X"))
    shown = (await desk.page("supervisor", "/wall")).text
    assert row(shown, "其余 4 个部门") == ["4", "—", "—", "—", "—", "4"]
    assert APP not in shown


async def test_a_department_sees_the_numbers_of_all_and_single_applications_of_its_own_alone(desk):
    await busy(desk)
    assert f"/pages/applications/{OTHER}/audit" in (await desk.page("supervisor", "/wall")).text
    assert f"/pages/applications/{OTHER}/audit" in (await desk.page("officer-xfdd", "/wall")).text
    shown = (await desk.page("officer-wjj", "/wall")).text
    assert row(shown, "xfdd") == ["—", "—", "1", "—", "—", "1"]
    assert OTHER not in shown
    assert APP not in shown


async def test_what_has_passed_its_limit_today_is_news(desk):
    await desk.hear(submitted(FILED, "scjg"), accepted(at("02-12 10:00"), days=(5, 30)))
    await desk.scan_at("02-26 19:00")
    shown = (await desk.page("supervisor", "/wall")).text
    assert '<time class="num">18:00</time><span><b>样例事项1</b> 超过了期限' in shown
    await desk.scan_at("02-27 09:00")
    assert "今天还没有新的动静。" in (await desk.page("supervisor", "/wall")).text
