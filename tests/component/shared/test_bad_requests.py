"""What broken or hostile software sends to any service: each gets a clear answer, never a 500 and never our jargon."""

import json
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Query, UploadFile
from pydantic import AfterValidator, BaseModel, ConfigDict

from shared.contracts.terms import Light
from shared.settings import Settings
from shared.web.app import build_app
from shared.web.operations import _masked
from shared.web.validation import MOST_SHOWN

JSON = {"Content-Type": "application/json"}


def _never(_: str) -> str:
    raise ValueError("holds something bad")


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    answers: dict[str, str] = {}
    chosen: tuple[str, ...] = ()
    level: int = 1
    light: Light = "green"
    checked: Annotated[str, AfterValidator(_never)] = ""


def app():
    router = APIRouter()

    @router.post("/forms")
    async def forms(form: Form) -> Form:
        return form

    @router.post("/files")
    async def files(file: UploadFile) -> int:
        return len(await file.read())

    @router.post("/doors")
    async def doors() -> str:
        return "open"

    @router.get("/lights")
    async def lights(light: Annotated[Light, Query()]) -> str:
        return light

    settings = Settings(jwks="none.json")
    return build_app("intake", settings, title="综合受理", description="样例", routers=[router])


async def ask(method, path, **more):
    transport = httpx.ASGITransport(app())
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as http:
        return await http.request(method, path, **more)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (rb'{"answers": {"a": "\ud800"}}', "body.answers.a"),
        (rb'{"answers": {"\uDFFF": "a"}}', "body.answers"),
        (rb'{"chosen": ["a", "x\udc00\ud800y"]}', "body.chosen.1"),
        (b'{"chosen": ["\xed\xa0\x80"]}', "body.chosen.0"),
        (rb'"\ud83d"', "body"),
    ],
)
async def test_half_a_character_is_refused_with_its_place(body, place):
    answer = await ask("POST", "/forms", content=body, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"
    [error] = answer.json()["errors"]
    assert error["field"] == place
    assert "半个" in error["reason"]


async def test_a_whole_character_in_two_halves_is_taken():
    answer = await ask("POST", "/forms", content=rb'{"chosen": ["\ud842\udfb7"]}', headers=JSON)
    assert answer.json()["chosen"] == ["𠮷"]


async def test_a_body_that_nobody_asked_for_is_not_judged():
    for body in (rb'{"a": "\ud83d\ude00"}', rb'{"\ud8', b"[" * 50_000 + rb"\ud800"):
        assert (await ask("POST", "/doors", content=body, headers=JSON)).json() == "open"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", None])
async def test_json_under_another_name_is_told_what_to_call_itself(kind):
    headers = {"Content-Type": kind} if kind else {}
    answer = await ask("POST", "/forms", content=b'{"level": 1}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_type"
    assert "application/json" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"[" * 50_000, b'{"answers": "\xff"}', b'{"level": ' + b"9" * 5000 + b"}"])
async def test_a_body_that_cannot_be_read_says_what_json_must_be(body):
    answer = await ask("POST", "/forms", content=body, headers=JSON)
    assert answer.status_code == 400
    assert "UTF-8" in answer.json()["detail"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_a_number_that_is_none_is_told_to_be_a_number(value):
    answer = await ask("POST", "/forms", content=b'{"level": %s}' % value.encode(), headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["reason"] == "应为整数"


async def test_thousands_of_mistakes_get_a_short_answer_that_counts_them():
    body = {f"field{n}": 1 for n in range(20_000)} | {"a" * 100_000: 1}
    answer = await ask("POST", "/forms", json=body)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == MOST_SHOWN
    assert "20001" in answer.json()["detail"]
    assert len(answer.content) < 20_000


async def test_a_long_name_of_a_field_is_cut():
    answer = await ask("POST", "/forms", json={"a" * 100_000: 1})
    assert len(answer.json()["errors"][0]["field"]) < 100


async def test_a_chinese_reader_is_not_told_in_english():
    wrong = await ask("POST", "/forms", json={"checked": "x", "light": "pink", "chosen": 3})
    text = await ask("POST", "/files", data={"file": "text where a file belongs"})
    query = await ask("GET", "/lights", params={"light": "pink"})
    for answer in (wrong, text, query):
        assert answer.status_code == 422
        for error in answer.json()["errors"]:
            assert any("\u4e00" <= char <= "\u9fff" for char in error["reason"]), error
            assert " or " not in error["fix"]
    [choice] = query.json()["errors"]
    assert choice["fix"] == "可选：green、yellow、red、deep_red、paused"


async def test_a_validators_own_words_reach_the_english_reader():
    answer = await ask("POST", "/forms", json={"checked": "x"}, headers={"Accept-Language": "en"})
    assert answer.json()["errors"][0]["reason"] == "holds something bad"


def test_an_operator_sees_nobodys_name_in_a_broken_record():
    body = {
        "applicant": "样例人",
        "holder": {"name": "样例人"},
        "contact": "样例人",
        "code": "11000019900101001X",
        "n": 7,
    }
    shown = _masked(json.dumps(body, ensure_ascii=False).encode())
    assert "样例人" not in shown
    assert "110000199" not in shown
    assert '"n": 7' in shown
    assert "样例人" not in _masked(b'{"applicant":"\xe6\xa0\xb7\xe4\xbe\x8b\xe4\xba\xba')
