"""What another site can make somebody's browser do here: nothing."""

from __future__ import annotations

import pytest

from tests.component.hostile.house import DEPARTMENT, ITEM, PAGE, hidden, opened

EVIL = "https://evil.example"
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site", "Origin": EVIL},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.hall"},
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": "http://["},
]
HERE = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://hall"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://hall"},
]


@pytest.fixture
async def house(tmp_path, monkeypatch):
    async with opened(tmp_path, monkeypatch) as house:
        yield house


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize("person", [None, "applicant"])
async def test_entries_of_another_site_are_given_back_to_nobody(house, headers, person):
    number = await house.submitted("key-00001")
    path, forged = f"/intake/pages/applications/{number}/withdrawal", {"cases": "forged"}
    for token in ("stale", house.token(person)):
        answer = await house.send(person, path, forged, token, headers=headers)
        assert answer.status_code == 403
        assert "forged" not in answer.text
        assert "请从本站打开页面" in answer.text
        assert "_token" not in hidden(answer.text)


@pytest.mark.parametrize("headers", HERE)
async def test_entries_of_a_page_of_ours_are(house, headers):
    number = await house.submitted("key-00001")
    path = f"/intake/pages/applications/{number}/withdrawal"
    answer = await house.send("applicant", path, {"cases": "mine"}, "stale", headers=headers)
    assert answer.status_code == 403
    assert hidden(answer.text)["cases"] == "mine"


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize("path", ["/sign-out", "/sign-in"])
async def test_nobody_is_signed_in_or_out_by_another_site(house, headers, path):
    answer = await house.send("applicant", path, {"person": "clerk"}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_link_on_another_site_begins_nothing_before_its_reader_says_so(house):
    path = f"/intake/drafts/new?matter={ITEM}"
    asked = await house.see("applicant", path, **{"Sec-Fetch-Site": "cross-site"})
    assert asked.status_code == 200
    assert "现在开始申请吗" in asked.text
    assert "没有暂存的申请" in (await house.see("applicant", "/intake/drafts")).text
    fields = hidden(asked.text)
    begun = await house.send("applicant", "/intake/drafts/new", fields, fields["_token"])
    assert begun.status_code == 303
    assert "没有暂存的申请" not in (await house.see("applicant", "/intake/drafts")).text


@pytest.mark.parametrize("host", ["hall", "evil.example", "evil.example:99"])
@pytest.mark.parametrize("path", ["/licensing/check/", "/intake/drafts/", "/intake//mine/"])
async def test_whatever_host_a_request_names_nobody_is_led_there(house, host, path):
    answer = await house.see("applicant", path, Host=host)
    location = answer.headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith("//")


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "/\t/evil.example", "https:evil.example", "\\\\evil", "/\n/evil"]
)
async def test_no_link_of_ours_leads_out(house, back):
    answer = await house.http.get("/preferences", params={"back": back, "mode": "elder"}, headers=PAGE)
    assert answer.headers["location"] == "/"
    answer = await house.send(None, "/sign-in", {"person": "clerk", "back": back})
    assert answer.headers["location"].startswith("/intake/")


@pytest.mark.parametrize("codec", ["unicode_escape", "raw_unicode_escape", "undefined", "idna", "utf-16", "utf\x00"])
@pytest.mark.parametrize("path", ["/intake/look-up", "/intake/files", "/licensing/check"])
async def test_nobody_chooses_how_a_form_is_decoded(house, codec, path):
    fields = {"_token": house.token(None), "number": "\\ud800", "phone_tail": "0001"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    parts.append('--x\r\nContent-Disposition: form-data; name="file"; filename="\\udfff.pdf"\r\n\r\n%PDF\r\n--x--\r\n')
    kind = f"multipart/form-data; boundary=x; charset={codec}"
    headers = {**PAGE, "Content-Type": kind, "Authorization": f"Bearer {house.issuer.mint('applicant')}"}
    answer = await house.http.post(path, content="".join(parts).encode(), headers=headers)
    assert answer.status_code == 415, answer.text[:300]


@pytest.mark.parametrize("path", ["/intake/look-up", "/licensing/check"])
async def test_bodies_that_are_no_forms_do_nothing_and_say_so(house, path):
    for kind in ("application/json", "text/plain", "", "multipart/form-data", "multipart/form-data; boundary="):
        for body in (b"", b"\xff\xfe", b"{", b"a=%", b"--", b"_token=%ED%A0%80&number=%00"):
            answer = await house.http.post(path, content=body, headers={**PAGE, "Content-Type": kind})
            assert 400 <= answer.status_code < 500, (kind, body)


@pytest.mark.parametrize("cookie", ["a.b.c", "a" * 9000, "é", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30.", "%00"])
async def test_a_cookie_that_is_no_token_is_nobody(house, cookie):
    text = f"onedoor_session={cookie}; onedoor_desk=%E0%A4%A; onedoor_size=x; onedoor_mode=<b>; onedoor_lang=\x7f"
    answer = await house.http.get("/intake/", headers=[("Accept", "text/html"), ("Cookie", text.encode("latin-1"))])
    assert answer.status_code == 200
    answer = await house.http.get("/intake/mine", headers=[("Accept", "text/html"), ("Cookie", text.encode("latin-1"))])
    assert answer.headers["location"].startswith("/sign-in")


async def test_an_address_cannot_say_that_something_was_done(house):
    number = await house.submitted("key-00001")
    seen = {}
    for done in ("supplemented", "replaced", "withdrawn", "asked"):
        page = (await house.see("applicant", f"/intake/pages/applications/{number}?done={done}")).text
        seen[done] = 'class="note note--green"' in page or "申请已撤回" in page
    for done in ("accepted", "asked", "decided", "corrected", "replaced"):
        page = (await house.see("clerk", f"/intake/desk/pages/{number}?done={done}")).text
        seen[f"desk {done}"] = "confirm-ground" in page
    accepted = await house.accepted("key-00002")
    for done in ("taken", "reassigned"):
        page = (await house.see(f"officer-{DEPARTMENT}", f"/approval/desk/tasks/{accepted}-01-T1?done={done}")).text
        seen[f"task {done}"] = "已转交" in page or "由您办理，" in page
    assert not any(seen.values()), seen
    assert "confirm-ground" in (await house.see("clerk", f"/intake/desk/pages/{accepted}?done=accepted")).text
