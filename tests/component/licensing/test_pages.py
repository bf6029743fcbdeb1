"""The pages of licensing: holders find their results, anybody verifies a number or a PDF, the counter hands out."""

import re

import pytest
from structlog.testing import capture_logs

from tests.component.licensing.conftest import APPLICATION, CASE, COMPANY, PERSON

PAGE = {"Accept": "text/html"}


async def page(world, path, person=None):
    return await world.get(path, person, headers=PAGE)


async def post(world, path, person, asked, **more):
    """Sends the form of a page, with the token that stands in it."""
    token = re.search(r'name="_token" value="([^"]+)"', asked.text)[1]
    data = {"_token": token, **more.pop("data", {})}
    return await world.ask("POST", path, person, headers=PAGE, data=data, **more)


class TestResults:
    async def test_a_holder_finds_the_licence_with_its_qr_code_and_pdf(self, world):
        await world.approve()
        listed = (await page(world, "/mine", "applicant")).text
        assert f"/licensing/pages/results/{CASE}" in listed
        shown = (await page(world, f"/pages/results/{CASE}", "applicant")).text
        for text in (
            "食品经营许可证",
            "样例申请人甲",
            "110000********",
            "data:image/svg+xml",
            f"results/{CASE}/document",
        ):
            assert text in shown
        assert "1990" not in shown, "an identity number is never shown in full"

    async def test_a_department_sees_the_holder_masked_and_others_see_nothing(self, world):
        await world.approve()
        assert "样例申请人甲" not in (await page(world, f"/pages/results/{CASE}", "officer-scjg")).text
        assert (await page(world, f"/pages/results/{CASE}", "officer-xfdd")).status_code == 404
        assert (await page(world, f"/pages/results/{CASE}", "applicant2")).status_code == 404
        assert CASE not in (await page(world, f"/pages/applications/{APPLICATION}", "applicant2")).text

    @pytest.mark.parametrize("path", [f"/pages/results/{CASE}", f"/desk/{CASE}", f"/results/{CASE}/document"])
    async def test_who_sees_the_name_in_full_on_duty_is_noted(self, world, path):
        await world.approve()
        with capture_logs() as said:
            await page(world, path, "clerk")
        assert [each["by"] for each in said if each["event"] == "holder_unmasked"] == ["sample:clerk"]
        with capture_logs() as said:
            await page(world, path, "applicant")
        assert not [each for each in said if each["event"] == "holder_unmasked"]

    async def test_a_reader_who_has_not_signed_in_is_sent_to_do_so_and_back(self, world):
        answer = await page(world, f"/pages/results/{CASE}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?back=/pages/results/{CASE}")

    async def test_an_empty_list_says_what_will_come(self, world):
        assert "还没有证照" in (await page(world, "/mine", "applicant")).text


class TestVerification:
    async def test_a_phone_that_reads_the_code_gets_a_page_and_a_program_gets_json(self, world):
        await world.approve()
        number = (await world.number()).split("3005.2.")[1]
        sent = await page(world, f"/verify/{number}")
        assert (sent.status_code, sent.headers["location"]) == (303, f"../check/{number}")
        shown = (await page(world, f"/check/{number}")).text
        assert "有效" in shown
        assert "样例申请人甲" not in shown
        assert (await world.get(f"/verify/{number}")).json()["status"] == "valid"

    async def test_a_mistyped_number_comes_back_in_its_field_with_what_is_wrong(self, world):
        answer = await page(world, "/check?number=1.2.156.3005.2.<b>")
        assert answer.status_code == 422
        assert "对照证照" in answer.text
        assert "&lt;b&gt;" in answer.text

    async def test_a_number_that_nobody_issued_is_no_licence(self, world):
        answer = await page(world, f"/check/TZ-{CASE}")
        assert answer.status_code == 404
        assert "查无此证" in answer.text

    @pytest.mark.parametrize(("change", "word"), [(b"", "是原件"), (b" ", "和登记的不一样")])
    async def test_a_pdf_is_genuine_to_the_last_byte_or_not_at_all(self, world, change, word):
        await world.approve()
        paper = (await world.get(f"/results/{CASE}/document", "applicant")).content
        files = {"paper": ("licence.pdf", paper + change, "application/pdf")}
        sent = await post(world, "/check", None, await page(world, "/check"), files=files)
        assert sent.status_code == 200, sent.text
        assert word in sent.text

    async def test_an_address_cannot_say_that_a_pdf_is_genuine(self, world):
        await world.approve()
        number = (await world.number()).split("3005.2.")[1]
        shown = (await page(world, f"/check/{number}?paper=same")).text
        assert "有效" in shown
        assert "是原件" not in shown

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.4 nothing of ours", b"<script>"])
    async def test_any_other_file_is_told_so(self, world, content):
        files = {"paper": ("x.pdf", content, "application/pdf")}
        answer = await post(world, "/check", None, await page(world, "/check"), files=files)
        assert answer.status_code == 422
        assert "请选择从本大厅下载的 PDF 原件" in answer.text


