"""Verification by number: for anyone, judged at the moment of asking, and never fooled by a changed fact."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from services.licensing.api import Desk, api
from services.licensing.finding import Finder
from services.licensing.printing import Printer
from tests.component.licensing.conftest import CASE, COMPANY, PERSON


async def verify(world, number):
    return await world.get(f"/verify/{quote(number)}")


async def test_a_licence_is_verified_without_signing_in_and_tells_no_name(world):
    await world.approve()
    number = await world.number()
    answer = await verify(world, number)
    told = answer.json()
    assert (told["status"], told["signature"], told["synthetic"]) == ("valid", "matches", True)
    assert (told["name"], told["issuer"]) == ("食品经营许可证", "样例县市场监督管理局")
    assert (told["holder"], told["issued_on"], told["valid_until"]) == ("样*****", "2026-11-22", "2031-11-21")
    assert told["key_id"] in (await world.get("/.well-known/onedoor-licence-keys.json")).text
    assert PERSON.name not in answer.text
    assert PERSON.code not in answer.text
    assert "sample:applicant" not in answer.text


@pytest.mark.parametrize("typed", [str.lower, lambda n: n.split("3005.2.")[1], lambda n: f" {n[:20]}  {n[20:]}"])
async def test_loose_forms_are_found(world, typed):
    await world.approve()
    number = await world.number()
    assert (await verify(world, typed(number))).json()["number"] == number


async def test_the_address_in_the_code_answers(world):
    await world.approve()
    url = (await world.get(f"/results/{CASE}", "applicant")).json()["verify_url"]
    answer = await world.get(url.removeprefix("http://hall.example/licensing"))
    assert answer.json()["status"] == "valid"


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (datetime(2031, 11, 21, 15, 59, tzinfo=UTC), "valid"),
        (datetime(2031, 11, 21, 16, 0, tzinfo=UTC), "expired"),
    ],
)
async def test_the_dates_are_judged_in_the_halls_day_at_request_time(world, at, status):
    await world.approve()
    world.clock.move_to(at)
    assert (await verify(world, await world.number())).json()["status"] == status


@pytest.mark.parametrize(
    ("fact", "value"),
    [("valid_until", "2099-12-31"), ("name", "别的许可证"), ("holder_ref", "x"), ("issuer", "别的机关")],
)
async def test_a_changed_fact_does_not_match_the_signature(world, fact, value):
    await world.approve()
    number = await world.number()
    world.backing.documents.rows[CASE].state["facts"][fact] = value
    told = (await verify(world, number)).json()
    assert (told["signature"], told["status"]) == ("does_not_match", "doubtful")
    assert "请勿采信" in told["status_text"]


async def test_a_key_that_is_not_published_is_not_trusted(world):
    await world.approve()
    number = await world.number()
    world.backing.documents.rows[CASE].state["signed"]["key_id"] = "another"
    told = (await verify(world, number)).json()
    assert (told["signature"], told["status"]) == ("unknown_key", "doubtful")


async def test_a_mistyped_number_is_told_so_and_an_unknown_one_is_not_found(world):
    await world.approve()
    number = await world.number()
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    answer = await verify(world, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "mistyped_number")
    assert "校验位" in answer.json()["detail"]

    await world.approve(case="0123456789ABC-02")
    other = await world.number("0123456789ABC-02")
    world.backing.documents.index.pop("0123456789ABC-02")
    answer = await verify(world, other)
    assert (answer.status_code, answer.json()["title"]) == (404, "没有这个编号的证照")


async def test_notices_and_refusals_are_verified_by_their_number_without_reasons(world):
    await world.approve(kind="notice", name="核验结果通知书")
    await world.refuse(case="ZZZZZZZZZZZZZ-01")
    notice = (await verify(world, f"tz {CASE}")).json()
    assert (notice["kind"], notice["status"], notice["signature"]) == ("notice", "issued", "matches")
    answer = await verify(world, "JD-ZZZZZZZZZZZZZ-01")
    assert answer.json()["kind"] == "refusal"
    assert "隔断" not in answer.text
    assert COMPANY.name not in answer.text
    assert (await verify(world, "JD-0000000000000-01")).status_code == 404


def test_the_api_describes_itself_and_verification_asks_for_nobody(world):
    app = FastAPI()
    finder = Finder(world.settings.keyring, world.settings.holder_key)
    for router in api(Desk(world.app.state.runtime, world.settings, Printer(world.settings), finder, {})):
        app.include_router(router)
    described = app.openapi()["paths"]
    assert set(described) == {
        "/results",
        "/results/{case}",
        "/results/{case}/document",
        "/results/{case}/deliver",
        "/verify/{number}",
        "/.well-known/onedoor-licence-keys.json",
    }
    assert "security" not in described["/verify/{number}"]["get"]
    assert described["/results"]["get"]["security"]
    assert "application/pdf" in described["/results/{case}/document"]["get"]["responses"]["200"]["content"]
