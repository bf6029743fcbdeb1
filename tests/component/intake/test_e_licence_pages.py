"""An e-licence on the pages of applicants: what was verified is said at once, and one's own are offered."""

from datetime import date

import httpx
import pytest

from services.intake.own_licences import Held, OwnOverHttp
from shared.settings import load_settings
from tests.component.intake.browsing import filled
from tests.component.intake.conftest import LOADED, PDF
from tests.component.intake.test_applicant_pages_wrong import SIGN, SUBSIDY, bring, opened
from tests.component.intake.test_e_licences import ANSWERS as FIRE
from tests.component.intake.test_e_licences import ASKED, VALID
from tests.unit.intake.sample import identifier

NUMBER, OTHER = identifier(LOADED, "business_licence"), identifier(LOADED, "business_licence", "2026030100000002")
UNVERIFIED = "这个编号系统核验不了"


def held(number=NUMBER, **changed) -> Held:
    """A result as licensing lists it."""
    told = {
        "kind": "licence",
        "number": number,
        "name": "营业执照",
        "issuer": "样例县市场监督管理局",
        "status": "valid",
    }
    return Held.model_validate(told | changed)


async def named(browser, draft) -> None:
    await browser.send(await browser.open(f"{draft}/applicant"), "phone", kind="person", phone="13900000001")


class TestSaidAtOnce:
    async def test_what_cannot_be_verified_is_said_before_going_on_and_stops_nobody(self, window):
        browser, page = await opened(window, "worker_id", **SUBSIDY)
        draft = page.path.split("/materials")[0]
        page = await bring(browser, page, "worker_id", press=("act", "next"), licence__worker_id="JZ-2026-0001")
        assert (page.path, UNVERIFIED in page.text) == (f"{draft}/materials/worker_id", True)
        page = await browser.send(page, "files.worker_id", press=("act", "next"))
        assert page.path != f"{draft}/materials/worker_id", "a second press goes on"

    async def test_it_is_said_again_before_it_is_handed_in_and_it_may_be(self, window):
        browser, page = await opened(window, "worker_id", **SUBSIDY)
        draft = page.path.split("/materials")[0]
        await named(browser, draft)
        await bring(browser, page, "worker_id", licence__worker_id="JZ-2026-0001")
        await filled(window, browser=browser, draft=draft)
        page = await browser.open(f"{draft}/check")
        assert UNVERIFIED in page.text
        page = await browser.send(page, "truth", truth="yes")
        assert "申请已提交" in page.text

    async def test_what_licensing_vouches_for_is_said_to_be_verified(self, window):
        window.licensing.issued[NUMBER] = VALID
        browser, page = await opened(window, "business_licence", **SIGN)
        draft = page.path.split("/materials")[0]
        page = await bring(browser, page, "business_licence", licence__business_licence=NUMBER)
        assert "核验" not in page.text, "nobody is named yet to compare it with"
        await named(browser, draft)
        for path in (page.path, f"{draft}/check"):
            shown = await browser.open(path)
            assert ("已核验" in shown.text, UNVERIFIED in shown.text) == (True, False)

    async def test_what_cannot_serve_any_more_is_said_on_the_check(self, window):
        browser, page = await opened(window, "business_licence", **SIGN)
        draft = page.path.split("/materials")[0]
        await bring(browser, page, "business_licence", licence__business_licence=NUMBER)
        await named(browser, draft)
        assert "没有签发过" in (await browser.open(f"{draft}/check")).text

    async def test_silence_of_licensing_is_said_as_well(self, window):
        window.licensing.answers = False
        browser, page = await opened(window, "business_licence", **SIGN)
        await named(browser, page.path.split("/materials")[0])
        page = await bring(browser, page, "business_licence", licence__business_licence=NUMBER)
        assert (page.status, UNVERIFIED in page.text) == (200, True)

    async def test_a_supplement_says_it_before_it_is_handed_in(self, window):
        number = await window.submitted(matter="fire_check", answers=FIRE)
        await window.post("clerk", f"/applications/{number}/supplement-request", ASKED)
        browser, _page = await opened(window, "worker_id", **SUBSIDY)
        page = await browser.open(f"/intake/pages/applications/{number}/supplement")
        shown = {"licence__business_licence": "JZ-2026-0001"}
        page = await bring(browser, page, "business_licence", press=("act", "submit"), **shown)
        assert (page.path.endswith("/supplement"), UNVERIFIED in page.text) == (True, True)
        page = await browser.send(page, "files.business_licence", press=("act", "submit"))
        assert page.path.endswith("done=supplemented")


