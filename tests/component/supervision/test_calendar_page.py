"""`/calendar`: the year at a glance, and a notice from file to force, as people at a browser do it."""

import re

import pytest

from tests.component.supervision.test_calendar import ACCEPTED, december, publish, sweep  # noqa: F401
from tests.unit.supervision.notices import NOTICE_2027, written
from tests.unit.supervision.sample import APP, CASE, accepted, submitted
from tests.unit.supervision.test_recount import on

LOCAL = written({on("2027-03-18 10:00").date(): False}, basis="样例：民族节日")


async def choose(desk, text, file="2027.yaml", who="administrator"):
    """The form of the page, with this file."""
    asked = (await desk.page(who, "/calendar")).text
    token = re.search(r'name="_token" value="([^"]+)"', asked)
    headers = {"Authorization": f"Bearer {desk.issuer.mint(who)}", "Accept": "text/html"}
    content = text if isinstance(text, bytes) else text.encode()
    return await desk.http.post(
        "/pages/calendar/preview", data={"_token": token[1] if token else ""},
        files={"notice": (file, content, "application/yaml")}, headers=headers,
    )  # fmt: skip


async def confirm(desk, shown, who="administrator"):
    fields = {name: found[1] for name in ("_token", "name", "after")
              if (found := re.search(rf'name="{name}" value="([^"]*)"', shown))}  # fmt: skip
    fields["text"] = re.search(r'name="text" value="([^"]*)"', shown)[1]
    headers = {"Authorization": f"Bearer {desk.issuer.mint(who)}", "Accept": "text/html"}
    answer = await desk.http.post("/pages/calendar", data=fields, headers=headers)
    await desk.hall.pump()
    return answer


async def test_a_year_with_its_festivals_and_make_up_days(desk):
    shown = (await desk.page("clerk", "/calendar")).text
    assert "第 1 版日历计算" in shown
    assert "2026 年 · 248 个工作日" in shown
    assert re.search(
        r'<li class="rest[^"]*">16<span aria-hidden="true">休</span><span class="vh">放假</span></li>', shown
    )
    assert re.search(r'<li class="make_up[^"]*">14<span aria-hidden="true">班</span>', shown)
    assert "15 日至 23 日 放假 · 春节" in shown
    assert "还没有公布" not in shown
    assert "公布放假安排" not in shown, "only an administrator publishes"


async def test_a_year_that_is_not_announced_says_that_its_dates_are_provisional(desk):
    shown = (await desk.page("officer-scjg", "/calendar", year=2027)).text
    assert "2027 年的放假安排还没有公布" in shown
    assert 'class="yr yr--prov"' in shown


@pytest.mark.parametrize(("who", "status"), [("applicant", 403), ("reviewer", 403), ("supervisor", 200)])
async def test_those_on_duty_look(desk, who, status):
    assert (await desk.page(who, "/calendar")).status_code == status


async def test_a_year_out_of_range_is_no_year(desk):
    assert (await desk.page("clerk", "/calendar", year=1999)).status_code == 422


async def test_a_file_is_previewed_published_and_followed(december):  # noqa: F811
    shown = (await choose(december, NOTICE_2027)).text
    assert "现在什么都还没有改变" in shown
    assert "2027年12月31日 周五（原来2026年12月31日 周四）" in shown
    assert "2027年1月30日 周六" in shown
    assert "市场监管" in shown or "scjg" in shown
    assert "2027年1月15日 周五" in shown
    assert "2027年1月18日 周一" in shown
    assert CASE not in shown, "an administrator reads no application"
    assert len(december.said("CalendarPublished")) == 1
    answer = await confirm(december, shown)
    assert (answer.status_code, answer.headers["location"]) == (303, "/supervision/pages/calendar/2")
    following = (await december.page("administrator", "/pages/calendar/2")).text
    assert "还有 1 份申请，共 1 份" in following
    await sweep(december)
    done = (await december.page("administrator", "/pages/calendar/2")).text
    assert "在计时的申请都按这一版或更新的版本计算" in done
    assert "有 1 个期限改了日期" in done
    assert CASE not in done
    assert CASE in (await december.page("officer-scjg", "/pages/calendar/2")).text
    assert CASE not in (await december.page("officer-cgj", "/pages/calendar/2")).text


