"""Whatever comes on a form: entries are kept, the answer says what to do, and nothing is done twice."""

from importlib import import_module

import pytest

from services.intake.handing_in import MAX_FILES
from services.intake.licences import Seen
from shared.local.issuer import sample_id_number
from shared.messaging.document import Unavailable
from shared.web.commands import busy
from tests.component.intake.browsing import begun, filled
from tests.component.intake.conftest import LOADED, PDF, office
from tests.unit.intake.sample import RESTAURANT, identifier

SUBSIDY, SIGN = {"matter": "si_subsidy", "answers": {}}, {"matter": "signboard", "answers": {}}
HOSTILE = '"><script>alert(1)</script>'


async def opened(window, key, **more):
    """A draft's page for one material."""
    browser, page = await begun(window, **more)
    return browser, await browser.open(f"{page.path}/materials/{key}")


async def bring(browser, page, key, *files, press=("act", "stay"), **filled):
    chosen = [(f"files.{key}", name, content) for name, content in files]
    return await browser.send(page, f"files.{key}", press=press, files=chosen, **filled)


class TestFiles:
    async def test_a_wrong_file_is_named_and_the_good_ones_beside_it_are_kept(self, window):
        browser, page = await opened(window, "articles")
        page = await bring(browser, page, "articles", ("好的.pdf", PDF), ("坏的.exe", b"MZ"), ("空的.pdf", b""))
        assert (page.status, page.mistakes) == (422, ["#f-files.articles"])
        assert "“坏的.exe”没有上传：这种文件收不了" in page.text
        assert "“空的.pdf”没有上传：文件是空的" in page.text
        assert "好的.pdf" in (await browser.open(page.path)).text

    async def test_the_kind_is_judged_by_content_and_macros_are_refused(self, window):
        browser, page = await opened(window, "articles")
        macro = office("word/document.xml", "word/vbaProject.bin")
        page = await bring(browser, page, "articles", ("假的.pdf", b"<html>"), ("宏.docx", macro))
        assert page.text.count("没有上传") == 4, "in the summary and at the field"

    async def test_a_file_that_is_too_large_is_refused_at_its_field(self, window):
        browser, page = await opened(window, "articles")
        page = await bring(browser, page, "articles", ("大.pdf", PDF + b"0" * 210_000))
        assert page.status == 422
        assert "单个文件最大" in page.text

    async def test_a_request_beyond_the_limit_is_answered_by_a_page(self, window):
        browser, page = await opened(window, "articles")
        page = await bring(browser, page, "articles", *[(f"{n}.pdf", PDF + b"0" * 150_000) for n in range(3)])
        assert page.status == 413
        assert "一次最多提交" in page.text
        assert "压缩文件或分次提交" in page.text

    async def test_names_are_shown_as_they_are_and_never_as_markup(self, window):
        browser, page = await opened(window, "articles")
        page = await bring(browser, page, "articles", ("样例𠮷䶮🏮.pdf", PDF), (f"{HOSTILE}.pdf", PDF + b"2"))
        assert "样例𠮷䶮🏮.pdf" in page.text
        assert HOSTILE not in page.html

    async def test_a_material_has_so_many_files_and_no_more(self, window):
        browser, page = await opened(window, "articles")
        page = await bring(browser, page, "articles", *[(f"{n}.pdf", PDF + bytes([n])) for n in range(MAX_FILES + 1)])
        assert f"最多 {MAX_FILES} 个文件" in page.text
        assert page.html.count('name="remove"') == MAX_FILES

    async def test_a_file_is_taken_away_and_the_others_stay(self, window):
        browser, page = await opened(window, "articles")
        page = await bring(browser, page, "articles", ("一.pdf", PDF), ("二.pdf", PDF + b"2"))
        buttons = [button for button in page.form("files.articles").buttons if button[0] == "remove"]
        page = await browser.send(page, "files.articles", press=buttons[0])
        assert ("一.pdf" in page.text, "二.pdf" in page.text, page.status) == (False, True, 200)
        assert (await browser.again()).status == 200

    @pytest.mark.parametrize("act", ["next", "stay"])
    async def test_nothing_brought_says_what_is_missing(self, window, act):
        browser, page = await opened(window, "articles")
        page = await browser.send(page, "files.articles", press=("act", act))
        assert (page.status, "还没有交“公司章程”" in page.text) == (422, True)

    async def test_a_material_that_nobody_asks_for_has_no_page(self, window):
        browser, page = await opened(window, "articles")
        draft = page.path.rsplit("/", 1)[0]
        assert (await browser.open(f"{draft}/business_licence")).status == 404
        assert (await browser.open(f"{draft}/{'x' * 64}")).status == 404


