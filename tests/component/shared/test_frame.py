"""The frame around all pages: preferences, languages, the chooser, signing out, errors as pages."""

import re
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, Request

from shared.identity import Person
from shared.local.chooser import chooser
from shared.local.issuer import DevelopmentIssuer
from shared.settings import load_settings
from shared.web.app import build_app
from shared.web.front import front_pages
from shared.web.pages import Pages
from shared.web.problems import busy
from shared.web.session import signed_in
from shared.web.stylesheet import ORDER, STYLES, static_path

HTML = {"Accept": "text/html"}


def things(settings) -> APIRouter:
    """One form, for whoever may submit an application."""
    router, pages = APIRouter(), Pages(settings)

    @router.post("/things")
    async def make(
        request: Request, asker: Annotated[Person, Depends(signed_in("application.submit"))]
    ) -> dict[str, str]:
        form = await pages.forms.sent(request, asker)
        if form.value("name") == "busy":
            raise busy(5)
        return {"made": form.value("name"), "key": form.key}

    return router


@pytest.fixture
async def hall(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    issuer = DevelopmentIssuer(settings, {"scjg": "市场监督管理局"})
    routers = [front_pages(settings), chooser(settings, issuer, {"scjg": "市场监督管理局"}), things(settings)]
    app = build_app("hall", settings, title="样例", description="样例", routers=routers)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall", headers=HTML) as client:
        client.pages, client.issuer = Pages(settings), issuer
        yield client


async def sign_in(hall, person="applicant", back="/"):
    return await hall.post("/sign-in", data={"person": person, "back": back})


async def test_the_chooser_names_everyone_and_says_that_it_is_for_development(hall):
    page = (await hall.get("/sign-in")).text
    assert "开发用登录" in page
    for key in ("applicant", "company", "clerk", "supervisor", "administrator", "officer-scjg", "head-scjg"):
        assert f'value="{key}"' in page


async def test_signing_in_goes_back_or_to_where_the_person_begins_and_out_again(hall):
    assert (await sign_in(hall)).headers["location"] == "/intake/mine"
    assert (await sign_in(hall, "officer-scjg")).headers["location"] == "/approval/desk"
    assert (await sign_in(hall, back="/intake/matters/x?a=1")).headers["location"] == "/intake/matters/x?a=1"
    assert (await sign_in(hall, back="https://evil.example")).headers["location"] == "/intake/mine"
    assert "样例申请人甲" in (await hall.get("/system")).text
    assert (await hall.post("/sign-out")).status_code == 303
    assert "样例申请人甲" not in (await hall.get("/system")).text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(hall):
    cookie = (await sign_in(hall)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_another_site_can_neither_sign_in_nor_out(hall):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    data = {"person": "applicant", "back": "/"}
    assert (await hall.post("/sign-in", data=data, headers=elsewhere)).status_code == 403
    assert (await hall.post("/sign-out", headers=elsewhere)).status_code == 403


async def test_a_department_is_named_and_not_its_code(hall):
    page = (await hall.get("/sign-in")).text
    assert "样例经办人（市场监督管理局）" in page
    assert "（scjg）" not in page


async def test_a_phone_finds_the_dark_theme_in_the_menu(hall):
    menu = (await hall.get("/system")).text.split('<details class="menu">')[1].split("</details>")[0]
    assert "/preferences?theme=dark&amp;back=/system" in menu


async def test_preferences_are_kept_and_anything_else_is_ignored(hall):
    answer = await hall.get("/preferences?mode=elder&theme=dark&lang=en&size=9&back=/system")
    assert (answer.status_code, answer.headers["location"]) == (303, "/system")
    page = (await hall.get("/system")).text
    assert '<html lang="en" data-theme="dark" data-mode="elder" data-size="1">' in page
    await hall.get("/preferences?mode=loud&lang=xx")
    assert 'data-mode="elder"' in (await hall.get("/system")).text


async def test_a_page_speaks_the_language_of_its_reader(hall):
    assert '<html lang="zh-Hans"' in (await hall.get("/system")).text
    assert '<html lang="en"' in (await hall.get("/system", headers={"Accept-Language": "en-GB,en"})).text


async def test_errors_are_pages_for_people_and_json_for_programs(hall):
    page = await hall.get("/nowhere")
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    assert (await hall.get("/nowhere", headers={"Accept": "application/json"})).json()["code"] == "not_found"


async def test_a_form_sent_after_the_sign_in_ran_out_comes_back_with_its_entries(hall):
    answer = await hall.post("/things", data={"_token": "old", "name": "样例<𠮷>"})
    assert answer.status_code == 401
    assert 'name="name" value="样例&lt;𠮷&gt;"' in answer.text
    assert "在新窗口登录" in answer.text


async def test_a_stale_form_comes_back_with_a_token_that_works(hall):
    await sign_in(hall)
    stale = await hall.post("/things", data={"_token": "old", "name": "样例"})
    assert stale.status_code == 403
    token = re.search(r'name="_token" value="([^"]+)"', stale.text)[1]
    assert (await hall.post("/things", data={"_token": token, "name": "样例"})).json()["made"] == "样例"


async def test_a_busy_hall_gives_the_entries_back_too(hall):
    await sign_in(hall)
    token = hall.pages.forms.token(hall.issuer.persons["applicant"])
    answer = await hall.post("/things", data={"_token": token, "name": "busy"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert 'name="name" value="busy"' in answer.text


async def test_a_cookie_alone_changes_nothing(hall):
    await sign_in(hall)
    assert (await hall.post("/things", data={"name": "样例"})).status_code == 403


async def test_control_characters_never_arrive(hall):
    await sign_in(hall)
    token = hall.pages.forms.token(hall.issuer.persons["applicant"])
    sent = await hall.post("/things", data={"_token": token, "name": "样\x00例\x1b\r\n二"})
    assert sent.json()["made"] == "样例\n二"


async def test_every_component_is_shown_and_obeys_the_policy(hall):
    page = (await hall.get("/_components")).text
    assert not re.search(r"\s(style|on\w+)=", page)
    assert "<script>" not in page
    for light in ("green", "amber", "red", "deep", "paused", "wait"):
        assert f"light--{light}" in page


async def test_the_stylesheet_is_kept_for_ever_under_the_address_of_its_content(hall):
    answer = await hall.get(static_path("hall.css"))
    assert "immutable" in answer.headers["cache-control"]
    assert {path.stem for path in STYLES.glob("*.css")} == set(ORDER)


async def test_pages_and_styles_go_out_compressed_where_the_browser_takes_it(hall):
    for path in ("/system", static_path("hall.css"), static_path("htmx/htmx.min.js")):
        small = await hall.get(path, headers={"Accept-Encoding": "gzip"})
        plain = await hall.get(path, headers={"Accept-Encoding": "identity"})
        assert small.headers["content-encoding"] == "gzip", path
        assert "content-encoding" not in plain.headers
        assert "accept-encoding" in small.headers["vary"].lower()
        assert re.sub(r'value="[^"]+"', "", small.text) == re.sub(r'value="[^"]+"', "", plain.text)
