"""Form tokens: whose they are, how long they hold, and what they cannot be made from."""

from datetime import timedelta

import pytest

from shared.clock import system_clock
from shared.identity import Person
from shared.settings import Settings
from shared.web import forms
from shared.web.forms import LIFETIME, Form, Forms, Sent
from shared.web.problems import FieldError, Problem
from shared.web.session import local

ME, OTHER = Person("sample:a", "样例甲", frozenset()), Person("sample:b", "样例乙", frozenset())


def tokens(key=b"1" * 32):
    return Forms(Settings(jwks="none.json", form_key=key))


def good(made, token, asker):
    return made._good(token, asker)


def test_a_token_is_good_for_its_person_alone():
    made = tokens()
    assert good(made, made.token(ME), ME)
    assert good(made, made.token(None), None)
    assert not good(made, made.token(ME), OTHER)
    assert not good(made, made.token(ME), None)


def test_a_token_of_another_key_or_with_another_end_is_none():
    made = tokens()
    random, end, mac = made.token(ME).split(".")
    assert not good(tokens(b"2" * 32), f"{random}.{end}.{mac}", ME)
    assert not good(made, f"{random}.{int(end) + 1}.{mac}", ME)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "x.99999999999999999999.y", "𠮷.1.䶮"])
def test_anything_else_is_no_token(token):
    assert not good(tokens(), token, ME)


def test_a_token_ends(monkeypatch):
    made = tokens()
    token = made.token(ME)
    now = system_clock()
    monkeypatch.setattr(forms, "system_clock", lambda: now + timedelta(seconds=LIFETIME + 2))
    assert not good(made, token, ME)


def test_the_random_part_is_the_idempotency_key_and_never_comes_twice():
    made = tokens()
    assert len({made.blank(ME).key for _ in range(50)}) == 50
    assert 8 <= len(made.blank(ME).key) <= 64


def test_mistakes_go_to_their_fields_and_the_rest_stands_above():
    sent = Sent(token="t", values={"code": ["1"]})
    errors = [
        FieldError(field="body.applicant.code", reason="不对", fix="请核对"),
        FieldError(field="body.materials.0.files", reason="缺", fix="请补"),
    ]
    sent.wrong(Problem(422, "x", "错", "细", errors=errors), {"materials": "upload"})
    assert sent.errors == {"code": "不对，请核对", "upload": "缺，请补"}
    assert sent.note == ""
    assert Sent(token="t").wrong(Problem(409, "x", "错", "已经办过")).note == "已经办过"


def test_entries_are_read_whole_or_trimmed():
    form = Form("t", {"name": ("  样例 ",), "ways": ("a", "b")})
    assert (form.value("name"), form.value("none", "-"), form.has("ways", "b")) == ("  样例 ", "-", True)
    assert Sent("t", {"name": ("  样例 ",), "note": (" ",)}).text("name") == "样例"
    assert Sent("t", {"note": (" ",)}).optional("note") is None


@pytest.mark.parametrize("address", ["/intake/mine", "/a?b=c&d=/e", "/"])
def test_an_address_of_this_site_is_gone_back_to(address):
    assert local(address) == address


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:1", "", "/a\nb"]
)
def test_nobody_is_sent_elsewhere(address):
    assert local(address) == "/"