class TestCounter:
    async def test_what_nobody_collected_is_listed_until_it_is_handed_out_once(self, world):
        await world.approve()
        assert CASE in (await page(world, "/desk", "clerk")).text
        asked = await page(world, f"/desk/{CASE}", "clerk")
        first = await post(world, f"/desk/{CASE}", "clerk", asked, data={"method": "counter"})
        again = await post(world, f"/desk/{CASE}", "clerk", asked, data={"method": "counter"})
        assert [first.status_code, again.status_code] == [303, 303], "a double press gets the first answer"
        assert "已登记：窗口领取" in (await page(world, f"/desk/{CASE}?done=counter", "clerk")).text
        assert CASE not in (await page(world, "/desk", "clerk")).text
        assert world.names().count("ResultDelivered") == 1

    @pytest.mark.parametrize(("said", "status"), [("counter", 200), ("pigeon", 422), ("<script>", 422)])
    async def test_an_address_cannot_say_that_it_was_handed_out(self, world, said, status):
        await world.approve()
        shown = await page(world, f"/desk/{CASE}?done={said}", "clerk")
        assert shown.status_code == status
        assert "已登记" not in shown.text

    async def test_an_unknown_way_changes_nothing_and_says_so(self, world):
        await world.approve()
        asked = await page(world, f"/desk/{CASE}", "clerk")
        answer = await post(world, f"/desk/{CASE}", "clerk", asked, data={"method": "pigeon"})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "ResultDelivered" not in world.names()

    async def test_a_form_without_its_token_does_nothing_and_gives_the_entries_back(self, world):
        await world.approve()
        answer = await world.ask("POST", f"/desk/{CASE}", "clerk", headers=PAGE, data={"method": "post"})
        assert answer.status_code == 403
        assert 'name="method" value="post"' in answer.text
        assert "ResultDelivered" not in world.names()

    @pytest.mark.parametrize("typed", ["样例申请人甲", " 样例 申请人甲", CASE, APPLICATION.lower()])
    async def test_the_window_finds_a_result_by_its_number_or_the_whole_name(self, world, typed):
        await world.approve()
        await world.approve(case="ZZZZZZZZZZZZ1-01", holder=COMPANY, owner="sample:applicant2")
        with capture_logs() as said:
            found = (await world.get("/desk", "clerk", headers=PAGE, params={"q": typed})).text
        assert CASE in found
        assert "ZZZZZZZZZZZZ1" not in found
        assert PERSON.code[-4:] in found
        assert PERSON.code[:6] not in found
        assert typed == PERSON.name or PERSON.name not in found
        assert PERSON.name not in repr(said)
        assert PERSON.code not in repr(said)
        assert [each["by"] for each in said if each["event"] == "searched"] == ["sample:clerk"]

    @pytest.mark.parametrize("typed", ["样例申请人", "样例申请人甲乙", "ZZZZZZZZZZZZ9", "<b>", "$ne", "*" * 120])
    async def test_what_is_not_found_says_what_to_type(self, world, typed):
        await world.approve()
        shown = await world.get("/desk", "clerk", headers=PAGE, params={"q": typed})
        assert shown.status_code == 200
        assert "没有找到" in shown.text
        assert "要写全" in shown.text

    async def test_the_window_compares_the_card_and_sees_by_when_it_is_to_be_delivered(self, world):
        await world.approve()
        shown = (await page(world, f"/desk/{CASE}", "clerk")).text
        assert f"{'*' * 14}{PERSON.code[-4:]}" in shown
        assert PERSON.code not in shown
        assert "决定之日（2026年11月22日 周日）起十个工作日内" in shown
        assert "行政许可法第四十四条" in shown

    async def test_a_credit_code_is_public_and_no_law_stands_beside_what_is_no_permit(self, world):
        await world.refuse(item_kind="20")
        shown = (await page(world, f"/desk/{CASE}", "clerk")).text
        assert COMPANY.code in shown
        assert "行政许可法第四十四条" not in shown

    async def test_several_results_of_one_application_are_handed_out_at_once(self, world):
        cases = [f"{APPLICATION}-0{n}" for n in (1, 2, 3)]
        for case in cases:
            await world.approve(case=case)
        asked = await page(world, f"/desk/{cases[0]}", "clerk")
        assert all(f'name="with" value="{case}"' in asked.text for case in cases[1:])
        data = {"method": "counter", "with": cases[1:2]}
        for _ in range(2):
            sent = await post(world, f"/desk/{cases[0]}", "clerk", asked, data=data)
            assert sent.status_code == 303
        delivered = [body["case"] for name, body in world.said() if name == "ResultDelivered"]
        assert delivered == cases[:2]
        told = await page(world, f"/desk/{cases[0]}?done=counter", "clerk")
        assert "这份申请还有 1 件没有领取" in told.text
        assert f'name="with" value="{cases[1]}"' not in told.text

    @pytest.mark.parametrize("other", ["ZZZZZZZZZZZZ1-01", f"{APPLICATION}-09", "", "$ne"])
    async def test_what_is_no_result_of_this_application_is_not_handed_out_with_it(self, world, other):
        await world.approve()
        await world.approve(case="ZZZZZZZZZZZZ1-01", owner="sample:applicant2")
        asked = await page(world, f"/desk/{CASE}", "clerk")
        sent = await post(world, f"/desk/{CASE}", "clerk", asked, data={"method": "counter", "with": [other]})
        assert sent.status_code == 404
        assert "ResultDelivered" not in world.names()

    async def test_only_the_window_hands_out(self, world):
        assert (await page(world, "/desk", "applicant")).status_code == 403
