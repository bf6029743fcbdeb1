"""`/desk`: the worst and longest over first, filtered in the address, page by page, and as a table to take away."""

import csv
import io
import re

import pytest

from tests.unit.supervision.sample import APP, CASE, accepted, approved, asked_for_more, assigned, at, issued, submitted

OTHER, THIRD, BUNDLE = "8ZQ0M3X5KD2WB", "9ZQ0M3X5KD2WC", "9ZQ0M3X5KD2WD"
FILED = at("02-12 09:00")


@pytest.fixture
async def busy(desk):
    """OTHER is red since 02-26, APP since 03-02, THIRD waits for its applicant."""
    outlines = submitted(FILED, "scjg", application=OTHER)
    cases = tuple(case.model_copy(update={"department_name": "市场监督管理局"}) for case in outlines.cases)
    await desk.hear(
        outlines.model_copy(update={"cases": cases}),
        accepted(at("02-12 10:00"), f"{OTHER}-01", days=(5, 30), steps=("xfdd",)),
        submitted(FILED),
        accepted(at("02-25 10:00"), days=(3, 30)),
        submitted(FILED, "wjj", application=THIRD),
        asked_for_more(at("02-12 09:30"), THIRD),
    )
    await desk.scan_at("03-05 10:00")
    return desk


def numbers(shown: str) -> list[str]:
    return re.findall(r'<small><span class="num">([0-9A-Z]{13})', shown)


async def test_the_worst_and_longest_over_comes_first(busy):
    shown = (await busy.page("supervisor", "/desk")).text
    assert numbers(shown) == [OTHER, APP, THIRD]
    assert "已超 5 个工作日" in shown
    assert f'href="/supervision/pages/applications/{OTHER}/audit"' in shown
    assert "市场监督管理局" in shown
    assert "xfdd" in shown, "a department that nobody named is called by its code"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"light": "red"}, [OTHER, APP]),
        ({"light": "paused"}, [THIRD]),
        ({"department": "xfdd"}, [OTHER]),
        ({"clock": "acceptance"}, [THIRD]),
        ({"light": "red", "department": "wjj"}, []),
        ({"light": "green"}, []),
    ],
)
async def test_the_filters_stand_in_the_address(busy, params, found):
    shown = (await busy.page("supervisor", "/desk", **params)).text
    assert numbers(shown) == found
    assert ("没有这样的办件" in shown) == (not found)


@pytest.mark.usefixtures("by_hand")
async def test_how_many_stand_under_each_light(busy):
    shown = (await busy.page("supervisor", "/desk")).text
    tabs = re.search(r'<nav class="tabs" id="lights".*?</nav>', shown, re.S)[0]
    assert re.findall(r'<span class="num">(\d+)</span>', tabs) == ["0", "2", "0", "1", "0", "0"]


async def test_a_department_sees_what_concerns_it(busy):
    assert numbers((await busy.page("officer-xfdd", "/desk")).text) == [OTHER]
    assert numbers((await busy.page("officer-xfdd", "/desk", department="scjg")).text) == [OTHER]
    shown = (await busy.page("officer-cgj", "/desk")).text
    assert (numbers(shown), "现在没有在办件" in shown) == ([], True)
    assert 'id="department"' not in shown


async def test_page_by_page_over_all_lights(desk):
    names = [f"{number:012d}X" for number in range(25)]
    for name in names:
        await desk.hear(submitted(FILED, application=name))
    await desk.hear(asked_for_more(at("02-12 09:30"), names[0]))
    first = (await desk.page("clerk", "/desk")).text
    second = (await desk.page("clerk", "/desk", page=2)).text
    assert numbers(first) + numbers(second) == [names[0], *names[1:]]
    assert (len(numbers(first)), "共 25 份申请，第 2 页" in second) == (20, True)
    assert 'href="?page=2"' in first


@pytest.mark.usefixtures("by_hand")
async def test_urges_that_wait_for_an_answer_have_a_list(busy):
    await busy.post("supervisor", f"/cases/{OTHER}-01/urges", {"text": "请说明原因。", "departments": ["xfdd"]})
    for who, found in (("supervisor", [OTHER]), ("officer-xfdd", [OTHER]), ("officer-scjg", [])):
        shown = (await busy.page(who, "/desk", light="urged")).text
        assert numbers(shown) == found
        assert ("请说明原因。" in shown) == bool(found)
    await busy.post("officer-xfdd", f"/cases/{OTHER}-01/urges/1/answer", {"text": "明日。"})
    assert "没有等着答复的催办" in (await busy.page("officer-xfdd", "/desk", light="urged")).text


