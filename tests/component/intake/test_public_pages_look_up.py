"""Progress on a page, without signing in; and the catalogue as the administrator alone sees it."""

import re

import pytest

from services.intake.number import new_number
from tests.component.intake.browsing import Browser
from tests.component.intake.conftest import APPLICANT
from tests.component.intake.test_standard_path import ended_well

LOOK = "/intake/look-up"
VALID = new_number(b"k" * 32, "nobody", "key-00009")


async def looked(window, number, tail="0001"):
    browser = Browser(window, None)
    page = await browser.open(LOOK)
    return await browser.send(page, "number", number=number, phone_tail=tail)


async def test_number_and_tail_show_how_far_it_is_and_nothing_of_the_person(window):
    number = await window.accepted()
    page = await looked(window, f" {number.lower()[:5]}-{number[5:]} ")
    assert page.status == 200
    assert page.path == LOOK, "nothing stands in the address"
    assert "已受理，等待前一办件办成" in page.text
    assert f"/supervision/pages/applications/{number}" in page.html
    for personal in (APPLICANT["name"], APPLICANT["code"], APPLICANT["phone"]):
        assert personal not in page.text


async def test_each_status_says_what_comes_next(window):
    number = await window.submitted(matter="birth_certificate", answers={"born_in": "hospital"})
    assert "5 个工作日内答复" in (await looked(window, number)).text
    await window.post("clerk", f"/applications/{number}/accept")
    assert "部门正在办" in (await looked(window, number)).text
    await ended_well(window, number, "01")
    assert "都办完了" in (await looked(window, number)).text


async def test_what_does_not_fit_is_told_alike_and_what_was_entered_stays(window):
    number = await window.submitted()
    page = await looked(window, number, "9999")
    assert (page.status, f'value="{number}"' in page.html) == (404, True)
    assert "编号和电话后四位对不上" in page.text


@pytest.mark.parametrize(
    ("number", "tail", "field"),
    [("", "0001", "number"), ("7ZQ0M3X5KD2WB", "0001", "number"), ("x" * 60, "0001", "number"),
     (VALID, "", "phone_tail"), (VALID, "一二三四", "phone_tail"),
     (VALID, "12345", "phone_tail"), ("<script>𠮷</script>", "0001", "number")],
)  # fmt: skip
async def test_every_mistake_is_at_its_field(window, number, tail, field):
    page = await looked(window, number, tail)
    assert page.status == 422
    assert page.mistakes == [f"#f-{field}"]
    assert f"f-{field}" in page.ids


async def test_both_mistakes_are_told_at_once_and_full_width_digits_are_digits(window):
    assert (await looked(window, "7ZQ", "1")).mistakes == ["#f-number", "#f-phone_tail"]
    assert (await looked(window, await window.submitted(), "０００１")).status == 200


async def test_guessing_ends_on_the_page_too(window):
    number = await window.submitted()
    for guess in range(5):
        assert (await looked(window, number, f"{guess + 100:04}")).status == 404
    page = await looked(window, number)
    assert page.status == 429
    assert "分钟后再试" in page.text


async def test_a_form_without_its_token_is_given_back(window):
    browser = Browser(window, None)
    page = await browser.post(LOOK, [("number", "7ZQ0M3X5KD2WA"), ("phone_tail", "0001")])
    assert page.status == 403
    assert ("number", "7ZQ0M3X5KD2WA") in page.form("number").fields


class TestTheCatalogue:
    async def test_only_administrators_see_it(self, window):
        nobody = await Browser(window, None).raw("/intake/catalogue")
        assert nobody.status_code == 303
        assert "/sign-in?back=/catalogue" in nobody.headers["location"]
        for path in ("/intake/catalogue", "/intake/catalogue/matters/food_operation"):
            assert (await Browser(window, "applicant").open(path)).status == 403
            assert (await Browser(window, "clerk").open(path)).status == 403

    async def test_everything_is_listed_by_pages_with_what_is_published(self, window):
        browser = Browser(window, "administrator")
        page = await browser.open("/intake/catalogue")
        assert "76 个事项、14 件“一件事”" in page.text
        assert "第 1 到 30 项，共 90 项" in page.text
        last = await browser.open("/intake/catalogue?page=99")
        assert "第 61 到 90 项" in last.text
        assert last.text.count("已发布") == 30

    async def test_filters_narrow_it_and_stay_in_the_address(self, window):
        browser = Browser(window, "administrator")
        page = await browser.open("/intake/catalogue?department=scjg&kind=01&handling=承诺件")
        rows = re.findall(r"/catalogue/matters/(\w+)", page.html)
        assert rows == ["device3_licence", "drug_retail", "enterprise_deregistration", "food_operation"]
        assert (await browser.open("/intake/catalogue?q=开饭店")).html.count('<th scope="row">') == 1
        assert "没有这样的事项" in (await browser.open("/intake/catalogue?q=火星")).text

    async def test_one_shows_its_data_as_it_was_read(self, window):
        browser = Browser(window, "administrator")
        page = await browser.open("/intake/catalogue/matters/food_operation")
        assert "material: food_layout" in page.text
        assert "已发布第 1 版" in page.text
        assert (await browser.open("/intake/catalogue/matters/moon")).status == 404

    async def test_programs_find_their_lists_where_they_were(self, window):
        assert (await window.get(None, "/catalogue/items")).status_code == 200
        assert (await window.get(None, "/catalogue/search", text="开饭店")).json()[0]["key"] == "restaurant"