async def test_the_limit_that_moves_is_named_and_a_date_that_only_becomes_certain_says_so(desk):
    desk.clock.move_to(ACCEPTED)
    whole = "7ZQ0M3X5KD2WB"
    await desk.hear(submitted(ACCEPTED), accepted(ACCEPTED, days=(5, 20)))
    await desk.hear(submitted(ACCEPTED, application=whole), accepted(ACCEPTED, f"{whole}-01", days=(31, 31)))
    shown = (await choose(desk, NOTICE_2027)).text
    assert "办理时限（法定）" in shown
    assert "2027年1月18日 周一" in shown
    assert shown.count("日期不变，不再是暂定") == 1, "1 January off, 30 January a make-up day"
    await publish(desk)
    await sweep(desk)
    version = (await desk.page("supervisor", "/pages/calendar/2")).text
    assert re.search(r"办理时限（法定）</td>.*2027年1月15日 周五</td>.*2027年1月18日 周一", version)


async def test_a_second_press_publishes_once(december):  # noqa: F811
    shown = (await choose(december, NOTICE_2027)).text
    for _ in range(2):
        assert (await confirm(december, shown)).status_code == 303
    assert len(december.said("CalendarPublished")) == 2


async def test_what_was_previewed_before_another_publication_is_not_published(december):  # noqa: F811
    shown = (await choose(december, LOCAL, "local.yaml")).text
    await publish(december)
    answer = await confirm(december, shown)
    assert answer.status_code == 409
    assert "请重新预览" in answer.text
    assert "2027-03-18: rest" in answer.text, "what was entered is given back"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("basis: x\nannounces: 2028\ndays:\n  2028-01-01: rest\n", "2027 年还没有公布"),
        ("basis: x\ndays:\n  2027-01-01: off\n", "2027:3：2027-01-01 写的是"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("", "没有内容"),
    ],
)
async def test_a_file_that_cannot_be_used_comes_back_with_what_to_do(desk, text, said):
    answer = await choose(desk, text)
    assert answer.status_code == 422
    assert said in answer.text
    assert len(desk.said("CalendarPublished")) == 1


async def test_only_an_administrator_previews_and_publishes(december):  # noqa: F811
    for path in ("/pages/calendar/preview", "/pages/calendar"):
        answer = await december.send("supervisor", "/calendar", path, name="n", text=LOCAL)
        assert answer.status_code == 403


async def test_what_moved_can_be_taken_away_as_a_table(december):  # noqa: F811
    await publish(december)
    await sweep(december)
    answer = await december.page("supervisor", "/pages/calendar/2/moved.csv")
    head, row = answer.text.removeprefix("\ufeff").strip().split("\r\n")
    assert head.startswith("申请编号,编号,时限,部门,原来到期,现在到期")
    assert row == f"{APP},{CASE},办理时限,scjg,2027-01-15 18:00,2027-01-18 18:00,2027-01-29 18:00,2027-01-30 18:00,"
    assert (await december.page("administrator", "/pages/calendar/2/moved.csv")).status_code == 403


async def test_a_version_that_is_not_there_is_not_found(desk):
    assert (await desk.page("clerk", "/pages/calendar/7")).status_code == 404


async def test_a_provisional_date_is_shown_as_provisional_and_then_as_certain(desk):
    desk.clock.move_to(ACCEPTED)
    await desk.hear(submitted(ACCEPTED), accepted(ACCEPTED, days=(20, 30)))
    page = f"/pages/applications/{APP}"
    assert '<span class="nb prov">1月15日 周五</span><small>暂定</small>' in (await desk.page("clerk", "/desk")).text
    assert "暂定，等放假安排公布后重算" in (await desk.page("applicant", page)).text
    await publish(desk)
    await sweep(desk)
    listed = (await desk.page("clerk", "/desk")).text
    assert '<span class="nb">1月18日 周一</span>' in listed
    assert "暂定" not in listed
    shown = (await desk.page("applicant", page)).text
    assert "暂定" not in shown
    assert "放假安排有更新，期限重新计算" in shown
    assert "到期日原来是2027年1月15日 周五，现在是2027年1月18日 周一。" in shown