@pytest.mark.usefixtures("by_hand")
async def test_an_urge_of_a_case_that_has_ended_waits_for_nobody(busy):
    await busy.hear(submitted(FILED, "scjg", "xfdd", application=BUNDLE), accepted(FILED, f"{BUNDLE}-01"))
    await busy.hear(accepted(FILED, f"{BUNDLE}-02"))
    for case in (CASE, f"{BUNDLE}-01"):
        await busy.post("supervisor", f"/cases/{case}/urges", {"text": "请说明原因。"})
    now = at("03-05 10:00")
    await busy.hear(approved(now), approved(now, f"{BUNDLE}-01"))
    assert numbers((await busy.page("supervisor", "/desk", light="urged")).text) == [APP, BUNDLE], "the result is made"
    await busy.hear(issued(now), issued(now, f"{BUNDLE}-01"))
    shown = (await busy.page("supervisor", "/desk", light="urged")).text
    assert (numbers(shown), "没有等着答复的催办" in shown) == ([], True)
    tabs = re.search(r'<nav class="tabs" id="lights".*?</nav>', shown, re.S)[0]
    assert re.findall(r'<span class="num">(\d+)</span>', tabs)[-1] == "0"


async def test_the_table_holds_all_of_the_list_for_spreadsheets(busy):
    answer = await busy.page("supervisor", "/desk.csv", light="red")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[:3] == ["申请编号", "办件编号", "事项"]
    assert [row[:2] for row in rows] == [[OTHER, f"{OTHER}-01"], [APP, CASE]]
    assert rows[0][3:] == [
        "市场监督管理局、xfdd",
        "办理时限",
        "已超承诺",
        "2026-02-12 10:00",
        "2026-02-26 18:00",
        "-5",
        "",
    ]


async def test_a_text_that_looks_like_a_formula_stays_a_text(desk):
    event = submitted(FILED)
    case = event.cases[0].model_copy(update={"name": "=1+1"})
    await desk.hear(event.model_copy(update={"matter_name": "=1+1", "cases": (case,)}))
    rows = list(csv.reader(io.StringIO((await desk.page("clerk", "/desk.csv")).content.decode("utf-8-sig"))))
    assert rows[1][2] == "'=1+1"


async def test_a_long_name_may_be_broken_where_its_number_may_not(desk):
    name = "二手房转移登记及水电气联动过户一件事"
    outline = submitted(FILED, "scjg", "xfdd", application=BUNDLE).model_copy(update={"matter_name": name})
    await desk.hear(outline, accepted(FILED, f"{BUNDLE}-01"))
    shown = (await desk.page("supervisor", "/desk")).text
    assert f'<small><span class="num">{BUNDLE}-01</span> · {name}</small>' in shown


@pytest.mark.parametrize("path", ["/desk", "/desk.csv", "/wall"])
async def test_the_lists_are_for_those_on_duty(desk, path):
    assert (await desk.page("applicant", path)).status_code == 403
    assert (await desk.page(None, path)).status_code == 303


async def test_a_filter_that_is_none_is_told(desk):
    assert (await desk.page("clerk", "/desk", light="purple")).status_code == 422


async def test_what_is_something_of_a_case_is_listed_with_the_name_of_its_case(desk):
    await desk.hear(submitted(FILED), accepted(at("02-25 10:00"), steps=("xfdd",)), assigned(at("02-25 11:00")))
    await desk.scan_at("03-02 10:00")
    row = csv.DictReader(io.StringIO((await desk.page("supervisor", "/desk.csv", clock="step")).text.lstrip("\ufeff")))
    assert [(each["办件编号"], each["事项"], each["时限"]) for each in row] == [(CASE, "样例事项1", "环节时限")]
    shown = (await desk.page("supervisor", "/desk", clock="step")).text
    assert re.search(r'/audit">样例事项1</a><small><span class="num">' + CASE, shown)