class TestOtherWays:
    async def test_one_way_is_enough(self, window):
        browser, page = await opened(window, "worker_id", **SUBSIDY)
        page = await bring(browser, page, "worker_id", ("证.pdf", PDF), licence__worker_id="JZ-2026-0001")
        assert (page.status, page.mistakes) == (422, ["#f-licence.worker_id"])
        assert "请只留一种" in page.text
        assert 'value="JZ-2026-0001"' in page.html
        page = await browser.send(page, "files.worker_id", press=("act", "stay"), licence__worker_id="")
        assert ("证.pdf" in page.text, page.status) == (True, 200)

    async def test_an_e_licence_is_compared_as_soon_as_the_applicant_is_known(self, window):
        browser, page = await opened(window, "business_licence", **SIGN)
        typed = revoked(window)
        shown = await bring(browser, page, "business_licence", licence__business_licence=typed)
        assert shown.status == 200, "nobody is named yet: it is compared when it is handed in"
        shown = await bring(browser, page, "business_licence", licence__business_licence="")
        draft = page.path.split("/materials")[0]
        await browser.send(await browser.open(f"{draft}/applicant"), "phone", kind="person", phone="13900000001")
        for wrong, why in ((typed, "已吊销"), ("1.2.156.3005.2.x", "电子证照标识不完整"), ("x" * 101, "内容太长")):
            shown = await bring(browser, page, "business_licence", licence__business_licence=wrong)
            assert (shown.status, shown.mistakes) == (422, ["#f-licence.business_licence"])
            assert why in shown.text
            assert f'value="{wrong}"' in shown.html

    async def test_what_stands_against_it_at_submission_leads_to_where_it_is_mended(self, window):
        browser, page = await opened(window, "business_licence", **SIGN)
        draft = page.path.split("/materials")[0]
        await bring(browser, page, "business_licence", licence__business_licence=revoked(window))
        await browser.send(await browser.open(f"{draft}/applicant"), "phone", kind="person", phone="13900000001")
        await filled(window, browser=browser, draft=draft)
        page = await browser.send(await browser.open(f"{draft}/check"), "truth", truth="yes")
        assert page.mistakes == [f"{draft}/materials/business_licence"]
        assert "已吊销" in page.text


def revoked(window) -> str:
    """The number of a business licence that licensing has taken back."""
    typed = identifier(LOADED, "business_licence")
    window.licensing.issued[typed] = Seen(status="revoked", status_text="已吊销", signature="matches", holder="样*****")
    return typed