class TestOwn:
    async def test_one_s_own_of_the_right_type_are_offered_and_one_press_shows_one(self, window):
        window.licensing.issued[NUMBER] = VALID
        window.licensing.held = [
            held(valid_until=date(2036, 3, 1)),
            held(identifier(LOADED, "food_licence"), name="食品经营许可证"),
            held(OTHER, status="expired"),
            held("SC-2026-1", kind="notice"),
        ]
        browser, page = await opened(window, "business_licence", **SIGN)
        await named(browser, page.path.split("/materials")[0])
        buttons = [value for name, value in page.form("files.business_licence").buttons if name == "show"]
        assert buttons == [f"business_licence/{NUMBER}"]
        assert "有效期到 2036年3月1日" in page.text
        page = await browser.send(page, "files.business_licence", press=("show", buttons[0]))
        assert ("licence.business_licence", NUMBER) in page.form("files.business_licence").fields
        assert ("已核验" in page.text, "出示这份" in page.text) == (True, False)
        assert (await browser.again()).status == 200

    async def test_it_is_one_way_like_any_other(self, window):
        window.licensing.held = [held()]
        browser, page = await opened(window, "business_licence", **SIGN)
        page = await bring(
            browser, page, "business_licence", ("证.pdf", PDF), press=("show", f"business_licence/{NUMBER}")
        )
        assert (page.status, page.mistakes) == (422, ["#f-licence.business_licence"])

    async def test_without_licensing_the_page_is_as_ever(self, window):
        window.licensing.held, window.licensing.answers = [held()], False
        _browser, page = await opened(window, "business_licence", **SIGN)
        assert (page.status, "出示这份" in page.text) == (200, False)
        assert "licence.business_licence" in page.form("files.business_licence").names

    async def test_the_window_has_none_and_none_is_asked_for_where_none_would_serve(self, window):
        window.licensing.held = [held()]
        _browser, page = await opened(window, "business_licence", who="clerk", **SIGN)
        assert "出示这份" not in page.text
        await opened(window, "articles")
        assert window.licensing.shown_to == []

    async def test_a_list_of_several_materials_asks_licensing_once(self, window):
        number = await window.submitted(matter="si_subsidy", answers={})
        both = [{"material": key, "reason": "看不清"} for key in ("worker_id", "hardship_result")]
        await window.post("clerk", f"/applications/{number}/supplement-request", {"materials": both})
        window.licensing.held = [
            held(identifier(LOADED, "id_card"), name="居民身份证"),
            held(identifier(LOADED, "hardship_result"), name="就业困难人员认定"),
        ]
        browser, _page = await opened(window, "worker_id", **SUBSIDY)
        window.licensing.shown_to.clear()
        page = await browser.open(f"/intake/pages/applications/{number}/supplement")
        assert page.text.count("出示这份") == 2
        assert len(window.licensing.shown_to) == 1


class TestOverHttp:
    """The list of licensing, asked for with the visitor's own token."""

    async def asked(self, tmp_path, handler):
        own = OwnOverHttp(load_settings(data_dir=tmp_path, public_url="http://hall.test"), httpx.MockTransport(handler))
        async with own.opened():
            return await own("a.b.c")

    async def test_the_token_goes_to_licensing_alone(self, tmp_path):
        def handler(request):
            assert str(request.url) == "http://hall.test/licensing/results?size=100"
            assert request.headers["Authorization"] == "Bearer a.b.c"
            listed = [{**held().model_dump(mode="json"), "deliveries": []}]
            return httpx.Response(200, json={"results": listed, "total": 1, "page": 1, "size": 100})

        assert await self.asked(tmp_path, handler) == [held()]

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(401, json={}),
            httpx.Response(503, json={}),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json={"results": [{"number": 1}]}),
            httpx.Response(302, headers={"Location": "http://elsewhere.test"}),
        ],
    )
    async def test_whatever_else_comes_is_no_list(self, tmp_path, answer):
        assert await self.asked(tmp_path, lambda _request: answer) == []

    async def test_nor_is_silence(self, tmp_path):
        def silent(_request):
            raise httpx.ConnectTimeout("silent")

        assert await self.asked(tmp_path, silent) == []
        assert await OwnOverHttp(load_settings(data_dir=tmp_path))("a.b.c") == []