class TestEntries:
    @pytest.mark.parametrize("phone", ["", "123", "1" * 20, HOSTILE[:20], "电话𠮷䶮🏮"])
    async def test_a_wrong_telephone_stays_and_says_how_it_is_written(self, window, phone):
        browser, page = await begun(window)
        page = await browser.send(await browser.open(f"{page.path}/applicant"), "phone", phone=phone)
        assert (page.status, page.mistakes) == (422, ["#f-phone"])
        assert "请填写11位手机号码" in page.text
        assert HOSTILE[:20] not in page.html
        assert dict(page.form("phone").fields)["phone"] == phone

    async def test_everything_wrong_with_a_party_is_said_at_once(self, window):
        browser, page = await begun(window, "agent", answers=RESTAURANT | {"agent": "yes"})
        form = {"kind": "person", "name": "零\u200b宽", "code": "110000199001010012", "phone": "1"}
        shown = await browser.open(f"{page.path}/applicant")
        page = await browser.send(shown, "name", **form)
        assert page.mistakes == ["#f-name", "#f-code", "#f-phone"]
        page = await browser.send(shown, "name", **form | {"name": "长" * 121, "code": "1" * 41})
        assert set(page.mistakes) == {"#f-name", "#f-code"}
        page = await browser.send(shown, "name", **form | {"kind": "other"})
        assert page.mistakes == ["#f-kind"]

    async def test_full_width_signs_and_rare_characters_are_taken(self, window):
        browser, page = await begun(window, "agent", answers=RESTAURANT | {"agent": "yes"})
        form = {"name": "样例𠮷䶮", "code": sample_id_number(8), "phone": "１３９００００００１１"}
        page = await browser.send(await browser.open(f"{page.path}/applicant"), "name", kind="person", **form)
        assert page.path.endswith("/agent")

    async def test_an_incomplete_application_hears_everything_at_once_each_with_its_place(self, window):
        browser, page = await begun(window, answers=RESTAURANT | {"agent": "yes"})
        asked = [link for link in page.links if link.startswith(f"{page.path}/materials/")]
        wrong = await browser.send(await browser.open(f"{page.path}/check"), "truth")
        expected = [f"{page.path}/applicant", f"{page.path}/agent", *dict.fromkeys(asked), "#f-truth"]
        assert (wrong.status, wrong.mistakes) == (422, expected)
        assert (await window.get("applicant", "/applications")).json()["total"] == 0

    async def test_the_declaration_has_to_be_made(self, window):
        browser, page = await filled(window, **SUBSIDY)
        wrong = await browser.send(await browser.open(f"{page.path}/check"), "truth")
        assert wrong.mistakes == ["#f-truth"]

    async def test_the_name_of_a_window_is_checked_at_its_field(self, window):
        browser, page = await begun(window, "clerk", **SUBSIDY)
        form = {"name": "样例申请人甲", "code": sample_id_number(1), "phone": "13900000001"}
        await browser.send(await browser.open(f"{page.path}/applicant"), "name", **form)
        page = await filled(window, browser=browser, draft=page.path)
        wrong = await browser.send(await browser.open(f"{page.path}/check"), "truth", truth="yes", desk="窗" * 21)
        assert wrong.mistakes == ["#f-desk"]
        assert ("truth", "yes") in wrong.form("truth").fields


class TestTokens:
    @pytest.mark.parametrize("task", ["applicant", "materials/articles", "check", "discard"])
    async def test_a_stale_form_gives_the_entries_back(self, window, task):
        browser, page = await begun(window)
        page = await browser.post(f"{page.path}/{task}", [("_token", "old"), ("phone", "13900000001")])
        assert page.status == 403
        assert "您填写的内容都还在" in page.text
        assert ("phone", "13900000001") in page.form("phone").fields

    async def test_anothers_token_is_no_token(self, window):
        browser, page = await begun(window)
        other, theirs = await begun(window, "applicant2")
        token = dict((await other.open(f"{theirs.path}/applicant")).form("phone").fields)["_token"]
        page = await browser.post(f"{page.path}/applicant", [("_token", token), ("phone", "13900000001")])
        assert page.status == 403

    async def test_a_database_that_does_not_answer_loses_nothing(self, window, monkeypatch):
        browser, page = await begun(window)
        shown = await browser.open(f"{page.path}/applicant")
        files = window.hall.backing("intake").files()

        async def away(*_args):
            raise Unavailable

        with monkeypatch.context() as patched:
            patched.setattr(files, "amend", away)
            wrong = await browser.send(shown, "phone", phone="13900000001")
        assert wrong.status == 503
        assert ("phone", "13900000001") in wrong.form("phone").fields
        again = await browser.send(wrong, "phone")
        assert "/materials/" in again.path


async def test_a_service_that_is_behind_says_so_above_the_check_and_the_next_press_goes_through(window, monkeypatch):
    browser, page = await filled(window, **SUBSIDY)
    check = await browser.open(f"{page.path}/check")

    async def behind(*_args, **_more):
        raise busy(5)

    with monkeypatch.context() as patched:
        module = import_module("services.intake.pages.applicant.check_pages")
        patched.setattr(module, "submitted", behind)
        wrong = await browser.send(check, "truth", truth="yes")
    assert (wrong.status, "系统正忙" in wrong.text) == (503, True)
    assert "申请已提交" in (await browser.send(wrong, "truth")).text
